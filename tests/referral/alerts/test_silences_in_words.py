"""What an alert's pages say of services that did not answer: true for each, and one line for one moment."""

from copy import deepcopy
from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.alerts import display
from referral.models import AlertDesk, AlertMove
from referral.tasks import due
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 12, 1, 12, 0, 5, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    return {
        "national": f.national(name="Coordination nationale d'essai"),
        "coord": f.member(f.coordination(name="Coordination d'essai"), Role.COORDINATOR),
        "homes": [f.shelter(name=f"Foyer {letter} (fictif)") for letter in "ABC"],
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
    }


def silence(alert) -> list[AlertMove]:
    """Let every time limit of the alert pass; return what due work wrote, oldest first."""
    with as_role("nrm_owner"):
        known = set(AlertMove.objects.filter(alert=alert).values_list("pk", flat=True))
        for row in AlertDesk.objects.filter(alert=alert, live=True, due_at__isnull=False):
            row.due_at -= timedelta(hours=80)
            row.answer_by -= timedelta(hours=80)
            row.save(update_fields=["due_at", "answer_by"])
    with as_role("nrm_worker"):
        due()
    with as_role("nrm_owner"):
        return list(AlertMove.objects.filter(alert=alert, action="escalate").exclude(pk__in=known).order_by("at"))


def steps_of(page: str, title: str) -> list[str]:
    return page.partition(f"<h2>{title}</h2>")[2].partition("</ol>")[0].split("<li ")[1:]


def minutes(moves) -> int:
    return len({move.at.replace(second=0, microsecond=0) for move in moves})


def test_who_was_told_and_who_was_reminded_is_true_and_said_once_a_minute(world):
    alert = f.sent_alert(world["nurse"], desks=[home.pk for home in world["homes"]])
    first = silence(alert)
    assert len(first) == 4 and sum(bool(move.to_agencies) for move in first) == 1
    page = text(Hand(world["nurse"]).get("alert-detail", alert.pk))
    lines = [line for line in steps_of(page, "Suivi de l'alerte") if "Sans réponse dans le délai" in line]
    assert len(lines) == minutes(first)
    told = [line for line in lines if "un autre service est prévenu aussi" in line]
    assert len(told) == 1 and "→ Coordination nationale d'essai" in told[0]
    for home in world["homes"]:  # told again itself, and nobody else
        assert sum(home.name in line for line in lines) == 1
    assert "Rappel envoyé à" in page or minutes(first) > 1

    second = silence(alert)
    assert len(second) == 5 and not any(move.to_agencies for move in second)
    page = text(Hand(world["nurse"]).get("alert-detail", alert.pk))
    lines = [line for line in steps_of(page, "Suivi de l'alerte") if "Sans réponse dans le délai" in line]
    assert sum("un autre service est prévenu aussi" in line for line in lines) == 1
    assert "Sans réponse dans le délai : rappel envoyé" in page or minutes([*first, *second]) == 1

    desk = steps_of(text(Hand(world["coord"]).get("inbox-alert", alert.pk)), "Étapes")
    silent = [line for line in desk if "Pas de réponse dans le délai" in line]
    assert len(silent) == minutes([*first, *second])
    for home in world["homes"]:
        assert any(home.name in line for line in silent)
    assert sum("À : Coordination nationale d'essai" in line for line in silent) == 1
    with acting_as(world["coord"]):
        assert alert.moves.filter(action="escalate").count() == 9  # every one stays


def test_only_silences_of_one_minute_are_one_moment():
    def move(action, seconds):
        return SimpleNamespace(action=action, at=NOON + timedelta(seconds=seconds))

    one, read, two, later = move("escalate", 0), move("open", 10), move("escalate", 20), move("escalate", 60)
    again = move("open", 61)
    assert display.by_moment([one, read, two, later, again]) == [[one, two], [read], [later], [again]]
