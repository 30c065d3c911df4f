"""Write events in the transaction of the operation; the worker notifies."""

import uuid

from django.db import connection, transaction
from django.utils import timezone

from foundation import actor as acting
from foundation.errors import NotFound
from foundation.tasks import wake
from journal.operations import record
from notifications import words
from notifications.models import Event, Notice, Preference


def enqueue(kind: str, subject, *, to: list[str], agencies: list[int] | None = None) -> None:
    """Write one event about `subject` (a case, alert, orientation, meeting...) for the audiences named in `to`.

    `agencies` limits the audience `desk` to these agencies; for a campaign or a meeting it names them. The broker only
    wakes the worker: the periodic task finds what it loses. Raises `words.UnknownKind`, ValueError for an audience that
    the subject does not have, RuntimeError outside a transaction.
    """
    noun = subject._meta.model_name
    if unknown := set(to) - words.SUBJECTS[noun].audiences:
        raise ValueError(f"{noun} has no audience {', '.join(sorted(unknown))}.")
    _write_event(kind, noun, words.identifier(subject.pk), subject.reference, list(to), agencies or [])


def access_ended(reference: str, agencies: list[int]) -> None:
    """Notify agencies that an access of theirs ended. The event has no subject, since none is visible any more."""
    _write_event("access_ended", "none", uuid.uuid4(), reference, [], agencies)


def _write_event(kind, subject, subject_id, reference, audience, agencies) -> None:
    words.kind(kind)
    if not connection.in_atomic_block:
        raise RuntimeError("An event belongs in the operation's transaction.")
    actor = acting.current()
    Event.objects.create(
        kind=kind,
        subject=subject,
        subject_id=subject_id,
        reference=reference,
        audience=audience,
        agencies=agencies,
        actor_id=None if actor in (None, acting.SYSTEM) else actor.pk,
    )
    # robust: a dead broker must not turn a committed change into an error page
    transaction.on_commit(_wake, robust=True)


def _wake():
    wake("notifications.tasks.sweep")


def own_notice(actor, notice_id: int) -> Notice:
    """Return a notice of the actor whose subject is still visible. Raises NotFound."""
    notice = Notice.objects.of(actor).filter(pk=notice_id).first()
    if notice is None:
        raise NotFound
    return notice


def mark_read(actor, notice_id: int) -> Notice:
    """Mark a notice as read. Raises NotFound."""
    notice = own_notice(actor, notice_id)
    if notice.read_at is None:
        notice.read_at = timezone.now()
        Notice.objects.of(actor).filter(pk=notice.pk).update(read_at=notice.read_at)
    return notice


def mark_all_read(actor, newest_id: int) -> int:
    """Mark as read the newest notice shown and all older ones, none that came since; return their number.

    Raises NotFound.
    """
    newest = own_notice(actor, newest_id)
    return Notice.objects.of(actor).unread().filter(at__lte=newest.at).update(read_at=timezone.now())


def choose_mails(actor, offered: set[str], wanted: set[str]) -> dict[str, bool]:
    """Store which of the offered kinds come by mail. A danger to life always comes.

    Returns the changes: {code: whether it comes now}.
    """
    asked = {code: code in wanted for code in offered if words.kind(code).can_be_muted}
    known = dict(Preference.objects.filter(membership=actor, kind__in=asked).values_list("kind", "mail"))
    changed = {code: mail for code, mail in asked.items() if known.get(code, True) != mail}
    if changed:
        Preference.objects.bulk_create(
            [Preference(membership=actor, kind=code, mail=mail) for code, mail in changed.items()],
            update_conflicts=True,
            unique_fields=["membership", "kind"],
            update_fields=["mail"],
        )
        record("notice.preferences", actor)
    return changed
