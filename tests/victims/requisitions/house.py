"""Record requisitions in the world of `conftest.py`, and read what became of them."""

from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from foundation.actor import acting_as
from notifications.models import Notice
from referral.tasks import figures
from tests.notifications.post import fan_out
from tests.roles import as_role
from victims.models import CaseAccess, Requisition
from victims.requisitions import operations as requisitions

MARK = "MARQUEUR-REQUISITION"
SAID = {"authority": "prosecutor", "body": f"Parquet {MARK}", "ground": "preliminary", "text": MARK}
GIVEN = {"given": ["summary", "file"], "to": f"OPJ {MARK}", "text": MARK, "unchecked": []}


def today() -> date:
    return timezone.localdate()


def demand(member, case, **given) -> Requisition:
    with acting_as(member):
        return requisitions.add_requisition(member, case.pk, **(SAID | {"received_on": today()} | given))


def row(pk) -> Requisition:
    with as_role("nrm_owner"):
        return Requisition.objects.get(pk=pk)


def seen(actor) -> tuple[int, int]:
    """By bare SQL, where the database alone stands; and by the first wall."""
    with acting_as(actor), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM victims_requisition")
        return cursor.fetchone()[0], Requisition.objects.visible_to(actor).count()


def told() -> set:
    with as_role("nrm_worker"):
        figures()
    fan_out()
    with as_role("nrm_owner"):
        found = Notice.objects.filter(event__subject="requisition", channel="app")
        return {(notice.event.kind, notice.membership_id) for notice in found.select_related("event")}


def moved(pk) -> list[tuple[str, dict]]:
    """Each decision, the first one first."""
    with as_role("nrm_owner"):
        return [(move.state, move.data) for move in Requisition.objects.get(pk=pk).moves.all()]


def end_access(world, member) -> None:
    with as_role("nrm_owner"):
        CaseAccess.objects.filter(case=world["case"], agency=member.agency).delete()


def outlived(member, case, *, over: bool = False, ends: bool = True) -> Requisition:
    """One of an agency, whose access to the case ends, above the walls."""
    now = timezone.now()
    with as_role("nrm_owner"):
        if ends:
            CaseAccess.objects.filter(case=case, agency=member.agency).update(until=now - timedelta(hours=1))
        of = {"case_id": getattr(case, "pk", case), "agency": member.agency, "by": member}
        state = {"state": "refused", "ended_at": now} if over else {}
        return Requisition.objects.create(received_on=date(2026, 1, 31), data={"text": MARK}, **of, **state)
