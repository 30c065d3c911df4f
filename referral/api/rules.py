"""Define what the API asks of a token (scopes), its refusals (codes, status and titles), and what leaves it."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from agencies.members.rules import WRITES
from agencies.models import Role, Scope

Needed = tuple[frozenset[str], ...]  # alternatives: a token holds all of one
ANY: Needed = (frozenset(),)  # whatever the token holds
READ: Needed = (frozenset([Scope.READ.value]),)
ALERT: Needed = (frozenset([Scope.ALERT.value]),)
FOLLOW: Needed = (*READ, *ALERT)  # with ALERT alone, of the program's own alerts (`roles_of`)
WORK: Needed = (frozenset([Scope.READ.value, Scope.WORK.value]),)
ADMINISTER: Needed = (frozenset([Scope.ADMINISTER.value]),)


def held(member) -> frozenset[str]:
    """Return the scopes of a token that its program still holds: what is taken away ends with the next request."""
    return frozenset(member.of_token.split()) & frozenset(member.of_program)


def allows(needed: Needed, scopes: frozenset[str]) -> bool:
    return any(one <= scopes for one in needed)


def roles_of(roles: list[str], scopes: frozenset[str]) -> list[str]:
    """Return the roles of a program for a request: with the scope of alerts alone it sees what it sent, no more."""
    if scopes & {Scope.READ, Scope.WORK, Scope.ADMINISTER}:
        return roles
    return [Role.FRONTLINE.value] if Scope.ALERT in scopes and set(roles) & set(WRITES) else []


@dataclass
class Problem(Exception):
    """Signal a refusal of the API, raised anywhere below a view."""

    code: str
    detail: str
    errors: list[dict] = field(default_factory=list)
    wait: int = 0  # seconds after which it may be asked again


@dataclass(frozen=True)
class Leaving:
    """Say of a parameter since when it should not be used, until when it stays, and what takes its place."""

    since: date
    until: date  # at least twelve months later
    instead: str


# RFC 9745 and RFC 8594: told in the answer to whoever uses it, in the document, and on the developers' page
LEAVING = {"updated_since": Leaving(date(2026, 11, 28), date(2027, 12, 1), "since")}


# parameters whose codes are data: a new version of the pack must not change the document
CODES_LOADED = {"form", "territory", "service"}


def kinds() -> dict[str, tuple[int, str]]:
    """Return {code: (status, title)} for every problem `type`. The documentation lists the same table."""
    return {
        "invalid": (400, _("The request is not valid")),
        "malformed": (400, _("The body cannot be read")),
        "idempotency-key-missing": (400, _("Idempotency-Key is missing")),
        "unauthenticated": (401, _("Not recognised")),
        "forbidden": (403, _("Not allowed")),
        "not-found": (404, _("Not found")),
        "method-not-allowed": (405, _("Method not allowed")),
        "wrong-state": (409, _("Not possible in this state")),
        "id-taken": (409, _("Identifier already used")),
        "own-reference-taken": (409, _("Own reference already used")),
        "start-again": (410, _("This copy cannot be continued")),
        "changed": (412, _("Changed since you read it")),
        "too-large": (413, _("Body too large")),
        "unsupported-media-type": (415, _("JSON only")),
        "idempotency-key-reused": (422, _("Idempotency-Key already used for another request")),
        "if-match-missing": (428, _("If-Match is missing")),
        "too-many-requests": (429, _("Too many requests")),
        "error": (500, _("Error on our side")),
        "busy": (503, _("Busy for a moment")),
    }
