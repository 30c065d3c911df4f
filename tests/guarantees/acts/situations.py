"""Acts on an event that concerns several persons."""

import uuid

from django.utils import timezone

from referral.models import Orientation, SituationCase
from referral.situations.operations import situations
from referral.situations.operations import split as split_operations
from tests import factories as f
from tests.guarantees.acts import Done, act, prepared
from tests.roles import as_role

from .house import do


def event(w):
    today = timezone.localdate()
    return do(w.coord, situations.start_situation, sort="raid", happened_on=today, territory=f.territory())


def person(w, situation, **who) -> SituationCase:
    do(w.coord, situations.open_persons, situation.pk, token=uuid.uuid4(), **(who or {"adults": 1}))
    with as_role("nrm_owner"):
        return SituationCase.objects.select_related("case").get(situation=situation)


def drafted(w, situation) -> int:
    """A draft to the partner for a child in danger."""
    child = person(w, situation, minors=1)
    return do(
        w.coord, split_operations.draft_all, situation.pk, service=f.service(),
        chosen={child.case_id: w.partner.agency_id}, verb=Orientation.Verb.REFER, level=2,
        child_reason="Enfant sans adulte sur place.",
    )  # fmt: skip


@act("situation.start")
def start(w):
    return Done(w.coord, event(w))


@act("situation.alert")
def add_alert(w):
    made, alert = event(w), w.alert(w.coord)
    prepared()
    do(w.coord, situations.add_alert, made.pk, alert.pk)
    return Done(w.coord, made)


@act("situation.case")
def add_case(w):
    made, case = event(w), f.case(w.coord, alert=w.alert(w.coord))
    prepared()
    do(w.coord, situations.add_case, made.pk, case)
    return Done(w.coord, made, case)


@act("situation.open", tells="case_opened")
def open_persons(w):
    made = event(w)
    prepared()
    person(w, made)
    return Done(w.coord, made)


@act("situation.signs")
def set_signs(w):
    made = event(w)
    prepared()
    do(w.coord, situations.set_signs, made.pk, ["ILO-AL-DR-01"])
    return Done(w.coord, made)


@act("situation.agreements")
def set_agreements(w):
    made = event(w)
    line = person(w, made)
    prepared()
    do(w.coord, situations.set_agreements, made.pk, {line.pk: "yes"})
    return Done(w.coord, made)


@act("situation.split", tells="case_opened")
def split(w):
    made = event(w)
    prepared()
    drafted(w, made)
    return Done(w.coord, made)


@act("situation.send", tells="orientation_sent")
def send(w):
    made = event(w)
    drafted(w, made)
    prepared()
    do(w.coord, split_operations.send_covered, made.pk)
    return Done(w.coord, made)
