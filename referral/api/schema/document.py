"""Generate the OpenAPI 3.1 document from the views. Committed in docs/openapi.json; a test compares the two."""

import json

from django.urls import include, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from foundation.paging import CURSOR
from referral.api.rules import CODES_LOADED, LEAVING, kinds
from referral.api.serializers import alerts as given
from referral.api.serializers import records as shown
from referral.routing.selectors.ranking import SORTED

from . import fields  # noqa: F401 - registers what it says
from .examples import EXAMPLES
from .problems import policy, problem, test_space
from .token import token
from .versions import add_versions, if_match, subclasses
from .webhooks import webhooks

KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    pattern="^[!-~]{8,80}$",
    description=gettext_lazy(
        "Yours, new for each request; sent again within seven days, the request has the effect of one."
    ),
)

# by name: what a parameter of a section is, whether it is asked for, and what it may be
PARAMETERS: dict[str, tuple] = {
    "cursor": (gettext_lazy("As given in `next`"), False, {"pattern": CURSOR}),
    "service": (gettext_lazy("Code of `services`: the need"), True, {}),
    "view": (gettext_lazy("`slip` (left out), or `whole`"), False, {"enum": ["slip", "whole"]}),
    "line": (gettext_lazy("Lines from this number on, as in `next_line`"), False, {"pattern": "^[0-9]{1,6}$"}),
    "year": (gettext_lazy("Left out: the current one"), False, {"pattern": "^20[0-9]{2}$"}),
    "sort": (gettext_lazy("`quick`, `near` or `far`; left out: best suited first"), False, {"enum": SORTED}),
}


def _describe(name, summary, *, tag, description="", **options):
    """Describe one operation: id, one-line summary, tag in the reference."""
    # without a description the generator uses the docstring, written for developers; `document` removes this copy
    return extend_schema(operation_id=name, summary=summary, description=description or summary, tags=[tag], **options)


def posts(
    name, summary, *, tag, request, response, code=200, description="", kind="application/json", of="", urgent=False
):
    """Describe a POST that takes an Idempotency-Key.

    `of`: the operation that shows what this one changes; `If-Match` gives the tag of it (`Endpoint.claim`). `urgent`: a
    danger to life waits for no tag.
    """
    described = _describe(
        name,
        summary,
        tag=tag,
        request=request,
        responses={(code, kind): response},
        parameters=[KEY, *([if_match(of, urgent)] if of else [])],
        description=description,
    )

    def decorate(method):
        method = described(method)
        method.of = of
        return method

    return decorate


def reads(name, summary, shown_by, description="", parameters=(), tag="cases"):
    """Describe a GET of a section of a case, or of a part of another thing."""
    asked = [
        OpenApiParameter(each, str, description=words, required=needed, **narrowed)
        for each in parameters
        for words, needed, narrowed in (PARAMETERS[each],)
    ]
    return _describe(name, summary, tag=tag, responses={200: shown_by}, parameters=asked, description=description)


def fetches(name, summary, description):
    """Describe a GET that answers the bytes of a document."""
    answers = {(200, BYTES): OpenApiTypes.BINARY}
    return _describe(name, summary, tag="cases", responses=answers, description=description)


def asks(name, summary, *, tag, request, response, description=""):
    """Describe a POST that only reads: what is asked may be a name, and is in no address."""
    return _describe(name, summary, tag=tag, request=request, responses={200: response}, description=description)


def resets(shown_by):
    """Describe the POST that makes a test space anew: asked twice it is done once, without a key."""
    return _describe(
        "reset_sandbox",
        gettext_lazy("Make your test space anew"),
        tag="sandbox",
        request=None,
        responses={202: shown_by},
        description=gettext_lazy(
            "With a token of a test client only; 404 with any other. What you wrote there is gone and its tokens end:"
            " 503 for some seconds, then ask for a new token. Once a minute."
        ),
    )


def lists(name, summary, *, tag, description=""):
    """Describe a list."""
    return _describe(name, summary, tag=tag, description=description)


def answers(name, summary, request, description="", of="get_orientation"):
    """Describe a POST on one orientation, which returns its detail. `of`: see `posts`."""
    return posts(
        name,
        summary,
        tag="orientations",
        request=request,
        response=shown.OrientationDetail,
        description=description,
        of=of,
        urgent=bool(of),
    )


