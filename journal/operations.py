"""Write the journal."""

import logging

from django.conf import settings

from foundation import actor as acting

from . import words
from .models import Entry

log = logging.getLogger(__name__)


def record(act: str, subject=None, *, case_id=None) -> None:
    """Write one entry for the current actor, in the caller's transaction; when it cannot be written, the act fails.

    `subject`: model instance, stored as label and key, or None. Raises `words.UnknownAct` in development and tests; in
    production an undeclared act is written too, and logged as an error.
    """
    if act not in words.acts():
        if settings.REFUSE_UNKNOWN_ACTS:
            raise words.UnknownAct(act)
        log.error("Act outside the catalogue: %s", act)
    _write(act, Entry.Outcome.DONE, subject, case_id)


def record_refusal(route: str) -> None:
    """Record that the page or API address named `route` refused the current actor."""
    _write(route, Entry.Outcome.REFUSED)


def _write(action, outcome, subject=None, case_id=None) -> None:
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
