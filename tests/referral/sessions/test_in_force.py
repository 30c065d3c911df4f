"""What the proxy asks before it reads a large body: known or not, and no trace of having asked."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from agencies.models import ProgramCall, Role
from journal.models import Entry
from tests import factories as f
from tests.referral.api import Caller, token_of
from tests.referral.factors.set_up import give_app, half
from tests.roles import as_role
from tests.second_step import pass_second_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    f.national()
    return f.shelter()


def asked(token: str = "", client: Client | None = None) -> tuple[int, bytes, bool]:
    """Return status, body and whether anything is said of a quota."""
    answer = (client or Client()).get("/en-vigueur/", headers={"Authorization": f"Bearer {token}"} if token else {})
    return answer.status_code, answer.content, "RateLimit" in answer


KNOWN, UNKNOWN = (204, b"", False), (401, b"", False)


def test_a_token_in_force_is_known_and_asking_is_no_call(home):
    program = Caller(f.program(home))
    cache.clear()
    for _ in range(3):
        assert asked(program.token) == KNOWN
    with as_role("nrm_owner"):
        assert not ProgramCall.objects.exists() and not Entry.objects.exists()
    left = program.get("reference/").headers["RateLimit"]
    assert '"ordinary";r=299' in left, "the call of the body itself is the first"


def test_a_token_that_is_over_altered_cut_or_of_a_test_space_is_not(home):
    program = f.program(home)
    token = token_of(program)
    assert asked(token) == KNOWN
    assert asked() == asked(token + "x") == asked("é" * 20) == asked("test_x.drawn.99.aa") == UNKNOWN
    assert asked(token_of(program, lasts=timedelta(seconds=-1))) == UNKNOWN
    with as_role("nrm_owner"):
        type(program).objects.filter(pk=program.pk).update(active=False)
    assert asked(token) == UNKNOWN


def test_a_session_is_known_once_it_owes_nothing(home):
    member = f.member(home, Role.CASE_WORKER)
    give_app(member)
    client = half(member)
    assert asked(client=client) == UNKNOWN, "the password alone may be a thief's"
    pass_second_step(client, member.user)
    assert asked(client=client) == KNOWN
    client.logout()
    assert asked(client=client) == UNKNOWN
    assert Client().post("/en-vigueur/").status_code == 405
