"""Tell until when closed cases are kept, erase what is due (cases, alerts without one), hold what must stay."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, connections, transaction
from django.db.models import Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from agencies.members.rules import WORKS
from agencies.models import Membership
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound, guarded
from foundation.tasks import database_now, one_by_one, taken
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations import fence
from notifications.operations.events import Due, enqueue, enqueue_once
from referral.config.retention import ALERT_KEPT_YEARS, CASE_KEPT_YEARS
from referral.models import Alert, AlertLink, CaseMove, CaseTerm, Erasure, LegalHold
from victims.cases.access import own_access
from victims.files.operations import erase_files
from victims.models import Archive, Case, Identity, Requisition

from .access import goes_on
from .rules import erased_on, latest_birth, years_after

CAME_BACK = """
SELECT id, 'case' FROM victims_case WHERE nrm.erasure_digest(id) = ANY(%(named)s)
UNION ALL SELECT id, 'alert' FROM referral_alert WHERE nrm.erasure_digest(id) = ANY(%(named)s)
"""
AGAIN = {"case": "SELECT nrm.erase_rows(%s, 'replayed')", "alert": "SELECT nrm.erase_alert_rows(%s, 'replayed')"}
TERMS, CASES = 200, 50  # of one pass at most
TOLD = ["sender", "author", "lead", "coordination"]
WAITING = (LegalHold.State.ASKED, LegalHold.State.ENDING)
STANDING = (*WAITING, LegalHold.State.STANDING)
MONTH = timedelta(days=31)  # half of END_UNANSWERED: who keeps a case is reminded before the next one may answer too


def tell_terms() -> int:
    """Write until when each newly closed case is kept; return how many. As the system.

    One whose identity cannot be read is logged and keeps no other.
    """
    rows = _closed().filter(term=None, closed_at__isnull=False).select_related("lead").order_by("?")[:TERMS]
    return one_by_one("case", [(case, case.pk) for case in rows], _tell_term)


def _tell_term(case, pk) -> int:
    with transaction.atomic():
        return len(
            CaseTerm.objects.bulk_create(
                [CaseTerm(case_id=pk, closed_at=case.closed_at, erased_on=_term(case))], ignore_conflicts=True
            )
        )


def erase_due() -> int:
    """Erase cases whose day has come and that nothing holds, each in its own transaction; return how many.

    A copy of the platform, which its fence holds back, erases nothing.
    """
    with acting_as(SYSTEM):
        if fence.reason():
            return 0
        # the day of the place: no time zone is further than a day from that of the database
        tomorrow = (database_now() + timedelta(days=1)).date()
        due = CaseTerm.objects.filter(~goes_on("case", F("case_id")), erased_on__lte=tomorrow).order_by("erased_on")
        rows = list(due.values_list("case")[:CASES])
    return one_by_one("case", rows, _erase, moved=(WrongState, NotAllowed))


def _erase(case_id) -> int:
    """Erase this case if its day has come in its place; 0 when not, or when another worker has it."""
    with acting_as(SYSTEM):
        case = _over().select_related("lead").filter(pk=case_id).first() if taken("erase", case_id) else None
        if case is None:
            return 0
        day = _term(case)
        if day > _local_day(database_now(), case):
            CaseTerm.objects.filter(case=case_id).update(erased_on=day)  # a birth was entered since
            Archive.objects.filter(case=case_id).update(erased_on=day)
            return 0
        record("case.erase", case_id=case_id)
        erase_files(case_id)
        with guarded(), connection.cursor() as cursor:
            cursor.execute("SELECT nrm.erase_case(%s)", [case_id])
        return 1


def erase_due_alerts() -> int:
    """Erase alerts that were closed without a case, each in its own transaction; return how many."""
    with acting_as(SYSTEM):
        if fence.reason():
            return 0
        until = _alerts_until()
        linked = AlertLink.objects.filter(alert=OuterRef("pk"))
        closed = Alert.objects.filter(state=Alert.State.CLOSED, created_at__lte=until)
        due = closed.filter(~Exists(linked), ~goes_on("alert", F("pk"), Value(until))).order_by("created_at")
        rows = list(due.values_list("pk")[:CASES])
    return one_by_one("alert", rows, _erase_alert, moved=(WrongState, NotAllowed))


def _alerts_until() -> datetime:
    now = database_now()
    return datetime.combine(years_after(now.date(), -ALERT_KEPT_YEARS), now.timetz())


def _erase_alert(alert_id) -> int:
    """Erase this alert; 0 when another worker has it. The database asks again whether it is time."""
    with acting_as(SYSTEM):
        alert = Alert.objects.filter(pk=alert_id).first() if taken("erase", alert_id) else None
        if alert is None:
            return 0
        record("alert.erase", alert)
        with guarded(), connection.cursor() as cursor:
            cursor.execute("SELECT nrm.erase_alert(%s)", [alert_id])
        return 1


def _closed():
    """Return closed cases, each with `closed_at`, the moment of its last move."""
    last = CaseMove.objects.filter(case=OuterRef("pk")).order_by("-at").values("at")[:1]
    return Case.objects.filter(status=Case.Status.CLOSED).annotate(closed_at=Subquery(last))


def _over():
    """Return closed cases of which nothing goes on; `nrm.erase_case` asks the same."""
    return _closed().filter(~goes_on("case", F("pk")))


def _term(case) -> date:
    births = [b["date"] for row in Identity.objects.filter(case=case) for b in row.data.get("births", []) if b["date"]]
    return erased_on(
        _local_day(case.closed_at, case),
        CASE_KEPT_YEARS,
        minor=case.is_minor,
        born=latest_birth(births),
        received_on=_local_day(case.received_at, case),
    )


def _local_day(at: datetime, case) -> date:
    """Return the day of this moment where the agency that leads the case works."""
    return at.astimezone(ZoneInfo(case.lead.time_zone or timezone.get_default_timezone_name())).date()


def to_write_outside() -> list[Erasure]:
    """Return erasures that do not stand in the register outside, the oldest first. As the system."""
    return list(Erasure.objects.select_for_update().filter(outside=False).order_by("id")[:TERMS])


def written_outside(rows: list[Erasure]) -> None:
    """Note that these stand outside."""
    Erasure.objects.filter(pk__in=[row.pk for row in rows]).update(outside=True)


def left_out(named: set[str], using: str) -> int:
    """Return how many erasures of this database stood outside, and are not named by this register. As the owner."""
    stood = Erasure.objects.using(using).filter(outside=True).values_list("digest", flat=True)
    return len({*stood} - named)


def came_back(named: set[str], using: str) -> list[tuple[UUID, str]]:
    """Return what stands here and the register outside names, by digests: key, case or alert. As the owner."""
    with connections[using].cursor() as cursor:
        cursor.execute(CAME_BACK, {"named": sorted(named)})
        return cursor.fetchall()


def erase_again(pk: UUID, kind: str, using: str) -> None:
    """Erase a case or an alert that a backup brought back, whatever holds it there. As the owner, in a transaction."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config('nrm.system', 'on', true)")
        cursor.execute(AGAIN[kind], [pk])


