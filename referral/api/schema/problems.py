"""Describe for OpenAPI a refusal, and what a program must expect to change."""

from django.utils.translation import gettext as _

from referral.api.rules import kinds


def problem() -> dict:
    """Return the schema of a problem document."""
    text = {"type": "string"}
    return {
        "type": "object",
        "description": _("RFC 9457. `type` is stable, the words may change."),
        "required": ["type", "title", "status", "detail", "trace_id"],
        "properties": {
            "type": {"type": "string", "enum": [f"urn:repere:problem:{code}" for code in kinds()]},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "trace_id": {"type": "string", "description": _("To give us when you ask for help")},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["detail"],
                    "properties": {"pointer": text, "parameter": text, "header": text, "code": text, "detail": text},
                },
            },
        },
    }


def test_space() -> str:
    """Return how a program is tried without touching anybody's data."""
    return _(
        "A client whose id begins with `test_` has a fictitious space of its own at the same addresses: its tokens"
        " begin with `test_` too, each answer has the header `Repere-Space: test`, and nothing leaves it."
    )


def policy() -> list[str]:
    """Return what may change under the same address, in sentences: for the document and the developers' page."""
    return [
        _(
            "May come at any time: an operation, an optional parameter, an optional name of a body, a name in an"
            " answer, a code of a list, a refusal. Ignore names you do not know."
        ),
        _(
            "A code you do not know is no error: keep it, show it as it is, and offer nothing for it. An urgency you do"
            " not know counts as the highest. Lists that are data (forms, services, reasons) have no codes in this"
            " document: read them at `reference`, with their version."
        ),
        _(
            "What leaves, or changes its meaning, is dated here twelve months before. Whoever uses it is told by each"
            " answer: `Deprecation` (since when), `Sunset` (until when), `Link` (what instead). What puts a person in"
            " danger is closed at once."
        ),
    ]
