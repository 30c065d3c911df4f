"""Whatever is refused or fails carries the headers of a page: no frame, no foreign script, nothing kept by a cache."""

import uuid
from datetime import date

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client
from django.urls import path, reverse

from agencies.models import Kind, Role
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from referral.api.middleware import request_quota
from referral.config import urls as real
from referral.situations.operations import situations
from tests import factories as f
from tests.guarantees.acts.house import do
from tests.referral.api import Caller

pytestmark = pytest.mark.django_db
BROKEN = RuntimeError("broken")
RAISED = {
    "400": SuspiciousOperation("x"),
    "403": PermissionDenied("x"),
    "403-domain": NotAllowed("x"),
    "404": NotFound(),
    "409": WrongState("x"),
    "500": BROKEN,
}


def raises(error):
    @login_not_required
    def view(request):
        raise error

    return view


urlpatterns = [*real.urlpatterns, *(path(f"t/{name}/", raises(error)) for name, error in RAISED.items())]
handler400, handler500 = real.handler400, real.handler500


def held(response, status: int) -> None:
    """Check the headers of an answer that is an error of this status."""
    assert response.status_code == status, (response.status_code, response.content[:200])
    assert response.get("X-Frame-Options") == "DENY", "may be shown in a frame"
    assert response.get("X-Content-Type-Options") == "nosniff"
    policy = response.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, policy
    assert "no-store" in response.get("Cache-Control", ""), "kept by the browser"


@pytest.fixture(autouse=True)
def _own_addresses(settings):
    settings.ROOT_URLCONF = __name__
    cache.clear()


def signed(member) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("name", RAISED)
def test_an_error_of_a_page(name):
    for client in (Client(raise_request_exception=False), signed(f.member(f.shelter()))):
        held(client.get(f"/t/{name}/"), int(name[:3]))


def test_page_of_an_error_shows_the_id_by_which_its_line_is_found():
    for client in (Client(raise_request_exception=False), signed(f.member(f.shelter()))):
        answer = client.get("/t/500/")
        assert len(answer["X-Request-Id"]) == 32
        assert f"<code>{answer['X-Request-Id']}</code>" in answer.text


def test_an_address_or_a_host_that_does_not_exist(settings):
    held(Client().get("/nulle-part/"), 404)
    held(signed(f.member(f.shelter())).get("/nulle-part/"), 404)
    held(Client().get("/", headers={"host": "ailleurs.exemple.invalid"}), 400)
    settings.SECURE_SSL_REDIRECT = True  # as production: the host is read by the first middleware
    held(Client().get("/", headers={"host": "ailleurs.exemple.invalid"}), 400)


def test_a_form_without_its_token_or_of_another_hat():
    member = f.member(f.shelter())
    held(Client(enforce_csrf_checks=True).post(reverse("login"), {"username": "x"}), 403)
    held(signed(member).post(reverse("referral:alert-start"), {"_membership": member.pk + 1}), 409)


def test_too_many_tries_or_readings(monkeypatch):
    client = Client()
    for _ in range(6):
        locked = client.post(reverse("login"), {"username": "a@exemple.invalid", "password": "faux"})
    held(locked, 429)
    f.national()
    lou = f.member(f.coordination(), Role.COORDINATOR)
    event = do(lou, situations.start_situation, sort="raid", happened_on=date(2026, 11, 2), territory=f.territory())
    monkeypatch.setattr(situations, "READINGS_AN_HOUR", 1)
    page = reverse("referral:situation-detail", args=[event.pk])
    assert signed(lou).get(page).status_code == 200
    held(signed(lou).get(page), 429)


def test_what_fails_in_a_middleware(monkeypatch):
    def fails(*args):
        raise BROKEN

    monkeypatch.setattr("journal.middleware.language_of", fails)
    held(signed(f.member(f.shelter())).get(reverse("home")), 500)
    monkeypatch.setattr("foundation.middleware.language_of", fails)
    held(Client(raise_request_exception=False).get("/"), 500)


def test_the_problems_of_the_api(monkeypatch):
    f.national()
    caller = Caller(f.program(f.shelter()))
    frontline = Caller(f.program(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))
    held(caller.get("cases/", unknown="1"), 400)
    held(Client().get("/api/v1/cases/"), 401)
    held(frontline.get("cases/"), 403)
    held(caller.get(f"cases/{uuid.uuid4()}/"), 404)
    held(caller.post("clocks/"), 405)
    held(caller.post("alerts/", {}, key=None), 400)
    held(caller.post("alerts/", {}, content_type="text/plain"), 415)
    held(Client().post("/api/v1/token/", {"grant_type": "client_credentials"}), 401)
    monkeypatch.setattr(request_quota, "ORDINARY", 0)
    held(caller.get("cases/"), 429)
    monkeypatch.setattr(request_quota, "ORDINARY", 300)
    monkeypatch.setattr("referral.api.views.pages.settled", raises_now)
    held(caller.get("cases/"), 500)


def raises_now(*args, **kwargs):
    raise BROKEN
