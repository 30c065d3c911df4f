"""A program proves who it is by a signed statement (`private_key_jwt`), and how one is forged, replayed or kept."""

import base64
import hashlib
import hmac
import json
import re
import time
import uuid
from copy import deepcopy
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from agencies.models import ApiClient, MemberChange, Role, Tries
from agencies.models.tries import COUNTED_FOR
from foundation.actor import acting_as
from referral.api.middleware import assertions
from tests import factories as f
from tests.guarantees.forms_sent import IN_WORDS
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ADDRESS = f"{settings.SITE_URL}/api/v1/token/"
KEYS = {
    "EdDSA": JWK.generate(kty="OKP", crv="Ed25519"),
    "ES256": JWK.generate(kty="EC", crv="P-256"),
    "ES384": JWK.generate(kty="EC", crv="P-384"),
    "RS256": JWK.generate(kty="RSA", size=3072),
}
KEYS["PS256"] = KEYS["RS256"]
KEY, OTHER = KEYS["EdDSA"], JWK.generate(kty="OKP", crv="Ed25519")


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
    boss = f.member(home, Role.AGENCY_ADMIN)
    return {"boss": boss, "worker": f.member(home), "program": f.program(home), "home": home}


def pem(key: JWK) -> str:
    return key.export_to_pem().decode()


def paste(w, key, former="keep", **typed):
    return Hand(w["boss"]).post("program-key", w["program"].pk, key=pem(key), former=former, **typed)


def signed(w, key=KEY, alg="EdDSA", *, header=None, without=(), **claims) -> str:
    client = w["program"].api_client.client_id
    said = {"iss": client, "sub": client, "aud": ADDRESS, "exp": int(time.time()) + 60, "jti": uuid.uuid4().hex}
    said = {name: value for name, value in {**said, **claims}.items() if name not in without}
    made = JWT(header={"alg": alg, **(header or {})}, claims=said)
    made.make_signed_token(key)
    return made.serialize()


def ask(assertion, *, headers=None, **said):
    body = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": assertion, **said}
    return Client().post("/api/v1/token/", body, headers=headers or {})


