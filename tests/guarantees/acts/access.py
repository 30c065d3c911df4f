"""Acts on identity, the sealed categories, agreements, and who of a unit works on a case."""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Category, Role
from foundation.actor import acting_as
from referral.breaches import operations as breaches
from tests import factories as f
from tests.guarantees.acts import Done, act, prepared
from tests.referral.pages import Hand
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, lift_restriction, restrict_case, unassign_member
from victims.categories import operations as categories
from victims.consents import operations as consents
from victims.models import ReadingAlarm
from victims.reading import operations as reading
from victims.reporting import operations as reporting

from .house import REASON, do


@act("identity.enter")
def enter_identity(w):
    return Done(w.lead, w.identity(), w.case)


def writes(bit: Category):
    def written(w):
        return Done(w.lead, do(w.lead, categories.write_entry, w.case.pk, bit, data={"text": "MARQUEUR"}), w.case)

    return written


act("health.write")(writes(Category.HEALTH))
act("offence.write")(writes(Category.OFFENCE))
act("residence.write")(writes(Category.RESIDENCE))


@act("reporting.write")
def decide_on_a_report(w):
    data = {"decision": "not_made", "on": "2026-11-30", "agreement": "no", "why": "MARQUEUR"}
    return Done(w.lead, do(w.lead, reporting.record_decision, w.case.pk, data=data), w.case)


@act("consent.record")
def record_consent(w):
    return Done(w.lead, w.agreement(), w.case)


@act("consent.withdraw", tells="consent_withdrawn")
def withdraw_consent(w):
    made = w.agreement()
    prepared()
    do(w.lead, consents.withdraw_consent, made.pk)
    return Done(w.lead, made, w.case)


@act("consent.withdraw", tells="consent_withdrawn access_ended")
def withdraw_what_opened_the_case(w):
    with acting_as(w.lead):
        made = w.request("accepted").consent
    prepared()
    do(w.lead, consents.withdraw_consent, made.pk)
    return Done(w.lead, made, w.case)


@act("opinion.record")
def record_opinion(w):
    child = f.case(w.coord, author=w.nurse, minor="yes")
    prepared()
    return Done(w.coord, do(w.coord, consents.record_opinion, child.pk, stance="agrees"), child)


def reported(w):
    said = {"kind": "device", "known_at": timezone.now(), "ongoing": False, "apart": False, "text": "MARQUEUR"}
    return do(w.nurse, breaches.report, **said)


def written(w, made, who, *sorts):
    return [do(who, breaches.write, made.pk, sort, text="MARQUEUR") for sort in sorts][-1]


@act("breach.report", tells="breach_reported")
def report_breach(w):
    return Done(w.nurse, reported(w))


@act("breach.list")
def list_breaches(w):
    Hand(w.nurse).get("breach-list")
    return Done(w.nurse)


@act("breach.read")
def read_breach(w):
    made = reported(w)
    prepared()
    Hand(w.national).get("breach", made.pk)
    return Done(w.national, made)


@act("breach.write")
def assess_breach(w):
    made = reported(w)
    prepared()
    written(w, made, w.national, "assess")
    return Done(w.national, made)


@act("breach.write", tells="breach_read")
def tell_leads(w):
    made, now = reported(w), timezone.now()
    readings = {"account": w.lead, "period": (now - timedelta(days=1), now + timedelta(days=1))}
    counted = do(w.national, breaches.write, made.pk, "readings", **readings)
    prepared()
    do(w.national, breaches.write, made.pk, "told", answered=counted.pk)
    return Done(w.national, made)


@act("breach.write", tells="breach_decided")
def decide_of_breach(w):
    made = reported(w)
    prepared()
    written(w, made, w.national, "no_risk")
    return Done(w.national, made)


@act("breach.write", tells="breach_undecided")
def take_decisions_back(w):
    made = reported(w)
    written(w, made, w.national, "no_risk")
    prepared()
    written(w, made, w.national, "undecide")
    return Done(w.national, made)


@act("breach.write", tells="breach_closing")
def ask_to_close_breach(w):
    made = reported(w)
    written(w, made, w.national, "assess", "no_risk", "not_informed")
    prepared()
    written(w, made, w.national, "close")
    return Done(w.national, made)


@act("breach.write", tells="breach_reopened")
def open_breach_again(w):
    made = closed(w)
    prepared()
    written(w, made, w.national, "reopen")
    return Done(w.national, made)


@act("breach.close", tells="breach_closed")
def close_breach(w):
    made = closed(w)
    return Done(second_of_the_nation(w), made)


def second_of_the_nation(w):
    return w.national.agency.memberships.get(roles__contains=[Role.AGENCY_ADMIN])


def closed(w):
    made, second = reported(w), f.member(w.national.agency, Role.AGENCY_ADMIN)
    asked = written(w, made, w.national, "assess", "no_risk", "not_informed", "close")
    prepared()
    do(second, breaches.write, made.pk, "confirm", answered=asked.pk)
    return made


@act("reading.lift")
def lift_limit(w):
    with as_role("nrm_owner"):
        reached = {"agency": w.home, "membership": w.lead, "kind": "file", "window": "hour", "most": 60}
        alarm = ReadingAlarm.objects.create(**reached)
    do(w.mate, reading.lift, alarm.pk, REASON)
    return Done(w.mate, alarm)


@act("case.assign")
def assign(w):
    do(w.lead, assign_member, w.case.pk, w.mate)
    return Done(w.lead, w.mate, w.case)


@act("case.unassign")
def unassign(w):
    do(w.lead, assign_member, w.case.pk, w.mate)
    prepared()
    do(w.lead, unassign_member, w.case.pk, w.mate)
    return Done(w.lead, w.mate, w.case)


@act("case.restrict")
def restrict(w):
    do(w.lead, assign_member, w.case.pk, w.lead)
    prepared()
    do(w.lead, restrict_case, w.case.pk)
    return Done(w.lead, None, w.case)


@act("case.unrestrict")
def lift(w):
    do(w.lead, assign_member, w.case.pk, w.lead)
    do(w.lead, restrict_case, w.case.pk)
    prepared()
    do(w.lead, lift_restriction, w.case.pk)
    return Done(w.lead, None, w.case)
