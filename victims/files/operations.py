"""Add, take out, take back and erase documents of a case.

What is brought is made anew in a process of its own (`foundation.files.cleaning`) while its author waits, so that a
refusal says at once what to do. What was made is sealed before it is stored, and given to nobody before the worker
scanned it.
"""

import logging
import uuid
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import batched

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.errors import Crowded, guarded
from foundation.files.cleaning import clean
from foundation.files.kept import files_of
from foundation.files.scanning import CLOSED, uploads
from foundation.files.sealing import NotOpened, open_sealed, seal
from foundation.files.storing import Missing, store
from foundation.tasks import wake
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from journal.selectors import read_quota
from victims.cases.access import visible_case
from victims.models import CaseAccess, CaseFile, ReadingAlarm
from victims.reading.access import afford

from .access import SECRET, may_withdraw, places, visible_file
from .rules import PER_CASE, PER_HOUR, id_of

log = logging.getLogger(__name__)
State = CaseFile.State


class Closed(Exception):
    """Signal that this installation takes no document now, and why: nothing scans them, and it did not choose to go
    without; there is no room; or the store does not answer."""


class Full(Exception):
    """Signal that the case holds PER_CASE documents already."""


class Unreadable(WrongState):
    """Signal that a document is not read back, and why in words: its bytes are gone, are not those that were stored, or
    the store does not answer."""


def add_file(
    actor, case_id, *, sort: str, title: str, place: int, content: bytes, name: str, token: uuid.UUID
) -> CaseFile:
    """Make a document anew, seal it, store it, and put it in quarantine. The same `token` sent again adds nothing.

    `place`: 0, the bit of a category, or SECRET. Raises NotFound, NotAllowed, FileRefused, Closed, Full,
    read_quota.Exhausted, Crowded while another one of the same member is made anew.
    """
    case = visible_case(actor, case_id)
    if place not in places(actor, CaseAccess.objects.of(actor).get(case=case.pk)):
        raise NotAllowed("write")
    pk = id_of(actor.pk, token)
    if (sent := added(actor, token)) is not None:
        return sent
    if uploads() == CLOSED:
        raise Closed(_("Documents are not taken now: the service that checks them is not set up."))
    if not store().has_room():
        log.error("no document is taken: the place where they are kept is nearly full")
        raise Closed(_("Documents are not taken now: there is no room left. Those who run the platform know it."))
    if not (_alone("file", pk) and _alone("file of", actor.pk)):
        raise Crowded
    if CaseFile.objects.visible_to(actor).filter(case=case.pk).exclude(state=State.ERASED).count() >= PER_CASE:
        raise Full
    read_quota.require(actor, "file.add", PER_HOUR)
    cleaned = clean(content, name)
    made = CaseFile(
        id=pk, case=case, reference=case.reference, agency=actor.agency, by=actor, sort=sort, bit=max(place, 0),
        secret=place == SECRET, data={"title": title}, size=len(cleaned.content), media_type=cleaned.media_type,
        extension=cleaned.extension,
    )  # fmt: skip
    try:
        made.kept_as = store().put(seal(cleaned.content, row_of(made)))
    except Exception as error:  # of the disk or of the service, which have no common base
        log.error("a document could not be stored: %s", type(error).__name__)
        raise Closed(
            _("The document was not kept: the place for it does not answer. Send it again in a moment.")
        ) from error
    try:
        with guarded():
            made.save(force_insert=True)
    except Exception:
        store().delete(made.kept_as)
        raise
    record("file.add", made, case_id=None if made.secret else case.pk)
    transaction.on_commit(wake_files, robust=True)
    return made


def added(actor, token: uuid.UUID) -> CaseFile | None:
    """Return the document that the actor added with this token."""
    return CaseFile.objects.visible_to(actor).filter(pk=id_of(actor.pk, token), by=actor).first()


def being_added(actor, token: uuid.UUID) -> bool:
    """Return whether another request adds the document of this token now."""
    return not _alone("file", id_of(actor.pk, token))


