"""Pages of the archive: its list, and opening one case of it with a reason."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.paging import Keyset
from foundation.templatetags.words import moment
from foundation.view_guards import cases_only
from victims.models import Archive, Case

from .forms import OpeningForm
from .operations import open_archive, visible_archive
from .selectors import opening_of

NEWEST = Keyset("closed_at", "id")


@cases_only
@require_safe
def archive_list(request):
    """List the archived cases that the reader may open: reference and days, nothing of the person."""
    found = Archive.objects.visible_to(request.actor)
    reference = request.GET.get("reference", "").strip()[:12].upper()
    written = reference.replace("-", "").isalnum()  # else no case has it
    found = found.filter(reference__startswith=reference) if written else found.none() if reference else found
    page = NEWEST.asked(found, request)
    asked = f"reference={reference}&" if written else ""
    context = {
        "rows": page,
        "reference": reference,
        "next": page.next and f"?{asked}cursor={page.next}",
        "previous": page.previous and f"?{asked}cursor={page.previous}",
    }
    return render(request, "referral/archives/archive_list.html", context)


@cases_only
@require_http_methods(["GET", "POST"])
def archive_open(request, pk):
    """Open an archived case with a reason, for oneself and a time; lead to it when one has it open."""
    found = visible_archive(request.actor, pk)
    if request.method == "GET" and Case.objects.visible_to(request.actor).filter(pk=found.case_id).exists():
        return redirect("referral:case-detail", found.case_id)
    form = OpeningForm(request.POST or None, initial={"why": request.GET.get("why")})  # from the page of emergencies
    if request.method == "POST" and form.is_valid():
        case_id = open_archive(request.actor, pk, **form.cleaned_data)
        until = moment(opening_of(request.actor, case_id).until)
        messages.success(request, _("This case is open to you until %(at)s.") % {"at": until})
        return redirect("referral:case-detail", case_id)
    return render(request, "referral/archives/archive_open.html", {"form": form, "archive": found})
