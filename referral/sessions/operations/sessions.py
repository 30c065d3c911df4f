"""List and close sessions: one's own, and those of a member whose administrator one is. Closed are those that are over
too: their end is a column, which somebody else may have written."""

from agencies.models import Membership, Session
from foundation.errors import NotFound
from foundation.sessions import DEVICE, PLACE, digest
from journal.operations import record
from referral.organisations.operations import members
from referral.sessions.rules import device_of, place_of


def describe(session, agent: str, address: str) -> None:
    """Note in a session that begins from where it is used, for its person to read."""
    session[DEVICE], session[PLACE] = device_of(agent), place_of(address)


def own_sessions(user, session) -> list[Session]:
    """Return the open sessions of a person; of the one that asks, `current` is true, of its network `here`."""
    rows, current = list(Session.objects.of(user).defer("session_data")), digest(session.session_key)
    for row in rows:
        row.current, row.here = row.pk == current, bool(row.place) and row.place == session.get(PLACE)
    return sorted(rows, key=lambda row: not row.current)


def close(user, pk: str) -> None:
    """Close a session of oneself. Raises NotFound."""
    if not Session.objects.filter(user=user, pk=pk).delete()[0]:
        raise NotFound
    record("session.close", user)


def close_others(user, session) -> int:
    """Close all sessions of a person but this one; return how many."""
    closed = Session.objects.filter(user=user).exclude(pk=digest(session.session_key)).delete()[0]
    if closed:
        record("session.close_others", user)
    return closed


def close_of_member(actor, pk: int) -> Membership:
    """Close all sessions of a member of the actor's agency. Raises NotAllowed, NotFound."""
    found = members.member(actor, pk)
    Session.objects.filter(user=found.user).delete()
    record("member.sessions", found)
    return found
