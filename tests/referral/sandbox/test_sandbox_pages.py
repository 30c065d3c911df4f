"""The administrator makes, resets and ends the test client of a program on its page."""

import re

import pytest

from agencies.models import Sandbox
from tests.referral.pages import Hand, text
from tests.roles import as_role

from . import Developer, pass_of_the_worker
from .test_sandbox import later

pytestmark = pytest.mark.django_db


def stored(w) -> dict:
    with as_role("nrm_owner"):
        return Sandbox.objects.filter(membership=w["program"]).values().get()


def shown(page: str, name: str) -> str:
    return re.search(rf"<code data-{name}>([^<]+)</code>", page)[1]


def test_a_test_client_is_made_shown_once_reset_and_ended(w):
    boss, pk = Hand(w["boss"]), w["program"].pk
    assert "Créer un client d'essai" in text(boss.get("program", pk))
    page = text(boss.post("program-sandbox", pk, secret="yes"))
    test = Developer(shown(page, "client"), shown(page, "secret"))
    again = text(boss.get("program", pk))
    assert test.client_id in again and test.secret not in again and "en préparation" in again
    pass_of_the_worker()
    assert test.ask_token().status_code == 200
    assert "prêt, créé le" in text(boss.get("program", pk))
    made = stored(w)
    assert boss.post("program-sandbox", pk, reset="yes").status_code == 302  # within the minute
    assert "une fois par minute au plus" in text(boss.get("program", pk)) and stored(w) == made
    later(w)
    assert boss.post("program-sandbox", pk, reset="yes").status_code == 302
    assert test.get("alerts/").status_code == 503
    other = text(boss.post("program-sandbox", pk, secret="again"))
    assert shown(other, "client") == test.client_id and shown(other, "secret") != test.secret
    pass_of_the_worker()
    assert test.ask_token().status_code == 401
    assert boss.post("program-sandbox", pk, end="yes").status_code == 302
    assert boss.post("program-sandbox", pk, end="again").status_code == 404
    assert "Créer un client d'essai" in text(boss.get("program", pk))


def test_nobody_else_makes_one_and_none_is_offered_where_there_are_none(w, settings):
    pk = w["program"].pk
    assert Hand(w["worker"]).post("program-sandbox", pk, secret="yes").status_code == 403
    assert Hand(w["other_boss"]).post("program-sandbox", pk, secret="yes").status_code == 404
    settings.SANDBOX_TEMPLATE = ""
    assert "client d'essai" not in text(Hand(w["boss"]).get("program", pk))
    assert Hand(w["boss"]).post("program-sandbox", pk, secret="yes").status_code == 404
    with as_role("nrm_owner"):
        assert not Sandbox.objects.exists()
