"""Read the journal, for auditors."""

from uuid import UUID

from django.db import connection
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast

from foundation.workflow import NotAllowed
from journal.models import Checkpoint, Entry
from referral.models import Alert, Breach, Export, Match, MatchAlarm, Orientation, Situation
from victims.models import Case

NOUNS = {model._meta.model_name: model for model in (Case, Alert, Orientation, Situation, Match, MatchAlarm, Export)}


def entries(actor):
    """Return all entries, but those of a breach that was told apart from the actor. Raises NotAllowed for others than
    auditors."""
    if actor.sight != "journal":
        raise NotAllowed("journal")
    seen = Breach.objects.visible_to(actor).values(key=Cast("pk", TextField()))
    return Entry.objects.exclude(Q(subject="breach") & ~Q(subject_id__in=seen))


def last_sealed() -> dict | None:
    """Return `number` and `at` of the last signed line that stands outside, and how many `entries` are sealed.

    None before the first, and for others than auditors.
    """
    rows = Checkpoint.objects.filter(written_at__isnull=False).order_by("-number")
    return rows.values("number", "at", entries=F("first") + F("size") - 1).first()


def named(reference: str) -> list[tuple[str, UUID]]:
    """Return the subjects with this reference as (noun, id); empty for others than auditors."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT noun, id FROM nrm.journal_ids(%s)", [reference])
        return cursor.fetchall()


def references(found) -> dict[str, str]:
    """Return {id: reference} for the cases and subjects of these entries; empty for others than auditors."""
    wanted = {entry.case_id for entry in found if entry.case_id}
    wanted |= {UUID(entry.subject_id) for entry in found if entry.subject in NOUNS}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, reference FROM nrm.journal_references(%s::uuid[])", [[str(one) for one in wanted]])
        return {str(key): reference for key, reference in cursor.fetchall()}
