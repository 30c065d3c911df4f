"""Tell who may do what in public policy, from the role `policy` and the body of the actor's unit.

The database repeats these rules (plans/sql/policy.sql: nrm.policy_agency, nrm.policy_body, nrm.coordinates).
"""

from agencies.models import Agency, Kind, Role
from plans.models.bodies import EVALUATORS, STATE, body_of, builds_policy, is_state
from plans.models.coordination import coordinates


def evaluates(actor) -> bool:
    """Return whether the actor may evaluate plans: an evaluating body, or the coordination."""
    return (
        builds_policy(actor) and body_of(actor) is not None and (actor.agency.kind in EVALUATORS or coordinates(actor))
    )


def units_of(bodies, *, but=None) -> list[int]:
    """Return the ids of active units that represent these bodies, to notify them; `but`: a unit to leave out."""
    found = Agency.objects.filter(active=True, profile__in=bodies)
    return sorted(found.exclude(pk=but).values_list("pk", flat=True))


def sides(actor) -> set[str]:
    """Return what the actor is to a plan, for the table of moves."""
    return {"coordination"} if coordinates(actor) else set()


def money_entered(actor):
    """Return a predicate (funder, lead): may the actor enter figures?

    A body of the State enters for itself and for measures it leads, the coordination for any body. Built once for many
    envelopes.
    """
    every, body = coordinates(actor), body_of(actor) if is_state(actor) else None
    return lambda funder, leads=None: every or (body is not None and body in {funder, leads})


def enters_money(actor, *, funder: str | None, leads: str | None = None) -> bool:
    """Return whether the actor may enter figures for this funder and lead."""
    return money_entered(actor)(funder, leads)


def payers():
    """Return the active units of the State with a member who may answer for the money of their body."""
    return Agency.objects.filter(
        active=True, kind__in=STATE, memberships__active=True, memberships__roles__contains=[Role.POLICY]
    )


def contributes(actor) -> bool:
    """Return whether the actor may contribute: every role `policy` but the coordination, which answers."""
    return builds_policy(actor) and not coordinates(actor)


def signals(actor) -> bool:
    """Return whether the actor may send anonymous signals: companies and unions."""
    return builds_policy(actor) and actor.agency.kind in (Kind.EMPLOYER, Kind.UNION)
