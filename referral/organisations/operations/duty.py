"""An agency's duty: the hours of its desk, who is called for a danger to life, and who stands in for it."""

from datetime import time

from django.db import transaction

from agencies.models import Desk, DutyHours, DutyMember, Membership, Role
from foundation.workflow import NotAllowed
from journal.operations import record

CALLED = (Role.CASE_WORKER, Role.COORDINATOR)  # who is called must be able to open the alert


def own_desk(actor) -> Desk:
    """The desk of the actor's agency; raises NotAllowed for who is not its administrator, or without a desk."""
    desk = Desk.objects.filter(pk=actor.agency_id).select_related("agency", "second__agency").first()
    if desk is None or not actor.has(Role.AGENCY_ADMIN):
        raise NotAllowed("duty")
    return desk


def callable_members(actor):
    """Persons of the actor's agency who see its alerts."""
    members = Membership.objects.live().filter(agency=actor.agency_id, kind=Membership.Sort.PERSON)
    return members.filter(roles__overlap=list(CALLED)).select_related("user").order_by("user__full_name", "pk")


def set_hours(actor, hours: list[tuple[int, time, time]]) -> None:
    """Replace the desk's week: (weekday, opens, closes), Monday 0. None at all: somebody is always there."""
    desk = own_desk(actor)
    with transaction.atomic():
        DutyHours.objects.filter(desk=desk).delete()
        DutyHours.objects.bulk_create(
            [DutyHours(desk=desk, weekday=day, opens=opens, closes=closes) for day, opens, closes in hours]
        )
    record("desk.hours", desk.agency)


def set_duty_list(actor, members: dict[int, str]) -> None:
    """Replace the duty list: membership id -> duty phone (empty: the number of the member's profile).

    Raises NotAllowed for a member who is not of the agency or sees no alerts.
    """
    desk = own_desk(actor)
    if set(members) - set(callable_members(actor).values_list("pk", flat=True)):
        raise NotAllowed("duty")
    with transaction.atomic():
        DutyMember.objects.filter(desk=desk).delete()
        DutyMember.objects.bulk_create(
            [DutyMember(desk=desk, membership_id=pk, phone=phone) for pk, phone in members.items()]
        )
    record("desk.duty", desk.agency)
