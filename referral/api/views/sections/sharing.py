"""Sections on identity, agreements, access and place."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agencies.models import Category, Level
from journal.models import Entry
from journal.words import readings
from referral.api.forms import sharing as acts
from referral.api.serializers.records import AgencyRef, StatementShown, ViewShown, categories_of
from referral.api.serializers.sections import sharing as shown
from referral.models import LegalShare
from victims.access.access import who_sees
from victims.access.operations.assignment import assignable
from victims.cases.views.frame import may_enter_identity
from victims.consents import display as consents
from victims.identity.operations import read_contacts, read_identity
from victims.models import Assignment
from victims.statements.display import visible_statements

from .base import Reading

NEWEST = 50  # readings of the case


def _identity(actor, access, request) -> dict:
    """Return what the categories of the access open, each reading journalled by itself, within its budget."""
    held = access.categories
    if not held & (Category.IDENTITY | Category.CONTACT) and not may_enter_identity(actor, access):
        raise Http404
    identity = read_identity(actor, access.case_id) if held & Category.IDENTITY else None
    contacts = read_contacts(actor, access.case_id) if held & Category.CONTACT else None
    return {"identity": identity and identity.data, "contacts": contacts}


def _agreements(actor, access, request) -> dict:
    case = access.case
    shares = LegalShare.objects.visible_to(actor).filter(case=case, sent_at__isnull=False)
    heard = consents.opinions(case) if case.is_minor else []
    return {"agreements": consents.agreements(case), "opinions": heard, "shared_without": shares}


def _identification(actor, access, request) -> dict:
    said = visible_statements(access.case) if access.level >= Level.FILE else None
    return {"identification": access.case.views.all(), "statements": said}


def _access(actor, access, request) -> dict:
    team = Assignment.objects.filter(agency=actor.agency_id, case=access.case_id).select_related("membership__user")
    entries = Entry.objects.filter(case_id=access.case_id, action__in=readings()).order_by("-at", "-id")
    return {
        "sees": [{**row, "categories": categories_of(sum(row["categories"]))} for row in who_sees(actor, access.case)],
        "readings": entries[:NEWEST],
        "assigned": [one.membership for one in team.order_by("at", "pk")],
        "assignable": assignable(actor).select_related("user").order_by("pk"),
    }


def _place(actor, access, request) -> dict:
    case = access.case
    return {"territory": case.territory_id, "coordination": case.coordination, "moves": case.relocations.all()}


READINGS = [
    Reading(
        "identity",
        "identity",
        "get_identity",
        _("Read who the person is, and how to reach them safely"),
        {
            "identity": shown.IdentityShown(
                help_text=_("Absent without the category identity, or before it is recorded.")
            ),
            "contacts": shown.ContactShown(many=True, help_text=_("Absent without the category contact.")),
        },
        _identity,
        acts.IDENTITY,
        description=_(
            "By the categories of your access. Each reading is journalled, shown to the agency that leads, and "
            "counted: 429 beyond the limit."
        ),
        absent=("identity", "contacts"),
    ),
    Reading(
        "consents",
        "agreements",
        "get_agreements",
        _("Read what the person agreed to"),
        {
            "agreements": shown.AgreementShown(many=True),
            "opinions": shown.OpinionShown(many=True, help_text=_("Of a child.")),
            "shared_without": shown.ShareShown(many=True, help_text=_("On a legal ground, as far as you see it.")),
        },
        _agreements,
        acts.AGREEMENTS,
    ),
    Reading(
        "identification",
        "identification",
        "get_identification",
        _("Read who holds the person to be a victim"),
        {"identification": ViewShown(many=True), "statements": StatementShown(many=True)},
        _identification,
        description=_("`statements`, with their reasons, from level `file`; made with `make_statement`."),
        absent=("statements",),
    ),
    Reading(
        "access",
        "access",
        "get_access",
        _("Read who sees the case, and who opened it"),
        {
            "sees": shown.SeesShown(many=True),
            "readings": shown.ReadingShown(many=True, help_text=_("The last fifty, as far as you may know them.")),
            "assigned": shown.MemberShown(many=True, help_text=_("Members of your agency on this case.")),
            "assignable": shown.MemberShown(many=True, help_text=_("Members of your agency who may be assigned.")),
        },
        _access,
        acts.ACCESS,
    ),
    Reading(
        "place",
        "place",
        "get_place",
        _("Read where the case is, and where it was"),
        {
            "territory": serializers.CharField(),
            "coordination": AgencyRef(),
            "moves": shown.RelocationShown(many=True),
        },
        _place,
        acts.PLACE,
    ),
]