def part(said: dict | bytes) -> str:
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize("alg", KEYS)
def test_a_program_gets_a_token_by_its_key_and_no_secret(w, alg):
    assert paste(w, KEYS[alg]).status_code == 302
    answer = ask(signed(w, KEYS[alg], alg))
    assert answer.status_code == 200, answer.content
    token = answer.json()["access_token"]
    assert Client().get("/api/v1/cases/", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert ApiClient.objects.get(membership=w["program"]).last_used_at is not None


def test_a_jwk_is_taken_as_a_pem_is_and_the_page_shows_its_thumbprint(w):
    said = KEY.export_public(as_dict=True)
    for typed in (said, {"keys": [{**said, "use": "sig"}]}):
        assert (
            Hand(w["boss"]).post("program-key", w["program"].pk, key=json.dumps(typed), former="end").status_code == 302
        )
        assert KEY.thumbprint() in text(Hand(w["boss"]).get("program", w["program"].pk))
    assert ask(signed(w)).status_code == 200
    kept = ApiClient.objects.get(membership=w["program"]).key
    assert set(kept) == {"kty", "crv", "x", "kid"}


WRONG = {
    "no key": "bonjour",
    "empty": "",
    "private": KEY.export_to_pem(private_key=True, password=None).decode(),
    "private jwk": KEY.export_private(),
    "a secret": json.dumps({"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQ"}),
    "two keys": json.dumps({"keys": [KEY.export_public(as_dict=True), OTHER.export_public(as_dict=True)]}),
    "small": pem(JWK.generate(kty="RSA", size=2048)),
    "a curve of another use": json.dumps(JWK.generate(kty="OKP", crv="X25519").export_public(as_dict=True)),
    "half of one": json.dumps({"kty": "EC", "crv": "P-256", "x": "AA"}),
    "a list": "[]",
    "a number in it": json.dumps({"kty": "RSA", "n": 3, "e": 1}),
    "deep": '{"keys":' * 900,
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_public_key_is_refused_in_words_and_nothing_is_written(w, what):
    page = Hand(w["boss"]).post("program-key", w["program"].pk, key=WRONG[what], former="keep")
    assert page.status_code == 200 and IN_WORDS.search(page.content.decode())
    if "private" in what:
        assert "clé privée" in text(page) and WRONG[what][40:60] not in page.content.decode()
    assert ApiClient.objects.get(membership=w["program"]).key is None


def forged(w) -> dict[str, str]:
    """Return statements that prove nothing: each is one change of a good one."""
    client = w["program"].api_client.client_id
    good = {"iss": client, "sub": client, "aud": ADDRESS, "exp": int(time.time()) + 60, "jti": uuid.uuid4().hex}
    unsigned = f"{part({'alg': 'none'})}.{part(good)}."
    by_public = f"{part({'alg': 'HS256'})}.{part(good)}"
    mac = hmac.new(pem(KEY).encode(), by_public.encode(), hashlib.sha256).digest()
    raw = hmac.new(base64.urlsafe_b64decode(KEY.export_public(as_dict=True)["x"] + "="), by_public.encode(), "sha256")
    embedded = {"jwk": OTHER.export_public(as_dict=True)}
    whole = signed(w)
    head, body, _signature = whole.split(".")
    return {
        "no algorithm": unsigned,
        "no algorithm, by another name": f"{part({'alg': 'NONE'})}.{part(good)}.",
        "the public key as a shared secret": f"{by_public}.{part(mac)}",
        "its bytes as a shared secret": f"{by_public}.{part(raw.digest())}",
        "a key that it brings itself": signed(w, OTHER, header=embedded),
        "a key under our thumbprint": signed(w, OTHER, header={"kid": KEY.thumbprint()}),
        "no signature": f"{head}.{body}.",
        "a signature of something else": f"{head}.{body}.{signed(w).split('.')[2]}",
        "meant for others": signed(w, aud="https://ailleurs.example/token"),
        "meant for others too": signed(w, aud=[ADDRESS, "https://ailleurs.example/token"]),
        "meant for nobody": signed(w, without=["aud"]),
        "meant for an empty list": signed(w, aud=[]),
        "expired": signed(w, exp=int(time.time()) - 120),
        "good for a day": signed(w, exp=int(time.time()) + 86_400),
        "good for ever": signed(w, without=["exp"]),
        "not yet": signed(w, nbf=int(time.time()) + 600),
        "not yet, in words": signed(w, nbf="soon"),
        "without a number": signed(w, without=["jti"]),
        "with a short number": signed(w, jti="1"),
        "of somebody else": signed(w, iss="somebody"),
        "about nobody": signed(w, sub="nobody"),
        "about a nul": signed(w, sub="a\x00b"),
        "in json": json.dumps({"payload": body, "protected": head, "signature": whole.split(".")[2]}),
        "what must be understood": signed_with_crit(w),
        "too long": signed(w, pad="x" * 9_000),
        "nothing": "",
        "dots": "..",
        "not text": part(b"\xff\xfe") + "." + part(b"\xff") + ".",
    }


def signed_with_crit(w) -> str:
    """A header that says « refuse me unless you understand this »: made by hand, since the library refuses to."""
    client = w["program"].api_client.client_id
    good = {"iss": client, "sub": client, "aud": ADDRESS, "exp": int(time.time()) + 60, "jti": uuid.uuid4().hex}
    said = f"{part({'alg': 'EdDSA', 'crit': ['http://x.example/1'], 'http://x.example/1': 1})}.{part(good)}"
    signature = KEY.get_op_key("sign").sign(said.encode())
    return f"{said}.{part(signature)}"


def test_no_forged_statement_is_taken(w, monkeypatch):
    monkeypatch.setattr("agencies.tries.rules.limits", lambda *a, **k: {})
    monkeypatch.setattr("agencies.tries.operations.limits", lambda *a, **k: {})
    paste(w, KEY)
    found = {what: ask(statement).status_code for what, statement in forged(w).items()}
    assert {what: status for what, status in found.items() if status != 401} == {}
    assert ask(signed(w)).status_code == 200  # the near miss: the same, unforged


def test_a_statement_is_good_once(w):
    paste(w, KEY)
    once = signed(w)
    assert [ask(once).status_code for _ in range(3)] == [200, 401, 401]
    number = uuid.uuid4().hex
    assert [ask(signed(w, jti=number)).status_code for _ in range(2)] == [200, 401]  # signed anew, with a used number


def test_a_used_number_is_remembered_for_longer_than_a_statement_lives(w):
    assert assertions.LIFE + timedelta(seconds=2 * assertions.LEEWAY) < COUNTED_FOR
    paste(w, KEY)
    ask(signed(w))
    assert Tries.objects.filter(kind="once").count() == 1


def test_a_key_of_another_program_or_of_another_agency_is_not_taken(w):
    other = f.program(f.shelter())
    paste(w, KEY)
    with as_role("nrm_owner"):
        ApiClient.objects.filter(membership=other).update(key=OTHER.export_public(as_dict=True))
    assert ask(signed(w, OTHER)).status_code == 401
    theirs = {"program": other}
    assert ask(signed(theirs, OTHER)).status_code == 200
    assert ask(signed(theirs, KEY)).status_code == 401


def test_one_way_at_a_time(w):
    """A statement beside a secret, or for another program than the one named: refused."""
    paste(w, KEY)
    client = w["program"].api_client.client_id
    basic = base64.b64encode(f"{client}:secret-of-the-test".encode()).decode()
    assert ask(signed(w), headers={"Authorization": f"Basic {basic}"}).status_code == 401
    assert ask(signed(w), client_secret="secret-of-the-test").status_code == 401
    assert ask(signed(w), client_id="somebody").status_code == 401
    assert ask(signed(w), client_assertion_type="urn:other").status_code == 401
    assert ask(signed(w), client_id=client).status_code == 200


def test_a_former_key_goes_on_for_a_day_or_ends_at_once_with_its_tokens(w):
    paste(w, KEY)
    token = ask(signed(w)).json()["access_token"]
    paste(w, OTHER)
    assert ask(signed(w)).status_code == ask(signed(w, OTHER)).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert ask(signed(w)).status_code == 401 and ask(signed(w, OTHER)).status_code == 200
    third = JWK.generate(kty="OKP", crv="Ed25519")
    assert paste(w, third, former="end").status_code == 302
    assert ask(signed(w, OTHER)).status_code == 401 and ask(signed(w, third)).status_code == 200
    assert Client().get("/api/v1/cases/", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_key_that_is_cut_ends_with_its_tokens_and_the_secret_goes_on(w):
    paste(w, KEY)
    token = ask(signed(w)).json()["access_token"]
    assert Hand(w["boss"]).post("program-key", w["program"].pk, cut="yes").status_code == 302
    assert ask(signed(w)).status_code == 401
    assert Client().get("/api/v1/cases/", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    client = w["program"].api_client.client_id
    by_secret = {"grant_type": "client_credentials", "client_id": client, "client_secret": "secret-of-the-test"}
    assert Client().post("/api/v1/token/", by_secret).status_code == 200


def test_a_program_that_is_cut_has_no_key(w):
    paste(w, KEY)
    assert Hand(w["boss"]).post("program-cut", w["program"].pk).status_code == 302
    assert ask(signed(w)).status_code == 401
    assert ApiClient.objects.get(membership=w["program"]).key is None
    assert paste(w, KEY).status_code == 409


def test_wrong_statements_close_this_program_from_this_address_as_wrong_secrets_do(w):
    paste(w, KEY)
    assert [ask(signed(w, OTHER)).status_code for _ in range(6)] == [401] * 5 + [429]
    busy = ask(signed(w))
    assert busy.status_code == 429 and int(busy["Retry-After"]) > 0


def test_members_are_told_and_whoever_gave_the_key_is_no_second_person(w):
    paste(w, KEY)
    with acting_as(w["worker"]):
        assert list(MemberChange.objects.values_list("act", "state")) == [("key", "told")]
    w["program"].refresh_from_db()
    assert w["program"].code_by_id == w["boss"].pk
    assert Hand(w["worker"]).post("program-key", w["program"].pk, key=pem(KEY)).status_code == 403
    stranger = f.member(f.shelter(), Role.AGENCY_ADMIN)
    assert Hand(stranger).post("program-key", w["program"].pk, key=pem(KEY)).status_code == 404


def test_the_code_of_the_developers_page_signs_for_a_token(w, monkeypatch):
    paste(w, KEY)
    page = Client().get("/developpeurs/").content.decode()
    code = unescape(re.search(r"<code data-sign>(.*?)</code>", page, re.S)[1])

    class Answer:
        def __init__(self, address, data):
            self.json = Client().post(address.removeprefix(settings.SITE_URL), data).json

    monkeypatch.setattr("requests.post", Answer)
    private = KEY.export_to_pem(private_key=True, password=None)
    said = {"CLIENT": w["program"].api_client.client_id, "SITE": settings.SITE_URL, "PRIVATE_KEY": private}
    exec(code, said)
    assert Client().get("/api/v1/cases/", headers={"Authorization": f"Bearer {said['token']}"}).status_code == 200
