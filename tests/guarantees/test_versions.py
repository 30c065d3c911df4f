"""A program changes what it read: the version of what it was shown (ETag), asked for by each change (If-Match).

Which operation asks for which tag stands in expected/matches.csv, written by hand, with the reason where none is.
"""

import csv
import json
import uuid
from copy import deepcopy
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Role
from foundation.actor import acting_as
from journal.models import Entry
from referral.api.rules import kinds
from referral.api.urls.endpoints import READINGS
from referral.models import Alert, Orientation
from tests import factories as f
from tests.referral.api import Caller, refused
from tests.roles import as_role
from victims.models import Case, Profile
from victims.own_labels.operations import set_label
from victims.path.operations import record_profile

from .acts import undone
from .program_acts import SAMPLES, body_of, connected
from .test_program_acts import ACTS, QUERY, READ_BY_THE_LEAD_ALONE, address

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
EXPECTED = {row["operation"]: row for row in csv.DictReader((ROOT / "tests/guarantees/expected/matches.csv").open())}
PATHS = json.loads((ROOT / "docs/openapi.json").read_text())["paths"]
OPERATIONS = {one["operationId"]: (method, one) for methods in PATHS.values() for method, one in methods.items()}
FIRST = {"sex": "female", "nationality": "Roumanie"}
SECOND = {"sex": "female", "nationality": "Nigéria"}


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    return connected()


def test_each_change_asks_for_the_tag_of_the_file_or_says_why_not():
    posts = {name for name, (method, _one) in OPERATIONS.items() if method == "post"} - {"get_token"}
    assert set(EXPECTED) == posts, "write in tests/guarantees/expected/matches.csv whose tag it asks for, or why none"
    for name, row in EXPECTED.items():
        one = OPERATIONS[name][1]
        said = next((p["description"] for p in one.get("parameters", []) if p["name"] == "If-Match"), "")
        assert f"`{row['of']}`" in said if row["of"] else not said, name
        assert bool(row["of"]) == ({"412", "428"} <= one["responses"].keys()) != bool(row["why"]), name
        if row["of"]:
            method, shown = OPERATIONS[row["of"]]
            assert method == "get" and "ETag" in shown["responses"]["200"]["headers"], name


@pytest.mark.parametrize(
    ("reading", "act"), [one for one in ACTS if one[1].changes(one[0].name)], ids=lambda one: one.name
)
def test_an_act_is_done_on_the_version_that_was_read_and_on_no_other(w, reading, act):
    sample = SAMPLES[act.name]
    if sample.before:
        sample.before(w)
    thing = sample.thing(w) if sample.thing else None
    where, body = address(w, reading, act, thing), body_of(w, act.name)
    tag = w.program.get(f"cases/{w.case.pk}/{reading.slug}/", **QUERY.get(reading.name, {}))["ETag"]
    with as_role("nrm_owner"):
        before = Entry.objects.count()
    refused(w.program.post(where, body, match=None), 428, "if-match-missing", header="If-Match")
    refused(w.program.post(where, body, match='"of something else"'), 412, "changed")
    refused(w.program.post(where, body, match="no-tag"), 400, "invalid", header="If-Match")
    with as_role("nrm_owner"):
        assert Entry.objects.count() == before, "a comparison is no reading"
    done = w.program.post(where, body, match=f'"other", {tag}', key="one-key-of-the-test")
    assert done.status_code == 200, done.content
    again = w.program.post(where, body, match=tag, key="one-key-of-the-test")
    assert again.headers["Idempotency-Replayed"] == "true" and again.json() == done.json()
    refused(w.program.post(where, body, match=tag), 412, "changed")


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.name)
def test_a_reading_repeated_has_the_same_tag_and_shows_nothing_again(w, reading):
    where, query = f"cases/{w.case.pk}/{reading.slug}/", QUERY.get(reading.name, {})
    first = w.program.get(where, **query)
    if reading.name == "get_access":  # shows the readings, this one too
        assert w.program.get(where, **query)["ETag"] != first["ETag"]
        return
    again = w.program.get(where, headers={"If-None-Match": f'"x", {first["ETag"]}'}, **query)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    near = w.near.get(where, **query)
    if reading.name not in READ_BY_THE_LEAD_ALONE and near.status_code == 200:
        assert near["ETag"] != first["ETag"], "a tag is good for one program"


def test_of_two_programs_the_second_is_told_and_writes_over_nothing(w):
    """The lost update: both read, both write; the words of the first stay."""
    where, survey = f"cases/{w.case.pk}/path/", f"cases/{w.case.pk}/path/survey/"
    other = Caller(f.program(w.home))
    mine, theirs = w.program.get(where)["ETag"], other.get(where)["ETag"]
    assert w.program.post(survey, FIRST, match=mine).status_code == 200
    refused(other.post(survey, SECOND, match=theirs), 412, "changed")
    with as_role("nrm_owner"):
        assert Profile.objects.get(case=w.case).data["nationality"] == "RO"
    assert other.post(survey, SECOND, match=other.get(where)["ETag"]).status_code == 200


