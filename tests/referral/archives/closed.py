"""Close a case, let time pass, archive it, open it: what the tests of the archive stand on."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from notifications.models import Notice
from referral.archives import operations as archives
from referral.closing.operations import move_case
from referral.erasure import operations as erasure
from referral.models import AlertDesk, AlertMove, CaseMove, CaseTerm
from referral.tasks import forget
from tests.notifications.post import fan_out
from tests.roles import as_role
from victims.models import Archive, CaseAccess

RIGHTS = {"why": "rights"}


def close(w, *, days: int = 200) -> None:
    with acting_as(w["lead"]):
        move_case(w["lead"], w["case"].pk, "close", reason="autonomy")
    with as_role("nrm_worker"), acting_as(SYSTEM):
        erasure.tell_terms()
    back(w, days)


def back(w, days: int) -> None:
    at = timezone.now() - timedelta(days=days)
    with as_role("nrm_owner"):
        CaseMove.objects.filter(case=w["case"]).update(at=at)
        AlertMove.objects.filter(alert__links__case=w["case"]).update(at=at)
        AlertDesk.objects.filter(alert__links__case=w["case"]).update(due_at=None)
        CaseTerm.objects.filter(case=w["case"]).update(closed_at=at, erased_on=(at + timedelta(days=730)).date())


def archive(w, *, days: int = 200) -> bool:
    with as_role("nrm_owner"):
        known = CaseTerm.objects.exists()
    if not known:
        close(w, days=days)
    with as_role("nrm_worker"):
        forget()
    with as_role("nrm_owner"):
        return Archive.objects.filter(case=w["case"]).exists()


def listed(member) -> bool:
    with acting_as(member), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM victims_caseaccess")
        return CaseAccess.objects.of(member).exists() or bool(cursor.fetchone()[0])


def in_archive(member) -> bool:
    with acting_as(member), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM victims_archive")
        seen = bool(cursor.fetchone()[0])
        assert seen is Archive.objects.visible_to(member).exists(), "both walls say the same"
        return seen


def opened(w, who="mate", **said):
    with as_role("nrm_owner"):
        found = Archive.objects.filter(case=w["case"], agency=w["lead"].agency).get()
    with acting_as(w[who]), transaction.atomic():
        return archives.open_archive(w[who], found.pk, **{**RIGHTS, **said})


def told(member) -> list[tuple[str, str, str]]:
    fan_out()
    with as_role("nrm_owner"):
        rows = Notice.objects.filter(membership=member, channel="app").order_by("pk")
        return list(rows.values_list("kind", "subject", "reference"))
