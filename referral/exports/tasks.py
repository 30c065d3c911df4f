"""Make the exports asked for, each as the membership that asked, and end those out of time."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from agencies.models import Membership
from foundation.actor import SYSTEM, acting_as
from foundation.tasks import one_by_one, task
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations.events import enqueue
from referral.models import Export, ExportFile, ExportOrder, ExportPiece
from victims.reading.access import warn_of_a_file

from . import rules as exports_rules
from . import selectors as exports_selectors
from .operations import TO_FETCH, move

BATCH = 200
LEASE = timedelta(minutes=10)  # a lost worker is replaced after it
State = Export.State


@task("referral.exports.tasks.exports", system=True, transaction=False)
def exports() -> int:
    """Handle due exports; return their number.

    Runs every 15 seconds, and at once when one is queued. When two workers meet, the second finds it moved.
    """
    with acting_as(SYSTEM):
        now = timezone.now()
        late = Q(state__in=[State.WAITING, State.BUILDING, State.READY], due_at__lte=now)
        living = Membership.objects.live().values("pk")
        due = Export.objects.filter(
            late | Q(state=State.QUEUED) | (Q(state__in=[State.BUILDING, State.READY]) & ~Q(by__in=living))
        )
        rows = list(due.order_by("at").values_list("state", "by_id", "agency_id", "pk"))
        by_id = {
            m.pk: m for m in Membership.objects.live().filter(pk__in=[r[1] for r in rows]).select_related("agency")
        }
        system = {
            m.agency_id: m
            for m in Membership.objects.filter(kind="system", agency__in=[r[2] for r in rows]).select_related("agency")
        }

    def handle(state, asker_id, agency_id, pk) -> int:
        asker = by_id.get(asker_id)
        if asker is None and state != State.WAITING:
            _end(system[agency_id], pk, "stop")
        elif state in (State.WAITING, State.READY):
            _end(system[agency_id], pk, "expire")
        else:
            _build(asker, system[agency_id], pk)
        return 1

    return one_by_one("export", rows, handle, moved=WrongState)


def _end(system, pk, action: str) -> None:
    with acting_as(system):
        export = Export.objects.get(pk=pk)
        move(system, export, action)
        record(f"export.{action}", export)


def _build(asker, system, pk) -> None:
    """Make the file batch by batch, each in its own transaction, with the rights of that moment.

    Begins where a lost worker stopped. Access that ended is left out; a deactivated membership or a lost role stops
    the export.
    """
    try:
        with acting_as(asker):
            export = Export.objects.get(pk=pk)
            move(asker, export, "build", due_at=timezone.now() + LEASE)
            export.refresh_from_db(fields=["done"])  # the move waited for the batch of the other worker
            keys = ExportOrder.objects.get(export=pk).data["rows"][: export.total]  # never more rows than were approved
        for first in range(export.done, len(keys), BATCH):
            with acting_as(_current_asker(asker)) as asker:
                _make_piece(asker, export, first, keys[first : first + BATCH])
        with acting_as(_current_asker(asker)) as asker:
            _finish(asker, export, len(keys))
    except (NotAllowed, Membership.DoesNotExist):
        _end(system, pk, "stop")


def _make_piece(asker, export, first: int, keys: list[str]) -> None:
    """Write one batch with its progress; raise WrongState when it was given up or another worker went on with it."""
    here = Export.objects.filter(pk=export.pk, state=State.BUILDING, done=first)
    if not here.update(done=first + len(keys)):
        raise WrongState(State.BUILDING)
    rows = exports_selectors.lines(asker, export, keys)
    _journal(asker, export, rows)
    ExportPiece.objects.create(export=export, membership=asker, first=first, rows=rows)


def _journal(asker, export, rows: list[dict]) -> None:
    """Record of each case in the standard that it was taken out, and whether with identity or contact.

    Raises NotAllowed when the asker's budget of seven days no longer holds so many.
    """
    if export.content == Export.Content.LIST:
        return
    for row in rows:
        record("case.export", export, case_id=row["id"])
    for bit, kind in exports_rules.COUNTED.items():
        named = [row["id"] for row in rows if row["categories"] & bit]
        if named and exports_selectors.too_many(asker, kind, named):
            raise NotAllowed("reading_limit")
        for case in named:
            record(f"{kind}.read.export", export, case_id=case)
        if named:
            warn_of_a_file(asker, kind)


def _current_asker(asker) -> Membership:
    """Return the asker as it is now. Raises Membership.DoesNotExist when it may no longer act."""
    return Membership.objects.live().select_related("agency").get(pk=asker.pk)


def _finish(asker, export, made: int) -> None:
    if not Export.objects.filter(pk=export.pk, state=State.BUILDING, done=made).exists():
        raise WrongState(State.BUILDING)
    # possible only in the state BUILDING; what ended since its batch is left out when the file is prepared
    ExportFile.objects.create(export=export, membership=asker, columns=exports_selectors.columns(export))
    move(asker, export, "finish", due_at=timezone.now() + TO_FETCH)
    record("export.made", export)
    enqueue("export_ready", export, to=["asker"])
