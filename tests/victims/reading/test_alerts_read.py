"""Who opens unusually many alerts is told to the administrators and the auditor, and reads on: an alert never waits."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from agencies.models import Agency, Kind, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from journal.models import Entry
from notifications.models import Notice
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.api import Caller
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import ReadingAlarm
from victims.reading.operations import lift

pytestmark = pytest.mark.django_db
WHY = "Revue de toutes nos alertes avant la visite de lundi"


@pytest.fixture
def p(db, settings):
    cache.clear()
    settings.READ_BUDGETS = {sort: {"alert": {"hour": 3, "week": 5}} for sort in ("person", "service")}
    f.national()
    unit = f.coordination()
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    return {
        "coord": f.member(unit, Role.COORDINATOR),
        "mate": f.member(unit, Role.COORDINATOR),
        "boss": f.member(unit, Role.AGENCY_ADMIN),
        "boss_elsewhere": f.member(f.shelter(), Role.AGENCY_ADMIN),
        "auditor": f.member(f.agency(Kind.JUSTICE, desk=False), Role.AUDITOR),
        "alerts": [f.sent_alert(nurse) for _ in range(7)],
    }


def alarms(member) -> list[ReadingAlarm]:
    with as_role("nrm_owner"):
        return list(ReadingAlarm.objects.filter(membership=member).order_by("at"))


def opened(hand, alerts) -> list[int]:
    return [hand.get("inbox-alert", alert.pk).status_code for alert in alerts]


def told() -> list[int]:
    fan_out()
    with as_role("nrm_owner"):
        return sorted(
            Notice.objects.filter(kind="reading_limit", channel="app").values_list("membership_id", flat=True)
        )


def test_every_alert_opens_and_each_limit_is_told_once(p):
    hand, alerts = Hand(p["coord"]), p["alerts"]
    assert opened(hand, [alerts[0], alerts[0], alerts[0], alerts[1]]) == [200] * 4
    assert not alarms(p["coord"]), "two different alerts"
    assert opened(hand, alerts[2:3]) == [200]
    (alarm,) = alarms(p["coord"])
    assert (alarm.kind, alarm.window, alarm.most, alarm.agency_id) == ("alert", "hour", 3, p["coord"].agency_id)
    assert told() == sorted([p["boss"].pk, p["auditor"].pk]), "neither the reader nor a second person"
    assert opened(hand, alerts[3:]) == [200] * 4, "nothing is refused"
    assert [one.window for one in alarms(p["coord"])] == ["hour", "week"]
    assert told() == sorted([p["boss"].pk, p["auditor"].pk] * 2)


def test_next_hour_has_an_alarm_of_its_own(p):
    hand = Hand(p["coord"])
    opened(hand, p["alerts"][:3])
    hours = timedelta(hours=1.1)
    with as_role("nrm_owner"):
        for entry in Entry.objects.filter(membership_id=p["coord"].pk):
            Entry.objects.filter(pk=entry.pk).update(at=entry.at - hours)
        ReadingAlarm.objects.update(at=timezone.now() - hours)
    opened(hand, p["alerts"][3:4])
    assert len(alarms(p["coord"])) == 1, "one alert in this hour"
    opened(hand, p["alerts"][4:6])
    assert [one.window for one in alarms(p["coord"])] == ["hour", "week", "hour"]


def test_administrator_reads_who_and_lifts_nothing(p):
    opened(Hand(p["coord"]), p["alerts"][:3])
    (alarm,) = alarms(p["coord"])
    page = text(Hand(p["boss"]).get("reading-alarm", alarm.pk))
    assert "une alerte n'attend jamais" in page and "Lever la limite" not in page and "Pour information" in page
    assert "Vous ne pouvez pas lever" not in text(Hand(p["coord"]).get("reading-alarm", alarm.pk))
    assert Hand(p["auditor"]).get("reading-alarm", alarm.pk).status_code == 200
    assert Hand(p["boss_elsewhere"]).get("reading-alarm", alarm.pk).status_code == 404
    for who in ("mate", "boss"):
        with acting_as(p[who]), pytest.raises(NotAllowed):
            lift(p[who], alarm.pk, WHY)
        with acting_as(p[who]), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE victims_readingalarm SET lifted_by_id = %s, lifted_at = now(), until = now() WHERE id = %s",
                [p[who].pk, alarm.pk],
            )
            assert cursor.rowcount == 0


def test_program_that_reads_many_is_told_and_goes_on(p):
    caller = Caller(f.program(p["coord"].agency))
    assert [caller.get(f"alerts/{alert.pk}/").status_code for alert in p["alerts"][:4]] == [200] * 4
    assert [one.kind for one in alarms(caller.member)] == ["alert"]
    assert told() == sorted([p["boss"].pk, p["auditor"].pk])


def test_alerts_that_ones_agency_sent_are_counted_as_those_of_the_box(p):
    """Who reads cases of a school read all that it had ever sent, and nobody was told."""
    school = f.agency(Kind.EDUCATION)
    sender, reader = f.member(school, Role.FRONTLINE), f.member(school)
    boss = f.member(school, Role.AGENCY_ADMIN)
    hand, sent = Hand(reader), [f.sent_alert(sender) for _ in range(3)]
    assert [hand.get("alert-detail", alert.pk).status_code for alert in (*sent[:2], sent[0])] == [200] * 3
    assert not alarms(reader), "two different alerts"
    assert hand.get("alert-detail", sent[2].pk).status_code == 200
    assert [one.window for one in alarms(reader)] == ["hour"]
    assert told() == sorted([boss.pk, p["auditor"].pk])


@pytest.mark.parametrize("near", [True, False], ids=["of the place", "national"])
def test_alarm_of_the_only_administrator_where_nobody_audits_rings_at_the_coordination(p, near):
    """It rang at nobody's: one account read every alert of its agency unseen."""
    with as_role("nrm_owner"):
        type(p["auditor"]).objects.filter(pk__in=[p["auditor"].pk, p["boss"].pk]).update(active=False)
        type(p["coord"]).objects.filter(pk__in=[p["coord"].pk, p["mate"].pk]).update(active=near)
        nation = f.member(Agency.objects.get(mandate="national"), Role.COORDINATOR)
    house = f.shelter()
    reader = f.member(house, Role.AGENCY_ADMIN, Role.CASE_WORKER)
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    sent = [f.sent_alert(nurse, desks=[house.pk]) for _ in range(3)]
    assert opened(Hand(reader), sent) == [200] * 3
    rings = [p["coord"], p["mate"]] if near else [nation]
    assert told() == sorted(one.pk for one in rings)
    (alarm,) = alarms(reader)
    page = text(Hand(rings[0]).get("reading-alarm", alarm.pk))
    assert "Pour information" in page and sent[0].reference not in page, "a number, and no alert"
    with as_role("nrm_owner"):
        Notice.objects.all().delete()
        ReadingAlarm.objects.all().delete()
    other = f.member(house, Role.AGENCY_ADMIN)
    assert opened(Hand(reader), sent[:1]) == [200]
    assert told() == [other.pk], "a colleague is told: nobody else"
