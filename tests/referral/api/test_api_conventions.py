"""What every answer keeps to: the language asked for, what is left of the quota, a document as closed as the server."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import RedisError

from foundation.templatetags.words import day
from referral.api.middleware import request_quota
from referral.api.rules import LEAVING
from referral.api.schema.document import document
from referral.api.schema.problems import policy
from referral.api.words import CHANGES
from tests import factories as f
from tests.referral.api import Caller

from .test_api_alerts import BODY

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(db):
    cache.clear()
    f.national()
    return Caller(f.program(f.shelter()))


@pytest.mark.parametrize(
    ("asked", "language", "title"),
    [
        ("", "fr", "Introuvable"),
        ("en", "en", "Not found"),
        ("en-GB,en;q=0.9", "en", "Not found"),
        ("de, en;q=0.5, fr;q=0.3", "en", "Not found"),
        ("de", "fr", "Introuvable"),
        ("en;q=0", "fr", "Introuvable"),
        ("é\x00,;;q=x", "fr", "Introuvable"),
    ],
)
def test_refusal_is_in_the_language_asked_for(caller, asked, language, title):
    headers = {"Authorization": f"Bearer {caller.token}", **({"Accept-Language": asked} if asked else {})}
    answer = Client().get(f"/api/v1/cases/{uuid.uuid4()}/", headers=headers)
    assert (answer.status_code, answer.json()["title"]) == (404, title)
    assert answer["Content-Language"] == language and "Accept-Language" in answer["Vary"]


def test_page_of_a_member_does_not_follow_the_browser(caller):
    member = f.member(f.shelter())
    client = Client()
    client.force_login(member.user)
    assert '<html lang="fr"' in client.get("/", headers={"Accept-Language": "en"}).content.decode()


def test_each_answer_says_what_is_left_of_the_quota(caller, monkeypatch):
    monkeypatch.setattr(request_quota, "ORDINARY", 3)
    monkeypatch.setattr(request_quota, "DANGER", 2)
    left = []
    for _ in range(3):
        answer = caller.get("cases/")
        assert answer["RateLimit-Policy"] == '"ordinary";q=3;w=60, "danger";q=2;w=60'
        ordinary, danger = answer["RateLimit"].split(", ")
        left.append(ordinary.split(";")[1])
        assert danger.startswith('"danger";r=2;t=')
    assert left == ["r=2", "r=1", "r=0"]
    refused = caller.get("cases/")
    assert refused.status_code == 429 and refused["RateLimit"].startswith('"ordinary";r=0;t=')
    danger = {"kind": "danger", "territory": "75", "minor": "no", "callback": "01 00 00 00 00"}
    assert '"danger";r=1;t=' in caller.post("alerts/", danger)["RateLimit"]
    assert "RateLimit" not in Client().get("/api/v1/cases/"), "who is not known has no quota"


def test_a_flood_without_redis_is_counted_in_the_database_and_takes_nothing_of_others(caller, monkeypatch):
    """The reserved share for danger goes through, and is a share: it ends too."""

    def away(*args, **kwargs):
        raise RedisError("away")

    monkeypatch.setattr(request_quota, "ORDINARY", 2)
    monkeypatch.setattr(request_quota, "DANGER", 1)
    monkeypatch.setattr(request_quota, "time", SimpleNamespace(time=lambda: 1e9))
    for name in ("add", "incr", "get"):
        monkeypatch.setattr(f"referral.api.middleware.request_quota.cache.{name}", away)
    danger = {"kind": "danger", "territory": "75", "minor": "no", "callback": "01 00 00 00 00"}
    assert [caller.get("cases/").status_code for _ in range(3)] == [200, 200, 429]
    assert [caller.post("alerts/", danger).status_code for _ in range(2)] == [201, 429]
    other = Caller(f.program(f.shelter()))
    assert other.get("cases/")["RateLimit"].startswith('"ordinary";r=1;')


def test_a_flood_of_refusals_is_a_flood(caller, monkeypatch):
    monkeypatch.setattr(request_quota, "ORDINARY", 2)
    alone = Caller(caller.member, scope="alert")
    assert [alone.get("cases/").status_code for _ in range(3)] == [403, 403, 429]
    assert (
        alone.post(
            "alerts/", {"kind": "danger", "territory": "75", "minor": "no", "callback": "01 00 00 00 00"}
        ).status_code
        == 201
    )


def test_document_closes_each_body_as_the_server_does(caller):
    found = document()
    bodies = {}
    for address, methods in found["paths"].items():
        for method, operation in methods.items():
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                if kind == "application/json":
                    bodies[address, method] = content["schema"]
    assert len(bodies) > 40
    for place, schema in bodies.items():
        for branch in schema.get("oneOf", [schema]):
            named = found["components"]["schemas"][branch["$ref"].rsplit("/", 1)[1]] if "$ref" in branch else branch
            assert named.get("additionalProperties") is False, place
    assert caller.post("alerts/", {**BODY, "surprise": 1}).json()["errors"][0]["pointer"] == "#/surprise"
    assert found["servers"] == [{"url": "/"}]
    assert found["info"]["title"].isascii(), "generators make the name of a package of it"


def test_the_developers_page_says_what_changed_newest_first_and_how_to_take_what_is_new():
    page = Client().get("/developpeurs/").content.decode()
    places = [page.index(f"<h3>{day(on)}</h3>") for on, _lines in CHANGES]
    assert places == sorted(places) and sorted((on for on, _lines in CHANGES), reverse=True) == [
        on for on, _l in CHANGES
    ]
    assert "`" not in re.sub(r"<pre>.*?</pre>", "", page, flags=re.S), "a name in backquotes is shown as code"
    assert "Un code inconnu n&#x27;est pas une erreur" in page


def test_who_uses_what_leaves_is_told_since_when_and_until_when(caller):
    answer = caller.get("cases/", updated_since="2026-11-28T00:00:00Z")
    since = datetime.fromtimestamp(int(answer["Deprecation"].removeprefix("@")), UTC)
    until = parsedate_to_datetime(answer["Sunset"])
    assert (since.date(), until.date()) == (LEAVING["updated_since"].since, LEAVING["updated_since"].until)
    assert answer["Link"] == '</developpeurs/#policy>; rel="deprecation"'
    assert "Deprecation" not in caller.get("cases/"), "who does not use it is told nothing"
    assert 'id="policy"' in Client().get("/developpeurs/").content.decode()


def test_what_leaves_stays_a_year_and_is_marked_in_the_document(caller):
    assert all(one.until - one.since >= timedelta(days=365) for one in LEAVING.values())
    parameters = [
        parameter
        for methods in document()["paths"].values()
        for operation in methods.values()
        for parameter in operation.get("parameters", ())
    ]
    marked = {parameter["name"] for parameter in parameters if parameter.get("deprecated")}
    assert marked == set(LEAVING), "nothing leaves unsaid, and what is said to leave exists"


def test_document_says_what_may_change_and_what_to_do_with_an_unknown_code(caller):
    said = document()["info"]["description"]
    assert len(policy()) == 3 and "`Sunset`" in said and "`reference`" in said
