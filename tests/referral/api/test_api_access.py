"""Who gets in: tokens, programs switched off, sessions, methods, addresses that do not exist."""

import json
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver
from oauth2_provider.models import AccessToken

from agencies.models import Agency, Membership, Role
from referral.api.middleware.authentication import IsService
from referral.api.schema import document
from referral.api.serializers import records as shown
from referral.api.urls import endpoints
from tests import factories as f
from tests.referral.api import Caller, refused
from tests.roles import as_role

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
LISTS = ["alerts/", "alerts/received/", "cases/", "orientations/", "orientations/sent/", "notices/", "reference/"]


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


@pytest.fixture
def caller(db):
    f.national()
    return Caller(f.program(f.shelter()))


def test_a_token_opens_and_its_absence_does_not(caller):
    for path in [*LISTS, "reference/forms/", f"cases/{uuid.uuid4()}/", "nowhere/", ""]:
        assert caller.get(path).status_code in (200, 404), path
        for headers in ({}, {"Authorization": "Basic x"}):
            anonymous = Client().get(f"/api/v1/{path}", headers=headers)
            refused(anonymous, 401, "unauthenticated")
            assert anonymous["WWW-Authenticate"].startswith('Bearer realm="api"')
    for text in ("Bearer", "Bearer a b", "Bearer nothing", f"Bearer {caller.token}x", "bearer \xff"):
        wrong = Client().get("/api/v1/cases/", headers={"Authorization": text})
        refused(wrong, 401, "unauthenticated")
        assert 'error="invalid_token"' in wrong["WWW-Authenticate"]


def test_what_ends_is_refused_at_once(caller):
    """Each end alone, then back: the token itself stays valid all along."""
    member = caller.member
    ends = [
        (Membership, {"pk": member.pk}, {"active": False}, {"active": True}),
        (Agency, {"pk": member.agency_id}, {"active": False}, {"active": True}),
    ]
    for model, which, off, on in ends:
        assert caller.get("cases/").status_code == 200
        with as_role("nrm_owner"):
            model.objects.filter(**which).update(**off)
        refused(caller.get("cases/"), 401, "unauthenticated")
        with as_role("nrm_owner"):
            model.objects.filter(**which).update(**on)
    refused(Caller(f.program(member.agency), lasts=timedelta(seconds=-1)).get("cases/"), 401, "unauthenticated")


def test_a_session_is_not_a_token(caller):
    person = f.member(caller.member.agency)
    browser = Client()
    browser.force_login(person.user)
    refused(browser.get("/api/v1/cases/"), 401, "unauthenticated")
    answer = browser.post("/api/v1/alerts/", {}, content_type="application/json", headers={"Idempotency-Key": "x" * 9})
    assert answer.status_code in (401, 409)


def test_methods_and_addresses(caller):
    others = ("put", "patch", "delete", "options")
    for path, methods in (("cases/", others), ("orientations/", ("post", *others)), ("alerts/", ("put", "delete"))):
        for method in methods:
            answer = getattr(caller.client, method)(f"/api/v1/{path}", headers=caller._headers())
            refused(answer, 405, "method-not-allowed")
            assert "GET" in answer["Allow"]
    for path in ("nowhere/", "cases/1/", "cases/x/", "orientations/open/", "alerts", f"cases/{uuid.uuid4()}/contact/"):
        refused(caller.get(path), 404, "not-found")
        refused(caller.post(path), 404, "not-found")


def test_answers_are_not_kept_by_caches(caller):
    for answer in (caller.get("cases/"), caller.get("nowhere/"), Client().get("/api/v1/cases/")):
        assert answer["Cache-Control"] == "no-store"


