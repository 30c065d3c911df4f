"""Who may do what in public policy: from the role `policy`, and from the body the actor's unit belongs to.

Said once here; the database repeats it (plans/sql/policy.sql: nrm.policy_agency, nrm.policy_body, nrm.coordinates).
"""

from agencies.models import Agency, Kind, Role
from plans.models.bodies import EVALUATORS, STATE, body_of, builds_policy, is_state
from plans.models.coordination import coordinates


def evaluates(actor) -> bool:
    return (
        builds_policy(actor) and body_of(actor) is not None and (actor.agency.kind in EVALUATORS or coordinates(actor))
    )


def units_of(bodies, *, but=None) -> list[int]:
    """Units that speak for these bodies of the directory, whom a notice may reach; `but`: one that knows already."""
    found = Agency.objects.filter(active=True, profile__in=bodies)
    return sorted(found.exclude(pk=but).values_list("pk", flat=True))


def sides(actor) -> set[str]:
    """What the actor is to a plan, for the workflow's table."""
    return {"coordination"} if coordinates(actor) else set()


def money_entered(actor):
    """Whose money the actor enters, as a question about a funder and a lead: for itself, for a measure it leads, or for
    any body as the coordination. Made once for many envelopes."""
    every, body = coordinates(actor), body_of(actor) if is_state(actor) else None
    return lambda funder, leads=None: every or (body is not None and body in {funder, leads})


def enters_money(actor, *, funder: str | None, leads: str | None = None) -> bool:
    return money_entered(actor)(funder, leads)


def payers():
    """Units whose body may answer for its own money here: of the State, with a member who does."""
    return Agency.objects.filter(
        active=True, kind__in=STATE, memberships__active=True, memberships__roles__contains=[Role.POLICY]
    )


def contributes(actor) -> bool:
    """Everybody who builds policy, but the coordination, which answers."""
    return builds_policy(actor) and not coordinates(actor)


def signals(actor) -> bool:
    """Companies and unions send nameless signals from their sector."""
    return builds_policy(actor) and actor.agency.kind in (Kind.EMPLOYER, Kind.UNION)
