"""Export a list: asked with a reason, approved, made by the worker in the asker's name, fetched once.

Above twenty rows in seven days, all exports of the asker together, a second person approves (nrm.independent): a member
of the agency of who asks, who works on cases or administers it; for a small organisation also a member of the network
above it; when neither has one, the coordination of the territory. From outside one sees who asks, for what purpose and
how many rows. The passphrase of the file is stored nowhere.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from agencies.accounts import operations as accounts
from agencies.members.rules import WORKS
from agencies.models import Agency, Membership
from foundation.errors import NotFound, guarded
from foundation.tasks import wake
from foundation.workflow import NotAllowed, WrongState, step
from journal.operations import record
from journal.selectors import read_quota
from notifications.operations.events import enqueue
from referral.desk import filters as desk_filters
from referral.htcds import selectors as htcds
from referral.models import APPROVERS, WITHOUT_APPROVAL, Export, ExportFile, ExportMove, ExportOrder, ExportPiece
from referral.models.exports import second_for
from referral.workflow import EXPORT
from victims.models import unlimited

from . import rules as exports_rules
from . import selectors as exports_selectors

AT_MOST = 20_000
AN_HOUR = 10  # exports asked for
TO_DECIDE = timedelta(days=3)
TO_FETCH = timedelta(days=1)
LINK = timedelta(seconds=60)
State = Export.State


class NothingFound(ValueError):
    """Signal that the filtered list is empty."""


class TooMany(ValueError):
    """Signal more than AT_MOST rows."""


class TooManyNames(ValueError):
    """Signal more people with identity or contact than `left`, what the asker's seven days still allow."""

    def __init__(self, left: int):
        self.left = left
        super().__init__(left)


def visible_export(actor, pk) -> Export:
    """Return an export visible to the actor. Raises NotFound.

    Not locked: the trigger of the moves locks the row and refuses the second of two concurrent moves.
    """
    found = Export.objects.visible_to(actor).select_related("by__user", "agency").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def sides(actor, export: Export) -> set[str]:
    """Return the side of the actor: asker, system or second person."""
    if export.by_id == actor.pk:
        return {"asker"}
    if actor.kind == Membership.Sort.SYSTEM:
        return {"system"}
    second = actor.has(*APPROVERS) and Export.objects.filter(second_for(actor), pk=export.pk).exists()
    return {"second"} if second else set()


def decided_at(export: Export) -> Agency | None:
    """Return the agency whose members can decide about this export; None when no coordination has a second person."""
    found = accounts.ask("SELECT nrm.second_level(%s, %s)", export.agency_id, export.by_id)
    return found and Agency.objects.get(pk=found)


def rows_found(actor, listed: str, query: str) -> tuple[desk_filters.WorkList, str, int]:
    """Return the list, its valid filters, and the number of rows, at most AT_MOST + 1.

    Raises NotAllowed, NotFound for a list that is not exported.
    """
    if not actor.has(*WORKS):
        raise NotAllowed("export")
    found = desk_filters.LISTS.get(listed)
    if found is None or not found.exported:
        raise NotFound
    kept = found.kept(actor, query)
    return found, kept, unlimited(found.filtered(actor, kept).qs).order_by()[: AT_MOST + 1].count()


def sendable(actor, listed: desk_filters.WorkList, kept: str) -> int:
    """Return how many cases of the filtered list may leave in the standard, at most AT_MOST + 1."""
    return unlimited(htcds.sendable(actor, listed.filtered(actor, kept).qs)).order_by()[: AT_MOST + 1].count()


def needs_second(actor, rows: int, content: str = Export.Content.LIST) -> bool:
    """Return whether a second person approves: names, or more than WITHOUT_APPROVAL rows with those of seven days."""
    return content == Export.Content.NAMED or rows + exports_selectors.exported_alone(actor) > WITHOUT_APPROVAL


def ask_export(
    actor, listed: str, query: str, *, purpose: str, reason: str, file_format: str, content: str = Export.Content.LIST
) -> Export:
    """Freeze the rows, and queue the export or submit it to a second person.

    Raises NotFound, also for requests in the standard of cases, NotAllowed, NothingFound, TooMany,
    TooManyNames, read_quota.Exhausted.
    """
    found, kept, total = rows_found(actor, listed, query)
    if content != Export.Content.LIST and found.noun != "case":
        raise NotFound
    if total > AT_MOST:
        raise TooMany
    read_quota.require(actor, "export.ask", AN_HOUR)
    ids = exports_selectors.ids(found, actor, kept, AT_MOST, content)
    if not ids:
        raise NothingFound
    if content == Export.Content.NAMED and (left := exports_selectors.names_beyond(actor, ids)) is not None:
        raise TooManyNames(left)
    export = Export.objects.create(
        agency_id=actor.agency_id, by=actor, listed=listed, purpose=purpose, format=file_format, total=len(ids),
        content=content,
    )  # fmt: skip
    order = {"reason": reason, "query": kept, "rows": ids}
    ExportOrder.objects.create(export=export, agency_id=actor.agency_id, data=order)
    record("export.ask", export)
    if needs_second(actor, len(ids), content):
        move(actor, export, "submit", due_at=timezone.now() + TO_DECIDE)
        enqueue("export_waiting", export, to=["second"])
    else:
        move(actor, export, "queue")
        transaction.on_commit(_wake, robust=True)
    return export


