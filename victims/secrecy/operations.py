"""Write, correct and list notes under professional secrecy."""

from agencies.members.rules import WORKS
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from victims.cases.access import visible_case
from victims.models import SecretNote


def write_secret(actor, case_id, *, text: str) -> SecretNote:
    """Write a note, as any member who works on cases and sees this one.

    Nobody outside the agency learns that it exists: no notice, and a journal entry without a case. Raises NotFound,
    NotAllowed.
    """
    case = visible_case(actor, case_id)
    if not actor.has(*WORKS):
        raise NotAllowed("write")
    with guarded():
        made = SecretNote.objects.create(case_id=case.pk, agency=actor.agency, by=actor, data={"text": text})
    record("secret.write", made)
    return made


def correct_secret(actor, pk, *, text: str) -> SecretNote:
    """Write a new version of a note, even when the agency no longer sees the case.

    Raises NotFound, NotAllowed, WrongState when it was already corrected.
    """
    former = SecretNote.objects.visible_to(actor).filter(pk=pk).first()
    if former is None:
        raise NotFound
    if not actor.has(*WORKS):
        raise NotAllowed("correct")
    if not former.current:
        raise WrongState("corrected")
    with guarded():
        made = SecretNote.objects.create(
            case_id=former.case_id, agency=actor.agency, by=actor, data={"text": text}, replaces_id=former.pk
        )
    record("secret.correct", made)
    return made


def secrets_of(actor, case=None):
    """Return current notes of the actor's agency: on one case, or on all, including cases no longer visible."""
    notes = SecretNote.objects.visible_to(actor).now().select_related("by__user")
    return notes.filter(case=case) if case is not None else notes
