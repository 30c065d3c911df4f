"""Taking a list out of the platform: asked with a reason, approved by a second person above twenty rows, made by the
worker in the asker's name, handed over once under a passphrase that is kept nowhere.

Who decides: a second person of the asker's agency who works on cases or administers it, never the asker; for a small
organisation also a member of the network above it, who sees who asks, for what purpose and how many rows, nothing more.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from agencies.members.rules import WORKS
from agencies.models import Kind, Membership
from foundation.errors import NotFound, guarded
from foundation.tasks import wake
from foundation.workflow import NotAllowed, WrongState, step
from journal.operations import record
from notifications.operations.events import enqueue
from referral.desk import filters as desk_filters
from referral.desk.selectors import read_quota
from referral.models import APPROVERS, WITHOUT_APPROVAL, Export, ExportFile, ExportMove, ExportOrder
from referral.workflow import EXPORT

from . import rules as exports_rules
from . import selectors as exports_selectors

AT_MOST = 5000
AN_HOUR = 10  # exports asked
TO_DECIDE = timedelta(days=3)
TO_FETCH = timedelta(days=1)
LINK = timedelta(seconds=60)
State = Export.State


class NothingFound(ValueError):
    """The list is empty as it is filtered."""


class TooMany(ValueError):
    """More rows than one export may hold."""


def visible_export(actor, pk) -> Export:
    """The trigger of the moves locks the row and refuses the second of two steps: reading it here needs no lock."""
    found = Export.objects.visible_to(actor).select_related("by__user", "agency").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def sides(actor, export: Export) -> set[str]:
    if export.by_id == actor.pk:
        return {"asker"}
    if actor.kind == Membership.Sort.SYSTEM:
        return {"system"}
    return {"second"} if actor.has(*APPROVERS) else set()


def rows_found(actor, listed: str, query: str) -> tuple[desk_filters.WorkList, str, int]:
    """The list, the filters kept, and how many rows; at most one more than allowed. NotFound for another list."""
    if not actor.has(*WORKS) or actor.kind != Membership.Sort.PERSON:
        raise NotAllowed("export")
    found = desk_filters.LISTS.get(listed)
    if found is None or not found.exported:
        raise NotFound
    kept = found.kept(actor, query)
    return found, kept, found.filtered(actor, kept).qs.order_by()[: AT_MOST + 1].count()


def ask_export(actor, listed: str, query: str, *, purpose: str, reason: str, file_format: str) -> Export:
    """Freeze which rows, and queue them or wait for a second person.

    Raises NotFound, NotAllowed, `NothingFound`, `TooMany`, `budgets.Exhausted`.
    """
    found, kept, total = rows_found(actor, listed, query)
    if total > AT_MOST:
        raise TooMany
    read_quota.require(actor, "export.ask", AN_HOUR)
    ids = exports_selectors.ids(found, actor, kept, AT_MOST)
    if not ids:
        raise NothingFound
    export = Export.objects.create(
        agency_id=actor.agency_id, by=actor, listed=listed, purpose=purpose, format=file_format, total=len(ids)
    )
    order = {"reason": reason, "query": kept, "rows": ids}
    ExportOrder.objects.create(export=export, agency_id=actor.agency_id, data=order)
    record("export.ask", export)
    if len(ids) > WITHOUT_APPROVAL:
        move(actor, export, "submit", due_at=timezone.now() + TO_DECIDE)
        enqueue("export_waiting", export, to=["second"])
    else:
        move(actor, export, "queue")
        transaction.on_commit(_wake, robust=True)
    return export


def move(actor, export: Export, action: str, *, due_at=None, comment=None) -> None:
    """One step; the trigger checks it again and sets the state. Raises NotAllowed, WrongState."""
    found = step(EXPORT, export.state, action, side=sides(actor, export), actor=actor)
    with guarded():
        ExportMove.objects.create(
            export=export, action=action, before=export.state, after=found.after, membership=actor,
            agency_id=actor.agency_id, due_at=due_at, comment=comment,
        )  # fmt: skip
    export.state = found.after


def approve_export(actor, pk) -> Export:
    """By a second person; the worker begins. Raises NotFound, NotAllowed (the asker, a role that decides nothing)."""
    export = visible_export(actor, pk)
    move(actor, export, "approve")
    record("export.approve", export)
    transaction.on_commit(_wake, robust=True)
    return export


def refuse_export(actor, pk, comment: str) -> Export:
    export = visible_export(actor, pk)
    move(actor, export, "refuse", comment=comment or None)
    record("export.refuse", export)
    enqueue("export_refused", export, to=["asker"])
    return export


def cancel_export(actor, pk) -> Export:
    """By the asker, at any moment before it is handed over; a worker that makes it stops at its next rows."""
    export = visible_export(actor, pk)
    move(actor, export, "cancel")
    record("export.cancel", export)
    return export


def prepare_archive(actor, pk) -> tuple[Export, str, str, int]:
    """Encrypt what was made under a new passphrase, for a link of 60 seconds.

    Returns the export, the passphrase (shown once, kept nowhere), the link's token and how many rows are left out
    because their access ended since. Raises NotFound when the actor did not ask for it, WrongState when it is not
    ready.
    """
    export, file = _own_file(actor, pk)
    made = file.rows
    rows = exports_selectors.still_open(actor, desk_filters.LISTS[export.listed], made["rows"])
    passphrase, token = exports_rules.passphrase(), secrets.token_urlsafe(24)
    file.rows = {**made, "rows": rows}
    file.archive = exports_rules.seal(export, actor, file.rows, passphrase)
    file.link, file.link_until = _digest(token), timezone.now() + LINK
    file.save(update_fields=["rows", "archive", "link", "link_until"])
    record("export.prepare", export)
    return export, passphrase, token, len(made["rows"]) - len(rows)


def fetch_archive(actor, pk, token: str) -> tuple[Export, bytes]:
    """The file, once, within 60 seconds, to the membership that asked. Then nothing of it is left.

    Raises NotFound for anybody else and for a link that is not this one; WrongState when its time has run out, or
    when an access ended since it was prepared: it is prepared again, without these rows.
    """
    export, file = _own_file(actor, pk)
    if not file.link or not hmac.compare_digest(file.link, _digest(token)):
        raise NotFound
    rows = file.rows["rows"]
    still = exports_selectors.still_open(actor, desk_filters.LISTS[export.listed], rows)
    if file.link_until <= timezone.now() or len(still) < len(rows):
        raise WrongState(export.state)
    archive = bytes(file.archive)
    move(actor, export, "fetch")
    record("export.fetch", export)
    return export, archive


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


def from_network(actor, export: Export) -> bool:
    """Whether the reader is of the network above: it decides on the size and the purpose alone."""
    return export.agency_id != actor.agency_id and actor.agency.kind == Kind.NGO_NETWORK
