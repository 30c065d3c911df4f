"""Speaking to the API as a program does, through the real middleware; and what every refusal must look like."""

import json
import re
import uuid
from datetime import timedelta
from pathlib import Path

from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator
from oauth2_provider.models import AccessToken

from referral.api.middleware.tokens import token_for
from tests.roles import as_role

DOCUMENT = json.loads((Path(__file__).resolve().parents[3] / "docs" / "openapi.json").read_text())
ADDRESSES = [
    (re.compile(re.sub(r"\{\w+\}", "[^/]+", address)), methods)
    for address, methods in sorted(DOCUMENT["paths"].items(), key=lambda found: "{" in found[0])
]


def documented(method: str, path: str, response):
    """Whatever the API answers to a test is what the committed document says it may answer."""
    operation = next((m.get(method) for shape, m in ADDRESSES if shape.fullmatch(f"/api/v1/{path}")), None)
    if operation is None:
        return response  # no such address, or not this method: Elsewhere
    answers = operation["responses"]
    status = "201" if response.status_code == 200 and "201" in answers else str(response.status_code)
    assert status in answers, (method, path, status)
    if status == "304":
        assert response.content == b""
        return response
    [(kind, content)] = answers[status]["content"].items()
    assert response["Content-Type"] == kind, (method, path, status)
    if kind not in ("application/zip", "application/octet-stream"):
        Draft202012Validator({**content["schema"], "components": DOCUMENT["components"]}).validate(response.json())
    return response


def token_of(member, *, scope="read alert work administer", lasts=timedelta(hours=1)) -> str:
    """A token as the endpoint writes it, without the cost of checking a secret in each test."""
    text = token_for(member.api_client.client_id, int(lasts.total_seconds()))
    with as_role("nrm_owner"):
        AccessToken.objects.create(
            token=text, application=member.api_client, expires=timezone.now() + lasts, scope=scope
        )
    return text


class Caller:
    """One program with its token. A key is made for each POST unless one is given (`key=None` sends none).

    `match`: what it sends as `If-Match`; left out, that any version will do.
    """

    def __init__(self, member, **token):
        self.member = member
        self.token = token_of(member, **token)
        self.client = Client()

    def get(self, path, *, headers=None, **query):
        headers = {**self._headers(), **(headers or {})}
        return documented("get", path, self.client.get(f"/api/v1/{path}", query, headers=headers))

    def post(self, path, body=None, *, key="new", match="*", content_type="application/json", headers=None):
        matched = {"If-Match": match} if match is not None else {}
        key = {"Idempotency-Key": uuid.uuid4().hex if key == "new" else key} if key is not None else {}
        answer = self.client.post(
            f"/api/v1/{path}",
            {} if body is None else body,
            content_type=content_type,
            headers={**self._headers(), **matched, **key, **(headers or {})},
        )
        return documented("post", path, answer)

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
