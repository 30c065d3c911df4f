"""Who may do what in public policy: from the role `policy`, and from the body the actor's unit belongs to.

Said once here; the database repeats it (plans/sql/policy.sql: nrm.policy_agency, nrm.policy_body, nrm.coordinates).
"""

from agencies.models import Agency, Kind, Role

from .models import Mandate

# who gives an opinion on a plan in its own space, beside the coordination (mission, section 5)
EVALUATORS = {Kind.INDEPENDENT, Kind.NGO_NETWORK}
# the bodies of the State and of local authorities that lead measures and enter money
STATE = {
    Kind.COORDINATION,
    Kind.JUSTICE,
    Kind.INTERIOR,
    Kind.LABOUR,
    Kind.EDUCATION,
    Kind.SOCIAL_AFFAIRS,
    Kind.HEALTH,
    Kind.FOREIGN_AFFAIRS,
    Kind.ASYLUM,
    Kind.CHILD_PROTECTION,
    Kind.EQUALITY,
    Kind.FINANCE,
    Kind.LOCAL_AUTHORITY,
}
CIVIL_SOCIETY = {Kind.NGO, Kind.NGO_NETWORK, Kind.UNION, Kind.EMPLOYER}


def builds_policy(actor) -> bool:
    """A member with the role `policy`, whatever the body: reads drafts, contributes."""
    return actor is not None and actor.has(Role.POLICY)


def body_of(actor) -> str | None:
    """Code of the directory's body the actor speaks for in public policy; None without the role or without a body."""
    return actor.agency.profile_id if builds_policy(actor) else None


def coordinates(actor) -> bool:
    """The actor speaks for the body that holds the mandate of coordination today."""
    body = body_of(actor)
    return body is not None and Mandate.objects.live().filter(body=body).exists()


def is_state(actor) -> bool:
    return builds_policy(actor) and actor.agency.kind in STATE and body_of(actor) is not None


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


def audits(actor) -> bool:
    """Reads every line of money and signs those that were checked."""
    return actor is not None and actor.has(Role.AUDITOR)


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
