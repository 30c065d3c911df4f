"""An administrator keeps the programs of an organisation; what one may see or write takes a second person."""

import base64
import re
import uuid
from copy import deepcopy
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from agencies.models import Agency, ApiClient, Kind, Membership, Role, User
from foundation.actor import acting_as
from foundation.workflow import NotAllowed, WrongState
from notifications.models import Notice
from referral.organisations.operations import programs
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db
NEW = {"title": "Logiciel de suivi", "scopes": ["read", "alert", "work"]}
ALERT = {
    "territory": "75", "when": "today", "minor": "no", "danger": "no", "none_of_these": True, "agreement": "not_asked"
}  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national(), f.coordination()
    home = f.shelter()
    return {"boss": f.member(home, Role.AGENCY_ADMIN), "worker": f.member(home), "home": home}


def made(w, **typed) -> Membership:
    """A program made by the page, with the roles that a second person has agreed to."""
    found = asked(w, **typed)
    with acting_as(w["worker"]):
        change = found.changes.get(state="waiting")
    assert Hand(w["worker"]).post("arrival", change.pk, act="agree").status_code == 302
    found.refresh_from_db()
    return found


def asked(w, **typed) -> Membership:
    answer = Hand(w["boss"]).post("programs", **{**NEW, **typed})
    assert answer.status_code == 302, text(answer)
    return Membership.objects.select_related("api_client").get(kind="service", agency=w["home"])


def secret_of(w, program, former="keep") -> str:
    page = text(Hand(w["boss"]).post("program-secret", program.pk, former=former))
    return re.search(r"<code data-secret>([^<]+)</code>", page)[1]


def page_of(answer) -> str:
    return answer.content.decode()


def ask_token(program, secret, **said):
    basic = base64.b64encode(f"{program.api_client.client_id}:{secret}".encode()).decode()
    data = {"grant_type": "client_credentials", **said}
    return Client().post("/api/v1/token/", data, headers={"Authorization": f"Basic {basic}"})


def call(token, method="get", path="cases/", body=None):
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
    given = {"data": body, "content_type": "application/json"} if method == "post" else {}
    return getattr(Client(), method)(f"/api/v1/{path}", headers=headers, **given)


def token_of(program, secret) -> str:
    answer = ask_token(program, secret)
    assert answer.status_code == 200, answer.content
    return answer.json()["access_token"]


def test_a_program_sees_nothing_until_a_second_person_agrees(w):
    program = asked(w)
    secret = secret_of(w, program)
    token = token_of(program, secret)
    assert call(token).status_code == 403 and call(token, "post", "alerts/", ALERT).status_code == 403
    assert "Logiciel de suivi" in text(Hand(w["worker"]).get("arrivals"))
    with acting_as(w["boss"]):
        change = program.changes.get(state="waiting")
    assert Hand(w["boss"]).post("arrival", change.pk, act="agree").status_code == 403  # who asked
    assert Hand(w["worker"]).post("arrival", change.pk, act="agree").status_code == 302
    assert call(token).status_code == 200 and call(token, "post", "alerts/", ALERT).status_code == 201


def test_every_member_is_told_and_the_second_person_is_asked(w):
    asked(w)
    fan_out()
    with acting_as(w["worker"]):
        assert set(Notice.objects.filter(channel="app").values_list("kind", flat=True)) == {
            "member_changed", "member_waiting"
        }  # fmt: skip


