"""Alerts at a coordination, cases opened after them, and who is awaited."""

from types import SimpleNamespace

from django.db import connection

from agencies.models import Kind, Role
from foundation.actor import acting_as
from notifications.models import Event
from referral.alerts.operations import alerts
from referral.closing.operations import move_case
from referral.duplicates.operations import decisions
from referral.inbox.operations.alerts import caseless, may_answer, row_of
from referral.models import AlertDesk, Match
from tests import factories as f
from tests.roles import as_role
from victims.models import Case

LEGAL = {"legal_ground": "vital_danger", "legal_reason": "Danger pour sa vie, écrit pour cet essai."}
CHILD, ADULT, VITAL = {"minor": "yes"}, {"minor": "no"}, {"minor": "no", "danger": "yes"}


def lay():
    """Return the desks and members that the tests start from."""
    f.national(name="Unité nationale d'essai")
    unit, home = f.coordination(name="Coordination d'essai"), f.shelter(name="Foyer d'essai")
    return SimpleNamespace(
        unit=unit,
        home=home,
        coordinator=f.member(unit, Role.COORDINATOR),
        worker=f.member(home),
        nurse=f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
        helper=f.member(f.shelter(name="Abri d'essai")),
        other=f.member(f.shelter(name="Autre foyer d'essai")),
    )


def desks(alert) -> dict:
    """Return (answer, whether its time limit runs) of each live desk, by name."""
    with as_role("nrm_owner"):
        rows = AlertDesk.objects.filter(alert=alert, live=True).select_related("agency")
        return {row.agency.name: (row.answer, row.due_at is not None) for row in rows}


def awaited(alert) -> set[str]:
    return {name for name, (_, runs) in desks(alert).items() if runs}


def sent(w, answers, to=()):
    """Return an alert at the coordination and the desks `to`, no other."""
    alert = f.sent_alert(w.nurse, desks=[w.unit.pk, *(agency.pk for agency in to)], **answers)
    assert set(desks(alert)) == {agency.name for agency in (w.unit, *to)}
    return alert


def opened(who, alert) -> Case:
    with acting_as(who):
        return alerts.open_case(who, alert.pk)


def closed(who, case):
    with acting_as(who):
        return move_case(who, case.pk, "close", reason="autonomy")


def asked(who, case, helper, state="sent", **fields):
    return f.orientation(who, case, helper.agency, state=state, answerer=helper, **{**LEGAL, **fields})


def duplicate(case, other) -> Match:
    first, second = sorted((case, other), key=lambda one: one.pk)
    with as_role("nrm_owner"):
        return Match.objects.create(first=first, second=second, strength="likely", digest="x")


def merged(w, case, keep) -> Match:
    pair = duplicate(case, keep)
    with acting_as(w.coordinator):
        return decisions.merge(w.coordinator, pair.pk, keep="first" if pair.first_id == keep.pk else "second")


def lapsed(request):
    """End what the request granted, as its time does."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE victims_grant SET until = now() - interval '1 hour' WHERE ground_id = %s", [request.pk])
        cursor.execute("DELETE FROM victims_grant WHERE ground_id = %s", [request.pk])


def offered(who, alert) -> list[str]:
    with acting_as(who):
        row = row_of(who, alert)
        return may_answer(who, row, ["close"], caseless=caseless(who, row))


def told_to(alert) -> set[int]:
    with as_role("nrm_owner"):
        rows = Event.objects.filter(subject_id=alert.pk, kind__in=("alert_vital", "alert_escalated"))
        return {agency for row in rows for agency in row.agencies}


def handed_over(w, case):
    """Return the agreement by which the helper leads this case."""
    agreed = f.consent(w.coordinator, case, agencies=[w.helper.agency_id], level=3)
    f.orientation(w.coordinator, case, w.helper.agency, state="accepted", answerer=w.helper, verb="transfer", level=3,
                  consent=agreed)  # fmt: skip
    return agreed


def transferred(w, answers):
    alert = sent(w, answers)
    case = opened(w.coordinator, alert)
    agreed = handed_over(w, case)
    assert not desks(alert), "no desk is left: the new lead acts"
    return alert, case, agreed
