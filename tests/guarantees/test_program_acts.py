"""Each act of a case by API: tried by a program of the agency that leads, by one that reads the summary, by one that
sees nothing, by one without the role; what the journal keeps of it is what the ledger of surfaces says."""

from collections import defaultdict
from copy import deepcopy
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.models import Entry
from referral.api.urls.endpoints import READINGS
from tests.referral.api import refused
from tests.roles import as_role

from .acts import undone
from .program_acts import SAMPLES, body_of, connected
from .test_surfaces import SURFACES

pytestmark = pytest.mark.django_db
ACTS = [(reading, act) for reading in READINGS for act in reading.acts]
QUERY = {"rank_services": {"service": "safe_housing"}}
BESIDE = {"get_linked_names": {"case.read.links"}, "get_former_identities": {"case.read.history"}}
READ_BY_THE_LEAD_ALONE = {"rank_services"}  # of a case that others see
NAMED = defaultdict(set)  # by operation: its acts in the journal
for line in SURFACES:
    NAMED[line["api"]] |= {line["act"]} - {""}


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    return connected()


def address(w, reading, act, thing) -> str:
    return f"cases/{w.case.pk}/{reading.slug}/{act.address}".replace("<uuid:thing>", str(thing))


def journalled(since: datetime, program) -> set[tuple]:
    """Return the acts that this program made from this moment on, with the case each names."""
    with as_role("nrm_owner"):
        made = Entry.objects.filter(at__gte=since, membership_id=program.member.pk, outcome="done")
        return set(made.values_list("action", "case_id"))


def test_each_act_has_a_sample_and_each_sample_an_act():
    assert {act.name for _reading, act in ACTS} == set(SAMPLES), "write what a program sends in program_acts.py"


@pytest.mark.parametrize(("reading", "act"), ACTS, ids=lambda one: getattr(one, "name", ""))
def test_an_act_is_done_by_the_right_program_alone(w, reading, act):
    sample = SAMPLES[act.name]
    with undone():
        if sample.before:
            sample.before(w)
        thing = sample.thing(w) if sample.thing else None
        where, body = address(w, reading, act, thing), body_of(w, act.name)
        refused(w.stranger.post(where, body), 404, "not-found")
        refused(w.writer.post(where, body), 403, "forbidden")
        with undone():
            assert w.near.post(where, body).status_code == sample.near
        refused(w.program.post(where, {**body, "unknown": 1}), 400, "invalid", pointer="#/unknown")
        if thing and act.name != "unlink_cases":  # under another case of the same agency; a link is of two
            refused(w.program.post(where.replace(str(w.case.pk), str(w.other.pk)), body), 404, "not-found")
        since = timezone.now()
        answer = w.program.post(where, body, key="one-key-of-the-test")
        assert answer.status_code == 200, answer.content
        assert ("made" in answer.json()) == sample.makes
        found = journalled(since, w.program)
        assert {action for action, _case in found} & NAMED[act.name], (act.name, found)
        cases = {w.case.pk, w.other.pk}  # the other one: a link is of two cases
        assert found <= {(code, case) for code in {*NAMED[act.name], sample.also} for case in cases}
        again = w.program.post(where, body, key="one-key-of-the-test")
        assert again.headers["Idempotency-Replayed"] == "true"
        assert again.json() == answer.json()
        assert journalled(since, w.program) == found


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.name)
def test_a_section_is_read_as_its_page_and_says_what_may_be_done(w, reading):
    since = timezone.now()
    where, query = f"cases/{w.case.pk}/{reading.slug}/", QUERY.get(reading.name, {})
    answer = w.program.get(where, **query)
    assert answer.status_code == 200, answer.content
    named = NAMED[reading.name] | BESIDE.get(reading.name, set())
    assert {action for action, _case in journalled(since, w.program)} == (named or {"case.read"})
    assert answer.json()["actions"] == [act.name for act in reading.acts if SAMPLES[act.name].offered]
    refused(w.stranger.get(where, **query), 404, "not-found")
    refused(w.writer.get(where, **query), 403, "forbidden")
    near = w.near.get(where, **query)
    if reading.name in READ_BY_THE_LEAD_ALONE:
        refused(near, 403, "forbidden")
    elif near.status_code == 200:  # what is offered is what is not refused
        refusing = {act.name for act in reading.acts if SAMPLES[act.name].near == 403}
        assert not refusing & set(near.json()["actions"])
    else:
        refused(near, 404, "not-found")


LONGER = ["add_need", "write_entry", "add_paper", "add_episode", "write_health", "add_person", "record_agreement"]


@pytest.mark.parametrize("name", LONGER)
def test_a_longer_section_asks_the_database_no_more(w, name):
    reading, act = next(one for one in ACTS if one[1].name == name)
    where = f"cases/{w.case.pk}/{reading.slug}/"
    body = body_of(w, act.name)
    asked, sizes = [], []
    for _time in range(3):  # the first one warms what is kept
        for _row in range(2):
            assert w.program.post(where, body).status_code == 200
        with CaptureQueriesContext(connection) as queries:
            answer = w.program.get(where)
        asked.append(len(queries))
        sizes.append(len(answer.content))
    assert asked[1] == asked[2] and sizes[1] < sizes[2], (asked, sizes)
