"""Somebody with an account of the demonstration, an address of the loopback, and a program in place of a browser."""

import re
import time
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import requests
from lxml import html
from requests.adapters import HTTPAdapter

PASSWORD = "repere-demo-2026"
CODE = re.compile(r"affiche\s+(\d{6})")
# what would end the walk, or is no page of the product
LEFT = re.compile(
    r"^/(static|media|api|en)/|deconnexion|/sw\.js$|/dev/|langue|role/$|mot-de-passe|protection|sessions|connexion|couper/|facteur/"
)
FILE = re.compile(r"\.(csv|json|xlsx|ods|zip|pdf|ics|xml|svg)$")


class From(HTTPAdapter):
    """Call from one address of the loopback, as another machine would."""

    def __init__(self, address: str):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, source_address=(self.address, 0), **kwargs)


@dataclass
class Insider:
    """Keep a session, and count what was answered."""

    site: str
    name: str = ""
    address: str = "127.0.0.1"
    asked: int = 0
    broken: list[str] = field(default_factory=list)  # answers of 500 and more

    def __post_init__(self):
        self.session = requests.Session()
        self.session.mount("http://", From(self.address))

    def ask(self, method: str, path: str, **said) -> requests.Response:
        answer = self.session.request(method, urljoin(self.site, path), timeout=120, allow_redirects=False, **said)
        self.asked += 1
        if answer.status_code >= 500:
            self.broken.append(f"{method} {urlsplit(answer.url).path} {answer.status_code}")
        return answer

    def get(self, path: str) -> requests.Response:
        """Return a page, after the redirections that lead to it."""
        for _ in range(5):
            answer = self.ask("GET", path)
            if answer.status_code not in (301, 302, 303) or "Location" not in answer.headers:
                return answer
            path = answer.headers["Location"]
        return answer

    def send(self, form, typed: dict[str, object], page: str, files=None) -> requests.Response:
        """Post a form of a page with what it holds and what is typed."""
        fields = [(name, value) for name, value in form.form_values() if name not in typed]
        for name, value in typed.items():
            fields += [(name, each) for each in (value if isinstance(value, list) else [value])]
        target = urljoin(page, form.get("action") or page)
        return self.ask("POST", urlsplit(target)._replace(scheme="", netloc="").geturl(), data=fields, files=files)

    def sign_in(self) -> "Insider":
        """Sign in with the published password and the published code of the demonstration."""
        answer = self.try_password(PASSWORD)
        assert answer.status_code == 302, (self.name, answer.status_code)
        page = answer.headers["Location"]
        if "seconde-etape" in page:
            end = time.monotonic() + 90
            while not (code := CODE.search((tree := html.fromstring(self.get(page).content)).text_content())):
                assert time.monotonic() < end, "no code: each opens once, the next comes within half a minute"
                time.sleep(3)
            form = next(form for form in tree.forms if "code" in form.fields)
            answer = self.send(form, {"code": code[1]}, page)
            assert answer.status_code == 302, (self.name, answer.status_code)
        return self

    def try_password(self, password: str) -> requests.Response:
        """Send the form of the sign-in page; return its answer."""
        page = "/connexion/"
        form = next(form for form in html.fromstring(self.get(page).content).forms if "password" in form.fields)
        return self.send(form, {"username": f"{self.name}@demo.invalid", "password": password}, page)


def links_of(page, path: str) -> list[str]:
    """Return the addresses on this site that a page leads to."""
    found = []
    for link in page.iter("a"):
        target = urlsplit(urljoin(f"http://here{path}", link.get("href") or ""))
        if target.netloc == "here" and not LEFT.search(target.path):
            found.append(target._replace(scheme="", netloc="", fragment="").geturl())
    return found
