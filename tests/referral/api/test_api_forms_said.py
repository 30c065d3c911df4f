"""What the document says of the form of a request is what the server takes: schemathesis found where it was not."""

import re
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache

from agencies.models import Role
from referral.api.schema.fields import BLANK, WRITTEN
from tests import factories as f
from tests.referral.api import DOCUMENT, Caller

from .test_api_alerts import BODY

pytestmark = pytest.mark.django_db
SCHEMAS = DOCUMENT["components"]["schemas"]


@pytest.fixture
def caller(db):
    cache.clear()
    f.national()
    f.coordination()
    return Caller(f.program(f.shelter(), Role.FRONTLINE, Role.CASE_WORKER))


def codes(answer) -> list[tuple[str, str]]:
    assert answer.status_code == 400, answer.content
    return [(one.get("parameter") or one["pointer"], one["code"]) for one in answer.json()["errors"]]


def codes_of(answer) -> list[tuple[str, str]]:
    return codes(answer) if answer.status_code == 400 else []


@pytest.mark.parametrize("address", ["alerts/received/", "orientations/", "orientations/sent/", "clocks/"])
def test_a_yes_that_is_vague_widens_no_list(caller, address):
    assert [caller.get(address, late=word).status_code for word in ("true", "false")] == [200, 200]
    for vague in ("2", "True", "yes", ""):
        assert codes(caller.get(address, late=vague)) == [("late", "invalid")]


def test_a_filter_is_no_longer_than_said(caller):
    found = {
        (path.removeprefix("/api/v1/"), one["name"]): one["schema"]["maxLength"]
        for path, item in DOCUMENT["paths"].items()
        for one in item.get("get", {}).get("parameters", [])
        if "maxLength" in one["schema"] and "{" not in path and one["name"] in ("reference", "kind")
    }
    assert found["cases/", "reference"] == 20 and found["notices/", "kind"] == 40 and len(found) > 6
    for (path, name), most in found.items():
        if path != "situations/":  # of a coordination
            assert (name, "max_length") in codes(caller.get(path, **{name: "A" * (most + 1)}))
            assert (name, "max_length") not in codes_of(caller.get(path, **{name: "A" * most}))


def test_a_cursor_with_strange_signs_is_none(caller):
    caller.post("alerts/", BODY)
    caller.post("alerts/", {**BODY, "note": "Essai"})
    [sound] = parse_qs(urlsplit(caller.get("alerts/", limit=1).json()["next"]).query)["cursor"]
    assert caller.get("alerts/", cursor=sound).status_code == 200
    assert codes(caller.get("alerts/", cursor="!" + sound)) == [("cursor", "not_given")]


def test_a_whole_number_may_be_written_with_a_point(caller):
    assert caller.post("alerts/", {**BODY, "persons": 3.0}).status_code == 201
    assert codes(caller.post("alerts/", {**BODY, "persons": 3.5})) == [("#/persons", "invalid")]


def test_a_text_that_is_asked_for_is_more_than_blanks(caller):
    said = SCHEMAS["AdditionInput"]["properties"]["text"]
    assert (said["minLength"], said["pattern"]) == (1, WRITTEN)
    made = caller.post("alerts/", BODY).json()["id"]
    for blank in (" \n", "\x1d\x85\u00a0", ""):
        assert not re.search(WRITTEN, blank)
        assert codes(caller.post(f"alerts/{made}/add/", {"text": blank})) == [("#/text", "blank")]
    assert re.match(WRITTEN, " a") and re.match(WRITTEN, "a")
    assert "minLength" not in SCHEMAS["AlertInput"]["properties"]["note"]  # which may be empty
    reason = SCHEMAS["AskExportInput"]["properties"]["reason"]
    assert (reason["minLength"], reason["pattern"]) == (15, rf"{WRITTEN}[\s\S]{{13,}}[^{BLANK}]")


def test_no_type_is_said_twice_and_no_name_of_an_answer_is_left_out_by_clients():
    """openapi-generator refuses the first, and its clients leave out of what they write down what is `readOnly`."""

    def look(found):
        kinds = found.get("type") if isinstance(found, dict) else None
        assert not isinstance(kinds, list) or len(set(kinds)) == len(kinds), found
        assert not isinstance(found, dict) or "readOnly" not in found, found
        for inner in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
            if isinstance(inner, dict | list):
                look(inner)

    look(DOCUMENT)


def test_a_list_of_codes_has_each_once(caller):
    said = SCHEMAS["AlertInput"]["properties"]
    assert {name for name, schema in said.items() if schema.get("uniqueItems")} == {"explained", "recipients", "desks"}
    twice = {**BODY, "explained": ["purpose", "purpose"]}
    assert codes(caller.post("alerts/", twice)) == [("#/explained", "twice")]


def test_a_number_to_call_back_is_of_the_form_that_is_said(caller):
    said = SCHEMAS["AlertInput"]["properties"]["callback"]
    assert said["pattern"] == r"^\+?[0-9][0-9 .-]{1,22}$"
    assert codes(caller.post("alerts/", {**BODY, "callback": "0"})) == [("#/callback", "invalid")]
    assert caller.post("alerts/", {**BODY, "callback": "01 02 03 04 05"}).status_code == 201


def test_an_error_says_whether_the_document_could_have_said_it(caller):
    assert codes(caller.post("alerts/", {**BODY, "form": "x"})) == [("#/form", "unknown_code")]
    assert codes(caller.get("alerts/", form="x")) == [("form", "unknown_code")]
    assert codes(caller.get("alerts/", urgency="x")) == [("urgency", "invalid_choice")]
    since = caller.get("alerts/").json()["since"]
    assert codes(caller.get("alerts/", since=since, form="labour_exploitation")) == [("form", "beside")]
    assert codes(caller.post("alerts/", {**BODY, "when": "date"})) == [("#/when_date", "rule")]


@pytest.mark.parametrize("address", ["alerts/", "cases/{id}/orientations/", "cases/{id}/thread/"])
def test_a_nul_in_an_address_is_refused(caller, address):
    """schemathesis found it: the database takes none, and a code that is looked up there answered 500."""
    [name] = {"alerts/": ["form"], "cases/{id}/thread/": ["cursor"]}.get(address, ["service"])
    answer = caller.get(address.format(id=uuid.uuid4()), **{name: "\0"})
    assert codes(answer) == [(name, "null_characters_not_allowed")]
