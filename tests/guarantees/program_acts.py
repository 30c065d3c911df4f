"""What a program sends for each act in a case, by hand, and what one who sees the summary alone is answered."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from agencies.models import Category, Role
from referral.api.schema.examples import EXAMPLES
from referral.procedures.operations import checklists, clocks
from tests import factories as f
from tests.referral.api import Caller
from tests.roles import as_role
from victims.access.operations.assignment import assign_member
from victims.files import operations as files
from victims.links.operations import cases, persons_and_papers
from victims.models import Case, Contact
from victims.needs import operations as needs
from victims.path.operations import write_episode
from victims.thread.operations import write_entry

from .acts.house import House, do
from .acts.work import CIVI, DAY


class Programs(House):
    """The house, with programs: of the agency that leads, of one that reads the summary, of one that sees nothing."""

    def __init__(self):
        super().__init__()
        self.agreement(categories=sum(Category))
        f.orientation(self.lead, self.case, self.partner.agency, level=2, state="accepted", answerer=self.partner)
        self.identity()
        with as_role("nrm_owner"):
            Contact.objects.create(case=self.case, data={"channel": "sms", "value": "0600000000", "whose": "hers"})
        self.need = do(self.lead, needs.add_need, self.case.pk, service=f.service("safe_housing"), priority="now")
        self.other = f.own_case(self.lead)


def connected() -> Programs:
    """Return the world with its programs: each with a token."""
    world = Programs()
    world.program, world.near = Caller(f.program(world.home)), Caller(f.program(world.partner.agency))
    world.stranger = Caller(f.program(f.shelter()))
    world.writer = Caller(f.program(world.home, Role.FRONTLINE))
    return world


@dataclass(frozen=True)
class Sample:
    """The body is the example of the document (referral/api/schema/examples.py), with `ids` that exist in the world.

    `near`: the answer to one who sees the summary and no more.
    """

    ids: Callable[[Programs], dict] | None = None
    near: int = 403
    thing: Callable[[Programs], Any] | None = None
    makes: bool = True
    before: Callable[[Programs], Any] | None = None  # what must stand first
    offered: bool = True  # to the lead, in the case of the world
    also: str = ""  # another act of the journal that comes with it


def _paper(w):
    return do(w.lead, persons_and_papers.add_paper, w.case.pk, sort="court", label="Essai", place="Coffre").pk


def _document(w):
    given = {"sort": "other", "title": "Essai", "place": 0, "content": b"Essai fictif.", "name": "essai.txt"}
    return do(w.lead, files.add_file, w.case.pk, token=uuid.uuid4(), **given).pk


def _person(w):
    return do(w.lead, persons_and_papers.add_person, w.case.pk, relation="child", age_side="minor").pk


def _episode(w):
    return do(w.lead, write_episode, w.case.pk, data={"form": "sexual_exploitation"}).pk


def _action(w):
    return do(w.lead, needs.add_action, w.need.pk, text="Essai", agency=w.home).pk


def _seen(w) -> str:
    """Return what the section says, as a program reads it before it writes."""
    (need,) = w.program.get(f"cases/{w.case.pk}/needs/").json()["needs"]
    return need["changed_at"]


def _as_a_child(w) -> None:
    with as_role("nrm_owner"):
        Case.objects.filter(pk=w.case.pk).update(age_side="minor")


def _checklist(w):
    return do(w.lead, checklists.start_procedure, w.case.pk, CIVI).pk


def _settled(w):
    pk = _checklist(w)
    do(w.lead, checklists.settle_step, pk, 1, "done", on=DAY)
    return pk


def _asylum(w):
    return do(w.lead, checklists.start_procedure, w.case.pk, "asile").pk


def _clock(w):
    return do(w.lead, clocks.start_clock, _asylum(w), 3, counted_on=DAY).pk


SAMPLES = {
    "add_need": Sample(),
    "change_need": Sample(lambda w: {"seen": _seen(w)}, 404, lambda w: w.need.pk),
    "add_action": Sample(lambda w: {"agency": w.home.pk}, 404, lambda w: w.need.pk),
    "finish_action": Sample(lambda w: {"done_on": timezone.localdate().isoformat()}, 404, _action),
    "write_entry": Sample(),
    "correct_entry": Sample(
        None,
        404,
        lambda w: do(w.lead, write_entry, w.case.pk, sort="message", text="Essai").pk,
    ),
    "add_paper": Sample(),
    "correct_paper": Sample(None, 404, _paper),
    "withdraw_file": Sample(None, 404, _document, makes=True),
    "add_episode": Sample(None, 404),
    "correct_episode": Sample(None, 404, _episode),
    "remove_episode": Sample(None, 404, _episode, makes=False),
    "answer_survey": Sample(None, 404, makes=False),
    "write_health": Sample(None, 404),
    "write_offence": Sample(None, 404),
    "record_report_decision": Sample(None, 404),
    "write_residence": Sample(None, 404),
    "add_person": Sample(),
    "correct_person": Sample(None, 404, _person),
    "link_cases": Sample(lambda w: {"reference": w.other.reference}, 400),
    "unlink_cases": Sample(
        None,
        404,
        lambda w: do(w.lead, cases.link_cases, w.case.pk, reference=w.other.reference, sort="family").pk,
        makes=False,
    ),
    "record_agreement": Sample(lambda w: {"agencies": [w.home.pk]}),
    # who sees the summary may record a withdrawal: it is the safe direction
    "withdraw_agreement": Sample(None, 200, lambda w: w.agreement().pk, makes=False),
    "record_opinion": Sample(before=_as_a_child, offered=False),
    "record_identity": Sample(makes=False),
    "assign_member": Sample(lambda w: {"member": w.mate.pk}, 400, makes=False),
    "unassign_member": Sample(
        lambda w: {"member": w.mate.pk}, 400, makes=False, before=lambda w: do(w.lead, assign_member, w.case.pk, w.mate)
    ),
    "move_case": Sample(makes=False),
    "start_procedure": Sample(None, 404),
    "offer_reflection": Sample(None, 404, also="procedure.start"),
    "draft_orientation": Sample(
        lambda w: {
            "addressee": w.second.agency_id,
            "agreement": str(w.agreement(agencies=[w.second.agency_id]).pk),
        }
    ),
    "do_step": Sample(None, 404, _checklist, makes=False),
    "waive_step": Sample(None, 404, _checklist, makes=False),
    "pass_step": Sample(None, 404, _checklist, makes=False),
    "reopen_step": Sample(None, 404, _settled, makes=False),
    "start_clock": Sample(None, 404, _asylum),
    "meet_clock": Sample(None, 404, _clock, makes=False),
    "stop_clock": Sample(None, 404, _clock, makes=False),
    "extend_clock": Sample(None, 404, _clock, makes=False),
}


def body_of(w, name: str) -> dict:
    """Return what a program sends for this act in this world."""
    ids = SAMPLES[name].ids
    return {**EXAMPLES.get(name, {}), **(ids(w) if ids else {})}
