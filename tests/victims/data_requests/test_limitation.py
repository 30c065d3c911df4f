"""Limitation of use (article 18 GDPR): all who see the case know it, exports and figures leave it out, help goes on."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from notifications.models import Notice
from referral import tasks
from referral.desk.filters import LISTS
from referral.exports import operations as exports
from referral.exports import selectors as exported
from referral.models import Export
from referral.survey.selectors import period
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.api import Caller
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.data_requests import operations as data_requests
from victims.models import Limitation
from victims.thread import operations as thread

pytestmark = pytest.mark.django_db
BANNER = "Utilisation limitée à la demande de la personne"


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    lead, partner, summary, status = (f.member(f.shelter()) for _ in range(4))
    case, other = f.own_case(lead), f.own_case(lead)
    for member, level in ((partner, 3), (summary, 2), (status, 1)):
        f.orientation(lead, case, member.agency, state="accepted", answerer=member, level=level)
    found = {"lead": lead, "partner": partner, "summary": summary, "status": status, "case": case, "other": other}
    return found | {"stranger": f.member(f.shelter()), "program": f.program(lead.agency)}


def ask(world, kind="limitation", identity="known"):
    said = {"asked_by": "person", "identity": identity, "way": "hand", "text": "x"}
    with acting_as(world["lead"]):
        received = timezone.localdate()
        return data_requests.add_request(world["lead"], world["case"].pk, kind=kind, received_on=received, **said)


def limit(world, **given):
    with acting_as(world["lead"]):
        data_requests.answer(world["lead"], ask(world, **given).pk, text="Fait.")


def seen(actor) -> tuple[int, int]:
    """By bare SQL, where the database alone stands; and by the first wall."""
    with acting_as(actor), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM victims_limitation")
        return cursor.fetchone()[0], Limitation.objects.visible_to(actor).count()


def test_all_who_see_the_case_know_it_and_nobody_else(world):
    assert BANNER not in text(Hand(world["lead"]).get("case-detail", world["case"].pk))
    limit(world)
    for who, count in (("lead", 1), ("partner", 1), ("summary", 1), ("status", 1), ("stranger", 0)):
        assert seen(world[who]) == (count, count), who
    for who in ("lead", "partner", "summary"):
        for page in ("case-detail", "case-timeline"):
            said = text(Hand(world[who]).get(page, world["case"].pk))
            assert BANNER in said and "La protection n'attend jamais" in said, who
    assert BANNER not in text(Hand(world["lead"]).get("case-detail", world["other"].pk))
    call = Caller(world["program"])
    assert call.get(f"cases/{world['case'].pk}/").json()["use_limited_since"]
    assert call.get(f"cases/{world['other'].pk}/").json()["use_limited_since"] is None
    with as_role("nrm_owner"):
        assert Entry.objects.get(action="limitation.begin").case_id == world["case"].pk


@pytest.mark.parametrize("kind", ["access", "rectification", "objection", "erasure"])
def test_another_request_limits_nothing(world, kind):
    limit(world, kind=kind)
    assert seen(world["lead"]) == (0, 0)


def test_a_refusal_or_an_identity_not_checked_limits_nothing(world):
    lead, unchecked = world["lead"], ask(world, identity="pending")
    with acting_as(lead):
        with pytest.raises(NotAllowed):
            data_requests.answer(lead, unchecked.pk, text="x")
        data_requests.refuse(lead, unchecked.pk, text="x")
    assert seen(lead) == (0, 0)


def test_granted_twice_it_stands_once(world):
    limit(world)
    limit(world)
    assert seen(world["lead"]) == (1, 1)


def exported_cases(actor, listed="cases") -> set[str]:
    with acting_as(actor):
        return set(exported.ids(LISTS[listed], actor, "", 100))


def test_it_leaves_exports_also_those_already_made(world):
    """By the lead, and by who reads the state alone; the near miss is the other case of the lead."""
    lead, case, other = world["lead"], str(world["case"].pk), str(world["other"].pk)
    made = Export(listed="cases", content=Export.Content.LIST)
    with acting_as(lead):
        rows = exported.lines(lead, made, [case, other])
        assert {row["id"] for row in exported.still_open(lead, made, rows)} == {case, other}
    assert exported_cases(lead) == {case, other} and case in exported_cases(world["status"])
    limit(world)
    with acting_as(lead):
        assert [row["id"] for row in exported.still_open(lead, made, rows)] == [other]
        assert exports.rows_found(lead, "cases", "")[2] == 1
    assert exported_cases(lead) == {other} and case not in exported_cases(world["status"])
    with acting_as(lead):
        sent = set(exported.ids(LISTS["by_us"], lead, "", 100))
    assert sent == set(), "requests of the case are of it"


def counted() -> tuple[int, int, int]:
    since, till = timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)
    with as_role("nrm_worker"), acting_as(SYSTEM):
        received = period.situations_received(since, till)["age_side"].total()
        return received, len(period.waits_until_accepted(since, till)), len(period.times_to_answer(since, till))


def test_it_leaves_published_figures(world):
    cases, waits, times = counted()
    limit(world)
    assert counted() == (cases - 1, waits - 1, times - 3)


def test_help_and_protection_go_on(world):
    """Nothing that protects waits: words of the follow-up, a request for a danger to life or on an agreement."""
    limit(world)
    lead, case = world["lead"], world["case"]
    with acting_as(lead):
        thread.write_entry(lead, case.pk, sort="message", text="MARQUEUR")
    for given in ({"legal_ground": "vital_danger"}, {"consent": f.consent(lead, case)}):
        assert f.orientation(lead, case, f.shelter(), **given).state == "sent"


def test_it_ends_by_an_act_once_the_person_was_told(world):
    limit(world)
    hand, pk = Hand(world["lead"]), world["case"].pk
    assert "Mettre fin à la limitation" in text(hand.get("case-data-requests", pk))
    untold = hand.post("case-data-requests", pk, because="asked")
    assert untold.status_code == 200 and "Informez d'abord la personne" in text(untold) and BANNER in text(untold)
    assert hand.post("case-data-requests", pk, because="asked", told="on").status_code == 302
    assert BANNER not in text(hand.get("case-detail", pk))
    assert hand.post("case-data-requests", pk, because="asked", told="on", again="1").status_code == 409
    assert str(pk) in exported_cases(world["lead"]), "used again"
    with as_role("nrm_owner"):
        assert Entry.objects.get(action="limitation.end").membership_id == world["lead"].pk
    limit(world)
    assert seen(world["lead"])[0] == 2, "and may be limited again"


@pytest.mark.parametrize(("who", "status"), [("partner", 302), ("summary", 404), ("status", 404), ("stranger", 404)])
def test_who_answers_requests_ends_it_and_nobody_else(world, who, status):
    limit(world)
    found = Hand(world[who]).post("case-data-requests", world["case"].pk, because="asked", told="on")
    assert found.status_code == status
    with as_role("nrm_owner"):
        assert Limitation.objects.in_force().exists() is (status != 302)


def test_what_has_ended_is_not_ended_again_nor_moved(world):
    limit(world)
    lead = world["lead"]
    with acting_as(lead):
        data_requests.end_limitation(lead, world["case"].pk, because="asked")
        with pytest.raises(WrongState):
            data_requests.end_limitation(lead, world["case"].pk, because="asked")
        assert Limitation.objects.update(ended_because="claims", ended_by=lead) == 0


def test_who_leads_the_case_is_reminded_each_quarter_of_a_limitation_that_stands(world):
    """It ends by an act alone, and nobody was told that it was still there."""
    limit(world)
    since = timezone.now()
    for days, times in ((90, 0), (92, 1), (120, 1), (183, 2)):
        with as_role("nrm_owner"):
            Limitation.objects.update(at=since - timedelta(days=days))
        assert told_again(world) == times, days
    with acting_as(world["lead"]):
        data_requests.end_limitation(world["lead"], world["case"].pk, because="asked")
    with as_role("nrm_owner"):
        Limitation.objects.update(at=since - timedelta(days=300))
    assert told_again(world) == 2


def told_again(world) -> int:
    """Let the worker remind; return how many such notices who leads the case has. No other agency has one."""
    with as_role("nrm_worker"):
        tasks.figures()
    fan_out()
    with as_role("nrm_owner"):
        found = Notice.objects.filter(kind="limitation_stands", channel="app")
        assert not found.exclude(membership__agency=world["lead"].agency_id).exists()
        return found.filter(membership=world["lead"]).count()
