"""Read what was done about members, and decide the roles that wait for a second person.

Every member of an organisation reads who was invited, switched on again or given a code. A second person decides: of
the organisation, else of its network, of the coordination of its territory, of the national one; else an auditor
(referral/sql/second_persons.sql).
"""

from dataclasses import dataclass

from agencies.accounts import operations as accounts
from agencies.models import Agency, MemberChange, Membership
from agencies.models.changes import second_for
from foundation.errors import NotFound, guarded
from foundation.statements.kept import KeptStatement
from journal.operations import record

ACTS = ("agree", "refuse", "withdraw")
AUDITOR = (
    "SELECT EXISTS (SELECT 1 FROM agencies_membership m WHERE 'auditor' = ANY(m.roles)"
    " AND nrm.second_or_auditor(m.id, %s, %s, %s))"
)


def arrivals(actor):
    """Return what this member may read, newest first."""
    people = ("agency", "membership__user", "by__user", "decided_by__user")
    return MemberChange.objects.visible_to(actor).select_related(*people)


def arrival(actor, pk) -> MemberChange:
    """Return one of them. Raises NotFound."""
    found = arrivals(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def may_decide(actor, found: MemberChange) -> bool:
    """Return whether this member is a second person for what waits."""
    waits = found.state == MemberChange.State.WAITING
    return waits and MemberChange.objects.filter(second_for(actor), pk=found.pk).exists()


def decided_at(found: MemberChange) -> Agency | None:
    """Return the agency whose second person decides; None when an auditor does."""
    return _level(found.agency_id, found.by_id, found.membership_id)


@dataclass(frozen=True)
class Second:
    """Say who would be the second person: one of this agency, else an auditor, else nobody yet."""

    agency: Agency | None
    auditor: bool = False


def would_be_decided_by(actor, about: Membership | None = None) -> Second:
    """Return who would decide what the actor asks about this member."""
    if (agency := _level(actor.agency_id, actor.pk, about and about.pk)) is not None:
        return Second(agency)
    return Second(None, accounts.ask(AUDITOR, actor.agency_id, actor.pk, about and about.pk))


def _level(agency_id, asker_id, about_id) -> Agency | None:
    unit = accounts.ask("SELECT nrm.second_level(%s, %s, %s)", agency_id, asker_id, about_id)
    return unit and Agency.objects.get(pk=unit)


WAITING = KeptStatement(
    lambda reader: (
        MemberChange.objects.filter(membership=reader, state=MemberChange.State.WAITING)
        .select_related("by__user")
        .order_by("-at", "-id")[:1]
    )
)


def waiting_for(actor) -> MemberChange | None:
    """Return what waits for a second person about the actor itself."""
    return next(iter(WAITING.rows(actor)), None)


def decide(actor, pk, act: str, reason: str = "") -> MemberChange:
    """Run `agree` or `refuse` (a second person) or `withdraw` (an administrator of the organisation), once.

    Raises NotAllowed, NotFound, WrongState.
    """
    found = arrival(actor, pk)
    with guarded():
        accounts.ask("SELECT nrm.decide_member(%s, %s, %s)", found.pk, act, reason)
    if act == "agree" and found.act == MemberChange.Act.FILES:
        record("member.take_over", found.membership)
    elif act == "agree" and found.act == MemberChange.Act.FACTOR:
        record("member.factor_off", found.membership)
    else:
        record(f"member.{act}", found.membership)
    return arrival(actor, pk)
