"""Requests for a token are counted, and its use is noted, under the program that is authenticated."""

import base64
from urllib.parse import quote

import pytest
from django.test import Client

from agencies.models import ApiClient
from agencies.tries.rules import PAIR, RATE
from tests import factories as f

pytestmark = pytest.mark.django_db
RIGHT = "secret-of-the-test"


@pytest.fixture
def program(db):
    f.national()
    return ApiClient.objects.get(membership=f.program(f.shelter()))


def ask(header: str = "", scheme: str = "Basic", **body):
    headers = {"Authorization": f"{scheme} {base64.b64encode(header.encode()).decode()}"} if header else {}
    return Client().post("/api/v1/token/", {"grant_type": "client_credentials", **body}, headers=headers)


def encoded(client_id: str, signs: int) -> str:
    """Return a client id with its first signs written as `%xx`, which means the same (RFC 6749, 2.3.1)."""
    return "".join(f"%{ord(sign):02x}" for sign in client_id[:signs]) + quote(client_id[signs:])


def test_wrong_secrets_are_counted_together_however_the_name_is_written(program):
    wrong = [ask(f"{encoded(program.client_id, n)}:wrong").status_code for n in range(PAIR.free)]
    assert wrong == [401] * (PAIR.free - 1) + [429]


def test_right_secrets_are_slowed_however_the_name_is_written(program):
    # more than are free: a slow machine is forgiven one each three seconds
    answers = [ask(f"{encoded(program.client_id, n % 8)}:{RIGHT}").status_code for n in range(2 * RATE.free)]
    assert answers[:5] == [200] * 5 and 429 in answers


@pytest.mark.parametrize("scheme", ["Basic", "basic"])
def test_a_header_with_another_name_does_not_hide_the_program_of_the_body(program, scheme):
    answer = ask("somebody:else", scheme, client_id=program.client_id, client_secret=RIGHT)
    assert answer.status_code == 401
    program.refresh_from_db()
    assert program.last_used_at is None


def test_use_is_noted_however_the_name_is_written(program):
    assert ask(f"{encoded(program.client_id, 3)}:{RIGHT}").status_code == 200
    program.refresh_from_db()
    assert program.last_used_at is not None
    assert ask(client_id=program.client_id, client_secret=RIGHT).status_code == 200
    assert ask("x:y", "Bearer", client_id=program.client_id, client_secret=RIGHT).status_code == 200