def _alone(*key: object) -> bool:
    """Keep other requests off what this names until the transaction ends; return False while another has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [" ".join(map(str, key))])
        return cursor.fetchone()[0]


def take_out(actor, pk) -> tuple[CaseFile, bytes]:
    """Return a document with its bytes. The reading is journalled, and counts as that of an identity.

    Raises NotFound, WrongState unless it is ready, Spent beyond the budget of reading, Unreadable.
    """
    found = visible_file(actor, pk)
    if found.state != State.READY:
        raise WrongState(found.state)
    if not found.secret:
        afford(actor, ReadingAlarm.Kind.IDENTITY, found.case)
    try:
        content = contents(found)
    except Exception as error:  # of the disk or of the service, which have no common base
        log.error("document %s is not read back: %s", found.pk, type(error).__name__)
        if isinstance(error, (Missing, NotOpened)):
            said = _("The content of this document is missing or was altered. Tell those who run the platform.")
        else:
            said = _("The place where documents are kept does not answer. Try again in a moment: nothing is lost.")
        raise Unreadable(said) from error
    if found.secret:  # the agency's own: the entry bears no case, from which others would learn of it
        record("file.read", found)
    else:
        record("identity.read.file", found, case_id=found.case_id)
    return found, content


def withdraw_file(actor, pk, *, reason: str) -> CaseFile:
    """Take a document back: its title goes now, its bytes by due work; who, when and why stay.

    Raises NotFound, NotAllowed, WrongState.
    """
    found = visible_file(actor, pk)
    if found.state not in (State.QUARANTINE, State.READY):
        raise WrongState(found.state)
    if not may_withdraw(actor, found):
        raise NotAllowed("withdraw")
    with guarded():
        here = CaseFile.objects.visible_to(actor).filter(pk=pk).select_for_update(of=("self",))
        if here.get().state not in (State.QUARANTINE, State.READY):
            raise WrongState("withdrawn")
        end(found, State.WITHDRAWN, reason, by=actor)
    record("file.withdraw", found, case_id=None if found.secret else found.case_id)
    transaction.on_commit(wake_files, robust=True)
    return found


def contents(found: CaseFile) -> bytes:
    """Return the bytes of a document. Raises NotOpened when they are those of another, or were altered; Missing."""
    return open_sealed(store().get(found.kept_as), row_of(found))


@files_of(CaseFile, "kept_as")
def row_of(found: CaseFile) -> str:
    """Return what the bytes are sealed with: they open as those of this row alone."""
    return f"victims_casefile.{found.pk}.content"


def wake_files() -> None:
    wake("victims.files.tasks.files")


def end(found: CaseFile, state: str, reason: str, *, by=None) -> None:
    """Write that a document is over, and why. Its author still reads the title of one that was refused."""
    found.state, found.reason, found.ended_at, found.ended_by = state, reason, timezone.now(), by
    if state != State.REFUSED:
        found.data = None
    found.save(update_fields=["state", "data", "reason", "ended_at", "ended_by"])


def erase_files(case_id) -> int:
    """Have the bytes of all documents of a case deleted once its rows are: call it before, in the same transaction.

    Rolled back, nothing is lost; what the store does not delete then, `sweep` finds. For the worker. Returns their
    number.
    """
    names = list(CaseFile.objects.filter(case=case_id, kept_as__gt="").values_list("kept_as", flat=True))
    for name in names:
        transaction.on_commit(partial(store().delete, name), robust=True)
    return len(names)


def erase(found: CaseFile) -> None:
    """Delete the bytes of one document, then write that they are gone. Deleting what is gone is no error."""
    store().delete(found.kept_as)
    found.kept_as = ""
    if found.state != State.REFUSED:
        found.state, found.data = State.ERASED, None
    found.save(update_fields=["kept_as", "state", "data"])


def lost_names(before: datetime) -> Iterator[str]:
    """Yield the names of the store older than this that no document has: of requests killed before they were committed,
    and of test spaces."""
    here = store()
    for names in batched(here.names(), 500):
        known = set(CaseFile.objects.filter(kept_as__in=names).values_list("kept_as", flat=True))
        yield from (n for n in names if n not in known and here.backend.get_modified_time(n) < before)
