"""Sections on the work: procedures and time limits, signs, alerts joined, state and closing, history."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agencies.models import Category
from indicators.procedures.selectors import book
from referral.api.forms import procedures as acts
from referral.api.serializers.contents import StoryShown, as_it_is
from referral.api.serializers.records import CASE_ACTIONS, AssessmentShown, MoveShown, ObservationShown
from referral.api.serializers.sections import work as shown
from referral.closing import operations as closing
from referral.models import Alert, AlertAddition, AlertLink, CaseMove, CaseOutcome
from referral.procedures import display, selectors
from victims.history.display import case_changes
from victims.history.operations import read_former
from victims.models import Case, CaseVersion

from .base import Reading

NEWEST = 50  # changes of the case


def _procedures(actor, access, request) -> dict:
    sheets = book()
    begun = display.of_case(actor, access, sheets)
    proposed, others = selectors.offered(sheets, access, actor.agency, {one.row.code for one in begun})
    return {
        "checklists": begun,
        "proposed": [{"procedure": sheet.code, "reason": why} for sheet, why in proposed],
        "others": [sheet.code for sheet in others],
        "reflection": access.case.reflection_offers.all(),
    }


def _signs(actor, access, request) -> dict:
    case = access.case
    return {
        "observations": case.observations.all(),
        "assessment": case.assessments.first(),
        "texts": [text.data for text in case.texts.all()],
    }


def _alerts(actor, access, request) -> dict:
    """Return the alerts joined; their page stays with the desks that received them."""
    links = list(AlertLink.objects.filter(case=access.case_id).order_by("at", "pk"))
    ids = [link.alert_id for link in links]
    seen = dict(Alert.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "reference"))
    added: dict = {}
    for addition in AlertAddition.objects.filter(alert__in=ids):
        added.setdefault(addition.alert_id, []).append(addition)
    return {
        "alerts": [
            {
                "alert": link.alert_id,
                "at": link.at,
                "reference": seen.get(link.alert_id),
                "additions": added.get(link.alert_id, []),
            }
            for link in links
        ]
    }


def _life(actor, access, request) -> dict:
    case = access.case
    return {
        "status": case.status,
        "moves": CaseMove.objects.filter(case=case),
        "outcomes": CaseOutcome.objects.filter(case=case),
        "possible": closing.possible(actor, case),
    }


def _history(actor, access, request) -> dict:
    rows = list(CaseVersion.objects.filter(pgh_obj=access.case).order_by("-pgh_id")[: NEWEST + 1])
    older = rows.pop() if len(rows) > NEWEST else None
    return {
        "versions": [
            {**line, "changes": [{"field": f, "before": b, "after": a} for f, b, a in line["changes"]]}
            for line in case_changes(actor, rows, older)
        ]
    }


def _former(actor, access, request) -> dict:
    """Return former identities and contacts. This reading is journalled by itself, within its budget."""
    if not access.categories & (Category.IDENTITY | Category.CONTACT):
        raise Http404
    identities, contacts = read_former(actor, access.case)
    return {"identities": identities, "contacts": contacts}


READINGS = [
    Reading(
        "procedures",
        "procedures",
        "get_procedures",
        _("Read procedures and time limits"),
        {
            "checklists": shown.ChecklistShown(many=True),
            "proposed": shown.ProposedShown(many=True, help_text=_("Not begun, proposed for this case.")),
            "others": serializers.ListField(child=serializers.CharField(), help_text=_("Not begun, open as well.")),
            "reflection": shown.OfferShown(many=True, help_text=_("Offers of the reflection period, newest first.")),
        },
        _procedures,
        acts.PROCEDURES,
    ),
    Reading(
        "signs",
        "signs",
        "get_signs",
        _("Read the signs noted and their assessment"),
        {
            "observations": ObservationShown(many=True),
            "assessment": AssessmentShown(allow_null=True),
            "texts": as_it_is(StoryShown(many=True)),
        },
        _signs,
    ),
    Reading(
        "alerts",
        "alerts",
        "get_case_alerts",
        _("Read which alerts were joined to the case"),
        {"alerts": shown.JoinedShown(many=True)},
        _alerts,
    ),
    Reading(
        "life",
        "life",
        "get_case_life",
        _("Read the state of the case and what ended it"),
        {
            "status": serializers.ChoiceField(choices=Case.Status.values),
            "moves": MoveShown(many=True),
            "outcomes": shown.OutcomeShown(many=True, help_text=_("From level `file`.")),
            "possible": serializers.ListField(
                child=serializers.ChoiceField(choices=CASE_ACTIONS),
                help_text=_("Moves of the case that you may make now."),
            ),
        },
        _life,
    ),
    Reading(
        "history",
        "history",
        "get_case_history",
        _("Read what changed in the case, newest first"),
        {"versions": shown.VersionShown(many=True, help_text=_("The last fifty."))},
        _history,
    ),
    Reading(
        "history",
        "history/identity",
        "get_former_identities",
        _("Read former identities and contacts"),
        {"identities": shown.FormerIdentity(many=True), "contacts": shown.FormerContact(many=True)},
        _former,
        description=_("By the categories of your access; 404 without them. Each reading is journalled and counted."),
    ),
]