def test_a_program_that_reads_does_nothing_else_and_is_widened_by_two_persons(w):
    program = made(w, scopes=["read"])
    secret = secret_of(w, program)
    token, hand = token_of(program, secret), Hand(w["boss"])
    assert call(token).status_code == 200
    refused = call(token, "post", "alerts/", ALERT)
    assert refused.status_code == 403 and refused["Content-Type"] == "application/problem+json"
    assert hand.post("program-scope", program.pk, scopes=["read", "alert"]).status_code == 302
    assert ask_token(program, secret).json()["scope"] == "read"  # asked, not agreed to
    with acting_as(w["worker"]):
        change = program.changes.get(state="waiting")
    assert "Envoyer des alertes" in text(Hand(w["worker"]).get("arrival", change.pk))
    assert hand.post("arrival", change.pk, act="agree").status_code == 403
    assert Hand(w["worker"]).post("arrival", change.pk, act="agree").status_code == 302
    wider = token_of(program, secret)
    assert call(wider, "post", "alerts/", ALERT).status_code == 201
    assert call(token, "post", "alerts/", ALERT).status_code == 403  # a token keeps the scopes it was given
    assert hand.post("program-scope", program.pk, scopes=["alert"]).status_code == 302
    assert call(wider).status_code == 403 and call(wider, "post", "alerts/", ALERT).status_code == 201  # at once
    program.refresh_from_db()
    assert program.roles == ["frontline"]  # and its sight with it


def test_a_token_asks_for_less_than_its_program_may(w):
    program = made(w)
    secret = secret_of(w, program)
    assert ask_token(program, secret).json()["scope"] == "read alert work"
    alone = ask_token(program, secret, scope="alert")
    assert alone.json()["scope"] == "alert"
    assert call(alone.json()["access_token"]).status_code == 403
    beyond = ask_token(program, secret, scope="alert administer")
    assert (beyond.status_code, beyond.json()["error"]) == (400, "invalid_scope")


def test_what_is_wrong_with_scopes_is_said_and_what_was_ticked_stays(w):
    program, hand = made(w), Hand(w["boss"])
    for scopes, said in ((["work"], "cochez les deux"), ([], "Cochez au moins"), (["everything"], "Choisissez parmi")):
        page = hand.post("program-scope", program.pk, scopes=scopes)
        assert page.status_code == 200 and said in text(page), scopes
    again = page_of(hand.post("program-scope", program.pk, scopes=["work"]))
    ticked = [box for box in re.findall(r'<input[^>]*name="scopes"[^>]*>', again) if "checked" in box]
    assert len(ticked) == 1 and 'value="work"' in ticked[0]
    assert hand.post("program-scope", program.pk, scopes=["read", "alert", "work"]).status_code == 409  # as it is
    assert ApiClient.objects.get(membership=program).scopes == ["read", "alert", "work"]


def test_an_organisation_whose_members_see_no_case_connects_software_that_reports(w):
    small = f.member(f.agency(max_level=1), Role.AGENCY_ADMIN)
    page = text(Hand(small).get("programs"))
    assert "Envoyer des alertes" in page and "Lire les alertes, demandes" not in page
    assert "Choisissez parmi" in text(Hand(small).post("programs", title="X", scopes=["read"]))


def test_who_is_alone_reads_who_the_second_person_is(w):
    near = "La seconde personne suit des dossiers ou gère les accès, dans votre organisme"
    assert near in text(Hand(w["boss"]).get("programs"))
    alone = f.member(f.shelter(), Role.AGENCY_ADMIN)
    front = f.member(alone.agency, Role.FRONTLINE)  # sees no case: agrees to nothing
    page, auditor = text(Hand(alone).get("programs")), "La seconde personne est une personne chargée de l'audit"
    assert near not in page and auditor not in page and "Personne ne peut encore donner cet accord" in page
    f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR, active=False)
    assert auditor not in text(Hand(alone).get("programs"))
    f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR)
    page = text(Hand(alone).get("programs"))
    assert auditor in page and "Personne ne peut encore" not in page
    with as_role("nrm_owner"):
        unit = Agency.objects.get(mandate=Agency.Mandate.TERRITORIAL)
    f.member(unit, Role.COORDINATOR)
    said = f"La seconde personne est de l'organisme suivant : {unit.name}."
    assert said in text(Hand(alone).get("programs"))
    with as_role("nrm_owner"):
        User.objects.filter(pk=front.user_id).update(factor_at=timezone.now())
    assert said in text(Hand(alone).get("member", front.pk))


