"""Read one's own cases for a table of the HTCDS: what level, category and agreement all open, nothing that is sealed.

Notes under secrecy, health, presumed authors, residence and the view of an asylum body are not read at all.
"""

from django.db.models import Exists, OuterRef, Q

from agencies.models import Category, Level
from indicators.codes.selectors import CLOSURE_REASONS, FORMS, labels, named_in
from victims.models import (
    Case,
    CaseAccess,
    Consent,
    Contact,
    Episode,
    IdentificationView,
    Identity,
    Profile,
    unlimited,
)
from victims.models.cases import live
from victims.own_labels.selectors import own_labels
from victims.path.rules import standing

from .rules.records import Told, record_of

AGREED = ("record", "share_named")  # what an agreement is for, when it covers a table of the agency's own cases


def agreements(actor):
    """Return the live agreements that name the actor's agency, to keep the case or to share it."""
    named = Q(agencies__contains=[actor.agency_id]) | Q(kinds__contains=[actor.agency.kind])
    return Consent.objects.filter(named, live(), withdrawn_at=None, purpose__in=AGREED)


def sendable(actor, rows):
    """Keep, of access rows, the cases that the agency leads and whose person agreed."""
    agreed = agreements(actor).filter(case=OuterRef("case"))
    return rows.filter(Exists(agreed), lead=True, level__gte=Level.SUMMARY)


def opened(actor, keys) -> dict[str, tuple[int, int]]:
    """Return {case: (level, categories)} that both the access of the agency and the person's agreement open."""
    agreed: dict[str, tuple[int, int]] = {}
    for case, level, bits in agreements(actor).filter(case__in=keys).values_list("case", "level", "categories"):
        most, held = agreed.get(str(case), (0, 0))
        agreed[str(case)] = (max(most, level), held | bits)
    rows = unlimited(CaseAccess.objects.of(actor).filter(case__in=list(agreed), lead=True, level__gte=Level.SUMMARY))
    return {
        str(row.case_id): (min(row.level, agreed[str(row.case_id)][0]), row.categories & agreed[str(row.case_id)][1])
        for row in rows
    }


def lines(actor, keys, columns: list[str], *, named: bool) -> dict[str, dict]:
    """Return {case: {"id", "level", "categories", "cells"}}; `named`: with identity and contact where they are open."""
    open_to = opened(actor, keys)
    cases = Case.objects.visible_to(actor).filter(pk__in=list(open_to)).select_related("territory")
    whole = Case.objects.visible_to(actor, Level.FILE).filter(
        pk__in=[key for key, (level, _bits) in open_to.items() if level >= Level.FILE]
    )
    profiles = {row.case_id: row.data for row in Profile.objects.filter(case__in=whole)}
    episodes: dict = {}
    for episode in standing(Episode.objects.filter(case__in=whole)):
        episodes.setdefault(episode.case_id, []).append(episode.data)
    views: dict = {}
    for view in IdentificationView.objects.filter(case__in=list(open_to), asylum_body=None).order_by("stated_on", "pk"):
        views.setdefault(view.case_id, []).append(view)
    identities = _behind(Identity, Category.IDENTITY, open_to) if named else {}
    contacts = _behind(Contact, Category.CONTACT, open_to) if named else {}
    own = own_labels(actor, list(open_to))
    names = named_in("htcds", FORMS, "sexes", "identification_statuses", "identification_deciders", "case_statuses")
    names |= {CLOSURE_REASONS: labels(CLOSURE_REASONS)[CLOSURE_REASONS]}
    made = {}
    for case in cases:
        level, _bits = open_to[str(case.pk)]
        held = Category.IDENTITY * (case.pk in identities) | Category.CONTACT * (case.pk in contacts)
        told = Told(
            case=case,
            own_reference=own[case.pk].reference if case.pk in own else "",
            profile=profiles.get(case.pk, {}),
            episodes=episodes.get(case.pk, []),
            views=views.get(case.pk, []),
            identity=identities.get(case.pk, [{}])[0],
            contacts=contacts.get(case.pk, []),
        )
        record = record_of(told, names)
        made[str(case.pk)] = {
            "id": str(case.pk),
            "level": level,
            "categories": held,  # what of names stands in the row
            "cells": [record.get(column, "") for column in columns],
        }
    return made


def named(actor, keys) -> dict[int, set]:
    """Return {category: cases of which a table with names would take out what stands behind it}."""
    open_to = opened(actor, keys)
    return {
        bit: set(model.objects.filter(case__in=_open(bit, open_to)).values_list("case_id", flat=True))
        for model, bit in ((Identity, Category.IDENTITY), (Contact, Category.CONTACT))
    }


def still_agreed(actor, rows: list[dict]) -> list[dict]:
    """Return, of rows made earlier, those that access and agreement still open as far."""
    open_to = opened(actor, [row["id"] for row in rows])
    return [
        row
        for row in rows
        if (now := open_to.get(row["id"])) and now[0] >= row["level"] and not row["categories"] & ~now[1]
    ]


def _behind(model, bit, open_to) -> dict:
    """Return {case: data of its rows} of a sealed table, for the cases where both open this category."""
    found: dict = {}
    for row in model.objects.filter(case__in=_open(bit, open_to)):
        found.setdefault(row.case_id, []).append(row.data)
    return found


def _open(bit, open_to) -> list[str]:
    return [key for key, (_level, bits) in open_to.items() if bits & bit]
