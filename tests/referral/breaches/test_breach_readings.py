"""Which cases an account has read is counted, and those who lead them are told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Membership
from foundation.actor import acting_as
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from notifications.models import Notice
from referral.alerts.operations import alerts
from referral.breaches import access
from referral.breaches.forms.entries import FORMS
from referral.models import BreachEntry
from tests import factories as f
from tests.notifications.post import one_pass
from tests.referral.pages import Hand, text
from tests.roles import as_role

from .house import MARK, Sort, period, report, write

pytestmark = pytest.mark.django_db


def test_the_cases_that_an_account_has_read_are_counted(read):
    breach = report(read)
    made = write(read, "admin", breach, Sort.READINGS, account=read["worker"], period=period())
    with as_role("nrm_owner"):
        found = BreachEntry.objects.get(pk=made.pk)
    assert (found.cases, found.identities) == (2, 1)
    wider = write(read, "national", breach, Sort.READINGS, account=read["worker"], period=period(days=10))
    with as_role("nrm_owner"):
        assert BreachEntry.objects.get(pk=wider.pk).cases == 3


def test_nobody_counts_the_readings_of_another_agency_but_the_national_level(read):
    breach = report(read)
    with pytest.raises(NotAllowed):
        write(read, "admin", breach, Sort.READINGS, account=read["other_lead"], period=period())
    write(read, "national", breach, Sort.READINGS, account=read["other_lead"], period=period())
    for who in ("auditor", "reporter"):
        with pytest.raises(NotAllowed):
            write(read, who, breach, Sort.READINGS, account=read["worker"], period=period())


def leads(world) -> set[tuple[str, str]]:
    """Who was told of which case: names of both."""
    one_pass()
    cases = {case.pk: name for name, case in world["cases"].items()}
    people = {member.pk: name for name, member in world.items() if name != "cases"}
    with as_role("nrm_owner"):
        found = Notice.objects.filter(kind="breach_read", channel="app").values_list("subject_id", "membership_id")
        return {(cases[case], people[member]) for case, member in found}


def stored(made) -> BreachEntry:
    with as_role("nrm_owner"):
        return BreachEntry.objects.get(pk=made.pk)


def tell(world, who, breach, counted) -> tuple[int, int, int]:
    found = stored(write(world, who, breach, Sort.TOLD, answered=counted.pk))
    return found.cases, found.nobody, found.elsewhere


def test_leads_are_told_once_by_the_reference_of_their_case(read, mailoutbox):
    breach = report(read)
    made = write(read, "admin", breach, Sort.READINGS, account=read["worker"], period=period())
    assert tell(read, "national", breach, made) == (2, 0, 0)
    with pytest.raises(WrongState):
        write(read, "national", breach, Sort.TOLD, answered=made.pk)
    # the lead of one is the account alone: its coordination is told
    assert leads(read) == {("own", "territorial"), ("far", "other_lead")}
    names = [case.reference for case in read["cases"].values()]
    mails = [one.subject + one.body for one in mailoutbox if any(name in one.subject + one.body for name in names)]
    assert mails
    assert not [one for one in mails for word in (MARK, breach.reference, "iolation", "détourné") if word in one]


def test_a_colleague_of_the_account_is_told_and_the_account_is_not(read):
    read["colleague"] = f.member(read["worker"].agency)
    breach = report(read)
    made = write(read, "admin", breach, Sort.READINGS, account=read["worker"], period=period())
    tell(read, "national", breach, made)
    assert leads(read) == {("own", "colleague"), ("far", "other_lead")}


def test_cases_of_which_nobody_can_be_told_are_counted_and_told_once_somebody_can(read):
    with as_role("nrm_owner"):
        for name in ("worker", "territorial"):
            Membership.objects.filter(pk=read[name].pk).update(active=False)
    breach = report(read)
    made = write(read, "admin", breach, Sort.READINGS, account=read["worker"], period=period())
    assert tell(read, "admin", breach, made) == (0, 1, 1)
    assert "aucun" in text(Hand(read["admin"]).get("breach", breach.pk)).lower()
    assert leads(read) == set()
    with pytest.raises(WrongState):
        write(read, "admin", breach, Sort.TOLD, answered=made.pk)
    read["colleague"] = f.member(read["worker"].agency)
    assert tell(read, "admin", breach, made) == (1, 0, 1)
    assert leads(read) == {("own", "colleague")}


def test_an_agency_tells_its_own_cases_and_the_national_level_the_others(read):
    breach = report(read)
    made = write(read, "admin", breach, Sort.READINGS, account=read["worker"], period=period())
    assert tell(read, "admin", breach, made) == (1, 0, 1)
    with acting_as(read["admin"]):
        assert access.untold(read["admin"], breach) == []
    with acting_as(read["national"]):
        assert access.untold(read["national"], breach) == [made]
    assert tell(read, "national", breach, made) == (1, 0, 0)
    assert leads(read) == {("own", "territorial"), ("far", "other_lead")}


def test_a_case_is_told_once_whatever_the_counts(read):
    breach = report(read)
    for expected in ((2, 0, 0), (0, 0, 0)):
        made = write(read, "national", breach, Sort.READINGS, account=read["worker"], period=period())
        assert tell(read, "national", breach, made) == expected
    wider = write(read, "national", breach, Sort.READINGS, account=read["worker"], period=period(days=10))
    assert tell(read, "national", breach, wider) == (1, 0, 0)
    later = report(read)
    made = write(read, "national", later, Sort.READINGS, account=read["worker"], period=period())
    assert tell(read, "national", later, made) == (2, 0, 0)


def test_alerts_and_safe_contacts_are_counted(read):
    other = read["other_lead"]
    sent, joined = f.sent_alert(other, recipients=[]), f.sent_alert(other, recipients=[])
    with acting_as(other):
        case = alerts.open_case(other, joined.pk)
    with as_role("nrm_owner"):
        done = {"membership_id": read["worker"].pk, "outcome": "done"}
        for alert in (sent, joined, joined):
            Entry.objects.create(action="alert.read", subject="alert", subject_id=str(alert.pk), **done)
        Entry.objects.create(action="contact.read", case_id=read["cases"]["far"].pk, **done)
    read["cases"]["joined"] = case
    breach = report(read)
    made = write(read, "national", breach, Sort.READINGS, account=read["worker"], period=period())
    found = stored(made)
    assert (found.cases, found.identities, found.alerts) == (3, 2, 2)
    tell(read, "national", breach, made)
    assert ("joined", "other_lead") in leads(read)
    assert "tables exportées" in text(Hand(read["national"]).get("breach", breach.pk))


def test_days_that_the_journal_does_not_hold_are_not_counted(read):
    breach = report(read)
    with pytest.raises(WrongState):
        write(read, "admin", breach, Sort.READINGS, account=read["worker"], period=period(days=329))
    made = stored(write(read, "admin", breach, Sort.READINGS, account=read["worker"], period=period(days=327)))
    assert made.until <= made.at
    today = timezone.localdate()

    def errors(since, until):
        given = {"account": read["worker"].pk, "since": today - timedelta(since), "until": today - timedelta(until)}
        with acting_as(read["admin"]):
            return {*FORMS[Sort.READINGS](given, breach=breach, actor=read["admin"]).errors}

    assert (errors(327, 0), errors(328, 0), errors(1, -1)) == (set(), {"since"}, {"until"})


def test_an_account_that_reads_the_register_is_switched_off_before_it_is_counted(read):
    breach, today = report(read), timezone.localdate()

    def offered(account) -> set[str]:
        given = {"account": read[account].pk, "since": today, "until": today}
        with acting_as(read["national"]):
            return {*FORMS[Sort.READINGS](given, breach=breach, actor=read["national"]).errors}

    for account in ("second_admin", "dpo"):
        assert offered(account) == {"account"}
        with pytest.raises(NotAllowed):
            write(read, "national", breach, Sort.READINGS, account=read[account], period=period())
        with as_role("nrm_owner"):
            Membership.objects.filter(pk=read[account].pk).update(active=False)
        assert offered(account) == set()
        write(read, "national", breach, Sort.READINGS, account=read[account], period=period())
    for account in ("auditor", "national_admin"):
        with pytest.raises(NotAllowed):
            write(read, "national", breach, Sort.READINGS, account=read[account], period=period())
    apart = report(read, apart=True)
    write(read, "national", apart, Sort.READINGS, account=read["admin"], period=period())


def test_leads_are_told_of_counted_readings_of_this_breach_alone(read):
    breach, other = report(read), report(read, apart=True)
    made = write(read, "national", other, Sort.READINGS, account=read["worker"], period=period())
    for answered in (made.pk, breach.pk):
        with pytest.raises(WrongState):
            write(read, "admin", breach, Sort.TOLD, answered=answered)
