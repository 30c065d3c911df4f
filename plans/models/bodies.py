"""Ask which body the actor's unit speaks for, and with which role."""

from agencies.models import Kind, Role

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


def is_state(actor) -> bool:
    return builds_policy(actor) and actor.agency.kind in STATE and body_of(actor) is not None


def audits(actor) -> bool:
    """Reads every line of money and signs those that were checked."""
    return actor is not None and actor.has(Role.AUDITOR)
