"""Keep an agency's own desk up to date: services, persons taken, places, free places."""

from django.utils import timezone

from agencies.models import GIVEN_BY_THE_DIRECTORY, Desk, Role
from foundation.errors import guarded
from foundation.workflow import NotAllowed
from journal.operations import record

PLACES = (Role.CASE_WORKER, Role.COORDINATOR, Role.AGENCY_ADMIN)


def own_desk(actor) -> Desk:
    """Return the desk of the actor's agency, for those who keep it or work with it. Raises NotAllowed."""
    desk = Desk.objects.select_related("agency__territory", "second__agency").filter(pk=actor.agency_id).first()
    if desk is None or not actor.has(*PLACES):
        raise NotAllowed("organisation")
    return desk


def declare_places(actor, places: int | None) -> Desk:
    """Set the free places now; None: not counted in places. The same number confirms that it still holds."""
    desk = own_desk(actor)
    with guarded():
        Desk.objects.filter(pk=desk.pk).update(places=places, places_updated_at=timezone.now())
    record("desk.places", desk)
    return desk


def seconds(desk: Desk):
    """Return the desks that may be notified in place of this one: they receive alerts."""
    return Desk.objects.filter(receives_alerts=True, agency__active=True).exclude(pk=desk.pk)


def keep_desk(actor, *, services, territories, second, **columns) -> Desk:
    """Change what the desk takes. `columns`: takes_adults, takes_minors, forms, languages, phone.

    Raises NotAllowed for others than the administrator, for a service only the directory gives, and for a second desk
    that receives no alerts.
    """
    desk = own_desk(actor)
    held = set(desk.services.values_list("pk", flat=True))
    added = {service.pk for service in services} - held
    if not actor.has(Role.AGENCY_ADMIN) or added & GIVEN_BY_THE_DIRECTORY:
        raise NotAllowed("desk")
    if second is not None and not seconds(desk).filter(pk=second.pk).exists():
        raise NotAllowed("second")
    with guarded():
        Desk.objects.filter(pk=desk.pk).update(second=second, **columns)
        desk.services.set(services)
        desk.territories.set(territories)
    record("desk.edit", desk)
    return desk
