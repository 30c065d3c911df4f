"""Put a member in charge of what a desk received, « Qui s'en charge » (verb assign)."""

from agencies.members.rules import WORKS
from agencies.models import Membership
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from referral.models import Alert, AlertDesk, Orientation, OrientationDesk
from victims.models import Assignment

DESKS = {"alert": (Alert, AlertDesk), "orientation": (Orientation, OrientationDesk)}


def colleagues(actor, row):
    """Return the members of the actor's agency who may take charge of this desk row.

    They work on cases, and are assigned to each of its cases that the agency restricts.
    """
    members = Membership.objects.live().filter(agency=actor.agency_id, kind=Membership.Sort.PERSON)
    for case in row.kept_cases or ():
        members = members.filter(pk__in=Assignment.objects.filter(case=case).values("membership"))
    return members.filter(roles__overlap=list(WORKS)).select_related("user").order_by("user__full_name", "pk")


def assign_desk(actor, noun: str, subject_id, member: Membership | None) -> None:
    """Put `member` in charge of an alert or orientation (`noun`) for the actor's agency; None: nobody.

    Access does not change. Raises NotFound without a desk row, WrongState once the row has ended, NotAllowed for other
    roles, for a member of another agency, and for one not assigned to a restricted case.
    """
    thing, desk = DESKS[noun]
    rows = desk.objects.of(actor).filter(**{noun: subject_id})
    row = rows.first()
    if row is None:
        raise NotFound
    if not actor.has(*WORKS) or (member and not colleagues(actor, row).filter(pk=member.pk).exists()):
        raise NotAllowed("assign")
    with guarded():
        if not rows.filter(live=True).update(in_charge=member):
            raise WrongState(row.state)
    record(f"{noun}.assign", thing(pk=subject_id))