alert_list = extend_schema_view(
    list=_describe("list_alerts", gettext_lazy("Alerts your agency sent"), tag="alerts"),
    create=posts(
        "send_alert",
        gettext_lazy("Send an alert"),
        tag="alerts",
        request=given.AlertInput,
        response=shown.AlertDetail,
        code=201,
        description=gettext_lazy(
            "The answers of the pages; what is required depends on them and is said in `errors`. Desks are chosen by "
            "rule and by `desks`. With the same `id` or the same key it is the same alert, with the same reference; "
            "200 says that another request had already sent it."
        ),
    ),
)
alert_received = extend_schema_view(
    list=_describe(
        "list_received_alerts",
        gettext_lazy("Alerts that wait at your desk, least time left first"),
        tag="alerts",
    )
)
alert_single = extend_schema_view(
    retrieve=_describe("get_alert", gettext_lazy("Follow an alert"), tag="alerts", responses=shown.AlertDetail)
)
open_alert = posts(
    "open_alert",
    gettext_lazy("Open an alert at your desk"),
    tag="alerts",
    request=given.Nothing,
    response=shown.AlertDetail,
    description=gettext_lazy("The author is told of the first opening; afterwards `answers` is shown to you."),
)
case_list = extend_schema_view(
    list=_describe(
        "list_cases",
        gettext_lazy("Cases your agency has any sight of"),
        tag="cases",
        description=gettext_lazy("`level` and `categories` say how much of each. No identity, no contact."),
    )
)
case_single = extend_schema_view(
    retrieve=_describe(
        "get_case",
        gettext_lazy("Read a case"),
        tag="cases",
        responses=shown.CaseDetail,
        description=gettext_lazy(
            "From level `summary`; signs, reading and story from level `file`. The other sections, identity and safe "
            "contact included, are read by themselves. Each reading is journalled."
        ),
    )
)
orientation_list = extend_schema_view(
    list=_describe("list_orientations", gettext_lazy("Requests at your desk, newest first"), tag="orientations")
)
orientation_sent = extend_schema_view(
    list=_describe("list_sent_orientations", gettext_lazy("Requests your agency sent"), tag="orientations")
)
orientation_single = extend_schema_view(
    retrieve=_describe(
        "get_orientation",
        gettext_lazy("Read a request"),
        tag="orientations",
        responses=shown.OrientationDetail,
    )
)
open_orientation = answers(
    "open_orientation",
    gettext_lazy("Open a request"),
    given.Nothing,
    gettext_lazy("The sender is told of the first opening; afterwards `sheet` is shown to you."),
    of="",
)
notice_list = extend_schema_view(
    list=_describe(
        "list_notices",
        gettext_lazy("Notices: what happened"),
        tag="notices",
        description=gettext_lazy(
            "Ask here with the `since` of your last answer, and read what a notice names, not every thing again. No"
            " notice is lost; some come twice."
        ),
    )
)
reference_index = extend_schema_view(
    get=_describe(
        "list_references",
        gettext_lazy("Names of the reference lists"),
        tag="reference",
        responses={
            200: {
                "type": "object",
                "required": ["results"],
                "properties": {
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["name", "url"],
                            "properties": {"name": {"type": "string"}, "url": {"type": "string", "format": "uri"}},
                        },
                    }
                },
            }
        },
    )
)
reference_list = extend_schema_view(
    get=_describe(
        "get_reference",
        gettext_lazy("A reference list"),
        tag="reference",
        responses={
            200: {
                "type": "object",
                "required": ["name", "version", "validated", "results"],
                "properties": {
                    "name": {"type": "string"},
                    "version": {"type": ["string", "null"]},
                    "validated": {"type": "boolean"},
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["code", "label_fr", "label_en"],
                            "properties": {
                                "code": {"type": ["string", "integer"]},
                                "label_fr": {"type": "string"},
                                "label_en": {"type": "string"},
                            },
                        },
                    },
                },
            }
        },
        description=gettext_lazy("`validated` false: no authority has vouched for this content yet."),
    )
)

BYTES = "application/octet-stream"  # of a document, which may not be ready
EVERYWHERE = ["unauthenticated", "forbidden", "too-many-requests", "error", "busy"]
WHEN_POSTED = [
    *("invalid", "malformed", "idempotency-key-missing", "wrong-state", "id-taken"),
    *("too-large", "unsupported-media-type", "idempotency-key-reused"),
]


PLAIN = {"POSTPROCESSING_HOOKS": [], "ENUM_GENERATE_CHOICE_DESCRIPTION": False}


