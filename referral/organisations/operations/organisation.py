"""Keep an agency's own desk up to date: services, persons taken, places, free places."""

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.accounts import operations as accounts
from agencies.models import GIVEN_BY_THE_DIRECTORY, Desk, DeskChange, Role
from foundation.errors import guarded
from foundation.workflow import NotAllowed
from journal.operations import record
from referral.routing.words import NEVER_PRETICKED

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
    """Return the desks that may be notified in place of this one: they receive alerts, and are of a kind that stands in
    for it (`stand_in_of`). Police and justice chosen by another kind would agree, and never be told.
    """
    found = Desk.objects.filter(receives_alerts=True, agency__active=True).exclude(pk=desk.pk)
    return found if desk.agency.kind in NEVER_PRETICKED else found.exclude(agency__kind__in=NEVER_PRETICKED)


def cannot_stand_in(desk: Desk, second: Desk | None) -> str:
    """Return in words why this desk is not one of the `seconds` of the other; empty when it is, or when it is none."""
    if second is None:
        return ""
    if not second.agency.active:
        return _("it no longer uses Repère")
    if not second.receives_alerts:
        return _("it no longer receives alerts")
    if second.agency.kind in NEVER_PRETICKED and desk.agency.kind not in NEVER_PRETICKED:
        return _("the police, the gendarmerie, prefectures and justice do not stand in for another kind of service")
    return ""


def lapsed_seconds(desk: Desk) -> list[tuple[Desk, str]]:
    """Return the stand-ins, held or asked for, that the next saving of the desk takes off, each with why in words."""
    waits = desk.changes.filter(state=DeskChange.State.WAITING, what=DeskChange.What.SECOND)
    named = [desk.second, *(change.stand_in for change in waits.select_related("stand_in__agency"))]
    return [(second, why) for second in named if (why := cannot_stand_in(desk, second))]


def keep_desk(actor, *, services, territories, second, **columns) -> int:
    """Take off at once what the desk receives no more, and ask for what it does not receive yet.

    `columns`: takes_adults, takes_minors, forms, languages, phone. Returns how much was asked anew: it holds once the
    coordination agrees (operations/coverage.py). What would leave the desk without any place, person or form is kept
    until then. Raises NotAllowed for others than the administrator, for a service only the directory gives, and for a
    second desk that receives no alerts.
    """
    desk = own_desk(actor)
    held, places = (set(rows.values_list("pk", flat=True)) for rows in (desk.services, desk.territories))
    wanted, to = {service.pk for service in services}, {place.pk for place in territories}
    if not actor.has(Role.AGENCY_ADMIN) or (wanted - held) & GIVEN_BY_THE_DIRECTORY:
        raise NotAllowed("desk")
    if second is not None and not seconds(desk).filter(pk=second.pk).exists():
        raise NotAllowed("second")
    asked = (sorted(to), sorted(wanted), columns["takes_adults"], columns["takes_minors"], list(columns["forms"]))
    with guarded():
        Desk.objects.filter(pk=desk.pk).update(**_narrowed(desk, second, columns))
        if wanted & held or not wanted:
            desk.services.remove(*(held - wanted))
        if to & places or desk.nationwide:
            desk.territories.remove(*(places - to))
        sql = "SELECT nrm.ask_desk(%s::text[], %s::text[], %s, %s, %s::text[], %s)"
        count = accounts.ask(sql, *asked, second and second.pk)
    record("desk.edit", desk)
    return count


def _narrowed(desk: Desk, second: Desk | None, columns: dict) -> dict:
    """Return the columns as they hold at once: nothing that is not held already."""
    now = {name: columns[name] for name in ("languages", "phone")}
    adults, minors = (getattr(desk, name) and columns[name] for name in ("takes_adults", "takes_minors"))
    if adults or minors:
        now |= {"takes_adults": adults, "takes_minors": minors}
    kept = [form for form in columns["forms"] if not desk.forms or form in desk.forms]
    return now | {"forms": kept or desk.forms, "second": second if second and second.pk == desk.second_id else None}
