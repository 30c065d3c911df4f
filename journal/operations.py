"""Writing the journal."""

from agencies import actor as acting

from .models import Entry


def record(action: str, subject=None, *, case_id=None, outcome=Entry.Outcome.DONE) -> None:
    """Write one entry for the current actor, in the caller's transaction; if it cannot be written, the act fails.

    `subject` is a model instance (its label and key are kept) or None.
    """
    actor = acting.current()
    person = None if actor in (None, acting.SYSTEM) else actor
    Entry.objects.create(
        membership_id=person and person.pk,
        agency_id=person and person.agency_id,
        action=action,
        outcome=outcome,
        subject=subject._meta.model_name if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        case_id=case_id,
    )
