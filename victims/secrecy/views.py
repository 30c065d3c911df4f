"""Notes under professional secrecy: on the case, and on a page that also lists those of cases no longer visible."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.paging import Keyset
from foundation.view_guards import cases_only
from foundation.workflow import WrongState
from journal.operations import record
from victims.cases import access as cases_access
from victims.cases.views.frame import framed
from victims.models import CaseAccess, SecretNote
from victims.thread import operations as thread

from .forms import SecretForm
from .operations import correct_secret, secrets_of, write_secret

NEWEST = Keyset("placed_at", "id")


@cases_only
@require_http_methods(["GET", "POST"])
def case_secrets(request, pk):
    context = framed(request, pk, "secrets")
    form = SecretForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        write_secret(request.actor, pk, **form.cleaned_data)
        messages.success(request, _("Written. Only your organisation reads it."))
        return redirect("referral:case-secrets", pk)
    context |= {"form": form, **_page(request, secrets_of(request.actor, context["case"]))}
    return render(request, "victims/secrecy/case_secrets.html", context)


@cases_only
@require_GET
def secret_list(request):
    """List all notes of the unit, including those of cases it no longer sees."""
    record("secret.list")
    context = _page(request, secrets_of(request.actor))
    rows = CaseAccess.objects.of(request.actor, 2).filter(case__in={note.case_id for note in context["notes"]})
    context |= {"open": set(rows.values_list("case", flat=True)), "section": "referral:secret-list"}
    return render(request, "victims/secrecy/secret_list.html", context)


def _page(request, notes) -> dict:
    page = NEWEST.asked(notes, request)
    return {
        "notes": page.rows,
        "next": f"?cursor={page.next}" if page.next else "",
        "previous": f"?cursor={page.previous}" if page.previous else "",
    }


@cases_only
@require_http_methods(["GET", "POST"])
def secret_note(request, pk):
    """Show one note with its versions, and correct it."""
    note = cases_access.written(request.actor, SecretNote, pk)
    record("secret.read", note)
    versions = thread.versions(request.actor, note)
    form = SecretForm(request.POST or None, initial=versions[0].data)
    context = {"note": note, "versions": versions, "form": form, "section": "referral:secret-list"}
    if request.method == "POST" and form.is_valid():
        try:
            made = correct_secret(request.actor, pk, **form.cleaned_data)
        except WrongState:
            return render(request, "victims/secrecy/secret_note.html", {**context, "late": True}, status=409)
        messages.success(request, _("Corrected. The former version stays readable."))
        return redirect("referral:secret-note", made.pk)
    return render(request, "victims/secrecy/secret_note.html", context)
