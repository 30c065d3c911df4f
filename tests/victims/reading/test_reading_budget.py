"""One account reads so many different cases, identities and contacts, and no more without a second person."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from agencies.models import Category, Kind, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from notifications.models import Notice
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.api import Caller, refused
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.identity.operations import enter_identity, read_contacts, read_identity
from victims.models import Case, Contact, ReadingAlarm
from victims.reading.access import Spent
from victims.reading.operations import lift

pytestmark = pytest.mark.django_db
WHY = "Revue de tous nos dossiers avant la visite de lundi"
MOST = {"hour": 3, "week": 5}


@pytest.fixture
def p(db, settings):
    cache.clear()
    settings.READ_BUDGETS = {
        sort: dict.fromkeys(("file", "identity", "contact"), MOST) for sort in ("person", "service")
    }
    f.national()
    unit = f.coordination()
    home = f.shelter()
    worker = f.member(home)
    auditor = f.member(f.agency(Kind.JUSTICE, desk=False), Role.AUDITOR)
    return {
        "worker": worker,
        "mate": f.member(home),
        "boss": f.member(home, Role.AGENCY_ADMIN),
        "stranger": f.member(f.shelter()),
        "coord": f.member(unit, Role.COORDINATOR),
        "auditor": auditor,
        "cases": [f.bare_case(worker) for _ in range(8)],
    }


def age(member, hours: float) -> None:
    """Let this time pass for what the member has read."""
    with as_role("nrm_owner"):
        for entry in Entry.objects.filter(membership_id=member.pk):
            Entry.objects.filter(pk=entry.pk).update(at=entry.at - timedelta(hours=hours))


def alarms(member) -> list[ReadingAlarm]:
    with as_role("nrm_owner"):
        return list(ReadingAlarm.objects.filter(membership=member).order_by("at"))


def told(kind="reading_limit") -> set[int]:
    with as_role("nrm_owner"):
        return set(Notice.objects.filter(kind=kind, channel="app").values_list("membership_id", flat=True))


def opened(hand, cases) -> list[int]:
    return [hand.get("case-detail", case.pk).status_code for case in cases]


def test_cases_beyond_the_budget_are_not_opened_and_the_alarm_comes_with_the_last_allowed(p):
    hand, cases = Hand(p["worker"]), p["cases"]
    assert opened(hand, cases[:2]) == [200, 200]
    assert not alarms(p["worker"])
    assert opened(hand, cases[2:4]) == [200, 429]
    (alarm,) = alarms(p["worker"])
    assert (alarm.kind, alarm.window, alarm.most, alarm.agency_id) == ("file", "hour", 3, p["worker"].agency_id)
    fan_out()
    assert told() == {p["mate"].pk, p["boss"].pk, p["auditor"].pk}
    # what was opened lately stays open, every section of it, and counts once
    assert opened(hand, cases[:3]) == [200, 200, 200]
    assert hand.get("case-needs", cases[0].pk).status_code == 200
    assert hand.get("case-needs", cases[4].pk).status_code == 429
    assert len(alarms(p["worker"])) == 1
    with as_role("nrm_owner"):
        read = Entry.objects.filter(membership_id=p["worker"].pk, action__startswith="case.read")
        assert set(read.values_list("case_id", flat=True)) == {case.pk for case in cases[:3]}


def test_page_says_what_happens_and_what_to_do(p):
    hand = Hand(p["worker"])
    opened(hand, p["cases"][:3])
    answer = hand.get("case-detail", p["cases"][3].pk)
    assert answer.status_code == 429
    assert 3500 < int(answer["Retry-After"]) <= 3600
    (alarm,) = alarms(p["worker"])
    for said in ("3 dossiers différents en une heure", alarm.reference, "17, le 112", "Accès d'urgence"):
        assert said in text(answer), said


def test_hour_rolls_and_the_week_holds(p):
    hand, cases = Hand(p["worker"]), p["cases"]
    assert opened(hand, cases[:3]) == [200] * 3
    age(p["worker"], 1.1)
    assert opened(hand, cases[3:6]) == [200, 200, 429]  # five in the week
    assert [alarm.window for alarm in alarms(p["worker"])] == ["hour", "week"]
    age(p["worker"], 24 * 7)
    assert opened(hand, cases[5:]) == [200] * 3


def test_program_is_refused_with_retry_after_and_words(p):
    caller = Caller(f.program(p["worker"].agency))
    answers = [caller.get(f"cases/{case.pk}/") for case in p["cases"][:4]]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    said = refused(answers[3], 429, "too-many-requests")
    assert "3 dossiers différents en une heure" in said["detail"]
    assert 3500 < int(answers[3]["Retry-After"]) <= 3600
    assert caller.get("cases/").status_code == 200  # lists are not readings of a file
    with acting_as(p["mate"]):
        lift(p["mate"], alarms(caller.member)[0].pk, WHY)
    assert caller.get(f"cases/{p['cases'][3].pk}/").status_code == 200


def test_second_person_lifts_for_two_hours_and_as_many_again(p):
    hand, cases = Hand(p["worker"]), p["cases"]
    opened(hand, cases[:3])
    (alarm,) = alarms(p["worker"])
    for who in ("worker", "stranger", "coord", "auditor"):
        Hand(p[who]).post("reading-alarm", alarm.pk, reason=WHY)
        assert alarms(p["worker"])[0].lifted_at is None, who
    assert Hand(p["mate"]).get("reading-alarm", alarm.pk).status_code == 200
    assert Hand(p["auditor"]).get("reading-alarm", alarm.pk).status_code == 200
    assert Hand(p["stranger"]).get("reading-alarm", alarm.pk).status_code == 404
    assert Hand(p["mate"]).post("reading-alarm", alarm.pk, reason="trop court").status_code == 200
    assert Hand(p["mate"]).post("reading-alarm", alarm.pk, reason=WHY).status_code == 302
    (alarm,) = alarms(p["worker"])
    assert alarm.lifted_by_id == p["mate"].pk
    assert timedelta(hours=1, minutes=59) < alarm.until - timezone.now() <= timedelta(hours=2)
    assert opened(hand, cases[3:5]) == [200, 200]
    with acting_as(p["boss"]), pytest.raises(WrongState):
        lift(p["boss"], alarm.pk, WHY)
    with as_role("nrm_owner"):
        assert Entry.objects.get(action="reading.lift").membership_id == p["mate"].pk


def test_lifting_ends(p, settings):
    settings.READ_BUDGETS["person"]["file"] = {"hour": 2, "week": 50}
    hand, cases = Hand(p["worker"]), p["cases"]
    assert opened(hand, cases[:3]) == [200, 200, 429]
    with acting_as(p["mate"]):
        lift(p["mate"], alarms(p["worker"])[0].pk, WHY)
    assert opened(hand, cases[2:5]) == [200, 200, 429]  # as many again, and an alarm again
    assert [alarm.lifted_at is None for alarm in alarms(p["worker"])] == [False, True]
    past = timezone.now() - timedelta(minutes=1)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE victims_readingalarm SET until = %s WHERE until IS NOT NULL", [past])
    assert opened(hand, cases[5:6]) == [429]


@pytest.mark.parametrize("kind", ["identity", "contact"])
def test_identities_and_contacts_have_a_budget_of_their_own(p, kind):
    worker, cases = p["worker"], p["cases"][:4]
    for case in cases:
        agreed = f.consent(
            worker, case, agencies=[worker.agency_id], categories=int(Category.IDENTITY | Category.CONTACT)
        )
        with acting_as(worker):
            enter_identity(worker, case.pk, consent=agreed, data={"family_name": "Fictive"})
        with as_role("nrm_owner"):
            Contact.objects.create(case=case, data={"channel": "sms", "value": "0600000000"})
    read = {"identity": read_identity, "contact": read_contacts}[kind]
    with acting_as(worker):
        for case in cases[:3]:
            assert read(worker, case.pk)
        with pytest.raises(Spent) as spent:
            read(worker, cases[3].pk)
        assert (spent.value.kind, spent.value.budget.window) == (kind, "hour")
        assert read(worker, cases[0].pk)


def test_danger_to_life_is_never_refused(p):
    hand, cases = Hand(p["worker"]), p["cases"]
    opened(hand, cases[:3])
    assert opened(hand, cases[3:4]) == [429]
    with as_role("nrm_owner"):
        Case.objects.filter(pk=cases[3].pk).update(urgency="vital")
    assert opened(hand, cases[3:4]) == [200]


def test_emergency_access_is_never_refused(p):
    hand = Hand(p["worker"])
    opened(hand, p["cases"][:3])
    other = f.bare_case(p["stranger"])
    assert hand.post("emergency-access", reference=other.reference, reason=WHY).status_code == 302
    assert opened(hand, [other]) == [200]
    assert opened(hand, p["cases"][3:4]) == [429]


def test_what_is_sent_to_a_case_read_this_week_is_not_lost(p):
    hand, cases = Hand(p["worker"]), p["cases"]
    assert opened(hand, cases[:1]) == [200]
    age(p["worker"], 2)
    assert opened(hand, cases[1:5]) == [200, 200, 200, 429]
    assert hand.post("case-timeline", cases[0].pk, text="Appel de la personne").status_code in (200, 302)
    assert hand.post("case-timeline", cases[6].pk, text="Appel de la personne").status_code == 429


def test_reader_lifts_no_limit_by_the_database(p):
    hand = Hand(p["worker"])
    opened(hand, p["cases"][:3])
    with acting_as(p["worker"]), pytest.raises(NotAllowed):
        lift(p["worker"], alarms(p["worker"])[0].pk, WHY)
    with acting_as(p["worker"]), connection.cursor() as cursor:
        cursor.execute("UPDATE victims_readingalarm SET reason = 'x' WHERE membership_id = %s", [p["worker"].pk])
        assert cursor.rowcount == 0
    assert alarms(p["worker"])[0].lifted_at is None
