"""Read the journal, for whoever audits."""

from uuid import UUID

from django.db import connection

from foundation.workflow import NotAllowed
from journal.models import Entry
from referral.models import Alert, Export, Match, MatchAlarm, Orientation, Situation
from victims.models import Case

NOUNS = {model._meta.model_name: model for model in (Case, Alert, Orientation, Situation, Match, MatchAlarm, Export)}


def entries(actor):
    """All entries. Raises NotAllowed for whoever does not audit."""
    if actor.sight != "journal":
        raise NotAllowed("journal")
    return Entry.objects.all()


def named(reference: str) -> list[tuple[str, UUID]]:
    """What bears this reference, as (noun, id); empty to whoever does not audit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT noun, id FROM nrm.journal_ids(%s)", [reference])
        return cursor.fetchall()


def references(found) -> dict[str, str]:
    """id -> reference, for the cases and the subjects of these entries; empty to whoever does not audit."""
    wanted = {entry.case_id for entry in found if entry.case_id}
    wanted |= {UUID(entry.subject_id) for entry in found if entry.subject in NOUNS}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, reference FROM nrm.journal_references(%s::uuid[])", [[str(one) for one in wanted]])
        return {str(key): reference for key, reference in cursor.fetchall()}
