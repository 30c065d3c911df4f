"""Watch silent desks as a coordination unit: list what waits, note calls, readdress alerts."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.members.rules import require_unit
from agencies.models import Agency, Desk
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed
from journal.operations import record
from notifications.operations.events import enqueue
from referral.alerts.rules import is_guarded
from referral.models import Alert, AlertDesk, DeskCall
from referral.routing.selectors import desks as desks_selectors
from victims.models import AgeSide

from .alerts import readdress_alert, visible

AT_MOST = 200
# danger to life first, then children, then time left
WATCHED = """
SELECT noun, subject_id, reference, agency_id, urgency, child, state, answer, received_at, opened_at, due_at, answer_by
FROM nrm.watched() WHERE silent AND (%(agency)s IS NULL OR agency_id = %(agency)s)
ORDER BY urgency <> 'vital', NOT child, answer_by, subject_id LIMIT %(most)s
"""


AWAITED = "SELECT subject_id, agency_id FROM nrm.watched() WHERE noun = 'alert' AND subject_id = ANY(%(alerts)s)"


@dataclass
class Waiting:
    """Hold one alert or orientation that waits at the desk of another agency.

    `told`: escalations, as (when, names of the agencies notified); `calls`: when the desk was reached by phone;
    `answer_by`: when an answer was due. `offered` fills `holders`; `others`: names of the other desks that have not
    answered.
    """

    noun: str  # alert, orientation
    subject_id: object
    reference: str
    agency_id: int
    urgency: str
    child: bool
    state: str
    answer: str  # what this desk did, when it did something and its time limit still runs
    received_at: datetime
    opened_at: datetime | None
    due_at: datetime
    answer_by: datetime
    told: list = field(default_factory=list)
    calls: list = field(default_factory=list)
    others: list = field(default_factory=list)
    holders: set[int] = field(default_factory=set)  # agencies that have this alert, answered or not

    @property
    def late(self) -> bool:
        return self.answer_by < timezone.now()


def waiting(actor, agency_id: int | None = None) -> list[Waiting]:
    """Return what waits, past half of its time, at the desks the unit watches, or at one desk. At most AT_MOST.

    Raises NotAllowed.
    """
    require_unit(actor)
    with connection.cursor() as cursor:
        cursor.execute(WATCHED, {"agency": agency_id, "most": AT_MOST})
        return [Waiting(*row) for row in cursor.fetchall()]


def awaited(actor, found: list[Waiting]) -> dict[object, set[int]]:
    """Return, by alert, the agencies whose time limit runs, that of the actor too. Who answered is not among them."""
    ids = [item.subject_id for item in found if item.noun == "alert"]
    with connection.cursor() as cursor:
        cursor.execute(AWAITED, {"alerts": ids})
        rows = cursor.fetchall()
    rows += AlertDesk.objects.of(actor).filter(AlertDesk.WAITS, alert__in=ids).values_list("alert_id", "agency_id")
    by_alert: dict = {}
    for alert, agency in rows:
        by_alert.setdefault(alert, set()).add(agency)
    return by_alert


def _silent(actor, agency_id: int) -> list[Waiting]:
    found = waiting(actor, agency_id)
    if not found:
        raise NotFound  # the answer is the same for a desk that does not exist
    return found


def call_desk(actor, agency_id: int, *, at: datetime, function: str) -> tuple[int, int, int]:
    """Note a phone call to a desk, for all that waits there. Returns (time limits extended, reached, going on).

    Reached: alerts of a child, of a doubtful age or of a danger to life, as `reach_desk`. The database extends each
    other time limit once. Raises NotAllowed, NotFound.
    """
    found, moved, reached = _silent(actor, agency_id), 0, 0
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
            if item.noun == "alert" and is_guarded(item.child, item.urgency):
                reached += 1
                enqueue("alert_reached", Alert(pk=item.subject_id, reference=item.reference), to=["desk"],
                        agencies=[agency_id])  # fmt: skip
    record("desk.call", Agency(pk=agency_id))
    return moved, reached, len(found) - moved - reached


def reach_desk(actor, alert_id, agency_id: int, *, at: datetime, function: str) -> Alert:
    """Note that another desk of an alert was reached by phone, as any desk that has the alert.

    For a child, a doubtful age or a danger to life: its time limit stops, as long as another one runs or somebody acts.
    `function`: of who answered, never a name. Raises NotFound, NotAllowed for a desk that does not wait.
    """
    alert = visible(actor, alert_id)
    with guarded():
        DeskCall.objects.create(
            alert=alert, called_id=agency_id, agency_id=actor.agency_id, by=actor, at=at, function=function
        )
    record("desk.call", Agency(pk=agency_id))
    enqueue("alert_reached", alert, to=["desk"], agencies=[agency_id])
    return alert


@dataclass(frozen=True)
class Readdressed:
    sent: list[str]  # references
    left: list[tuple[str, str]]  # reference, why it stayed


def readdress_all(actor, agency_id: int, target_id: int) -> Readdressed:
    """Send on every alert that waits at a silent desk; those that the target cannot take stay, with the reason.

    Orientations stay: only their sender sends them elsewhere. Raises NotAllowed for a target that receives no alerts,
    NotFound.
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
    """Return in words why this desk cannot take this alert; empty when it can."""
    if desk.pk in desks_selectors.holding(alert):
        return _("This service already has the alert")
    if desks_selectors.wrote(alert, desk.agency):
        return _("This service sent the alert itself")
    if desks_selectors.unasked_for(alert, desk.agency):
        return _("The person was not asked: only a service that helps may be told")
    return desks_selectors.cannot_take(alert, desk, minor=alert.age_side != AgeSide.ADULT)


def offered(actor, found) -> dict[int, dict[Desk, list[str]]]:
    """Return, for each silent desk, the desks that serve the places of its alerts, with those that each can take."""
    waits = [item for item in found if item.noun == "alert"]
    rows = Alert.objects.visible_to(actor).filter(pk__in=[item.subject_id for item in waits])
    alerts = {alert.pk: alert for alert in rows.select_related("agency", "territory").prefetch_related("moves")}
    covered = Q(nationwide=True)
    for territory in {alert.territory for alert in alerts.values()}:
        covered |= desks_selectors.covering(territory)
    desks = desks_selectors.alert_desks().filter(covered).exclude(pk=actor.agency_id).select_related("agency")
    desks = desks.prefetch_related("services").order_by("agency__name", "pk").distinct()
    takes: dict = {item.agency_id: {} for item in found}
    for item in waits:
        item.holders = desks_selectors.holding(alerts[item.subject_id])
    for desk in desks:
        for item in waits:
            if desk.pk != item.agency_id and not cannot_take(alerts[item.subject_id], desk):
                takes[item.agency_id].setdefault(desk, []).append(item.reference)
    return takes
