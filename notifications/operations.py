"""Telling people: the operation writes the event in its own transaction, the worker does the rest."""

from django.db import transaction

from agencies import actor as acting

from .models import Event


def enqueue(kind: str, subject, *, to: list[str], agencies: list[int] | None = None) -> None:
    """Write one event about `subject` (a case, alert or orientation) for the audiences named in `to`.

    `agencies` narrows the audience `desk` to these agencies. The broker only hears that something waits: what it
    loses is found by the sweep.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("enqueue belongs in the operation's transaction.")
    actor = acting.current()
    Event.objects.create(
        kind=kind,
        subject=subject._meta.model_name,
        subject_id=subject.pk,
        reference=subject.reference,
        audience=list(to),
        agencies=agencies or [],
        actor_id=None if actor in (None, acting.SYSTEM) else actor.pk,
    )
    transaction.on_commit(_wake, robust=True)


def access_ended(reference: str, agencies: list[int]) -> None:
    """Tell agencies that an access of theirs ended: it needs no sight any more, so it has no subject to open."""
    import uuid

    actor = acting.current()
    Event.objects.create(
        kind="access_ended",
        subject="none",
        subject_id=uuid.uuid4(),
        reference=reference,
        audience=[],
        agencies=agencies,
        actor_id=None if actor in (None, acting.SYSTEM) else actor.pk,
    )
    transaction.on_commit(_wake, robust=True)


def _wake():
    from .tasks import sweep

    sweep.delay()