def hold_case(actor, case_id, *, ground: str, authority: str, reason: str, review_on: date) -> LegalHold:
    """Ask that nothing of a case be erased: it holds at once, and a second person confirms it.

    By a member who works on cases and reads its summary, or whose agency kept it before and sees its state, or has a
    demand of justice to answer there and never kept it. Raises NotFound, NotAllowed, WrongState when the day of its
    review is not to come.
    """
    if not Requisition.objects.visible_to(actor).filter(case=case_id, ended_at=None).exists():
        case_id = own_access(actor, case_id)
    _require_person(actor)
    said = {"authority": authority, "reason": reason}
    with guarded():
        made = LegalHold.objects.create(
            case_id=case_id, agency=actor.agency, by=actor, ground=ground, review_on=review_on, data=said
        )
    record("hold.ask", made, case_id=case_id)
    enqueue("hold_asked", made, to=TOLD)
    return made


def confirm_hold(actor, pk) -> None:
    """Confirm a hold as a second person. Raises NotFound, NotAllowed, WrongState when none is waited for."""
    hold = _decide(actor, pk, "confirm")
    record("hold.confirm", hold, case_id=hold.case_id)


def confirm_end(actor, pk) -> None:
    """Confirm the end of a hold as a second person; of the two who agree, one is of the agency that put it
    (`nrm.hold_keepers`). Raises NotFound, NotAllowed, WrongState when nobody asks for its end."""
    asked_by = _who_asked_its_end(actor, pk)
    hold = _decide(actor, pk, "confirm_end")
    record("hold.confirm", hold, case_id=hold.case_id)
    enqueue("hold_ended", hold, to=TOLD, agencies=asked_by)


