"""The world and the calls of `expected/definers_journal.csv`: entries under checkpoints of three ages."""

from datetime import timedelta

from django.utils import timezone

from journal.models import Checkpoint, Entry
from journal.operations import make_first_months
from tests import factories as f
from tests.roles import as_role

from .definers import Call, Stage

LOOKS = {
    "entries": "SELECT format('entry %s', subject_id) FROM journal_entry WHERE action = 'sealed'",
    "lines": "SELECT format('line %s names %s', number, cardinality(ids)) FROM journal_checkpoint",
}
CALLS = {
    "forget_entries": Call(
        "SELECT nrm.forget_entries(%(last)s::bigint)",
        looks=("entries", "lines"),
        words={"last": "1"},
        role="nrm_worker",
    ),
    "make_months": Call("SELECT nrm.make_months()", role="nrm_worker"),
}
DAYS = {1: 400, 2: 181, 3: 179}  # of age, by number


def journal() -> Stage:
    worker = f.member(f.shelter())
    with as_role("nrm_owner"):
        make_first_months("default")  # the tests' database may be of an earlier month
        for number, days in DAYS.items():
            entry = Entry(action="sealed", subject_id=str(number))
            Entry.objects.bulk_create([entry])
            Checkpoint.objects.create(
                number=number, at=timezone.now() - timedelta(days), first=number, size=1, ids=[entry.pk],
                root="x", previous="x", key="x", signature="x",
            )  # fmt: skip
    return Stage({"nobody": None}, {"worker": worker, "system": None}, CALLS, LOOKS)
