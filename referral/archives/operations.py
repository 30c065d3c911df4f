"""Archive closed cases of which nothing goes on, open one with a reason, end what was opened, remind of what waits."""

import uuid
from datetime import datetime

from django.db import connection, transaction
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, Value

from agencies.members.rules import WORKS
from agencies.models import Level, Membership
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound, guarded
from foundation.tasks import database_now, one_by_one, taken
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations import fence
from notifications.operations.events import Due, enqueue_once
from referral.config.retention import ARCHIVED_AFTER
from referral.erasure.access import goes_on
from referral.models import CaseTerm
from victims.models import Archive, ArchiveOpening, Assignment, Case, CaseAccess, DataRequest, ReadingAlarm
from victims.models.emergencies import ARCHIVED_AT_LEAST, OPEN_FOR
from victims.reading.access import afford

CASES = 200  # of one pass at most
WEEK = OPEN_FOR.days
# what kept a case from being archived ends: it is asked again, those of which nothing was asked for longest first
QUIET = max(ARCHIVED_AFTER, ARCHIVED_AT_LEAST)


def archive_due() -> int:
    """Archive closed cases of which nothing has moved for ARCHIVED_AFTER, each in its own transaction; return how many.

    One that is archived already is asked again for an agency that reads its summary for good and had, beside that, an
    access that has ended since. A copy of the platform, which its fence holds back, archives nothing.
    """
    with acting_as(SYSTEM):
        if fence.reason():
            return 0
        missing = CaseAccess.objects.filter(case=OuterRef("case_id"), level__gte=Level.SUMMARY, until=None)
        missing = missing.filter(
            ~Exists(Archive.objects.filter(case=OuterRef("case_id"), agency=OuterRef("agency_id")))
        )
        closed = CaseTerm.objects.filter(Q(archived_at=None) | Exists(missing), closed_at__lte=database_now() - QUIET)
        due = closed.filter(~goes_on("case", F("case_id"), Value(QUIET))).order_by("closed_at")
        rows = list(due.values_list("case")[:CASES])
    return one_by_one("case", rows, _archive, moved=(WrongState, NotAllowed))


def _archive(case_id) -> int:
    """Archive this case; 0 when another worker has it. The database asks again whether something goes on."""
    with acting_as(SYSTEM):
        if not taken("archive", case_id):
            return 0
        with guarded(), connection.cursor() as cursor:
            cursor.execute("SELECT nrm.archive_case(%s)", [case_id])
        record("case.archive", case_id=case_id)
        return 1


def end_openings() -> int:
    """End assignments to archived cases after OPEN_FOR, and what stands in the archive of an agency that holds the case
    no more; return how many. As the system."""
    here = {"case": OuterRef("case_id"), "agency": OuterRef("agency_id")}
    with transaction.atomic():
        over = Assignment.objects.filter(Exists(Archive.objects.filter(**here)), at__lte=database_now() - OPEN_FOR)
        # the cases first, as what opens one again does: it may write the same assignment
        list(Case.objects.select_for_update(no_key=True).filter(pk__in=over.values("case")).order_by("pk").values("pk"))
        held = CaseAccess.objects.filter(level__gte=2, **here)
        return over.delete()[0] + Archive.objects.filter(~Exists(held)).delete()[0]


def remind_archives() -> int:
    """Tell who may open the archive, at once and each week, that the person asked something in a case that nobody has
    open; return how many were told. Where nobody of the agency may open it, its administrators. As the system."""
    now = database_now()
    opened = Assignment.objects.filter(case=OuterRef("case_id"), agency=OuterRef("agency_id"))
    asked = DataRequest.objects.filter(case=OuterRef("case_id"), ended_at=None)
    # the request is read by who leads the case, or reads its file
    reads = CaseAccess.objects.filter(case=OuterRef("case_id"), agency=OuterRef("agency_id"))
    reads = reads.filter(Q(lead=True) | Q(level__gte=Level.FILE))
    of = (F("pk"), OuterRef("agency_id"), OuterRef("case_id"))
    opens = Membership.objects.filter(agency=OuterRef("agency_id"), active=True)
    opens = opens.filter(Func(*of, function="nrm.opens_archive", output_field=BooleanField()))
    rows = Archive.objects.filter(Exists(asked), Exists(reads), ~Exists(opened)).annotate(held=Exists(opens))
    waits = [(row.held, Due(f"{row.pk} {_weeks(row.at, now)}", row.pk, row.reference, [])) for row in rows]
    told = enqueue_once("archive_waits", "archive", [one for held, one in waits if held], to=["members"])
    return told + enqueue_once("archive_left", "archive", [one for held, one in waits if not held], to=["admins"])


def _weeks(since: datetime, now: datetime) -> int:
    return (now - since).days // WEEK


def visible_archive(actor, pk) -> Archive:
    """Return an archived case that the actor may open: its reference and its days. Raises NotFound."""
    found = Archive.objects.visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def open_archive(actor, pk, *, why: str, reason: str = ""):
    """Open an archived case for OPEN_FOR, for the actor alone; return its id. The database writes the reason, the entry
    of the journal and the notice together.

    A danger to life waits for no budget; who leads and who coordinates the case are told of it, as of an emergency
    access. Raises NotFound, NotAllowed, also after ATTEMPTS_AN_HOUR of these in an hour, and Spent beyond the budget of
    reading: nothing is opened then.
    """
    danger = why == ArchiveOpening.Why.DANGER
    if actor.kind != Membership.Sort.PERSON or not actor.has(*WORKS):
        raise NotAllowed("archive")
    found = visible_archive(actor, pk)
    made = ArchiveOpening(id=uuid.uuid4(), reason={"text": reason})
    sealed = ArchiveOpening._meta.get_field("reason").pre_save(made, add=True)
    with guarded(), connection.cursor() as cursor:
        said = [made.id, found.case_id, why, reason, bytes(sealed)]
        cursor.execute("SELECT nrm.open_archive(%s, %s, %s, %s, %s)", said)
    if not danger:
        afford(actor, ReadingAlarm.Kind.FILE, Case.objects.visible_to(actor).get(pk=found.case_id))
    return found.case_id