def test_a_secret_is_shown_once_and_the_former_one_goes_on_for_a_day(w):
    program = made(w)
    first = secret_of(w, program)
    assert first not in text(Hand(w["boss"]).get("program", program.pk))
    second = secret_of(w, program)
    assert first != second and ask_token(program, first).status_code == ask_token(program, second).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert ask_token(program, first).status_code == 401
        assert ask_token(program, second).status_code == 200
    third = secret_of(w, program)
    assert ask_token(program, first).status_code == 401  # two before
    assert ask_token(program, third).status_code == 200
    kept = ApiClient.objects.get(pk=program.api_client.pk)
    assert not {first, second, third} & {kept.client_secret, kept.former_secret}


def test_a_secret_somebody_may_know_ends_at_once_with_its_tokens(w):
    program = made(w)
    first = secret_of(w, program)
    token = token_of(program, first)
    second = secret_of(w, program, former="end")
    assert ask_token(program, first).status_code == 401 and call(token).status_code == 401
    assert ask_token(program, second).status_code == 200


def test_a_program_that_is_cut_is_refused_at_its_next_request_for_good(w):
    program = made(w)
    secret = secret_of(w, program)
    token, hand = token_of(program, secret), Hand(w["boss"])
    assert call(token).status_code == 200
    assert hand.post("program-cut", program.pk).status_code == 302
    assert call(token).status_code == 401 and ask_token(program, secret).status_code == 401
    for route in ("program-cut", "program-secret"):
        assert hand.post(route, program.pk).status_code == 409, route
    assert hand.post("program-scope", program.pk, scopes=["read"]).status_code == 409
    assert "Accès coupé" in text(hand.get("program", program.pk))


def test_a_program_without_a_secret_is_given_no_token_whatever_is_sent(w):
    program = asked(w)
    for secret in ("!", "", ApiClient.objects.get(pk=program.api_client.pk).client_secret):
        assert ask_token(program, secret).status_code == 401, secret


def test_the_last_use_is_shown(w):
    program, hand = made(w), Hand(w["boss"])
    assert "jamais" in text(hand.get("program", program.pk))
    ask_token(program, "wrong")
    assert ApiClient.objects.get(membership=program).last_used_at is None
    token_of(program, secret_of(w, program))
    assert ApiClient.objects.get(membership=program).last_used_at is not None
    assert "jamais" not in text(hand.get("programs"))


def test_who_is_no_administrator_here_keeps_no_program(w):
    program = made(w)
    stranger = f.member(f.shelter(), Role.AGENCY_ADMIN)
    for who, status in ((w["worker"], 403), (stranger, 404)):
        for route in ("program-secret", "program-cut", "program-scope"):
            assert Hand(who).post(route, program.pk, scopes=["read"]).status_code == status, (who, route)
        with acting_as(who), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT nrm.cut_program(%s)", [program.pk])
    assert Hand(w["worker"]).get("programs").status_code == 403
    with acting_as(w["boss"]), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE agencies_apiclient SET scopes = '{read}'")


def test_what_is_missing_is_said_and_nothing_else_is_given(w):
    hand = Hand(w["boss"])
    page = text(hand.post("programs", title="", scopes=[]))
    assert "Écrivez un nom" in page and "Cochez au moins" in page
    assert "Choisissez parmi" in text(hand.post("programs", **{**NEW, "scopes": ["agency_admin"]}))
    with acting_as(w["boss"]):
        for scopes in (["agency_admin"], ["alert", "work"], []):
            with pytest.raises(NotAllowed):
                programs.make(w["boss"], title="X", scopes=scopes)
    assert not Membership.objects.filter(kind="service").exists()


def test_a_refused_program_stays_without_sight_and_is_cut(w):
    program = asked(w, scopes=["read"])
    with acting_as(w["worker"]):
        change = program.changes.get()
    assert Hand(w["worker"]).post("arrival", change.pk, act="refuse", reason="Inconnu.").status_code == 302
    with acting_as(w["boss"]), pytest.raises(WrongState):
        programs.set_scopes(w["boss"], program.pk, ["read", "work"])
    token = token_of(program, secret_of(w, program))
    assert call(token).status_code == 403
    assert Hand(w["boss"]).post("program-cut", program.pk).status_code == 302
    with as_role("nrm_owner"):
        assert not Membership.objects.get(pk=program.pk).active
