"""A person before the proxy: pages asked for over HTTP, forms sent with the hidden fields of their page."""

import http.client
import re
from html import unescape
from urllib.parse import urlencode, urlsplit

HIDDEN = re.compile(r'<input type="hidden" name="(csrfmiddlewaretoken|_membership)" value="([^"]*)">')


class Answer:
    def __init__(self, answer: http.client.HTTPResponse):
        self.status, self.headers = answer.status, answer.headers
        self.text = unescape(answer.read().decode(errors="replace"))

    @property
    def leads_to(self) -> str:
        return urlsplit(self.headers["Location"] or "").path


class Visitor:
    def __init__(self, port: int, address: str = "127.0.0.1"):
        """`address`: of the loopback, from which this person calls."""
        self.port, self.cookies, self.address = port, {}, address
        self.site = f"https://127.0.0.1:{port}"  # as the browser would say it: TLS ends before the proxy under test

    def ask(self, method: str, path: str, body: str | None = None, seconds: float = 60) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, seconds, (self.address, 0))
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"{self.site}/"}
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
