"""Describe a refusal for OpenAPI."""

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
