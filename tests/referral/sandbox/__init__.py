"""Programs with a test client, as their developers call it: real requests, real tokens, each in its own database."""

import base64
import json
import uuid

from django.test import Client

from agencies.models import Membership
from foundation.actor import acting_as
from referral.sandbox.operations import copies, spaces
from tests.roles import as_role

ALERT = {
    "territory": "75", "when": "today", "minor": "no", "danger": "no", "none_of_these": True, "agreement": "not_asked"
}  # fmt: skip


class Developer:
    """Hold a client and its secret, ask for tokens and call. `raises`: what the server raises is raised here."""

    def __init__(self, client_id: str, secret: str, *, raises: bool = True):
        self.client_id, self.secret, self.token = client_id, secret, ""
        self.web = Client(raise_request_exception=raises)

    def ask_token(self, **said):
        basic = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        answer = self.web.post(
            "/api/v1/token/",
            {"grant_type": "client_credentials", **said},
            headers={"Authorization": f"Basic {basic}"},
        )
        self.token = answer.json().get("access_token", "")
        return answer

    def get(self, path: str, **headers):
        return self.web.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {self.token}", **headers})

    def post(self, path: str, body: dict | None = None, **headers):
        given = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": uuid.uuid4().hex, **headers}
        return self.web.post(f"/api/v1/{path}", json.dumps(body or {}), content_type="application/json", headers=given)


def pass_of_the_worker() -> int:
    with as_role("nrm_worker"):
        return copies.keep()


def with_test_client(boss: Membership, program: Membership, *, made: bool = True) -> Developer:
    """A developer whose administrator made the test client of a program, once the worker has made its space."""
    with acting_as(boss):
        _found, client_id, secret = spaces.keep(boss, program.pk)
    if made:
        pass_of_the_worker()
    return Developer(client_id, secret)
