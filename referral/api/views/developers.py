"""Public pages for developers of programs: quick start with curl, reference, OpenAPI document. No data."""

import json
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from notifications.operations import addresses, hooks
from referral.api.middleware.request_quota import DANGER, ORDINARY
from referral.api.rules import LEAVING, kinds
from referral.api.schema.problems import policy
from referral.api.words import CHANGES

GROUPS = {
    "token": pgettext_lazy("api", "Token"),
    "alerts": pgettext_lazy("api", "Alerts"),
    "cases": pgettext_lazy("api", "Cases"),
    "orientations": pgettext_lazy("api", "Requests (referrals)"),
    "notices": pgettext_lazy("api", "Notices"),
    "desk": pgettext_lazy("api", "Your own desk"),
    "situations": pgettext_lazy("api", "Events with several persons"),
    "exports": pgettext_lazy("api", "Exports"),
    "imports": pgettext_lazy("api", "Imports"),
    "silent-desks": pgettext_lazy("api", "What a coordination watches"),
    "survey": pgettext_lazy("api", "Yearly survey"),
    "sandbox": pgettext_lazy("api", "Test space"),
    "reference": pgettext_lazy("api", "Reference lists"),
}
DOCUMENT = settings.BASE_DIR / "docs" / "openapi.json"


@lru_cache(maxsize=1)
def _text() -> str:
    """Return the committed document, which a test compares with the code."""
    return DOCUMENT.read_text()


@login_not_required
@require_safe
def quick_start(request):
    problems = [(f"urn:repere:problem:{code}", status, title) for code, (status, title) in kinds().items()]
    limits = {"ordinary": ORDINARY, "danger": DANGER}
    limits |= {"answer_within": addresses.READ, "given_up": hooks.GIVEN_UP.days}
    said = {"problems": problems, "changes": CHANGES, "policy": policy(), "leaving": LEAVING}
    return render(request, "referral/api/developers.html", {"site": settings.SITE_URL, **said, **limits})


@login_not_required
@require_safe
def reference(request):
    """List all operations, and say everything of those of one group: all of them would be 425 KB on one page."""
    groups = _groups(json.loads(_text()))
    shown = next((group for group in groups if group["code"] == request.GET.get("groupe")), groups[0])
    return render(request, "referral/api/developers_reference.html", {"groups": groups, "shown": shown})


@login_not_required
@require_safe
def openapi(request):
    return HttpResponse(_text(), content_type="application/json")


def _groups(document: dict) -> list[dict]:
    """Group operations by tag, in the order of the document, with the fields a page can print."""
    found: dict[str, list] = {}
    for address, methods in document["paths"].items():
        for method, operation in methods.items():
            found.setdefault(operation["tags"][0], []).append(_operation(document, address, method, operation))
    return [{"code": tag, "name": GROUPS.get(tag, tag), "operations": operations} for tag, operations in found.items()]


def _operation(document: dict, address: str, method: str, operation: dict) -> dict:
    body = operation.get("requestBody", {}).get("content", {})
    good = next((answer for code, answer in operation["responses"].items() if code < "300"), {})
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "address": address,
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "scopes": [" + ".join(one["oauth2"]) for one in operation["security"] if one["oauth2"]],
        "parameters": [{**p, "type": _type(document, p["schema"])} for p in operation.get("parameters", [])],
        "body": _fields(document, next(iter(body.values()), {}).get("schema", {})),
        "answer": _fields(document, next(iter(good.get("content", {}).values()), {}).get("schema", {})),
        "refusals": [(c, a["description"]) for c, a in operation["responses"].items() if c >= "400"],
    }


def _resolved(document: dict, schema: dict) -> dict:
    if "$ref" not in schema:
        return schema
    return document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]


def _fields(document: dict, schema: dict) -> list[dict]:
    """Return the fields of an object; for a page of a list, those of its rows."""
    schema = _resolved(document, schema)
    if "results" in schema.get("properties", {}):
        schema = _resolved(document, schema["properties"]["results"]["items"])
    required = set(schema.get("required", []))
    return [
        {
            "name": name,
            "type": _type(document, field),
            "required": name in required,
            "description": field.get("description", ""),
            "choices": [c for c in _choices(field) if c],
        }
        for name, field in schema.get("properties", {}).items()
    ]


def _choices(field: dict) -> list:
    return field.get("enum") or field.get("items", {}).get("enum") or []


def _type(document: dict, field: dict) -> str:
    for name in ("allOf", "oneOf"):
        if name in field:
            field = field[name][0]
    if "$ref" in field:
        return field["$ref"].rpartition("/")[2]
    if field.get("type") == "array":
        return f"[{_type(document, field['items'])}]"
    kind = field.get("type", "object")
    kind = " | ".join(kind) if isinstance(kind, list) else kind
    return f"{kind} ({field['format']})" if "format" in field else kind
