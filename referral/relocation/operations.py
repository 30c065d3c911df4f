"""Move a case to another département. In referral and not in victims: an unanswered transfer prevents it."""

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from agencies.members.rules import WORKS
from agencies.models import Agency, Territory
from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations.events import enqueue
from referral.models import Orientation
from referral.routing.selectors import desks
from victims.cases.access import must_lead, visible_case
from victims.models import Case, CaseAccess

AWAITED = (Orientation.State.SENT, Orientation.State.OPENED, Orientation.State.QUESTION)


class TransferWaits(Exception):
    """Signal that a provisional lead awaits the answer to a transfer; `str()` says what to do."""


@dataclass(frozen=True)
class Change:
    """Describe what a move to `place` would change.

    `internal`: no coordination sees the case, before or after. `provisional`: the former unit led provisionally, and
    the new one will.
    """

    place: Territory
    former: Agency
    unit: Agency
    provisional: bool
    internal: bool

    @property
    def same_unit(self) -> bool:
        return self.former.pk == self.unit.pk


def change(actor, case: Case, place: Territory) -> Change:
    """Return what moving the case would change.

    Raises NotAllowed unless the actor leads, WrongState for the same place or a closed case, TransferWaits.
    """
    must_lead(actor, case)
    if case.territory_id == place.pk or case.status == Case.Status.CLOSED or place.sort == Territory.Sort.REGION:
        raise WrongState("place")
    unit = desks.coordination_of(place)
    provisional = case.lead_id == case.coordination_id
    if provisional and unit.pk != case.coordination_id:
        waiting = Orientation.objects.sent_by(actor).filter(case=case, verb="transfer", state__in=AWAITED)
        if (orientation := waiting.select_related("addressee").first()) is not None:
            text = _("%(agency)s has not answered the transfer yet: withdraw it, or wait for the answer.")
            raise TransferWaits(text % {"agency": orientation.addressee})
    # the lead reads every grant of its case: a coordination without one has never seen the case
    internal = not provisional and not case.grants.filter(group_id=case.coordination_id).exists()
    return Change(place, case.coordination, unit, provisional, internal)


def move_case(actor, case_id, place: Territory) -> Change:
    """Move the case. The database computes the coordination and writes the accesses.

    Both units, and holders, are notified. The former unit keeps level 1, and what it holds on other grounds; its row
    keeps the place it knew. Raises as `change`, and NotFound.
    """
    if not actor.has(*WORKS):
        raise NotAllowed("move")
    case = visible_case(actor, case_id)
    told = change(actor, case, place)
    with guarded(), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.move_case(%s, %s)", [case.pk, place.pk])
    record("case.move", case, case_id=case.pk)
    enqueue("case_relocated", case, to=["holders"])
    return told


def still_reads(actor, case_id) -> bool:
    """Return whether the actor still reads the case. A provisional lead does not, once another unit leads."""
    return CaseAccess.objects.of(actor, 2).filter(case=case_id).exists()