def test_a_tag_that_compression_made_weak_is_that_of_what_was_read(w):
    """A generated client asks for gzip, and was told that what it had just read had changed."""
    where, survey = f"cases/{w.case.pk}/path/", f"cases/{w.case.pk}/path/survey/"
    headers = {"Authorization": f"Bearer {w.program.token}", "Accept-Encoding": "gzip"}
    compressed = w.program.client.get(f"/api/v1/cases/{w.case.pk}/", headers=headers)
    assert compressed["ETag"] == "W/" + w.program.get(f"cases/{w.case.pk}/")["ETag"]
    weak = "W/" + w.program.get(where)["ETag"]
    assert w.program.post(survey, FIRST, match=weak).status_code == 200
    refused(w.program.post(survey, SECOND, match=weak), 412, "changed")


def test_what_a_colleague_writes_in_a_page_moves_the_tag(w):
    where = f"cases/{w.case.pk}/path/"
    tag = w.program.get(where)["ETag"]
    with acting_as(w.lead):
        record_profile(w.lead, w.case.pk, data=FIRST)
    refused(w.program.post(f"{where}survey/", SECOND, match=tag), 412, "changed")


def test_a_tag_of_another_thing_or_of_somebody_with_more_sight_is_worth_nothing(w):
    """`near` reads the summary and the lead the file: neither tag is good for the other, nor for another case."""
    label = {"own_reference": "A-1", "nickname": ""}
    own, shared = f"cases/{w.other.pk}/label/", f"cases/{w.case.pk}/label/"
    whole, part = w.program.get(shared)["ETag"], w.near.get(shared)["ETag"]
    refused(w.program.post(shared, label, match=w.program.get(own)["ETag"]), 412, "changed")
    refused(w.near.post(shared, label, match=whole), 412, "changed")
    refused(w.program.post(shared, label, match=part), 412, "changed")
    assert w.near.post(shared, label, match=part).status_code == 200
    assert w.program.get(shared)["ETag"] == whole, "what another agency calls the case is not seen"


def test_a_tag_moves_with_what_its_reader_sees_and_with_nothing_else(w):
    """Who reads the summary learns nothing by its tag of what is written in the file or under a category."""
    where = f"cases/{w.case.pk}/"
    part, whole = w.near.get(where)["ETag"], w.program.get(where)["ETag"]
    statement = {"status": "presumed", "stated_on": "2026-11-02", "function": "Essai", "motives": "Essai"}
    for place, body in (
        (f"{where}health/", {"needs": ["pregnancy"], "text": "Essai"}),
        (f"{where}path/", {"form": "sexual_exploitation"}),
        (f"{where}identity/", {"family_name": "Marqueur"}),
    ):
        assert w.program.post(place, body).status_code == 200, place
    assert w.near.get(where)["ETag"] == part and w.program.get(where)["ETag"] == whole
    assert w.program.post(f"{where}state/", statement).status_code == 200
    assert w.program.get(where)["ETag"] != whole


def test_a_move_of_a_case_answers_the_tag_of_what_it_shows(w):
    where = f"cases/{w.case.pk}/"
    tag = w.program.get(where)["ETag"]
    refused(w.program.post(f"{where}follow_up/", match=None), 428, "if-match-missing")
    moved = w.program.post(f"{where}start_support/", match=tag)
    assert moved.status_code == 200, moved.content
    assert moved["ETag"] == w.program.get(where)["ETag"] != tag
    assert w.program.post(f"{where}follow_up/", match=moved["ETag"]).status_code == 200


def test_a_request_is_answered_and_sent_on_what_was_read(w):
    desk = f.program(w.second.agency, Role.CASE_WORKER)
    asked = f.orientation(w.lead, w.case, w.second.agency, level=2, state="sent")
    reader = Caller(desk)
    where = f"orientations/{asked.pk}/"
    opened = reader.post(f"{where}open/", match=None)
    assert opened["ETag"] == reader.get(where)["ETag"]
    refused(reader.post(f"{where}accept/", match=None), 428, "if-match-missing")
    assert w.program.post(f"{where}message/", {"words": "Essai"}, match=None).status_code == 200
    refused(reader.post(f"{where}accept/", match=opened["ETag"]), 412, "changed")
    tag = reader.get(where)["ETag"]
    taken = reader.post(f"{where}accept/", match=tag)
    assert taken.status_code == 200 and taken["ETag"] == reader.get(where)["ETag"] != tag


