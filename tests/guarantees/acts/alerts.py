"""Acts of alerts, and the call to a desk that stays silent."""

from datetime import timedelta

from django.utils import timezone

from foundation.actor import acting_as
from plans.models import Signal
from referral.alerts.operations import additions, alerts, kept
from referral.alerts.operations.signals import alert_of_signal
from referral.erasure.operations import erase_due_alerts
from referral.inbox.operations import alerts as alerts_operations
from referral.inbox.operations import charge, silent_desks
from referral.models import Alert, AlertDesk, AlertMove
from tests import factories as f
from tests.guarantees.acts import Done, act, prepared
from tests.guarantees.stages import system_of
from tests.plans import participants
from tests.referral.api import Caller
from tests.referral.inbox.test_silent_desks import older
from tests.referral.pages import Hand
from tests.roles import as_role

from .house import do


@act("alert.start")
def start(w):
    return Done(w.nurse, do(w.nurse, alerts.start_draft, answers={}))


@act("alert.start", tells="alert_sent")
def start_from_a_signal_that_tells_a_child(w):
    fields = participants.signal_fields(note="Une mineure de 15 ans dans une chambre.")
    sent = Signal(sector=participants.sector("hotels"), agency=w.nurse.agency, by=w.nurse, **fields)
    with as_role("nrm_owner"):
        Signal.objects.bulk_create([sent])
    prepared()
    with as_role("nrm_worker"):
        assert alert_of_signal(sent.pk) == 1
    system = system_of(w.nurse.agency)
    with acting_as(system):
        return Done(system, Alert.objects.get(pk=sent.pk))


@act("alert.send", tells="alert_sent")
def send(w):
    draft = f.draft(w.nurse)
    prepared()
    return Done(w.nurse, do(w.nurse, alerts.send_alert, draft.pk))


@act("alert.send", tells="alert_vital")
def send_a_danger_to_life(w):
    draft = f.draft(w.nurse, danger="yes")
    prepared()
    return Done(w.nurse, do(w.nurse, alerts.send_alert, draft.pk))


@act("alert.address", tells="alert_sent")
def address_what_was_kept(w):
    alert = f.sent_alert(w.nurse, recipients=[])
    prepared()
    do(w.nurse, kept.send_kept, alert.pk)
    return Done(w.nurse, alert)


@act("alert.finish")
def finish_what_was_kept(w):
    alert = f.sent_alert(w.nurse, recipients=[])
    prepared()
    do(w.nurse, kept.finish_kept, alert.pk, reason="helped_here")
    return Done(w.nurse, alert)


@act("alert.add", tells="alert_addition")
def add(w):
    alert = w.alert()
    prepared()
    do(w.nurse, additions.add_to_alert, alert.pk, "Elle est revenue.")
    return Done(w.nurse, alert)


@act("alert.add", tells="alert_addition case_addition")
def add_once_a_case_is_opened(w):
    alert = w.alert()
    do(w.partner, alerts.open_case, alert.pk)
    prepared()
    do(w.nurse, additions.add_to_alert, alert.pk, "Elle est revenue.")
    return Done(w.nurse, alert)


@act("alert.read", tells="alert_opened")
def read_at_the_desk(w):
    alert = w.alert()
    prepared()
    do(w.partner, alerts_operations.open_alert, alert.pk)
    return Done(w.partner, alert)


@act("alert.read")
def read_by_its_author(w):
    alert = w.alert()
    prepared()
    Hand(w.nurse).get("alert-detail", alert.pk)
    return Done(w.nurse, alert)


@act("alert.read")
def read_by_a_program(w):
    alert, program = w.alert(), f.program(w.partner.agency)
    caller = Caller(program)
    prepared()
    caller.get(f"alerts/{alert.pk}/")
    return Done(program, alert)


@act("alert.assign")
def assign(w):
    alert = w.alert()
    prepared()
    do(w.partner, charge.assign_desk, "alert", alert.pk, w.partner)
    return Done(w.partner, alert)


@act("alert.redirect", tells="alert_sent alert_redirected")
def redirect(w):
    alert = w.alert()
    prepared()
    do(w.partner, alerts_operations.redirect_alert, alert.pk, [w.second.agency_id], reason="competence")
    return Done(w.partner, alert)


@act("alert.redirect", tells="alert_vital alert_redirected")
def redirect_a_danger_to_life(w):
    alert = w.alert(danger="yes")
    prepared()
    do(w.partner, alerts_operations.redirect_alert, alert.pk, [w.second.agency_id], reason="competence")
    return Done(w.partner, alert)


@act("alert.readdress", tells="alert_sent alert_readdressed alert_passed_on")
def readdress(w):
    alert = w.alert()
    older(40)
    prepared()
    do(w.coord, silent_desks.readdress_all, w.partner.agency_id, w.second.agency_id)
    return Done(w.coord, alert)


