"""What the tests of the State's sign-in share: a provider that runs, a person's way through it, and a hostile one."""

import base64
import hmac
import json
import re
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import requests
from django.urls import reverse
from joserfc import jwt
from joserfc.jwk import RSAKey

from dev.hygiene import ROOT
from dev.services.embedded import free_port
from referral.config.environment import Oidc

from .real import ACCOUNTS, CLIENT, HIGH, PASSWORD, SECRET

START, BACK = reverse("referral:provider"), reverse("referral:provider-return")
LINK, UNLINK = reverse("referral:provider-link"), reverse("referral:provider-unlink")
FACTORS, STEP = reverse("referral:factors"), reverse("referral:second-step")
FORT, WEAK, OTHER = ACCOUNTS


def configured(issuer: str, **changed) -> Oidc:
    said = {"issuer": issuer, "client_id": CLIENT, "secret": SECRET, "name": "ProConnect", "asked": (HIGH,)}
    return Oidc(**{**said, "accepted": (HIGH,), "amr": ("mfa",), "loopback": True, **changed})


@contextmanager
def running(folder, site: str):
    """Run the real provider in a process of its own; yield its issuer."""
    port = free_port()
    command = [sys.executable, "-m", "tests.referral.provider.real", str(port), str(folder)]
    process = subprocess.Popen(
        [*command, site + BACK, site + reverse("login")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}/o"
    finally:
        process.terminate()
        process.wait(10)


def left(client, address=START, **sent) -> str:
    """Send the form that leaves for the provider; return where it leads."""
    answer = client.post(address, sent)
    assert answer.status_code == 200, (answer.status_code, answer.headers)
    assert f'href="{answer.context["address"]}"'.replace("&", "&amp;") in answer.content.decode()
    return answer.context["address"]


class Agent(requests.Session):
    """A person's browser at the provider, which keeps its own sign-in there."""

    def __init__(self, name: str):
        super().__init__()
        self.name, self.asked = name, 0

    def way(self, address: str) -> str:
        """Follow the provider until it leads back to us; sign in there when it asks."""
        for _step in range(6):
            answer = self.get(address, allow_redirects=False)
            if answer.status_code == 200:
                self.asked += 1
                fields = dict(re.findall(r'name="?(csrfmiddlewaretoken|next)"? value=["\']([^"\']*)', answer.text))
                fields["next"] = fields["next"].replace("&amp;", "&")
                fields |= {"username": self.name, "password": PASSWORD}
                answer = self.post(answer.url, fields, allow_redirects=False)
            address = requests.compat.urljoin(answer.url, answer.headers["Location"])
            if urlsplit(address).path == BACK:
                return address.partition("/connexion/")[1] + address.partition("/connexion/")[2]
        raise AssertionError(address)


def through(client, agent: Agent, address=START, **sent):
    """Go to the provider and come back; return the answer to the return."""
    return client.get(agent.way(left(client, address, **sent)))


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


class Hostile:
    """A provider that says what it is told to: a listener on the loopback with keys of its own."""

    def __init__(self):
        self.key, self.stranger = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.document = {
            "issuer": self.issuer,
            **{name: f"{self.issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")},
        }
        self.said, self.asked = {}, []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def claims(self, nonce: str, /, **changed) -> dict:
        now = int(time.time())
        right = {"iss": self.issuer, "aud": CLIENT, "sub": "hostile", "nonce": nonce, "iat": now, "exp": now + 300}
        said = {**right, "auth_time": now, "acr": HIGH, **changed}
        return {name: value for name, value in said.items() if value is not None}

    def signed(self, claims: dict, alg="RS256", key=None) -> str:
        return jwt.encode({"alg": alg}, claims, key or self.key, algorithms=[alg])

    def with_public_key(self, claims: dict) -> str:
        """Return a token signed with the public key, as if it were a secret that both know: no library still does."""
        said = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": self.key.thumbprint()}, claims)]
        body = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in said)
        mark = hmac.digest(self.key.as_pem(private=False), body, "sha256")
        return (body + b"." + base64.urlsafe_b64encode(mark).rstrip(b"=")).decode()

    def _handler(self):
        hostile = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                hostile.asked.append(self.path)
                keys = {"keys": [hostile.key.as_dict(private=False)]}
                self._answer(keys if self.path == "/jwks_uri" else hostile.document)

            def do_POST(self):
                hostile.asked.append(self.path)
                self.rfile.read(int(self.headers["Content-Length"]))
                self._answer({"access_token": "x", "token_type": "Bearer", **hostile.said})

            def _answer(self, said):
                body = json.dumps(said).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler
