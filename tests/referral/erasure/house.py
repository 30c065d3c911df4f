"""Make a case that several services follow, hold it, and read who is told and what the page offers."""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Membership, Role
from foundation.actor import acting_as
from notifications.models import Notice
from referral.closing.operations import move_case
from referral.erasure import operations as erasure
from referral.erasure.display import holds_in_words
from referral.erasure.selectors import holds
from referral.models import LegalHold
from referral.tasks import forget
from tests import factories as f
from tests.notifications.post import fan_out, told
from tests.roles import as_role

SAID = {"ground": "complaint", "authority": "MARQUEUR-TRIBUNAL", "reason": "MARQUEUR-MOTIF"}


class House:
    """A case that one shelter leads, and of which two other services read the summary; a third reads nothing of it."""

    def __init__(self):
        f.national()
        unit = f.coordination()
        self.lead = f.member(f.shelter())
        self.mate = f.member(self.lead.agency)
        self.case = f.own_case(self.lead)
        self.keeper, self.reader = self.joined(f.shelter()), self.joined(f.shelter())
        self.unit = self.joined(unit, Role.COORDINATOR)
        self.second = f.member(self.keeper.agency)
        self.stranger = f.member(f.shelter())

    def joined(self, agency, *roles) -> Membership:
        """A member of this service, to which the summary is opened."""
        member = f.member(agency, *roles)
        f.orientation(self.lead, self.case, member.agency, state="accepted", level=2, answerer=member)
        return member

    def hold(self, by) -> LegalHold:
        with acting_as(by):
            day = timezone.localdate() + timedelta(days=90)
            return erasure.hold_case(by, self.case.pk, review_on=day, **SAID)

    def do(self, actor, act, hold) -> None:
        with acting_as(actor):
            act(actor, hold.pk)

    def may(self, actor) -> set[str]:
        """Return which buttons the page offers."""
        with acting_as(actor):
            (shown,) = holds_in_words(actor, holds(actor))
            return shown.may

    def close(self) -> None:
        """Close the case: of the services that asked to work on it, each is left with its state alone."""
        with acting_as(self.lead):
            move_case(self.lead, self.case.pk, "close", reason="autonomy")

    def sees(self, actor) -> list:
        with acting_as(actor):
            return [hold.pk for hold in holds(actor)]


def state(hold) -> str:
    with as_role("nrm_owner"):
        return LegalHold.objects.get(pk=hold.pk).state


def people(kind: str, house) -> set[str]:
    """Return who was told of this, by name."""
    names = {
        getattr(house, name).pk: name for name in ("unit", "lead", "mate", "keeper", "second", "reader", "stranger")
    }
    return {names[pk] for pk in told(kind)}


def reminded(kind: str, house) -> set[str]:
    """Run the reminders twice; return who was told of this, and by nothing before."""
    with as_role("nrm_owner"):
        Notice.objects.all().delete()
    for _ in range(2):
        with as_role("nrm_worker"):
            forget()
        fan_out()
    return people(kind, house)