def test_an_error_of_ours_is_a_problem_without_content(caller, monkeypatch, caplog):
    def fails(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr("referral.api.views.pages.settled", fails)
    said = refused(caller.get("cases/"), 500, "error")
    assert "broken" not in json.dumps(said)
    assert said["trace_id"] in caplog.text


def test_every_view_refuses_by_default():
    views = {name for name in get_resolver("referral.api.urls.endpoints").reverse_dict if isinstance(name, str)}
    assert len(views) > 15
    for pattern in get_resolver("referral.api.urls.endpoints").url_patterns:
        if pattern.name == "token":
            continue
        assert all(issubclass(p, IsService) for p in pattern.callback.cls.permission_classes), pattern.name


def token(**body):
    return Client().post("/api/v1/token/", {"grant_type": "client_credentials", **body})


def test_token_endpoint(caller):
    client_id = caller.member.api_client.client_id
    got = token(client_id=client_id, client_secret="secret-of-the-test")
    assert got.status_code == 200, got.content
    assert (got.json()["token_type"], got.json()["expires_in"], got.json()["scope"]) == (
        "Bearer",
        3600,
        "read alert work administer",
    )
    caller.token = got.json()["access_token"]
    assert caller.get("cases/").status_code == 200

    assert token(client_id=client_id, client_secret="secret-of-the-tes").json() == {"error": "invalid_client"}
    assert token(client_id="nobody", client_secret="x").status_code == 401
    assert token(client_id=client_id).status_code == 401
    right = {
        "client_id": client_id,
        "client_secret": "secret-of-the-test",
        "username": "a",
        "password": "b",
        "code": "x",
    }
    for grant in ("password", "authorization_code"):
        said = Client().post("/api/v1/token/", {"grant_type": grant, **right})
        assert said.status_code == 400 and "access_token" not in said.json(), grant
    assert Client().get("/api/v1/token/").status_code == 405


def test_guessing_a_secret_is_slowed(caller):
    client_id = caller.member.api_client.client_id
    assert [token(client_id=client_id, client_secret="no").status_code for _ in range(6)] == [401] * 5 + [429]
    busy = token(client_id=client_id, client_secret="secret-of-the-test")
    assert (busy.status_code, int(busy["Retry-After"]) > 0) == (429, True)
    other = f.program(f.shelter())
    assert token(client_id=other.api_client.client_id, client_secret="secret-of-the-test").status_code == 200


def test_the_committed_document_is_the_code():
    committed = json.loads((ROOT / "docs" / "openapi.json").read_text())
    same = document.document() == committed  # not in the assertion: pytest would print both documents
    assert same, "docs/openapi.json is not what the code says: run `./run manage generate_openapi` and commit it"
    assert committed["openapi"].startswith("3.1")
    bare = [
        f"{verb} {address}: describe it as those of referral/api/schema/acts.py, with a summary and a tag"
        for address, methods in committed["paths"].items()
        for verb, operation in methods.items()
        if not (operation["summary"] and operation["tags"])
    ]
    assert not bare, "\n".join(bare)


def test_each_action_that_a_program_is_told_has_its_address():
    """`actions` names what may be done now: a name without an address could not be done."""
    told = {"alert": shown.ALERT_ACTIONS, "orientation": shown.ORIENTATION_ACTIONS, "case": shown.CASE_ACTIONS}
    addresses = {pattern.name for pattern in endpoints.urlpatterns}
    missing = [
        f"{noun}: « {action} » is a move without an address: add its method to"
        f" {noun.capitalize()}Acts in referral/api/views/acts.py, its description to referral/api/schema/acts.py, then"
        " run `./run manage generate_openapi`"
        for noun, actions in told.items()
        for action in actions
        if f"{noun}-{action}" not in addresses
    ]
    assert not missing, "\n".join(missing)


def test_developer_pages():
    browser = Client()
    for path in ("/developpeurs/", "/developpeurs/reference/"):
        page = browser.get(path)
        assert page.status_code == 200
        assert "style=" not in page.content.decode() and "<script>" not in page.content.decode()
    assert browser.get("/developpeurs/openapi.json").json()["info"]["title"] == "Repere"


def test_roles_apart(caller):
    """A program of the same agency whose role sees nothing of cases."""
    for role in (Role.AGENCY_ADMIN, Role.POLICY, Role.AUDITOR):
        program = Caller(f.program(caller.member.agency, role))
        refused(program.get("cases/"), 403, "forbidden")
        refused(program.get("orientations/"), 403, "forbidden")


def test_a_copy_of_the_database_opens_nothing(caller):
    got = token(client_id=caller.member.api_client.client_id, client_secret="secret-of-the-test").json()["access_token"]
    with as_role("nrm_owner"):
        stored = AccessToken.objects.order_by("pk").last()
        assert got not in str(vars(stored))
        caller.member.api_client.refresh_from_db()
        assert "secret-of-the-test" not in caller.member.api_client.client_secret


def test_a_browser_s_cookie_means_nothing_here_and_a_token_travels_in_its_header_only(caller):
    """With a cookie and without a token: 401 in JSON on every method, never a page about hats."""
    person = f.member(caller.member.agency, Role.CASE_WORKER)
    browser = Client()
    browser.force_login(person.user)
    refused(browser.get("/api/v1/cases/"), 401, "unauthenticated")
    refused(browser.post("/api/v1/alerts/", {}, content_type="application/json"), 401, "unauthenticated")
    refused(Client().get("/api/v1/cases/", {"access_token": caller.token}), 401, "unauthenticated")
    assert caller.get("cases/").status_code == 200
