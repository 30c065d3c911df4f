"""Members of public policy, by what they speak for. Bodies are those of the pack: miprof holds the mandate."""

from agencies.models import Kind, Role
from tests import factories as f


def speaker(kind=Kind.NGO, *roles, body: str | None = None):
    """A member with the role `policy` of a unit that speaks for `body` (code of the directory)."""
    return f.member(f.agency(kind, desk=False, profile_id=body), *(roles or (Role.POLICY,)))


def coordination():
    return speaker(Kind.COORDINATION, body="miprof")


def ministry(body="dacg", kind=Kind.JUSTICE):
    return speaker(kind, body=body)


def cncdh():
    return speaker(Kind.INDEPENDENT, body="cncdh")


def collective():
    return speaker(Kind.NGO_NETWORK, body="collectif")
