"""Remind desks: of what waits there, of alerts left open, of old places. For the worker, in system mode."""

from datetime import timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Max, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone

from agencies.accounts.operations import ask
from agencies.models import Desk
from notifications.operations.events import Due, enqueue_once
from notifications.words import identifier
from referral.inbox.selectors import HAS_IT, LEFT_OPEN, OVER, still
from referral.models import Alert, AlertDesk, Orientation, OrientationDesk
from referral.routing.selectors.ranking import FRESH
from victims.models import Urgency

MONTH = timedelta(days=31)


def remind_desks() -> int:
    """Remind each desk once of what still waits when half of its time has passed; return the number of reminders.

    Once for each time limit that begins, for what is added to an alert too. A danger to life is told again by its
    escalations. A question stops the time limit of a request.
    """
    now = timezone.now()
    # as much time is left as has passed, or less
    began = Coalesce("due_from", "received_at")
    alerts = AlertDesk.objects.filter(live=True, due_at__gt=now, due_at__lte=now + (now - began))
    alerts = alerts.exclude(urgency=Urgency.VITAL)
    orientations = OrientationDesk.objects.filter(
        live=True, answers=True, due_at__gt=now, due_at__lte=now + (now - F("received_at"))
    ).exclude(urgency=Urgency.VITAL)
    orientations = orientations.exclude(state=Orientation.State.QUESTION)
    kept = alerts.filter(agency=F("alert__agency"))  # at the agency of its author, who may follow no cases
    told = enqueue_once("alert_reminder", "alert", _due(kept, "alert_id"), to=["desk", "author"])
    told += enqueue_once("alert_reminder", "alert", _due(alerts, "alert_id"), to=["desk"])
    return told + enqueue_once("orientation_reminder", "orientation", _due(orientations, "orientation_id"), to=["desk"])


def _due(rows, subject: str) -> list[Due]:
    return [Due(_once(row), getattr(row, subject), row.reference, [row.agency_id]) for row in rows]


def _once(row) -> str:
    again = getattr(row, "due_from", None)
    return f"{row.pk} {again.isoformat()}" if again else str(row.pk)


def remind_places() -> int:
    """Remind desks whose places were not declared for a week, once a week; return the number of reminders."""
    now = timezone.now()
    year, week, _day = now.isocalendar()
    desks = Desk.objects.filter(receives_orientations=True, places__isnull=False, agency__active=True)
    old = desks.exclude(places_updated_at__gte=now - FRESH).values_list("pk", flat=True)
    due = [Due(f"{desk} {year}-{week}", identifier(desk), "", [desk]) for desk in old]
    return enqueue_once("capacity_stale", "desk", due, to=[])


def remind_left_open() -> int:
    """Remind the desks that have it, each month, of an alert that nobody closed for a year; return how many were told.

    It is never erased by itself: somebody waits. One that nobody reads any more waits again first, with a time limit:
    those who came since read what waits, and unanswered it is escalated.
    """
    now = timezone.now()
    quiet = Alert.objects.filter(still("pk", now - LEFT_OPEN), sent_at__lte=now - LEFT_OPEN, case_status="")
    have = ArraySubquery(AlertDesk.objects.filter(HAS_IT, alert=OuterRef("pk")).values("agency"))
    old = quiet.exclude(state__in=OVER).annotate(last=Coalesce(Max("moves__at"), F("sent_at")), have=have)
    rows = [row for row in old.values_list("pk", "reference", "last", "have") if row[3]]
    ask("SELECT count(nrm.alert_waits_again(u)) FROM unnest(%s::uuid[]) u", [row[0] for row in rows])
    due = [Due(f"{pk} {(now - at) // MONTH}", pk, reference, desks) for pk, reference, at, desks in rows]
    return enqueue_once("alert_left_open", "alert", due, to=["desk"])
