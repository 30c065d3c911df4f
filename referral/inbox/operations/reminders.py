"""Remind desks: of what waits there, of places declared long ago. For the worker, in system mode."""

from django.db.models import F
from django.utils import timezone

from agencies.models import Desk
from notifications.operations.events import Due, enqueue_once
from notifications.words import identifier
from referral.models import AlertDesk, Orientation, OrientationDesk
from referral.routing.selectors.ranking import FRESH
from victims.models import Urgency


def remind_desks() -> int:
    """Remind each desk once of what still waits when half of its time has passed; return the number of reminders.

    A danger to life is told again by its escalations. A question stops the time limit of a request.
    """
    now = timezone.now()
    # as much time is left as has passed, or less
    half = {"live": True, "due_at__gt": now, "due_at__lte": now + (now - F("received_at"))}
    alerts = AlertDesk.objects.filter(**half).exclude(urgency=Urgency.VITAL)
    orientations = OrientationDesk.objects.filter(**half, answers=True).exclude(urgency=Urgency.VITAL)
    orientations = orientations.exclude(state=Orientation.State.QUESTION)
    kept = alerts.filter(agency=F("alert__agency"))  # at the agency of its author, who may follow no cases
    told = enqueue_once("alert_reminder", "alert", _due(kept, "alert_id"), to=["desk", "author"])
    told += enqueue_once("alert_reminder", "alert", _due(alerts, "alert_id"), to=["desk"])
    return told + enqueue_once("orientation_reminder", "orientation", _due(orientations, "orientation_id"), to=["desk"])


def _due(rows, subject: str) -> list[Due]:
    return [Due(str(row.pk), getattr(row, subject), row.reference, [row.agency_id]) for row in rows]


def remind_places() -> int:
    """Remind desks whose places were not declared for a week, once a week; return the number of reminders."""
    now = timezone.now()
    year, week, _day = now.isocalendar()
    desks = Desk.objects.filter(receives_orientations=True, places__isnull=False, agency__active=True)
    old = desks.exclude(places_updated_at__gte=now - FRESH).values_list("pk", flat=True)
    due = [Due(f"{desk} {year}-{week}", identifier(desk), "", [desk]) for desk in old]
    return enqueue_once("capacity_stale", "desk", due, to=[])
