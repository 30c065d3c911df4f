"""Keep the duty of an agency: hours of its desk, and who is called for a danger to life."""

from datetime import time

from django.db import transaction

from agencies.models import Desk, DutyHours, DutyMember, Membership, Role
from foundation.workflow import NotAllowed
from journal.operations import record

CALLED = (Role.CASE_WORKER, Role.COORDINATOR)  # members called must be able to open the alert


def own_desk(actor) -> Desk:
    """Return the desk of the actor's agency. Raises NotAllowed for others than its administrator, or without a desk."""
    desk = Desk.objects.filter(pk=actor.agency_id).select_related("agency", "second__agency").first()
    if desk is None or not actor.has(Role.AGENCY_ADMIN):
        raise NotAllowed("duty")
    return desk


def callable_members(actor):
    """Return the active members of the actor's agency who see its alerts."""
    members = Membership.objects.live().filter(agency=actor.agency_id, kind=Membership.Sort.PERSON)
    return members.filter(roles__overlap=list(CALLED)).select_related("user").order_by("user__full_name", "pk")


def set_hours(actor, hours: list[tuple[int, time, time]]) -> None:
    """Replace the week of the desk: (weekday, opens, closes), Monday 0. Empty: always open. Raises NotAllowed."""
    desk = own_desk(actor)
    with transaction.atomic():
        DutyHours.objects.filter(desk=desk).delete()
        DutyHours.objects.bulk_create(
            [DutyHours(desk=desk, weekday=day, opens=opens, closes=closes) for day, opens, closes in hours]
        )
    record("desk.hours", desk.agency)


def set_duty_list(actor, members: dict[int, str]) -> None:
    """Replace the duty list: {membership id: duty phone}; empty phone: the number of the profile.

    Raises NotAllowed for a member of another agency or who sees no alerts.
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
