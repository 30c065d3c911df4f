"""Describe tokens: how one is asked for, and the scopes that each operation needs."""

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from agencies.models import Scope
from referral.api.middleware.assertions import TYPE


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "referral.api.middleware.authentication.ServiceAuthentication"
    name = "oauth2"

    def get_security_definition(self, auto_schema):
        scopes = {scope.value: str(scope.label) for scope in Scope}
        flow = {"tokenUrl": "/api/v1/token/", "scopes": scopes}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}

    def get_security_requirement(self, auto_schema):
        """Return the scopes of the operation: all those of one line are needed, and one line is enough."""
        return [{self.name: [scope.value for scope in Scope if scope in one]} for one in auto_schema.view.needs()]


def token() -> dict:
    """Return the operation that issues tokens, which is no view of ours."""
    body = {
        "type": "object",
        "required": ["grant_type"],
        "properties": {
            "grant_type": {"type": "string", "const": "client_credentials"},
            "client_id": {"type": "string"},
            "client_secret": {"type": "string"},
            "client_assertion_type": {"type": "string", "const": TYPE},
            "client_assertion": {
                "type": "string",
                "description": _("A signed JWT (RFC 7523), in the place of the secret"),
            },
            "scope": {"type": "string", "description": _("Fewer scopes than the program has")},
        },
    }
    token = {
        "type": "object",
        "required": ["access_token", "token_type", "expires_in", "scope"],
        "properties": {
            "access_token": {"type": "string"},
            "token_type": {"type": "string"},
            "expires_in": {"type": "integer"},
            "scope": {"type": "string"},
        },
    }
    refused = {
        "description": _("Refused, as RFC 6749 section 5.2 writes it"),
        "content": {"application/json": {"schema": {"type": "object", "properties": {"error": {"type": "string"}}}}},
    }
    return {
        "operationId": "get_token",
        "summary": _("Get a token"),
        "description": _("Send the client's id and secret by HTTP Basic, or in the body. A token lasts one hour."),
        "tags": ["token"],
        "security": [],
        "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": body}}},
        "responses": {
            "200": {"description": _("The token"), "content": {"application/json": {"schema": token}}},
            "400": refused,
            "401": refused,
            "429": refused,
            "503": {
                "description": _("The test space of this client is being made: ask again after `Retry-After`"),
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    }
