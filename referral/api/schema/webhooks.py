"""Describe the calls that the platform makes to a program, for the `webhooks` of the document."""

from django.utils.translation import gettext as _

from notifications.models import HookDelivery
from notifications.operations import addresses, hooks
from notifications.words import SUBJECTS


def webhooks() -> dict:
    """Return the one call: something happened, or an administrator tests the address."""
    return {
        "happened": {
            "post": {
                "operationId": "happened",
                "summary": _("Something happened that the program sees"),
                "description": _(
                    "Standard Webhooks: verify the signature with a public library and your secret, then answer 2xx"
                    " within %(seconds)d seconds, and read what is named in the API. A call may come twice, with the"
                    " same `webhook-id`. Other answers are tried again for %(days)d days; 410 pauses the webhook."
                )
                % {"seconds": addresses.READ, "days": hooks.GIVEN_UP.days},
                "tags": ["webhooks"],
                "security": [],
                "parameters": [_header(*each) for each in _headers()],
                "requestBody": {"required": True, "content": {"application/json": {"schema": _body()}}},
                "responses": {
                    "2XX": {"description": _("Taken: it does not come again")},
                    "410": {
                        "description": _("No longer there: the webhook is paused, and its administrators are told")
                    },
                    "default": {"description": _("Not taken: it comes again")},
                },
            }
        }
    }


def _headers() -> list[tuple[str, str]]:
    return [
        ("webhook-id", _("The same at each attempt and when it is sent again: keep it, and do nothing twice")),
        ("webhook-timestamp", _("Seconds since 1970, of this attempt")),
        ("webhook-signature", _("`v1,` and a signature for each secret that is good, between spaces")),
    ]


def _header(name: str, description: str) -> dict:
    return {"name": name, "in": "header", "required": True, "schema": {"type": "string"}, "description": description}


def _body() -> dict:
    kind = _("A `kind` of notices, or `test`; ignore those you do not know")
    position = _(
        "1, 2, 3, … for this webhook. Calls may arrive in another order; one that is missing waits, or was not yours to"
        " see any more. Kept for %(days)d days."
    ) % {"days": HookDelivery.KEPT.days}
    data = {
        "subject": {"type": "string", "description": _("What it is about: %(nouns)s…") % {"nouns": ", ".join(NOUNS)}},
        "id": {"type": "string", "format": "uuid", "description": _("Its id; absent when you see it no more")},
        "position": {"type": "integer", "minimum": 1, "description": position},
    }
    return {
        "type": "object",
        "required": ["type", "data"],
        "properties": {
            "type": {"type": "string", "description": kind},
            "data": {"type": "object", "required": ["position"], "properties": data},
        },
        "example": {
            "type": "orientation_sent",
            "data": {"subject": "orientation", "id": "0b7c2f6e-6a0e-4b57-9d0d-5f3f6e1f7a10", "position": 12},
        },
    }


NOUNS = [noun for noun in SUBJECTS if noun in ("case", "alert", "orientation")]
