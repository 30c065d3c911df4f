"""The thread of a case: read, filtered, searched, written, corrected by new versions."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.view_guards import cases_only
from foundation.workflow import NotAllowed, WrongState
from victims.cases import access as cases_access
from victims.cases.views.frame import framed
from victims.models import TimelineEntry

from . import display as thread_display
from . import operations as thread
from .forms import CorrectionForm, EntryForm, SearchForm, ThreadFilter


@cases_only
@require_http_methods(["GET", "POST"])
def case_timeline(request, pk):
    """Show the thread; a POST writes an entry."""
    context = _thread_frame(request, pk)
    form = EntryForm(request.POST or None) if context["may_write"] else None
    if request.method == "POST":
        if form is None:
            raise NotAllowed("write")
        if form.is_valid():
            thread.write_entry(request.actor, pk, **form.cleaned_data)
            messages.success(request, _("Written. A correction will be a new version: this one stays readable."))
            return redirect("referral:case-timeline", pk)
    chosen = context["filter"].chosen()
    found = thread_display.thread(request.actor, context["case"], **chosen, cursor=request.GET.get("cursor", ""))
    rest = {**chosen, "cursor": found.next}
    context |= {
        "form": form,
        "thread": found,
        "write_in": cases_access.request_to_write_in(request.actor, context["access"]),
        "filtered": len(chosen),
        "next": f"?{urlencode(rest)}#fil" if found.next else "",
        "previous": f"?{urlencode(chosen)}#fil" if request.GET.get("cursor") else "",
    }
    return render(request, "victims/thread/case_timeline.html", context)


@cases_only
@require_http_methods(["GET", "POST"])
def timeline_search(request, pk):
    """Search the thread. Words are posted, never in the address: they may be a name. A GET redirects to the thread."""
    if request.method == "GET":
        return redirect("referral:case-timeline", pk)
    context = _thread_frame(request, pk)
    search = SearchForm(request.POST)
    context["search"] = search
    if search.is_valid():
        context["thread"] = thread_display.search(
            request.actor,
            context["case"],
            search.cleaned_data["words"],
            cursor=request.POST.get("cursor", ""),
        )
    return render(request, "victims/thread/timeline_search.html", context)


def _thread_frame(request, pk) -> dict:
    context = framed(request, pk, "timeline")
    return context | {
        "may_write": cases_access.may_write(request.actor, context["access"]),
        "filter": ThreadFilter(
            request.GET, writers=thread_display.writers(request.actor, context["case"]), auto_id="id_filter_%s"
        ),
        "search": SearchForm(),
    }


@cases_only
@require_GET
def timeline_entry(request, pk):
    """Show one entry with all its versions."""
    entry = cases_access.written(request.actor, TimelineEntry, pk)
    context = framed(request, entry.case_id, "timeline")
    context |= {"versions": thread.versions(request.actor, entry), "mine": entry.agency_id == request.actor.agency_id}
    return render(request, "victims/thread/timeline_entry.html", context)


@cases_only
@require_http_methods(["GET", "POST"])
def timeline_correct(request, pk):
    """Write a new version.

    Answers 409 when it was corrected meanwhile, with both texts.
    """
    entry = cases_access.written(request.actor, TimelineEntry, pk)
    context = framed(request, entry.case_id, "timeline")
    if entry.agency_id != request.actor.agency_id:
        raise NotAllowed("correct")
    form = CorrectionForm(request.POST or None, initial=entry.data)
    context |= {"entry": entry, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            made = thread.correct_entry(request.actor, pk, **form.cleaned_data)
        except WrongState:
            context["stands"] = thread.versions(request.actor, entry)[0]
            return render(request, "victims/thread/timeline_correct.html", context, status=409)
        messages.success(request, _("Corrected. The former version stays readable."))
        return redirect("referral:timeline-entry", made.pk)
    return render(request, "victims/thread/timeline_correct.html", context)
