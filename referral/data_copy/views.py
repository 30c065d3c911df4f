"""The copy for the person: choose what is given after rereading it, then print."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from agencies.models import Category, Level
from foundation.view_guards import cases_only, known_act, posted
from referral.config.retention import CASE_KEPT_YEARS
from victims.access.access import held_by_agencies
from victims.cases.access import SECTIONS
from victims.cases.views.frame import framed, open_section, read_section
from victims.consents.display import agreements
from victims.identity import display as identity_display
from victims.identity.operations import read_contacts, read_identity
from victims.models import CaseAccess

from . import operations as copies
from .display import apart_of, missing_of
from .selectors import agencies_of, lists_of, ways_of, words_of

# beside the categories, whose reading `read_entries` journals
READ_APART = ("signs", "path", "procedures", "files", "papers", "identification", "consents", "needs", "life")


@cases_only
@require_GET
def data_copy(request, pk):
    """Show the texts to reread."""
    return _to_reread(request, copies.request_to_copy(request.actor, pk))


def _to_reread(request, asked, given=frozenset(), *, changed=False, apart=None):
    """Show the texts, which are those of the thread: its reading is journalled too.

    `apart`: the parts that stand apart, once they were asked for; until then the page has a button that shows them.
    """
    context = framed(request, asked.case_id, "data_requests")
    thread, access = open_section(request.actor, asked.case_id, "timeline")
    read_section(request.actor, thread, context["case"])
    elsewhere = agencies_of(context["case"], access)[1]
    texts = words_of(request.actor, context["case"], given)
    missing = missing_of(access, held_by_agencies(context["case"]))
    context |= {"asked": asked, "texts": texts, "apart": apart, "elsewhere": elsewhere, "changed": changed}
    return render(request, "referral/data_copy/data_copy.html", {**context, "missing": missing})


@cases_only
@posted("referral:data-copy")
def data_copy_print(request, pk):
    """Show the copy, with what was ticked; or first what stands apart, to be reread.

    When something that was ticked has gone since, or its reading ended, have all reread.
    """
    act = known_act(request, "reveal", "reread")
    asked, given = copies.request_to_copy(request.actor, pk), set(request.POST.getlist("given"))
    texts = words_of(request.actor, asked.case, given)
    apart = None
    if act == "reread" or given - {words.key for words in texts}:
        apart = _apart(request, asked, given)
    changed = bool(given - {words.key for words in (*texts, *(apart or []))})
    if act == "reread" or changed:
        return _to_reread(request, asked, given, changed=changed, apart=apart)
    asked = copies.make_copy(request.actor, pk)
    said = [words for words in apart or [] if words.given]
    return render(request, "referral/data_copy/data_copy_print.html", _copy(request, asked, texts) | {"apart": said})


def _apart(request, asked, given) -> list:
    """Return the parts that stand apart; the reading of each section they come from is journalled as on its page."""
    access = CaseAccess.objects.of(request.actor).get(case=asked.case)
    for section in SECTIONS:
        if section.code in READ_APART and section.open_to(access):
            read_section(request.actor, section, asked.case)
    found = apart_of(request.actor, asked.case, access)
    for words in found:
        words.given = words.key in given
    return found


def _copy(request, asked, texts) -> dict:
    actor, case = request.actor, asked.case
    access = CaseAccess.objects.of(actor).get(case=case)
    identity = read_identity(actor, case.pk) if access.categories & Category.IDENTITY else None
    contacts = read_contacts(actor, case.pk) if access.categories & Category.CONTACT else []
    agencies, elsewhere = agencies_of(case, access)
    return {
        "asked": asked,
        "case": case,
        "today": timezone.localdate(),
        "identity": identity_display.identity(identity.data) if identity else [],
        "ways": ways_of(contacts),
        "contacts": bool(contacts),
        "opened": {"identity": access.categories & Category.IDENTITY, "contact": access.categories & Category.CONTACT},
        "whole": access.level >= Level.FILE,
        "agreements": agreements(case),
        "texts": texts,
        "agencies": agencies,
        "elsewhere": elsewhere,
        "years": CASE_KEPT_YEARS,
        **lists_of(actor, case),
    }
