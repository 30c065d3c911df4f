"""Tell which body the actor's unit represents, and with which role."""

from agencies.models import Kind, Role

# kinds that give opinions on a plan independently of the coordination (mission, section 5)
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
    """Return whether the actor has the role `policy`, in any body: reads drafts, contributes."""
    return actor is not None and actor.has(Role.POLICY)


def body_of(actor) -> str | None:
    """Return the directory code of the body the actor represents in public policy.

    None without the role `policy`, or for a unit without a body.
    """
    return actor.agency.profile_id if builds_policy(actor) else None


def is_state(actor) -> bool:
    """Return whether the actor represents a body of the State or of a local authority."""
    return builds_policy(actor) and actor.agency.kind in STATE and body_of(actor) is not None


def audits(actor) -> bool:
    """Return whether the actor is an auditor: reads every budget line and signs those that were checked."""
    return actor is not None and actor.has(Role.AUDITOR)
