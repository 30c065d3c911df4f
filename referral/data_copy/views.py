"""The copy for the person: choose which texts are given after rereading them, then print."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from agencies.models import Category, Level
from foundation.view_guards import cases_only, known_act, posted
from referral.config.retention import CASE_KEPT_YEARS
from victims.cases.views.frame import framed, open_section, read_section
from victims.consents.display import agreements
from victims.identity import display as identity_display
from victims.identity.operations import read_contacts, read_identity
from victims.models import CaseAccess

from . import operations as copies
from .selectors import agencies_of, lists_of, ways_of, words_of


@cases_only
@require_GET
def data_copy(request, pk):
    """Show the texts to reread."""
    return _to_reread(request, copies.request_to_copy(request.actor, pk))


def _to_reread(request, asked, given=frozenset(), *, changed=False):
    """Show the texts, which are those of the thread: its reading is journalled too."""
    context = framed(request, asked.case_id, "data_requests")
    thread, access = open_section(request.actor, asked.case_id, "timeline")
    read_section(request.actor, thread, context["case"])
    elsewhere = agencies_of(context["case"], access)[1]
    texts = words_of(request.actor, context["case"], given)
    context |= {"asked": asked, "texts": texts, "elsewhere": elsewhere, "changed": changed}
    return render(request, "referral/data_copy/data_copy.html", context)


@cases_only
@posted("referral:data-copy")
def data_copy_print(request, pk):
    """Show the copy, with the texts that were ticked; when one of them has gone since, have all reread."""
    known_act(request, "reveal")
    asked, given = copies.request_to_copy(request.actor, pk), set(request.POST.getlist("given"))
    texts = words_of(request.actor, asked.case, given)
    if given - {words.key for words in texts}:
        return _to_reread(request, asked, given, changed=True)
    asked = copies.make_copy(request.actor, pk)
    return render(request, "referral/data_copy/data_copy_print.html", _copy(request, asked, texts))


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
