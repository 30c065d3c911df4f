"""Write events in the transaction of the operation; the worker notifies."""

import uuid
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from agencies.models import Membership
from foundation import actor as acting
from foundation.errors import NotFound
from foundation.tasks import wake
from journal.operations import record
from notifications import words
from notifications.models import Event, HookDelivery, Notice, Preference

FORGOTTEN = 1000  # events of one run
REMINDERS = uuid.UUID("6f2b7a3e-1c7d-4c55-9a39-0d6f4f0c8e21")  # namespace of the ids of reminders


def enqueue(kind: str, subject, *, to: list[str], agencies: list[int] | None = None) -> None:
    """Write one event about `subject` (a case, alert, orientation, meeting...) for the audiences named in `to`.

    `agencies` limits the audience `desk` to these agencies; for a campaign or a meeting it names them. The broker only
    wakes the worker: the periodic task finds what it loses. Raises `words.UnknownKind`, ValueError for an audience that
    the subject does not have, RuntimeError outside a transaction.
    """
    noun = subject._meta.model_name
    _check_audiences(noun, to)
    _write_event(kind, noun, words.identifier(subject.pk), subject.reference, list(to), agencies or [])


class Due(NamedTuple):
    """Hold one thing to remind of. `once` distinguishes it from the others of its kind: a key, a week, a time limit."""

    once: str
    subject_id: uuid.UUID
    reference: str
    agencies: list[int]


def enqueue_once(kind: str, noun: str, due: Iterable[Due], *, to: list[str]) -> int:
    """Write the events of this kind that were not written before; return their number. For the worker, in system mode.

    The id of an event is made of its kind and of `once`, so that a second pass, or a second worker, adds nothing.
    Raises as `enqueue`.
    """
    words.kind(kind)
    _check_audiences(noun, to)
    found = {uuid.uuid5(REMINDERS, f"{kind} {one.once}"): one for one in due}
    for known in Event.objects.filter(pk__in=found).values_list("pk", flat=True):
        del found[known]
    Event.objects.bulk_create(
        [
            Event(id=pk, kind=kind, subject=noun, subject_id=one.subject_id, reference=one.reference, audience=to,
                  agencies=one.agencies)
            for pk, one in found.items()
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return len(found)


def _check_audiences(noun: str, to: list[str]) -> None:
    if unknown := set(to) - words.SUBJECTS[noun].audiences:
        raise ValueError(f"{noun} has no audience {', '.join(sorted(unknown))}.")


def tell_person(kind: str, user) -> None:
    """Tell a person, once, what happened to their own account; nobody where they work nowhere."""
    member = Membership.objects.live().filter(user=user).order_by("pk").first()
    if member is not None:
        reference = uuid.uuid4().hex[:8].upper()
        with acting.acting_as(member):
            _write_event(
                kind, "account", words.identifier(member.pk), f"{reference[:4]}-{reference[4:]}", ["person"], []
            )


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


def mark_all_read(actor, newest_id: int, kind: str = "") -> int:
    """Mark as read the newest notice shown and all older ones, none that came since; return their number.

    `kind`: those of this kind only. Raises NotFound.
    """
    newest = own_notice(actor, newest_id)
    rows = Notice.objects.of(actor).unread().filter(at__lte=newest.at)
    return (rows.filter(kind=kind) if kind else rows).update(read_at=timezone.now())


def mark_subject_read(actor, noun: str, subject_id: uuid.UUID) -> None:
    """Mark as read what the member was told of this subject: she is reading it."""
    Notice.objects.of(actor).unread().filter(subject=noun, subject_id=subject_id).update(read_at=timezone.now())


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


def forget_told() -> int:
    """Delete what was told long ago of neither a case nor an alert; return how many events. In system mode.

    At most FORGOTTEN in one run, the oldest first: the next one goes on.
    """
    old = Event.objects.filter(at__lt=timezone.now() - Event.KEPT).exclude(subject__in=Event.OF_A_CASE)
    found = list(old.order_by("at").values_list("pk", flat=True)[:FORGOTTEN])
    HookDelivery.objects.filter(notice__event__in=found).delete()
    for model, of in ((Notice, "event__in"), (Event, "pk__in")):
        model.objects.filter(**{of: found})._raw_delete("default")  # nothing else points at them
    return len(found)
