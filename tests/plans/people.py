"""Members of public policy, by what they speak for. Bodies are those of the pack: miprof holds the mandate."""

from datetime import date

from agencies.models import Kind, Role
from foundation.actor import acting_as
from plans.evaluation import operations
from plans.models import Plan
from tests import factories as f
from tests.roles import as_role


def speaker(kind=Kind.NGO, *roles, body: str | None = None):
    """A member with the role `policy` of a unit that speaks for `body` (code of the directory)."""
    return f.member(f.agency(kind, desk=False, profile_id=body), *(roles or (Role.POLICY,)))


def coordination():
    return speaker(Kind.COORDINATION, body="miprof")


def ministry(body="dacg", kind=Kind.JUSTICE):
    return speaker(kind, body=body)


def recorded(*codes: str) -> None:
    """Declare the lists of these plans complete, whatever remains to be entered in the pack."""
    with as_role("nrm_owner"):
        Plan.objects.filter(code__in=codes).update(recorded_on=date(2026, 11, 2))


def released(author, made):
    """The evaluation released by two persons: its author asks, a new colleague of the unit releases."""
    colleague = f.member(author.agency, Role.POLICY)
    with acting_as(author):
        operations.ask_release(author, made.pk)
    with acting_as(colleague):
        return operations.release_evaluation(colleague, made.pk)


def cncdh():
    return speaker(Kind.INDEPENDENT, body="cncdh")


def collective():
    return speaker(Kind.NGO_NETWORK, body="collectif")