def document() -> dict:
    """Return the whole document, in French for every reader."""
    # enumerations are inlined: generated names of shared ones would change with the next field
    with translation.override("fr"), patched_settings(PLAIN):
        patterns = [path("api/v1/", include("referral.api.urls.endpoints"))]
        found = SchemaGenerator(patterns=patterns).get_schema(request=None, public=True)
        schemas = found["components"]["schemas"]
        for schema in schemas.values():
            schema.pop("description", None)  # a docstring, as for the operations
        for serializer in subclasses(shown.Shown):
            if serializer.__name__ in schemas:
                _may_be_absent(schemas[serializer.__name__], serializer.absent)
        schemas["Problem"] = problem()
        for address, methods in found["paths"].items():
            for method, operation in methods.items():
                if operation["description"] == operation["summary"]:
                    del operation["description"]
                _add_refusals(operation, method, one="{" in address or operation["tags"] == ["sandbox"])
                if BYTES not in operation["responses"].get("200", {}).get("content", {}):
                    add_versions(operation, method, schemas)
                _fix_parameters(operation.get("parameters", []))
                _close(operation.get("requestBody", {}), schemas)
                _add_example(operation)
        found["paths"] = {"/api/v1/token/": {"post": token()}, **found["paths"]}
        found["webhooks"] = webhooks()
        found["info"]["description"] = "\n\n".join([found["info"]["description"], test_space(), *policy()])
        return json.loads(json.dumps(found), object_hook=_without_marks)


def _add_example(operation: dict) -> None:
    """Give what takes a body one that a test sends."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["example"] = EXAMPLES[operation["operationId"]]


def _without_marks(found: dict) -> dict:
    """Remove the generator's own extensions, and `readOnly`: clients do not write such names of an answer down."""
    return {name: value for name, value in found.items() if not name.startswith("x-spec") and name != "readOnly"}


def _may_be_absent(schema: dict, absent: tuple[str, ...]) -> None:
    """Make the fields that depend on a right optional."""
    if absent:
        schema["required"] = [name for name in schema.get("required", ()) if name not in absent]


def _close(body: dict, schemas: dict) -> None:
    """Say that a body takes no other names than those: the server refuses them."""
    for content in body.get("content", {}).values():
        waiting = [content["schema"]]
        while waiting:
            schema = waiting.pop()
            if "$ref" in schema:
                schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
            waiting += [*schema.get("oneOf", []), *schema.get("allOf", []), *schema.get("properties", {}).values()]
            waiting += [schema["items"]] if isinstance(schema.get("items"), dict) else []
            if "properties" in schema:
                schema.setdefault("additionalProperties", False)


def _fix_parameters(parameters: list[dict]) -> None:
    """Replace what the generator would read from the database or describe in English."""
    for parameter in parameters:
        if parameter["in"] == "path" and parameter["name"] == "id":
            parameter["description"] = _("Its id, from a list or a notice")
        elif parameter["in"] == "path" and parameter["name"] == "thing":
            parameter["description"] = _("Its id, from the section of the case")
        elif parameter["name"] in CODES_LOADED:
            # codes of the pack are data: a new version must not change the document
            parameter["schema"] = {"type": "string"}
        if leaves := LEAVING.get(parameter["name"]):
            parameter["deprecated"] = True
            words = _("Stays until %(day)s at least: use `%(instead)s`")
            parameter["description"] = words % {"day": leaves.until.isoformat(), "instead": leaves.instead}


def _add_refusals(operation: dict, method: str, *, one: bool) -> None:
    lists = any(parameter["name"] == "since" for parameter in operation.get("parameters", []))
    matched = any(parameter["name"] == "If-Match" for parameter in operation.get("parameters", []))
    wanted = [
        *EVERYWHERE,
        *(["changed", "if-match-missing"] if matched else []),
        *(["start-again"] if lists else []),
        *(WHEN_POSTED if method == "post" else ["invalid"]),
        *(["not-found"] if one else []),
        *(["wrong-state"] if BYTES in operation["responses"].get("200", {}).get("content", {}) else []),
    ]
    table, by_status = kinds(), {}
    for code in wanted:
        by_status.setdefault(table[code][0], []).append(code)
    for status, codes in sorted(by_status.items()):
        operation["responses"][str(status)] = {
            "description": " · ".join(f"{table[code][1]} (`urn:repere:problem:{code}`)" for code in codes),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
