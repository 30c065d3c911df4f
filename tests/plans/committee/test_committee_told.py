"""Who is told of meetings and of the yearly campaign: a reference, once, and those concerned alone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Directory, Kind, Role
from foundation.actor import acting_as
from notifications.models import Event, Notice
from plans.committee.operations import committee
from plans.models import Campaign
from plans.money.operations import campaigns
from plans.tasks import yearly
from tests import factories as f
from tests.notifications.post import fan_out, one_pass, told, worker
from tests.plans import people
from tests.plans.money.test_money_overlaps import envelope
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def day(n=0):
    return timezone.localdate() + timedelta(days=n)


def seen_by(member) -> list[str]:
    with acting_as(member):
        return sorted(Notice.objects.of(member).values_list("kind", flat=True))


@pytest.fixture
def keeper():
    return people.coordination()


@pytest.fixture
def sitting(keeper):
    """Justice and the collective sit and have a unit here; CGT sits without one; CCEM has a unit and no seat."""
    with acting_as(keeper):
        for code, college in (("dacg", "state"), ("collectif", "civil_society"), ("cgt", "civil_society")):
            committee.give_seat(keeper, body=Directory.objects.get(pk=code), college=college, start=day(-50))
    return people.ministry(), people.collective()


def test_a_meeting_is_told_to_those_who_sit_and_to_nobody_else(keeper, sitting):
    justice, collective = sitting
    outsider, worker_there = people.speaker(body="ccem"), f.member(justice.agency, Role.CASE_WORKER)
    with acting_as(keeper):
        made = committee.plan_meeting(keeper, on=day(30), title_fr="TITRE-SECRET")
        assert [str(body) for body in committee.bodies_without_unit(made)] == ["CGT"]
    fan_out()
    assert {justice.pk, collective.pk} <= told("meeting_planned")
    assert not {outsider.pk, worker_there.pk, keeper.pk} & told("meeting_planned")
    with acting_as(keeper):
        committee.propose_item(keeper, made.pk, text="Point")
        committee.publish_agenda(keeper, made.pk)
        committee.settle_meeting(keeper, made.pk, state="cancelled", reason_fr="Grève")
    fan_out()
    assert seen_by(collective) == ["agenda_published", "meeting_moved", "meeting_planned"]
    client = Client()
    client.force_login(justice.user, backend="django.contrib.auth.backends.ModelBackend")
    with acting_as(justice):
        notice = Notice.objects.of(justice).filter(kind="meeting_planned").get()
    opened = client.get(f"/notifications/{notice.pk}/", follow=True)
    assert opened.request["PATH_INFO"] == reverse("plans:meeting", args=[made.pk])
    assert opened.status_code == 200


def test_one_written_afterwards_calls_nobody_and_its_minutes_are_told(keeper, sitting):
    justice, _collective = sitting
    with acting_as(keeper):
        made = committee.plan_meeting(keeper, on=day(-5), title_fr="Comité")
        committee.settle_meeting(keeper, made.pk, state="held")
        committee.save_minutes(keeper, made.pk, text="Relevé")
    fan_out()
    assert seen_by(justice) == []
    with acting_as(keeper):
        committee.publish_minutes(keeper, made.pk)
    fan_out()
    assert seen_by(justice) == ["minutes_published"]


def test_a_mail_says_a_reference_and_nothing_else(keeper, sitting, mailoutbox):
    justice, _collective = sitting
    with acting_as(keeper):
        committee.plan_meeting(keeper, on=day(30), title_fr="TITRE-SECRET")
        campaigns.open_campaign(keeper, year=2027, stage="voted", opens=day(), closes=day(20), note="NOTE-SECRETE")
    one_pass()
    sent = [message for message in mailoutbox if justice.user.email in message.to]
    assert len(sent) == 2
    for message in sent:
        said = f"{message.subject} {message.body}"
        for secret in ("TITRE-SECRET", "NOTE-SECRETE", "comité", "réunion", "moyens", "campagne", justice.agency.name):
            assert secret not in said, secret
    assert "MOY-2027-" in "".join(message.body for message in sent)


def test_a_campaign_is_told_to_each_body_that_answers_on_the_day_it_opens_and_once(keeper):
    justice, association = people.ministry(), people.speaker(body="ccem")
    with acting_as(keeper):
        campaigns.open_campaign(keeper, year=2027, stage="voted", opens=day(3), closes=day(40))
        campaigns.open_campaign(keeper, year=2026, stage="paid", opens=day(), closes=day(40))
    fan_out()
    assert seen_by(justice) == ["campaign_opened"], "the one that is open"
    assert seen_by(association) == []
    with as_role("nrm_owner"):
        Campaign.objects.filter(year=2027).update(opens=day())
    with worker():
        assert yearly() == 1
        assert yearly() == 0
    fan_out()
    assert seen_by(justice) == ["campaign_opened"] * 2


def test_who_has_envelopes_and_did_not_answer_is_told_before_the_end(keeper):
    silent, answered, empty = people.ministry(), people.ministry("dgt", Kind.LABOUR), people.ministry("dpjj")
    envelope(silent, "En attente")
    envelope(answered, "Répondue")
    with acting_as(keeper):
        made = campaigns.open_campaign(keeper, year=2027, stage="voted", opens=day(-20), closes=day(6))
        short = campaigns.open_campaign(keeper, year=2028, stage="voted", opens=day(-1), closes=day(5))
    with acting_as(answered):
        typed = {str(one.pk): {"hidden": "1"} for one in campaigns.grid.own_envelopes("dgt")}
        assert campaigns.submit(answered, made, typed)[1] == 1
    with worker():
        assert yearly() == 1, "not the one that has just opened"
        assert yearly() == 0
    with as_role("nrm_owner"):
        asked = Event.objects.filter(kind="campaign_reminder")
        assert [event.subject_id.int for event in asked] == [made.pk] != [short.pk]
    fan_out()
    assert "campaign_reminder" in seen_by(silent)
    assert "campaign_reminder" not in seen_by(answered) + seen_by(empty)


def test_a_reminder_by_hand_is_told_to_that_body(keeper):
    own, other = people.ministry(), people.ministry("dgt", Kind.LABOUR)
    with acting_as(keeper):
        made = campaigns.open_campaign(keeper, year=2027, stage="voted", opens=day(), closes=day(20))
        campaigns.remind(keeper, made, Directory.objects.get(pk="dacg"))
    fan_out()
    assert seen_by(own) == ["campaign_opened", "campaign_reminder"]
    assert seen_by(other) == ["campaign_opened"]
