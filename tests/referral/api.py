"""Speaking to the API as a program does, through the real middleware; and what every refusal must look like."""

import uuid
from datetime import timedelta

from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken

from tests.roles import as_role


def token_of(member, *, scope="referral", lasts=timedelta(hours=1)) -> str:
    """A token as the endpoint writes it, without the cost of checking a secret in each test."""
    text = f"token-{uuid.uuid4().hex}"
    with as_role("nrm_owner"):
        AccessToken.objects.create(
            token=text, application=member.api_client, expires=timezone.now() + lasts, scope=scope
        )
    return text


class Caller:
    """One program with its token. A key is made for each POST unless one is given (`key=None` sends none)."""

    def __init__(self, member, **token):
        self.member = member
        self.token = token_of(member, **token)
        self.client = Client()

    def get(self, path, **query):
        return self.client.get(f"/api/v1/{path}", query, headers=self._headers())

    def post(self, path, body=None, *, key="new", content_type="application/json", headers=None):
        key = {"Idempotency-Key": uuid.uuid4().hex if key == "new" else key} if key is not None else {}
        return self.client.post(
            f"/api/v1/{path}",
            {} if body is None else body,
            content_type=content_type,
            headers={**self._headers(), **key, **(headers or {})},
        )

    def _headers(self):
        return {"Authorization": f"Bearer {self.token}"}


def refused(response, status: int, code: str, **named) -> dict:
    """It is a problem document of this type, in words, naming these pointers, parameters or headers."""
    assert response.status_code == status, (response.status_code, response.content[:400])
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == f"urn:repere:problem:{code}", body
    assert body["status"] == status
    assert body["title"] and body["detail"] and body["trace_id"]
    for kind, name in named.items():
        assert name in [error.get(kind) for error in body.get("errors", [])], body
    return body