def test_a_draft_leaves_as_its_preview_showed_it(w):
    draft = f.orientation(w.lead, w.case, w.second.agency, level=2, state="draft")
    where = f"orientations/{draft.pk}/"
    tag = w.program.get(f"{where}preview/")["ETag"]
    refused(w.program.post(f"{where}send/", match=w.program.get(where)["ETag"]), 412, "changed")
    with as_role("nrm_owner"):
        Case.objects.filter(pk=w.case.pk).update(language="ro")
    refused(w.program.post(f"{where}send/", match=tag), 412, "changed")
    sent = w.program.post(f"{where}send/", match=w.program.get(f"{where}preview/")["ETag"])
    assert sent.status_code == 200, sent.content
    assert sent["ETag"] == w.program.get(where)["ETag"]


def test_a_danger_to_life_waits_for_no_tag(w):
    """Neither sending nor answering one; a tag that is sent is looked at all the same."""
    desk = Caller(f.program(w.second.agency, Role.CASE_WORKER))
    asked = f.orientation(w.lead, w.case, w.second.agency, level=2, state="sent", urgency="vital")
    where = f"orientations/{asked.pk}/"
    refused(desk.post(f"{where}accept/", match='"old"'), 412, "changed")
    assert desk.post(f"{where}accept/", match=None).status_code == 200
    with as_role("nrm_owner"):
        Orientation.objects.filter(pk=asked.pk).update(urgency="normal")
    refused(desk.post(f"{where}start/", match=None), 428, "if-match-missing")


def test_an_alert_is_answered_on_what_was_read(w):
    alert = w.alert(w.coord)
    desk, where = Caller(f.program(w.coord.agency, Role.COORDINATOR)), f"alerts/{alert.pk}/"
    opened = desk.post(f"{where}open/", match=None)
    assert opened["ETag"] == desk.get(where)["ETag"]
    refused(desk.post(f"{where}act/", match=None), 428, "if-match-missing")
    refused(desk.post(f"{where}act/", match='"old"'), 412, "changed")
    with undone():
        with as_role("nrm_owner"):
            Alert.objects.filter(pk=alert.pk).update(urgency="vital")
        assert desk.post(f"{where}act/", match=None).status_code == 200
    done = desk.post(f"{where}act/", match=opened["ETag"])
    assert done.status_code == 200, done.content
    assert done["ETag"] == desk.get(where)["ETag"] != opened["ETag"]


def test_places_are_declared_on_what_was_read_and_a_label_likewise(w):
    tag = w.program.get("desk/")["ETag"]
    refused(w.program.post("desk/places/", {"places": 3}, match=None), 428, "if-match-missing")
    told = w.program.post("desk/places/", {"places": 3}, match=tag)
    assert told["ETag"] == w.program.get("desk/")["ETag"]
    refused(w.program.post("desk/places/", {"places": 2}, match=tag), 412, "changed")
    where = f"cases/{w.case.pk}/label/"
    tag = w.program.get(where)["ETag"]
    with acting_as(w.lead):
        set_label(w.lead, w.case.pk, reference="B-2", nickname="")
    refused(w.program.post(where, {"own_reference": "C-3", "nickname": ""}, match=tag), 412, "changed")


def test_a_write_costs_one_reading_more_and_with_any_version_nothing(w):
    """Locks, a savepoint and the reading itself: the cost of a write with a tag is bounded by that of the reading."""
    where, section = f"cases/{w.case.pk}/path/survey/", f"cases/{w.case.pk}/path/"
    asked = {}
    for _time in range(2):  # the first one warms what is kept
        for name, match in (("any", lambda: "*"), ("tag", lambda: w.program.get(section)["ETag"])):
            said = match()
            with CaptureQueriesContext(connection) as queries:
                assert w.program.post(where, FIRST, match=said).status_code == 200
            asked[name] = len(queries)
        with CaptureQueriesContext(connection) as queries:
            w.program.get(section)
        asked["read"] = len(queries)
    assert asked["any"] < asked["tag"] <= asked["any"] + asked["read"] + 5, asked


def test_a_tag_says_nothing_of_what_it_covers(w):
    """It is keyed: who guesses what is shown cannot compute it. One language has another one."""
    where = f"cases/{w.case.pk}/"
    tag = w.program.get(where)["ETag"]
    assert len(tag) == 66 and tag.strip('"').isalnum()
    assert w.program.get(where, headers={"Accept-Language": "en"})["ETag"] != tag
    assert "ETag" not in w.program.get("cases/")
    refused(w.program.post(f"cases/{uuid.uuid4()}/follow_up/", match=tag), 404, "not-found")
    assert {"changed": 412, "if-match-missing": 428}.items() <= {k: v[0] for k, v in kinds().items()}.items()
