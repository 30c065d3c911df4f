"""Silent desks: what a coordination unit watches, the calls it notes, and sending on what waits there."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.utils import timezone

from agencies.models import Agency, Desk, Role
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed
from journal.operations import record
from referral.models import Alert, DeskCall
from referral.routing.selectors import desks as desks_selectors
from victims.models import AgeSide

from .alerts import readdress_alert

AT_MOST = 200
# danger to life, then children, then time left
WATCHED = """
SELECT noun, subject_id, reference, agency_id, urgency, child, state, received_at, opened_at, due_at, answer_by
FROM nrm.watched() WHERE silent AND (%(agency)s IS NULL OR agency_id = %(agency)s)
ORDER BY urgency <> 'vital', NOT child, answer_by, subject_id LIMIT %(most)s
"""


@dataclass
class Waiting:
    """One thing that waits at another agency's desk: since when, and by when an answer was due (`answer_by`).

    `told`: what escalation did, (when, names of who was told); `calls`: when the desk was reached by phone.
    """

    noun: str  # alert, orientation
    subject_id: object
    reference: str
    agency_id: int
    urgency: str
    child: bool
    state: str
    received_at: datetime
    opened_at: datetime | None
    due_at: datetime
    answer_by: datetime
    told: list = field(default_factory=list)
    calls: list = field(default_factory=list)

    @property
    def late(self) -> bool:
        return self.answer_by < timezone.now()


def require_unit(actor) -> None:
    """Raises NotAllowed for who is no coordinator of a coordination unit."""
    if not (actor.agency.is_coordination and actor.has(Role.COORDINATOR)):
        raise NotAllowed("silent")


def waiting(actor, agency_id: int | None = None) -> list[Waiting]:
    """What waits, past half of its time, at desks the unit watches; of one desk when `agency_id` is given."""
    require_unit(actor)
    with connection.cursor() as cursor:
        cursor.execute(WATCHED, {"agency": agency_id, "most": AT_MOST})
        return [Waiting(*row) for row in cursor.fetchall()]


def _silent(actor, agency_id: int) -> list[Waiting]:
    found = waiting(actor, agency_id)
    if not found:
        raise NotFound  # nothing waits there that the unit sees: the same as no such desk
    return found


def call_desk(actor, agency_id: int, *, at: datetime, function: str) -> tuple[int, int]:
    """Note that the desk was reached by phone: once for all that waits there. The database moves each clock, once, and
    never one of a danger to life. Returns (clocks moved, left as they were)."""
    found, moved = _silent(actor, agency_id), 0
    with guarded():
        for item in found:
            made = DeskCall.objects.create(
                **{f"{item.noun}_id": item.subject_id},
                called_id=agency_id,
                agency_id=actor.agency_id,
                by=actor,
                at=at,
                function=function,
            )
            made.refresh_from_db(fields=["until"])
            moved += made.until is not None
    record("desk.call", Agency(pk=agency_id))
    return moved, len(found) - moved


@dataclass(frozen=True)
class Readdressed:
    sent: list[str]  # references
    left: list[tuple[str, str]]  # reference, why it stayed


def readdress_all(actor, agency_id: int, target_id: int) -> Readdressed:
    """Send on every alert that waits at a silent desk, in one act; those the target cannot take stay, with why.

    A request belongs to its sender, who alone sends it elsewhere. Raises NotAllowed for a target that takes no alerts.
    """
    items = [item for item in _silent(actor, agency_id) if item.noun == "alert"]
    desks = desks_selectors.alert_desks().select_related("agency").prefetch_related("services")
    target = desks.filter(pk=target_id).exclude(pk__in=(agency_id, actor.agency_id)).first()
    if target is None:
        raise NotAllowed("readdress")
    alerts = Alert.objects.visible_to(actor).select_related("agency", "territory").prefetch_related("moves")
    found = {alert.pk: alert for alert in alerts.filter(pk__in=[item.subject_id for item in items])}
    sent, left = [], []
    for item in items:
        if why := cannot_take(found[item.subject_id], target):
            left.append((item.reference, why))
            continue
        readdress_alert(actor, item.subject_id, target_id, instead_of=agency_id)
        sent.append(item.reference)
    return Readdressed(sent, left)


def cannot_take(alert: Alert, desk: Desk) -> str:
    """Why this desk cannot take this alert, in words; empty when it can."""
    return desks_selectors.cannot_take(alert, desk, minor=alert.age_side != AgeSide.ADULT)
