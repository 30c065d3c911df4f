"""Acts of a request from one service to another."""

from referral.inbox.operations import charge
from referral.orientations.operations import messages, orientations, overdue, sheet_reading
from tests import factories as f
from tests.guarantees.acts import Done, act, prepared
from tests.guarantees.stages import system_of
from tests.referral.api import Caller

from .house import do

WORDS = "Quelle langue parle-t-elle ?"


def moved(actor, operation, made, **fields) -> None:
    prepared()
    do(actor, operation, made.pk, **fields)


@act("orientation.draft")
def draft(w):
    agreed = w.agreement(agencies=[w.partner.agency_id])
    prepared()
    made = do(
        w.lead, orientations.draft_orientation, w.case, addressee=w.partner.agency, service=f.service(), consent=agreed
    )
    return Done(w.lead, made, w.case)


@act("orientation.send", tells="orientation_sent")
def send(w):
    made = w.request("draft")
    moved(w.lead, orientations.send_orientation, made)
    return Done(w.lead, made, w.case)


@act("orientation.read", tells="orientation_opened")
def read(w):
    made = w.request()
    moved(w.partner, orientations.open_orientation, made)
    return Done(w.partner, made, w.case)


@act("orientation.read")
def read_by_a_program(w):
    made, program = w.request(), f.program(w.partner.agency)
    caller = Caller(program)
    prepared()
    caller.get(f"orientations/{made.pk}/")
    return Done(program, made, w.case)


def _shown(w, **parts):
    """The case worker of the desk reads a sheet that holds these parts."""
    made = w.request()
    prepared()
    do(w.partner, sheet_reading.shown, made, parts, names=True)
    return Done(w.partner, made, w.case)


@act("case.read.sheet")
def read_the_story_on_a_sheet(w):
    return _shown(w, file={"texts": [{"text": "MARQUEUR-RECIT"}]})


@act("identity.read.sheet")
def read_the_name_on_a_sheet(w):
    return _shown(w, identity={"family_name": "MARQUEUR-NOM"})


@act("contact.read.sheet")
def read_the_contact_on_a_sheet(w):
    return _shown(w, contact={"ways": [{"value": "MARQUEUR-CONTACT"}]})


@act("orientation.assign")
def assign(w):
    made = w.request()
    prepared()
    do(w.partner, charge.assign_desk, "orientation", made.pk, w.partner)
    return Done(w.partner, made)


@act("orientation.ask", tells="orientation_question")
def ask(w):
    made = w.request()
    moved(w.partner, messages.ask_orientation, made, words=WORDS)
    return Done(w.partner, made, w.case)


@act("orientation.answer", tells="orientation_answered")
def answer(w):
    made = w.request()
    do(w.partner, messages.ask_orientation, made.pk, words=WORDS)
    moved(w.lead, messages.answer_question, made, words="Le roumain.")
    return Done(w.lead, made, w.case)


@act("orientation.message", tells="orientation_message")
def write_to_the_sender(w):
    made = w.request()
    moved(w.partner, messages.write_message, made, words=WORDS)
    return Done(w.partner, made, w.case)


@act("orientation.message", tells="orientation_message")
def write_to_the_desk(w):
    made = w.request()
    moved(w.lead, messages.write_message, made, words=WORDS)
    return Done(w.lead, made, w.case)


@act("orientation.accept", tells="orientation_accepted")
def accept(w):
    made = w.request()
    moved(w.partner, orientations.accept_orientation, made)
    return Done(w.partner, made, w.case)


@act("orientation.accept", tells="orientation_accepted orientation_withdrawn")
def accept_what_was_asked_of_two(w):
    made = w.request(exclusive=True)
    f.orientation(w.lead, w.case, w.second.agency, exclusive=True)
    moved(w.partner, orientations.accept_orientation, made)
    return Done(w.partner, made, w.case)


@act("orientation.decline", tells="orientation_declined")
def decline(w):
    made = w.request()
    moved(w.partner, orientations.decline_orientation, made, reason="no_place")
    return Done(w.partner, made, w.case)


@act("orientation.start", tells="orientation_started")
def start(w):
    made = w.request("accepted")
    moved(w.partner, orientations.start_orientation, made)
    return Done(w.partner, made, w.case)


@act("orientation.complete", tells="orientation_completed")
def complete(w):
    made = w.request("in_progress")
    moved(w.partner, orientations.complete_orientation, made, outcome="services")
    return Done(w.partner, made, w.case)


@act("orientation.withdraw", tells="orientation_withdrawn")
def withdraw(w):
    made = w.request()
    moved(w.lead, orientations.withdraw_orientation, made)
    return Done(w.lead, made, w.case)


@act("orientation.revoke", tells="orientation_withdrawn")
def revoke(w):
    made = w.request("accepted")
    moved(w.lead, orientations.revoke_orientation, made, reason="person")
    return Done(w.lead, made, w.case)


@act("orientation.escalate", tells="orientation_escalated")
def escalate(w):
    made, clock = w.request(), system_of(w.partner.agency)
    moved(clock, overdue.overdue_orientation, made)
    return Done(clock, made, w.case)


@act("orientation.expire", tells="orientation_expired")
def expire(w):
    made, clock = w.request(), system_of(w.partner.agency)
    do(clock, overdue.overdue_orientation, made.pk)
    moved(clock, overdue.overdue_orientation, made)
    return Done(clock, made, w.case)