def move(actor, export: Export, action: str, *, due_at=None, comment=None) -> None:
    """Insert one move; the trigger checks it again and sets the state. Raises NotAllowed, WrongState."""
    found = step(EXPORT, export.state, action, side=sides(actor, export), actor=actor)
    with guarded():
        ExportMove.objects.create(
            export=export, action=action, before=export.state, after=found.after, membership=actor,
            agency_id=actor.agency_id, due_at=due_at, comment=comment,
        )  # fmt: skip
    export.state = found.after


def approve_export(actor, pk) -> Export:
    """Approve as a second person; the worker starts.

    Raises NotFound, WrongState, NotAllowed for the asker and for a role that may not approve.
    """
    export = visible_export(actor, pk)
    move(actor, export, "approve")
    record("export.approve", export)
    transaction.on_commit(_wake, robust=True)
    return export


def refuse_export(actor, pk, comment: str) -> Export:
    """Refuse as a second person; the asker is notified. Raises NotFound, NotAllowed, WrongState."""
    export = visible_export(actor, pk)
    move(actor, export, "refuse", comment=comment or None)
    record("export.refuse", export)
    enqueue("export_refused", export, to=["asker"])
    return export


def cancel_export(actor, pk) -> Export:
    """Cancel as the asker, at any time before it is fetched. A running worker stops at its next batch.

    Raises NotFound, NotAllowed, WrongState.
    """
    export = visible_export(actor, pk)
    move(actor, export, "cancel")
    record("export.cancel", export)
    return export


def prepare_archive(actor, pk) -> tuple[Export, str, str, int]:
    """Encrypt the file under a new passphrase, for a link of 60 seconds.

    Returns the export, the passphrase (shown once, not stored), the token of the link, and the number of rows left out
    because their access ended. Raises NotFound unless the actor asked for it, NotAllowed, WrongState when it is not
    ready.
    """
    export, file = _own_file(actor, pk)
    passphrase, token = exports_rules.passphrase(), secrets.token_urlsafe(24)
    lost = _seal(actor, export, file, passphrase)
    file.link, file.link_until = _digest(token), timezone.now() + LINK
    file.save(update_fields=["link", "link_until"])
    record("export.prepare", export)
    return export, passphrase, token, lost


def _seal(actor, export: Export, file: ExportFile, passphrase: str) -> int:
    """Write the archive piece by piece, beside the rows that made it; return how many rows were left out."""
    sink, lost = exports_rules.Sink(), 0

    def rows():
        nonlocal lost
        for piece in exports_selectors.pieces(export, actor):
            open_now = exports_selectors.still_open(actor, export, piece.rows)
            lost += len(piece.rows) - len(open_now)
            yield from open_now
            piece.rows, piece.archive = open_now, sink.take()
            piece.save(update_fields=["rows", "archive"])

    exports_rules.seal(sink, export, actor, file.columns, rows(), passphrase)
    last = ExportPiece.objects.filter(export=export, membership=actor).latest("first")
    last.archive = bytes(last.archive) + sink.take()
    last.save(update_fields=["archive"])
    return lost


def fetch_archive(actor, pk, token: str) -> tuple[Export, bytes]:
    """Return the file once, within 60 seconds, to the membership that asked; then delete it.

    Raises NotFound for others and for another token, NotAllowed, WrongState when the link has expired or an access
    ended since: prepare it again, without these rows.
    """
    export, file = _own_file(actor, pk)
    if not file.link or not hmac.compare_digest(file.link, _digest(token)):
        raise NotFound
    if file.link_until <= timezone.now():
        raise WrongState(export.state)
    archive = b"".join(_archive(actor, export))
    if not ExportFile.objects.filter(export=export, link=file.link).exists():  # prepared anew meanwhile
        raise WrongState(export.state)
    move(actor, export, "fetch")
    record("export.fetch", export)
    return export, archive


def _archive(actor, export: Export) -> Iterator[bytes]:
    for piece in exports_selectors.pieces(export, actor):
        if len(exports_selectors.still_open(actor, export, piece.rows)) < len(piece.rows):
            raise WrongState(export.state)
        yield bytes(piece.archive)


def _own_file(actor, pk) -> tuple[Export, ExportFile]:
    export = visible_export(actor, pk)
    if export.by_id != actor.pk:
        raise NotFound
    if not actor.has(*WORKS):
        raise NotAllowed("export")
    file = ExportFile.objects.filter(export=export, membership=actor).first()
    if export.state != State.READY or file is None:
        raise WrongState(export.state)
    return export, file


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _wake():
    wake("referral.exports.tasks.exports")


def from_outside(actor, export: Export) -> bool:
    """Return whether the reader belongs to the network above or to the coordination: size and purpose only."""
    return export.agency_id != actor.agency_id
