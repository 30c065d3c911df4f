"""Acts of civil society, of the steering committee, and of companies and unions."""

from datetime import timedelta

from django.utils import timezone

from plans.committee.operations import committee
from plans.models import Meeting
from plans.participation.operations import names, participation, sectors
from tests.guarantees.acts import Done, act, prepared
from tests.plans import participants as p
from tests.plans.participation.test_participation_public import over

from .house import do
from .policy import body


def day(number=0):
    return timezone.localdate() + timedelta(days=number)


# -- consultations and contributions ----------------------------------------------------------------------------------
@act("consultation.open", tells="consultation_opened")
def open_consultation(w):
    return Done(w.coord, p.consultation(w.coord))


@act("consultation.open")
def announce_consultation(w):
    return Done(w.coord, p.consultation(w.coord, opens=5))


@act("consultation.change")
def change_consultation(w):
    made = p.consultation(w.coord, opens=5)
    prepared()
    return Done(w.coord, do(w.coord, participation.change_consultation, made.pk, title="Autre titre"))


@act("consultation.withdraw")
def withdraw_consultation(w):
    made = p.consultation(w.coord)
    prepared()
    return Done(w.coord, do(w.coord, participation.withdraw_consultation, made.pk, reason="Reportée"))


@act("consultation.conclude")
def conclude_consultation(w):
    made = over(p.consultation(w.coord))
    prepared()
    return Done(w.coord, do(w.coord, participation.conclude_consultation, made.pk, outcome="Repris."))


@act("contribution.start")
def start_contribution(w):
    return Done(w.association, p.draft(w.association))


@act("contribution.save")
def save_contribution(w):
    made = p.draft(w.association)
    prepared()
    return Done(w.association, do(w.association, participation.save_contribution, made.pk, title="Mieux"))


@act("contribution.submit")
def submit(w):
    made = p.draft(w.association)
    prepared()
    return Done(w.association, do(w.association, participation.send_contribution, made.pk))


@act("contribution.release")
def release(w):
    made = p.draft(w.cncdh)
    prepared()
    return Done(w.cncdh, do(w.cncdh, participation.send_contribution, made.pk))


@act("contribution.take_back")
def take_back(w):
    made = p.sent(w.association)
    prepared()
    return Done(w.association, do(w.association, participation.take_back_contribution, made.pk))


@act("contribution.withdraw")
def withdraw(w):
    made = p.sent(w.association)
    prepared()
    return Done(w.association, do(w.association, participation.withdraw_contribution, made.pk))


@act("contribution.publish")
def publish(w):
    made = p.sent(w.association)
    prepared()
    return Done(w.coord, do(w.coord, participation.publish_contribution, made.pk))


@act("contribution.set_aside", tells="contribution_answered")
def set_aside(w):
    made = p.sent(w.association)
    prepared()
    return Done(w.coord, do(w.coord, participation.set_contribution_aside, made.pk, reason="Hors sujet"))


@act("contribution.answer", tells="contribution_answered")
def answer(w):
    made = p.published(w.association, w.coord)
    prepared()
    do(w.coord, participation.answer_contribution, made.pk, verdict="partly", text="Repris dans la mesure 4.")
    return Done(w.coord, made)


def without_a_name(w):
    made = p.published(w.association, w.coord, text="Madame Démo a parlé.")
    return made, lambda: do(w.coord, names.withdraw_name, made.pk, passage="Madame Démo", reason="name")


@act("contribution.withdraw_name", tells="contribution_name_withdrawn")
def withdraw_name(w):
    made, taken_out = without_a_name(w)
    prepared()
    taken_out()
    return Done(w.coord, made)


@act("contribution.restore_name", tells="contribution_name_restored")
def restore_name(w):
    made, taken_out = without_a_name(w)
    row = taken_out()
    prepared()
    do(w.association, names.restore_name, made.pk, row.pk)
    return Done(w.association, made)


@act("survivors.sum_up")
def sum_up(w):
    return Done(w.coord, do(w.coord, participation.sum_up_survivors, title="Paroles", text="Être crues."))


@act("signal.send")
def send_signal(w):
    return Done(w.union, do(w.union, sectors.send_signal, p.sector(), **p.signal_fields()))


@act("signal.read")
def read_signal(w):
    made = do(w.union, sectors.send_signal, p.sector(), **p.signal_fields())
    prepared()
    return Done(w.coord, do(w.coord, sectors.read_signal, made.pk))


# -- the steering committee -------------------------------------------------------------------------------------------
def seat(w):
    return do(w.coord, committee.give_seat, body=body("dgcs"), college="state", start=day(-100))


def meeting(w, on=20) -> Meeting:
    """With a seat of the ministry, whose unit is told."""
    seat(w)
    return do(w.coord, committee.plan_meeting, on=day(on), title_fr="Réunion")


def held(w) -> Meeting:
    return do(w.coord, committee.settle_meeting, meeting(w, -5).pk, state="held")


def decision(w):
    return do(w.coord, committee.decide, held(w).pk, text="Ouvrir des places", responsible=body("dgcs"))


def item(w):
    return do(w.ministry, committee.propose_item, meeting(w).pk, text="Les places")


@act("seat.give")
def give_seat(w):
    return Done(w.coord, seat(w))


@act("seat.end")
def end_seat(w):
    made = seat(w)
    prepared()
    return Done(w.coord, do(w.coord, committee.end_seat, made.pk, end=day()))


@act("meeting.plan", tells="meeting_planned")
def plan_meeting(w):
    return Done(w.coord, meeting(w))


def settles(state: str, on: int):
    def settled(w):
        made = meeting(w, on)
        prepared()
        return Done(w.coord, do(w.coord, committee.settle_meeting, made.pk, state=state, reason_fr="Essai"))

    return settled


act("meeting.held")(settles("held", -5))
act("meeting.not_held")(settles("not_held", -5))
act("meeting.postponed", tells="meeting_moved")(settles("postponed", 20))
act("meeting.cancelled", tells="meeting_moved")(settles("cancelled", 20))


@act("agenda.propose")
def propose(w):
    made = meeting(w)
    prepared()
    return Done(w.ministry, do(w.ministry, committee.propose_item, made.pk, text="Les places"))


@act("agenda.answer")
def answer_item(w):
    made = item(w)
    prepared()
    return Done(w.coord, do(w.coord, committee.answer_item, made.pk, accept=True))


@act("agenda.publish", tells="agenda_published")
def publish_agenda(w):
    made = meeting(w)
    do(w.coord, committee.propose_item, made.pk, text="Les places")
    prepared()
    return Done(w.coord, do(w.coord, committee.publish_agenda, made.pk))


@act("attendance.take")
def take_attendance(w):
    made = held(w)
    prepared()
    do(w.coord, committee.take_attendance, made.pk, {})
    return Done(w.coord, made)


@act("decision.add")
def decide(w):
    return Done(w.coord, decision(w))


@act("decision.drop")
def drop_decision(w):
    made = decision(w)
    prepared()
    return Done(w.coord, do(w.coord, committee.drop_decision, made.pk))


@act("decision.follow")
def follow_up(w):
    made = decision(w)
    prepared()
    return Done(w.ministry, do(w.ministry, committee.follow_up, made.pk, state="started"))


@act("minutes.publish", tells="minutes_published")
def publish_minutes(w):
    made = held(w)
    do(w.coord, committee.save_minutes, made.pk, text="Compte rendu")
    prepared()
    return Done(w.coord, do(w.coord, committee.publish_minutes, made.pk))