@act("alert.readdress", tells="alert_vital alert_readdressed alert_passed_on")
def readdress_a_danger_to_life(w):
    alert = w.alert(danger="yes")
    older(40)
    prepared()
    do(w.coord, silent_desks.readdress_all, w.partner.agency_id, w.second.agency_id)
    return Done(w.coord, alert)


@act("alert.close", tells="alert_closed_elsewhere")
def close_its_share(w):
    alert = w.alert(w.partner, w.second)
    prepared()
    do(w.partner, alerts_operations.close_alert, alert.pk, reason="other_help")
    return Done(w.partner, alert)


@act("alert.close", tells="alert_closed alert_closed_elsewhere")
def close_for_all_as_the_coordination(w):
    alert = w.alert(w.partner, w.second)
    prepared()
    do(w.coord, alerts_operations.close_alert, alert.pk, reason="other_help")
    return Done(w.coord, alert)


@act("alert.close", tells="alert_closed_elsewhere alert_vital")
def close_what_another_had_left_to_it(w):
    """Nobody acts any more for somebody in danger: those who stood by are rung again."""
    alert = w.alert(w.partner, danger="yes")
    do(w.partner, alerts_operations.declare, alert.pk, what="acting", words="Nous partons.")
    do(w.partner, alerts_operations.stand_down, alert.pk, words="Elle est à l'abri.")
    do(w.coord, alerts_operations.confirm, alert.pk)
    prepared()
    do(w.partner, alerts_operations.close_alert, alert.pk, reason="mistake")
    return Done(w.partner, alert)


@act("alert.declare", tells="alert_taken_up alert_acting")
def declare(w):
    alert = w.alert(w.partner)
    prepared()
    do(w.partner, alerts_operations.declare, alert.pk, what="with_person", words="MARQUEUR")
    return Done(w.partner, alert)


@act("alert.stand_down", tells="alert_stand_down")
def stand_down(w):
    alert = w.alert(w.partner)
    do(w.partner, alerts_operations.declare, alert.pk, what="acting", words="Nous partons.")
    prepared()
    do(w.partner, alerts_operations.stand_down, alert.pk, words="MARQUEUR")
    return Done(w.partner, alert)


@act("alert.confirm", tells="alert_confirmed")
def confirm(w):
    alert = w.alert(w.partner)
    do(w.partner, alerts_operations.declare, alert.pk, what="acting", words="Nous partons.")
    do(w.partner, alerts_operations.stand_down, alert.pk, words="Elle est à l'abri.")
    prepared()
    do(w.coord, alerts_operations.confirm, alert.pk)
    return Done(w.coord, alert)


@act("alert.take_note")
def take_note(w):
    alert = w.alert(minor="no")
    case = do(w.coord, alerts.open_case, alert.pk)
    f.orientation(w.coord, case, f.shelter(), state="sent")
    do(w.nurse, additions.add_to_alert, alert.pk, "Il est revenu ce matin.")
    prepared()
    do(w.coord, alerts_operations.take_note, alert.pk)
    return Done(w.coord, alert)


@act("alert.discard")
def discard(w):
    draft = f.draft(w.nurse)
    prepared()
    do(w.nurse, alerts.discard_draft, draft.pk)
    return Done(w.nurse, draft)


@act("alert.erase")
def erased(w):
    alert = w.alert()
    with as_role("nrm_owner"):
        Alert.objects.filter(pk=alert.pk).update(state="closed", created_at=timezone.now() - timedelta(days=900))
        AlertMove.objects.filter(alert=alert).update(at=timezone.now() - timedelta(days=900))
        AlertDesk.objects.filter(alert=alert).update(due_at=None)  # nobody is waited for
    prepared()
    with as_role("nrm_worker"):
        erase_due_alerts()
    return Done(None, alert)


@act("alert.escalate", tells="alert_escalated")
def escalate(w):
    alert, clock = w.alert(), system_of(w.partner.agency)
    prepared()
    do(clock, alerts_operations.escalate_alert, alert.pk)
    return Done(clock, alert)


@act("alert.escalate", tells="alert_vital")
def escalate_a_danger_to_life(w):
    alert, clock = w.alert(danger="yes"), system_of(w.partner.agency)
    prepared()
    do(clock, alerts_operations.escalate_alert, alert.pk)
    return Done(clock, alert)


@act("desk.call", tells="alert_reached")
def reach(w):
    alert = w.alert(w.partner, minor="yes")
    prepared()
    do(w.coord, silent_desks.reach_desk, alert.pk, w.partner.agency_id, at=timezone.now(), function="Accueil")
    return Done(w.coord, w.partner.agency)


@act("desk.call")
def call(w):
    w.alert()
    older(40)
    prepared()
    do(w.coord, silent_desks.call_desk, w.partner.agency_id, at=timezone.now(), function="Accueil")
    return Done(w.coord, w.partner.agency)
