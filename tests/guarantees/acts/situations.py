"""Acts on an event that concerns several persons."""

import uuid

from django.utils import timezone

from referral.models import Orientation, SituationCase
from referral.situations.operations import asking, opening, situations
from referral.situations.operations import split as split_operations
from tests import factories as f
from tests.guarantees.acts import Done, act, prepared
from tests.roles import as_role
from victims.access.operations import assignment

from .house import do


def event(w):
    today = timezone.localdate()
    return do(w.coord, situations.start_situation, sort="raid", happened_on=today, territory=f.territory())


def person(w, situation, side="adult") -> SituationCase:
    do(w.coord, opening.open_persons, situation.pk, token=uuid.uuid4(), groups=[opening.Group(side, "", 1)])
    with as_role("nrm_owner"):
        return SituationCase.objects.select_related("case").get(situation=situation)


def drafted(w, situation) -> int:
    """A draft to the partner for a child in danger."""
    child = person(w, situation, "minor")
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


def ordered(w, situation, persons=opening.BATCH + 1):
    groups = [opening.Group("adult", "", persons)]
    do(w.coord, opening.open_persons, situation.pk, token=uuid.uuid4(), groups=groups)


@act("situation.order", tells="case_opened")
def order_persons(w):
    made = event(w)
    prepared()
    ordered(w, made, 1)
    return Done(w.coord, made)


@act("situation.drop")
def drop(w):
    made = event(w)
    ordered(w, made)
    prepared()
    do(w.coord, opening.drop_planned, made.pk)
    return Done(w.coord, made)


@act("situation.charge")
def charge(w):
    made = event(w)
    line = person(w, made)
    do(w.coord, assignment.unassign_member, line.case_id, w.coord)
    prepared()
    do(w.coord, split_operations.take_charge, made.pk)
    return Done(w.coord, made)


QUESTION = {
    "purpose": "share_named", "agencies": [], "kinds": ["ngo"], "level": 2, "categories": 0, "explained": [],
    "proof": "oral", "language": "", "interpreter": "none", "until": "", "asked_by": "",
}  # fmt: skip


@act("situation.question")
def set_question(w):
    made = event(w)
    prepared()
    do(w.coord, asking.set_question, made.pk, QUESTION)
    return Done(w.coord, made)


@act("situation.person")
def show_person(w):
    made = event(w)
    line = person(w, made)
    prepared()
    do(w.coord, situations.read_person, made, line)
    return Done(w.coord, made, line.case)


@act("situation.answer")
def answer(w):
    made = event(w)
    line = person(w, made)
    do(w.coord, asking.set_question, made.pk, QUESTION)
    prepared()
    do(w.coord, asking.answer, made.pk, line.pk, "yes")
    return Done(w.coord, made, line.case)


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
