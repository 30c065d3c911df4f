"""A person before the proxy: pages asked for over HTTP, forms sent with the hidden fields of their page."""

import base64
import hmac
import http.client
import re
import struct
import threading
import time
from collections import defaultdict
from functools import partial
from html import unescape
from urllib.parse import urlencode, urlsplit

HIDDEN = re.compile(r'<input type="hidden" name="(csrfmiddlewaretoken|_membership)" value="([^"]*)">')

STEP, APP, OTHERS = "/connexion/seconde-etape/", "/profil/protection/application/", "/profil/protection/codes/"
SECRET, RECOVERY = re.compile(r"<code>([A-Z2-7 ]{32,})</code>"), re.compile(r"<code>(\d{8})</code>")
CODES: dict[tuple, list[str]] = defaultdict(list)  # by installation and account: recovery codes that are left
LOCKS: dict[tuple, threading.Lock] = defaultdict(threading.Lock)


class Answer:
    def __init__(self, answer: http.client.HTTPResponse):
        self.status, self.headers = answer.status, answer.headers
        self.text = unescape(answer.read().decode(errors="replace"))

    @property
    def leads_to(self) -> str:
        return urlsplit(self.headers["Location"] or "").path


class Visitor:
    def __init__(self, port: int, address: str = "127.0.0.1", token: str = ""):
        """`address`: of the loopback, from which this person calls; `token`: of a program, which is no person."""
        self.port, self.cookies, self.address, self.token = port, {}, address, token
        self.site = f"https://127.0.0.1:{port}"  # as the browser would say it: TLS ends before the proxy under test

    def ask(self, method: str, path: str, body: str | None = None, seconds: float = 60) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, seconds, (self.address, 0))
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"{self.site}/"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        found = Answer(answer)
        connection.close()
        return found

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def hidden(self, page: str) -> dict[str, str]:
        """Return the hidden fields of a page: the token and the membership it was opened under."""
        return dict(HIDDEN.findall(self.get(page).text))

    def post(self, path: str, page: str | None = None, **typed) -> Answer:
        """Open the page of a form, and send what is typed to its address."""
        body = urlencode({**self.hidden(page or path), **typed}, doseq=True)
        return self.ask("POST", path, body)

    def sign_in(self, address: str, password: str) -> None:
        answer = self.post("/connexion/", username=address, password=password)
        assert answer.status == 302, answer.text[:2000]
        self.second_step(address)
        if self.get("/").status == 302:  # the first time
            assert self.post("/charte/").status == 302

    def second_step(self, address: str) -> None:
        """Show a recovery code; where there is no second factor yet, set up an application and keep its codes.

        The last code draws ten others, so that an account signs in as often as it likes. Raises AssertionError when the
        factor of this account was set up by another process.
        """
        ask = partial(Visitor.ask, self)
        profile = ask("GET", "/profil/")
        if profile.status == 200 or profile.leads_to.startswith("/charte/"):
            return
        with LOCKS[self.port, address]:
            codes = CODES[self.port, address]
            if codes:
                body = urlencode({**self._hidden_of(ask("GET", STEP)), "code": codes.pop()})
                assert ask("POST", STEP, body).status == 302, "a recovery code was refused"
                if not codes:
                    page = ask("GET", "/profil/protection/")
                    codes += RECOVERY.findall(ask("POST", OTHERS, urlencode(self._hidden_of(page))).text)
                return
            page = ask("GET", APP)
            assert page.status == 200, "this account has a second factor that is not known here"
            typed = {**self._hidden_of(page), "code": shown_by(SECRET.search(page.text)[1].replace(" ", ""))}
            codes += RECOVERY.findall(ask("POST", APP, urlencode(typed)).text)
            assert codes, "no second factor was set up"

    @staticmethod
    def _hidden_of(page: Answer) -> dict[str, str]:
        return dict(HIDDEN.findall(page.text))


def shown_by(secret: str) -> str:
    """Return the code that an application shows now (RFC 6238)."""
    step = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), step, "sha1")
    found = struct.unpack(">I", digest[digest[-1] & 15 :][:4])[0] & 0x7FFFFFFF
    return f"{found % 10**6:06}"
