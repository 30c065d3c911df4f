"""What a hostile provider, a hostile page or a hostile browser does with the State's sign-in: each is refused."""

import time
from urllib.parse import urlencode

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from agencies.models import ProviderLink
from foundation.actor import acting_as
from foundation.statements.signing import sign, transaction_name
from referral.provider.operations import client as talk
from referral.provider.operations.links import _digests, link
from tests import factories as f
from tests.guarantees.test_stolen_password import ask, refused
from tests.referral.factors.set_up import is_in
from tests.roles import as_role

from .conftest import forget
from .set_up import BACK, CLIENT, LINK, START, left, query
from .test_sign_in import acts, inside, links, said

pytestmark = pytest.mark.django_db
SUBJECT = "hostile"


@pytest.fixture
def person(hostile, worker):
    """Who is linked to the identity that the hostile provider speaks for."""
    with acting_as(worker):
        link(worker.user, SUBJECT)
    return worker


def back(client, asked: dict, **changed):
    return client.get(BACK + "?" + urlencode({"code": "a-code", "state": asked["state"], **changed}))


def opens(hostile, make, **returned) -> bool:
    """Sign in with what the provider answers; return whether an account is open."""
    client = Client()
    asked = query(left(client))
    hostile.said = {"id_token": make(asked["nonce"])}
    back(client, asked, **returned)
    return is_in(client)


def test_the_control_an_honest_answer_opens(hostile, person):
    assert opens(hostile, lambda nonce: hostile.signed(hostile.claims(nonce)))
    assert opens(hostile, lambda nonce: hostile.signed(hostile.claims(nonce)), iss=hostile.issuer)
    assert opens(hostile, lambda nonce: hostile.signed(hostile.claims(nonce, aud=[CLIENT, "b"], azp=CLIENT)))
    assert opens(hostile, lambda nonce: hostile.signed(hostile.claims(nonce, acr="eidas1", amr=["pwd", "mfa"])))


