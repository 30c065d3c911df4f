"""Sections of the follow-up: needs and support, thread, documents."""

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from foundation.paging import BadCursor, Keyset
from referral.api.forms import follow_up as acts
from referral.api.rules import Problem
from referral.api.serializers.sections.follow_up import EntryShown, NeedShown, PaperShown
from victims.models import Need, NeedText, PaperDocument, SupportAction, TimelineEntry

from .base import Reading

NEWEST = Keyset("placed_at", "id")


def _needs(actor, access, request) -> dict:
    """Return the needs with their words and their plan, each as far as the actor may read it. Three queries."""
    found = list(Need.objects.visible_to(actor).filter(case=access.case_id))
    texts = {text.need_id: text.data["text"] for text in NeedText.objects.visible_to(actor).filter(case=access.case_id)}
    plan: dict = {}
    for action in SupportAction.objects.visible_to(actor).filter(case=access.case_id):
        plan.setdefault(action.need_id, []).append(action)
    for need in found:
        need.said, need.plan = texts.get(need.pk), plan.get(need.pk, [])
    return {"needs": found}


def _thread(actor, access, request) -> dict:
    """Return one page of what stands in the thread, newest first."""
    rows = TimelineEntry.objects.visible_to(actor).now().filter(case=access.case_id)
    try:
        page = NEWEST.page(rows, request.query_params.get("cursor", ""))
    except BadCursor as error:
        detail = now("Take the cursor from `next`, as it is.")
        raise Problem("invalid", detail, [{"parameter": "cursor", "code": "not_given", "detail": detail}]) from error
    return {"entries": page.rows, "next": page.next}


def _papers(actor, access, request) -> dict:
    return {"papers": PaperDocument.objects.visible_to(actor).now().filter(case=access.case_id)}


READINGS = [
    Reading(
        "needs",
        "needs",
        "get_needs",
        _("Read the needs, and what is done about them"),
        {"needs": NeedShown(many=True)},
        _needs,
        acts.NEEDS,
    ),
    Reading(
        "timeline",
        "thread",
        "get_thread",
        _("Read what was written in the thread, newest first"),
        {
            "entries": EntryShown(many=True),
            "next": serializers.CharField(help_text=_("Cursor of the older entries, empty at the end.")),
        },
        _thread,
        acts.THREAD,
        description=_("Without the steps, which the lists and the other sections show."),
        parameters=("cursor",),
    ),
    Reading(
        "papers",
        "papers",
        "get_papers",
        _("Read which documents exist, and where they are kept"),
        {"papers": PaperShown(many=True)},
        _papers,
        acts.PAPERS,
    ),
]
