"""Section « Documents » of a case: list, add, read, take back; and those under secrecy, of all cases."""

import time

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.errors import Crowded
from foundation.files.cleaning import FileRefused
from foundation.paging import Keyset
from foundation.view_guards import cases_only, known_act, posted
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from journal.selectors.read_quota import Exhausted
from victims.cases.views.frame import framed
from victims.models import CaseAccess

from . import access as files_access
from . import operations as files
from .display import shown
from .forms import FileForm, WithdrawForm
from .rules import PER_CASE, PER_HOUR, file_name

NEWEST = Keyset("at", "id")
PATIENCE = 5.0  # seconds that a form sent twice waits for the first
# what a browser may do with a document: save it, and nothing else
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@cases_only
@require_GET
def case_files(request, pk):
    context = framed(request, pk, "files")
    context |= _page(request, files_access.files_of(request.actor, context["case"]))
    context["places"] = files_access.places(request.actor, context["access"])
    return render(request, "victims/files/case_files.html", context)


@cases_only
@require_GET
def secret_file_list(request):
    """List the documents of the unit under professional secrecy, also those of cases it no longer sees."""
    record("file.list")
    context = _page(request, files_access.secret_files(request.actor))
    rows = CaseAccess.objects.of(request.actor, 2).filter(case__in={found.case_id for found in context["files"]})
    context |= {"open": set(rows.values_list("case", flat=True)), "section": "referral:secret-list"}
    return render(request, "victims/files/secret_file_list.html", context)


def _page(request, rows) -> dict:
    page = NEWEST.asked(rows, request)
    return {
        "files": [shown(found) for found in page.rows],
        "next": f"?cursor={page.next}" if page.next else "",
        "previous": f"?cursor={page.previous}" if page.previous else "",
    }


@cases_only
@require_http_methods(["GET", "POST"])
def file_new(request, pk):
    """Add a document. What was typed stays when the file is refused: it alone is chosen again."""
    context = framed(request, pk, "files")
    places = files_access.places(request.actor, context["access"])
    if not places:
        raise NotAllowed("write")
    form = FileForm(request.POST or None, request.FILES or None, places=places)
    status = 200
    if request.method == "POST" and form.is_valid():
        status = _added(request, pk, form)
        if status == 302:
            messages.success(request, _("Received. It is being checked: it can be read in a moment."))
            return redirect("referral:case-files", pk)
    context |= {"form": form, "most": PER_CASE, "hourly": PER_HOUR, "closed": files.uploads() == files.CLOSED}
    return render(request, "victims/files/file_new.html", context, status=status)


def _added(request, pk, form) -> int:
    """Add the document; return 302, or the status of the page that says why it was not."""
    given = dict(form.cleaned_data)
    brought, token = given.pop("file"), given["token"]
    try:
        files.add_file(request.actor, pk, content=brought.read(), name=brought.name, **given)
        return 302
    except FileRefused as refused:
        form.refuse(refused)
        return 200
    except files.Closed as closed:
        form.add_error("file", str(closed))
        return 200
    except files.Full:
        form.add_error("file", _("This case holds 200 documents, the most it may: take one back that is out of date."))
    except Exhausted:
        form.add_error("file", _("You added 40 documents within the hour: add the others in a while."))
    except Crowded:
        if _sent_before(request.actor, token):
            return 302
        form.add_error("file", _("Other documents are being checked: send this one again in a moment."))
    return 429


def _sent_before(actor, token) -> bool:
    """Wait for the first of a form that was sent twice; return whether it added its document."""
    end = time.monotonic() + PATIENCE
    while (found := files.added(actor, token)) is None and files.being_added(actor, token) and time.monotonic() < end:
        time.sleep(0.1)
    return found is not None


@cases_only
@require_http_methods(["GET", "POST"])
def file_detail(request, pk):
    """Show what is known of one document; a POST takes it back."""
    found = files_access.visible_file(request.actor, pk)
    if found.secret:
        record("file.read", found)
        context, page = {"section": "referral:secret-list"}, "victims/files/file_detail_secret.html"
    else:
        context, page = framed(request, found.case_id, "files"), "victims/files/file_detail.html"
    known_act(request, "withdraw")
    form = WithdrawForm(request.POST or None) if files_access.may_withdraw(request.actor, found) else None
    if request.method == "POST":
        if form is None:
            raise WrongState(found.state) if found.ended_at else NotAllowed("withdraw")
        if form.is_valid():
            files.withdraw_file(request.actor, pk, **form.cleaned_data)
            messages.success(request, _("Taken back. Its title is gone; its content is erased within a minute."))
            return redirect("referral:file-detail", pk)
    return render(request, page, {**context, "file": shown(found), "form": form})


@cases_only
@posted("referral:file-detail")
def file_download(request, pk):
    """Send the document as a file to save. What is behind a category is asked for by the act that wants a factor."""
    found = shown(files_access.visible_file(request.actor, pk))
    if request.POST.get("act") != found.act:
        raise NotAllowed("act")
    try:
        found, content = files.take_out(request.actor, pk)
    except files.Unreadable as unreadable:
        messages.error(request, str(unreadable))
        return redirect("referral:file-detail", pk)
    answer = HttpResponse(content, content_type=found.media_type, headers=HEADERS)
    answer["Content-Disposition"] = content_disposition_header(True, file_name(found))
    return answer
