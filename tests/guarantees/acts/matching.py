"""Acts on possible duplicates: found and let go by the worker, decided by the coordination of both cases."""

from django.test import override_settings

from referral.duplicates.operations import decisions
from referral.models import Match, MatchAlarm
from tests.guarantees.acts import Done, act, prepared
from tests.referral.duplicates.pairs import AGAIN, OTHER, compared, corrected, entered
from tests.roles import as_role

from .house import do


def pair(w):
    """Two cases of one person, the lead's and the partner's; not compared yet."""
    return entered(w.lead, case=w.case), entered(w.partner, AGAIN)


def found(w) -> Match:
    pair(w)
    compared()
    with as_role("nrm_owner"):
        return Match.objects.get()


def decided(w, operation, *before, **said):
    match = found(w)
    for former in before:
        do(w.coord, former[0], match.pk, **former[1])
    prepared()
    do(w.coord, operation, match.pk, **said)
    return Done(w.coord, match)


@act("match.found", tells="match_found")
def find(w):
    pair(w)
    prepared()
    compared()
    with as_role("nrm_owner"):
        return Done(None, Match.objects.get())


@act("match.lapsed")
def lapse(w):
    match = found(w)
    corrected(w.lead, w.case, OTHER)
    prepared()
    compared()
    return Done(None, match)


@act("match.read")
def read(w):
    return decided(w, decisions.read_match)


@act("match.dismiss")
def dismiss(w):
    return decided(w, decisions.keep_apart, reason="two_persons")


@act("match.contact", tells="contact_asked")
def contact(w):
    return decided(w, decisions.put_in_contact)


@act("match.link")
def link(w):
    return decided(w, decisions.link)


# a service accepted for the lead, nothing goes on for the partner: whichever case is kept, the partner's author learns
# that a service acts
@act("match.merge", tells="case_merged alert_taken_up")
def merge(w):
    return decided(w, decisions.merge, keep="first")


@act("match.merge", tells="case_merged alert_taken_up")
def merge_into_the_other(w):
    return decided(w, decisions.merge, keep="second")


@act("match.undo", tells="case_parted")
def undo(w):
    return decided(w, decisions.undo_merge, (decisions.merge, {"keep": "first"}))


@act("match.reopen")
def reopen(w):
    return decided(w, decisions.reopen, (decisions.keep_apart, {"reason": "two_persons"}))


@act("match.alarm", tells="match_found match_alarm")
def alarm(w):
    pair(w)
    prepared()
    with override_settings(MATCH_ALARM=1):
        compared()
    with as_role("nrm_owner"):
        return [Done(None, alarm) for alarm in MatchAlarm.objects.all()]


@act("match.alarm_settled")
def settle_alarm(w):
    with as_role("nrm_owner"):
        made = MatchAlarm.objects.create(member=w.lead, day="2026-11-02", count=9)
    do(w.national, decisions.settle_alarm, made.pk, finding="misuse")
    return Done(w.national, made)
