"""What hashes a password goes to webs of its own, by deploy/Caddyfile. Nothing else does, nor waits for them."""

import ast
import http.client
import time

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import override

from dev.hygiene import ROOT

from .proxied import ask
from .test_slow_senders import answered, begin, send

# who calls a hasher, and by which routes people and programs come to it
CALLERS = {
    "agencies/accounts/views.py": ["login"],
    "agencies/accounts/operations.py": ["login", "activate", "referral:password"],
    "agencies/models/units.py": ["login"],
    "dev/management/commands/load_demo.py": [],
    "referral/api/views/token.py": ["api:token"],
    "referral/factors/views/steps.py": ["referral:second-step"],
    "referral/organisations/operations/programs.py": ["referral:program-secret"],
    "referral/organisations/views/accounts.py": ["referral:password"],
    "referral/sandbox/operations/spaces.py": ["referral:program-sandbox"],
}
TOPS = ("agencies", "dev", "foundation", "indicators", "journal", "notifications", "plans", "referral", "victims")
HASHERS = {"authenticate", "make_password", "check_password", "set_password", "create_user"}
AGAIN = "?mot-de-passe"  # of a second step by a password


def addresses() -> list[str]:
    """Return the address of each route that hashes, in each language it has."""
    found = set()
    for language in ("fr", "en"):
        with override(language):
            found |= {address(route) for routes in CALLERS.values() for route in routes}
    return sorted(found)


def address(route: str) -> str:
    try:
        found = reverse(route)
    except NoReverseMatch:
        found = reverse(route, args=[7])
    return found + AGAIN if route == "referral:second-step" else found


def where(proxy, path: str) -> str:
    """Return which webs had a request of this path."""
    had = {
        "sign-in": [*proxy.sign_in.seen, *proxy.sign_in_two.seen],
        "webs": [*proxy.seen, *proxy.other.seen],
    }
    return " ".join(name for name, seen in had.items() if path in [one for one, _ in seen])


def test_each_call_of_a_hasher_is_known_here():
    """A new one is a new address for the Caddyfile, or is refused by the webs of pages."""
    found = set()
    for top in TOPS:
        for path in (ROOT / top).rglob("*.py"):
            called = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
            names = {getattr(func, "id", "") or getattr(func, "attr", "") for func in called}
            if names & HASHERS:
                found.add(path.relative_to(ROOT).as_posix())
    assert found == set(CALLERS)


def test_the_addresses_are_these():
    assert addresses() == [
        "/activer/", "/api/v1/token/", "/connexion/", f"/connexion/seconde-etape/{AGAIN}", "/en/activer/",
        "/en/connexion/", "/organisation/programmes/7/essai/", "/organisation/programmes/7/secret/",
        "/profil/mot-de-passe/",
    ]  # fmt: skip


@pytest.mark.parametrize("path", addresses())
def test_what_hashes_goes_to_the_webs_of_sign_in_and_its_page_does_not(proxy, path):
    page = f"{path}{'&' if '?' in path else '?'}page"
    assert ask(proxy, "POST", path, b"x") == ask(proxy, "GET", page) == 302
    assert (where(proxy, path), where(proxy, page)) == ("sign-in", "webs")


@pytest.mark.parametrize(
    "path", ["/danger/", "/connexion/seconde-etape/", "/connexion/cle/", "/deconnexion/", "/signaler/",
             "/organisation/programmes/7/cle/", "/api/v1/alerts/"],
)  # fmt: skip
def test_all_else_goes_to_the_webs(proxy, path):
    """A second step by a code too: who owes one, in the middle of work, waits behind no sign-in."""
    assert ask(proxy, "POST", path, b"x") == 302
    assert where(proxy, path) == "webs"


SPELT = ["/%63onnexion/", "/connexion%2F", "/en/%63onnexion/", "/profil/mot%2Dde%2Dpasse/", "/connexion/?a=b",
         "/api/v1/%74oken/", "/organisation/programmes/%37/secret/", "/connexion/seconde%2Detape/?mot-de-passe=1",
         "/connexion/seconde-etape/?%6dot-de-passe", "/connexion/seconde-etape/?a=b&mot-de-passe="]  # fmt: skip


@pytest.mark.parametrize("path", SPELT)
def test_the_same_address_in_another_spelling_goes_there_too(proxy, path):
    assert ask(proxy, "POST", path, b"x") == 302
    assert where(proxy, path) == "sign-in"


@pytest.mark.parametrize("size", [1000, 100_000])
def test_what_comes_slowly_holds_no_web_of_sign_in(proxy, size):
    """A long one waits in the places of long ones: none of these forms is, and a web refuses it by itself."""
    path = f"/connexion/?lent={size}"
    with begin(proxy, path, size) as sender:
        send(sender, size // 2)
        time.sleep(1)
        assert path not in proxy.sign_in.begun + proxy.sign_in_two.begun
        send(sender, size // 2)
        assert answered(sender) == 302
    assert where(proxy, path) == "sign-in"
    [headers] = [had for web in (proxy.sign_in, proxy.sign_in_two) for one, had in web.seen if one == path]
    assert (headers["X-Forwarded-For"], headers["X-Forwarded-Proto"]) == ("127.0.0.1", "https")
    assert len(headers["X-Request-Id"]) == 36 and "X-Caller" not in headers


def test_pages_are_answered_while_nobody_hashes(proxy):
    """The webs of sign-in accept and say nothing, as stopped processes do: 40 wait for them, and hold up no page."""
    waiting = []
    stuck = (proxy.sign_in, proxy.sign_in_two)
    for web in stuck:
        web.held.clear()
    try:
        for _ in range(40):
            caller = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=60)
            caller.request("POST", "/connexion/?tenu", b"x")
            waiting.append(caller)
        end = time.monotonic() + 30
        while sum(len([p for p in web.begun if p == "/connexion/?tenu"]) for web in stuck) < 40:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert [ask(proxy, "GET", "/danger/") for _ in range(20)] == [302] * 20
        assert ask(proxy, "POST", "/connexion/seconde-etape/", b"x") == 302
        assert "/connexion/?tenu" not in [path for path, _ in [*proxy.sign_in.seen, *proxy.sign_in_two.seen]]
    finally:
        for web in stuck:
            web.held.set()
    assert [caller.getresponse().status for caller in waiting] == [302] * 40


def test_sign_in_is_answered_while_one_of_its_webs_is_replaced(proxy):
    proxy.sign_in.leaving = True
    try:
        time.sleep(4)
        before = len(proxy.sign_in.seen)
        assert [ask(proxy, "POST", "/connexion/", b"x") for _ in range(10)] == [302] * 10
        assert len(proxy.sign_in.seen) == before
    finally:
        proxy.sign_in.leaving = False
        time.sleep(2)
