"""Any value in the body of an act of a case: understood, or refused in words with its place, and nothing is written."""

from copy import deepcopy

import pytest
from django.core.cache import cache
from django.utils import timezone

from tests import factories as f
from tests.referral.api import Caller

from .acts import undone
from .program_acts import SAMPLES, Programs, body_of
from .test_program_acts import ACTS, address, journalled

pytestmark = pytest.mark.django_db
NONSENSE = (None, True, -1, 2**70, 1.5, "", "\x00", "x" * 7000, "../é'\"<", [], [[]], {}, "9999-99-99", "2026-02-30")


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    world = Programs()
    world.program = Caller(f.program(world.home))
    return world


def wrong_bodies(body: dict, names: set[str]):
    """Yield bodies with one value that is nonsense, and those with one name left out."""
    for name in sorted(names):
        yield {each: value for each, value in body.items() if each != name}
        for value in NONSENSE:
            yield {**body, name: value}


@pytest.mark.long
@pytest.mark.parametrize(("reading", "act"), ACTS, ids=lambda one: getattr(one, "name", ""))
def test_no_body_breaks_an_act(w, reading, act):
    sample = SAMPLES[act.name]
    with undone():
        if sample.before:
            sample.before(w)
        thing = sample.thing(w) if sample.thing else None
        where, body = address(w, reading, act, thing), body_of(w, act.name)
        wrong = []
        for said in wrong_bodies(body, set(act.body()().fields)):
            cache.clear()
            with undone():
                since = timezone.now()
                answer = w.program.post(where, said)
                written = journalled(since, w.program)
                if answer.status_code not in (200, 400, 403, 404, 409) or (answer.status_code != 200 and written):
                    wrong.append(f"{said}: {answer.status_code}, {answer.json().get('detail')}, written: {written}")
        assert not wrong, "\n".join(wrong[:20])