LIES = {
    "another nonce": {"nonce": "of-another-session"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another-service"},
    "one of several, made for another": {"aud": [CLIENT, "another"], "azp": "another"},
    "another issuer": {"iss": "https://autre.exemple.invalid"},
    "no issuer": {"iss": None},
    "over": {"exp": time.time() - 120, "iat": time.time() - 400},
    "no end": {"exp": None},
    "of tomorrow": {"iat": time.time() + 86400, "exp": time.time() + 90000},
    "nobody": {"sub": None},
    "a list": {"sub": [SUBJECT]},
    "a number": {"sub": 7},
    "empty": {"sub": ""},
    "too long": {"sub": "x" * 256},
    "unknown": {"sub": "HOSTILE"},
    "a time in words": {"auth_time": "now"},
    "amr in words": {"amr": "mfa"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_says_something_else_opens_nothing(hostile, person, lie):
    assert not opens(hostile, lambda nonce: hostile.signed(hostile.claims(nonce, **LIES[lie])))
    assert acts()[-1] == "provider.refused"


@pytest.mark.parametrize("how", ["none", "public key", "stranger", "cut", "no token", "not text"])
def test_a_token_that_is_not_signed_by_the_provider_opens_nothing(hostile, person, how):
    def make(nonce):
        claims = hostile.claims(nonce)
        right = hostile.signed(claims)
        header = "eyJhbGciOiJub25lIn0"
        return {
            "none": f"{header}.{right.split('.')[1]}.",
            "public key": hostile.with_public_key(claims),
            "stranger": hostile.signed(claims, key=hostile.stranger),
            "cut": right[:-4],
            "no token": None,
            "not text": {"sub": SUBJECT},
        }[how]

    assert not opens(hostile, make)


def test_one_factor_in_any_other_words_is_one(hostile, person):
    for changed in ({"acr": "eidas1"}, {"acr": None}, {"acr": ["x"]}, {"acr": "", "amr": ["pwd", "otp", "MFA"]}):
        assert not opens(hostile, lambda nonce, c=changed: hostile.signed(hostile.claims(nonce, **c))), changed


def test_an_answer_is_taken_once_by_the_session_that_asked(hostile, person):
    client, other, third = Client(), Client(), Client()
    asked = query(left(client))
    hostile.said = {"id_token": hostile.signed(hostile.claims(asked["nonce"]))}
    left(other)
    for stranger in (other, third):  # login CSRF: the attacker's answer in a victim's browser
        assert back(stranger, asked).url == reverse("login") and not is_in(stranger)
    assert "aucune demande de ce navigateur" in said(third)
    assert back(client, asked, state="").url == reverse("login") and not is_in(client)
    back(client, asked)
    assert is_in(client), "a wrong state took nothing from the one that asked"
    client.post(reverse("logout"), {"_membership": person.pk})
    back(client, asked)
    assert not is_in(client), "replayed"
    assert hostile.asked.count("/token_endpoint") == 1, "nothing was asked of the provider for any of those"


def test_an_answer_ends_after_ten_minutes(hostile, person, time_machine):
    client = Client()
    asked = query(left(client))
    time_machine.move_to(time.time() + 601)
    hostile.said = {"id_token": hostile.signed(hostile.claims(asked["nonce"]))}
    back(client, asked)
    assert not is_in(client)


def test_mix_up_another_issuer_in_the_answer(hostile, person):
    def honest(nonce):
        return hostile.signed(hostile.claims(nonce))

    assert not opens(hostile, honest, iss="https://autre.exemple.invalid")
    hostile.document["authorization_response_iss_parameter_supported"] = True
    forget()
    assert not opens(hostile, honest)
    assert opens(hostile, honest, iss=hostile.issuer)


@pytest.mark.parametrize("name", ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_a_document_of_somebody_else_or_without_tls_is_no_provider(hostile, person, name):
    hostile.document[name] = "http://autre.exemple.invalid/"
    forget()
    client = Client()
    assert client.post(START).url == reverse("login") and "ne répond pas" in said(client)


def test_where_one_goes_on_is_a_page_of_ours(hostile, person):
    for wanted, led in (("https://autre.exemple.invalid/", "/"), ("//autre.exemple.invalid", "/"), ("/profil/", None)):
        client = Client()
        asked = query(left(client, next=wanted))
        hostile.said = {"id_token": hostile.signed(hostile.claims(asked["nonce"]))}
        assert back(client, asked).url == (led or wanted)
    client = Client()
    asked = query(left(client))
    assert back(client, asked, next="https://autre.exemple.invalid").url == reverse("login")


def test_linking_begins_with_a_form_of_ours_and_ends_for_who_began(hostile, worker):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(worker.user, "django.contrib.auth.backends.ModelBackend")
    assert strict.post(LINK, {"_membership": worker.pk}).status_code == 403
    assert Client(enforce_csrf_checks=True).post(START).status_code == 403
    assert inside(worker).get(LINK).status_code == 405
    # an attacker's link, whose answer is led to the victim: to no question of that browser
    attacker = f.member(f.shelter())
    theirs = inside(attacker)
    asked = query(left(theirs, LINK, _membership=attacker.pk))
    hostile.said = {"id_token": hostile.signed(hostile.claims(asked["nonce"]))}
    back(inside(worker), asked)
    assert not links()
    # who signs out and lets another sign in meanwhile links nothing to the other
    theirs.post(reverse("logout"), {"_membership": attacker.pk})
    theirs.force_login(worker.user, "django.contrib.auth.backends.ModelBackend")
    back(theirs, asked)
    assert not links()


def test_a_link_needs_the_person_shown_just_now(hostile, worker):
    client = inside(worker)
    for at in (None, time.time() - 3600):
        asked = query(left(client, LINK, _membership=worker.pk))
        hostile.said = {"id_token": hostile.signed(hostile.claims(asked["nonce"], auth_time=at and int(at)))}
        back(client, asked)
        assert not links(), at


def test_tries_are_counted_by_address(hostile, person):
    codes = []
    for _try in range(32):
        client = Client()
        asked = query(left(client))
        hostile.said = {"id_token": hostile.signed(hostile.claims(asked["nonce"], sub="nobody"))}
        codes.append(back(client, asked).status_code)
    assert codes[:29] == [302] * 29 and codes[29:] == [429] * 3
    assert hostile.asked.count("/token_endpoint") < 32
    elsewhere = Client(REMOTE_ADDR="198.51.100.77")
    asked = query(left(elsewhere))
    hostile.said = {"id_token": hostile.signed(hostile.claims(asked["nonce"]))}
    back(elsewhere, asked)
    assert is_in(elsewhere)


def test_keys_that_were_changed_are_read_again(hostile, person):
    def honest(nonce):
        return hostile.signed(hostile.claims(nonce))

    assert opens(hostile, honest)
    hostile.key = hostile.stranger
    talk._documents[f"{hostile.issuer}/jwks_uri"] = (
        time.monotonic() - 61,
        talk._documents[hostile.document["jwks_uri"]][1],
    )
    assert opens(hostile, honest)


def test_the_password_of_the_application_reads_and_writes_no_link(hostile, person):
    thief = f.member(f.shelter())
    stolen = _digests(SUBJECT)
    refused("not signed", "SELECT nrm.linked_person(%s, '')", stolen)
    with as_role("nrm_app"), transaction.atomic():
        old = sign(transaction_name(), "linked person", *stolen)
        assert ask("SELECT nrm.linked_person(%s, %s)", stolen, old) == [(person.user_id,)]
    for given in (old[:-1], sign("linked person", *stolen), sign("4242@1700000000.1", "linked person", *stolen)):
        refused("not signed", "SELECT nrm.linked_person(%s, %s)", stolen, given)
    refused("not signed", "SELECT * FROM agencies_providerlink", as_=person)
    refused("no actor context", "SELECT * FROM agencies_providerlink")
    refused("not signed", "SELECT nrm.link_provider(ARRAY[%s])", "a" * 64, as_=thief)
    refused("no actor context", "SELECT nrm.link_provider(ARRAY[%s])", "a" * 64)
    line = "INSERT INTO agencies_providerlink (user_id, digest, made_at) VALUES (%s, %s, now())"
    refused("permission denied", line, thief.user_id, "a" * 64)
    refused("permission denied", "UPDATE agencies_providerlink SET user_id = %s", thief.user_id)
    refused("not signed", "DELETE FROM agencies_providerlink", as_=person)
    with acting_as(thief):  # the near miss: one's own context, told by the application
        assert list(ProviderLink.objects.all()) == []
        assert ProviderLink.objects.all().delete()[0] == 0
        assert ask("SELECT nrm.link_provider(%s)", stolen) == [(False,)]
    assert links() == {person.user_id}


def test_two_links_of_one_identity_at_once_are_one(hostile, worker):
    mate = f.member(worker.agency)
    with acting_as(worker):
        assert ask("SELECT nrm.link_provider(%s)", _digests(SUBJECT)) == [(True,)]
        assert ask("SELECT nrm.link_provider(%s)", _digests("another")) == [(False,)]
    with acting_as(mate), pytest.raises(DatabaseError, match="digest"), transaction.atomic():
        ask("SELECT nrm.link_provider(ARRAY['x'])")
    assert connection.in_atomic_block and links() == {worker.user_id}