def keep_hold(actor, pk) -> None:
    """Refuse the end of a hold, for the agency of which one has to agree to it: it stays as it was. Raises NotFound,
    NotAllowed, WrongState when nobody asks for its end."""
    asked_by = _who_asked_its_end(actor, pk)
    hold = _decide(actor, pk, "keep")
    record("hold.keep", hold, case_id=hold.case_id)
    enqueue("hold_stays", hold, to=TOLD, agencies=asked_by)


def end_hold(actor, pk) -> None:
    """Ask for the end of a hold: it holds until a second person confirms. Raises NotFound, NotAllowed, WrongState."""
    hold = _decide(actor, pk, "end")
    record("hold.end", hold, case_id=hold.case_id)
    enqueue("hold_end_asked", hold, to=TOLD)


def visible_hold(actor, pk) -> LegalHold:
    """Return a hold that the actor sees. Raises NotFound."""
    found = LegalHold.objects.visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _decide(actor, pk, act: str) -> LegalHold:
    visible_hold(actor, pk)
    _require_person(actor)
    with guarded(), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.decide_hold(%s, %s)", [pk, act])
    return visible_hold(actor, pk)


def _who_asked_its_end(actor, pk) -> list[int]:
    """Return the agency of whoever asked for the end of a hold: it may be none of those who are told of everything."""
    ending = visible_hold(actor, pk).end_by
    return [ending.agency_id] if ending else []


def remind_holds() -> int:
    """Tell each month of holds that wait for a second person, and of those whose day of review has passed; return how
    many were told. As the system.

    Another hold of the same case with a day to come, that a second person confirmed, says that it was looked at: there
    is nothing to remind of then.
    """
    now = database_now()
    today = timezone.localdate(now)
    # an end waits since it was first asked for, whoever asked again
    waiting = LegalHold.objects.filter(state__in=WAITING).annotate(since=Coalesce("end_asked_at", "changed_at"))
    rows = waiting.filter(since__lte=now - MONTH).values_list("pk", "case__reference", "since")
    waits = [Due(f"{pk} {at:%F %T} {(now - at) // MONTH}", pk, reference, []) for pk, reference, at in rows]
    standing = LegalHold.objects.filter(state__in=STANDING)
    later = standing.filter(case=OuterRef("case_id"), confirmed_by__isnull=False, review_on__gt=today)
    come = standing.filter(~Exists(later), review_on__lte=today)
    passed = come.values_list("pk", "case__reference", "review_on")
    review = [Due(f"{pk} {(today - on) // MONTH}", pk, reference, []) for pk, reference, on in passed]
    told = enqueue_once("hold_waits", "legalhold", waits, to=TOLD)
    return told + enqueue_once("hold_review", "legalhold", review, to=TOLD)


def _require_person(actor) -> None:
    if actor.kind != Membership.Sort.PERSON or not actor.has(*WORKS):
        raise NotAllowed("hold")


def hold_named(actor, case_id, text: str):
    """Return the key of a hold of this case. Raises NotFound for any other text."""
    found = LegalHold.objects.visible_to(actor).filter(case=case_id, state__in=STANDING)
    for pk in found.values_list("pk", flat=True):
        if str(pk) == text:
            return pk
    raise NotFound
