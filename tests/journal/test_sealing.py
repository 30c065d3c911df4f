"""The journal is sealed: what its owner changes afterwards is named, entry by entry, from the files outside alone."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from foundation.statements.signing import tell
from journal import documents, operations, rules, tasks
from journal.management.commands import journal_verify
from journal.models import Checkpoint, Entry, Figure, Unsealed
from journal.selectors import faults as comparison
from tests.notifications.post import committed_worker, worker
from tests.roles import as_role

pytestmark = pytest.mark.django_db
OTHER_KEY = "b3RoZXIga2V5IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXM="
YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.JOURNAL_KEY = "a2V5IG9mIHRoZSB0ZXN0cyBvZiB0aGUgam91cm5hbCE="
    settings.JOURNAL_CHECKPOINTS = tmp_path / "checkpoints"
    return settings.JOURNAL_CHECKPOINTS


def wrote(number: int) -> list[Entry]:
    """Entries of this many acts, as the application writes them."""
    rows = [Entry(action=f"act.{at}", subject="case", subject_id=str(at)) for at in range(number)]
    with transaction.atomic():
        tell("nobody")
        return Entry.objects.bulk_create(rows)


@contextmanager
def at_work():
    """The worker's role, in a test's own transaction and where each step commits."""
    with worker() if connection.in_atomic_block else committed_worker():
        yield


def seal() -> int:
    with at_work():
        return tasks.seal()


def faults(settings, *keys) -> list[tuple[str, int]]:
    """What a comparison finds, as the owner."""
    ring = rules.key_ring(list(keys) or [rules.Signer(settings.JOURNAL_KEY).public])
    read = lambda: documents.lines(settings.JOURNAL_CHECKPOINTS)  # noqa: E731
    with as_role("nrm_owner"):
        return [(one.sort, one.number) for one in comparison.findings(read, ring, comparison.Result())]


def as_owner(statement: str, *values) -> None:
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def ten():
    """Ten entries under two checkpoints: numbers 1 to 6, and 7 to 10."""
    rows = wrote(6)
    assert seal() == 6
    rows += wrote(4)
    assert seal() == 4
    with as_role("nrm_owner"):
        return list(Entry.objects.filter(pk__in=[row.pk for row in rows]).order_by("at", "pk"))


def test_the_hour_of_an_entry_is_the_database_s():
    entry = Entry(action="act", at=timezone.now() - YEAR)
    tell("nobody")
    Entry.objects.bulk_create([entry])
    with as_role("nrm_owner"):
        assert timezone.now() - Entry.objects.get(pk=entry.pk).at < timedelta(minutes=1)


def test_an_untouched_journal_has_no_fault(ten, settings):
    assert faults(settings) == []
    assert seal() == 0, "nothing waits"
    lines = list(documents.lines(settings.JOURNAL_CHECKPOINTS))
    assert [(line["number"], line["first"], line["size"]) for line in lines] == [(1, 1, 6), (2, 7, 4), (3, 11, 0)]
    assert [pk for line in lines for pk, *_ in line["entries"]] == [row.pk.hex for row in ten]
    assert not any(row.action in json.dumps(lines) for row in ten), "ids and digests only leave the database"


COLUMNS = [
    ("at", "at - interval '1 microsecond'"), ("membership_id", "7"), ("agency_id", "7"), ("action", "'act'"),
    ("outcome", "'refused'"), ("subject", "'alert'"), ("subject_id", "'another'"), ("case_id", "gen_random_uuid()"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), COLUMNS)
def test_each_column_of_an_entry_is_sealed(ten, settings, column, value):
    as_owner(f"UPDATE journal_entry SET {column} = {value} WHERE id = %s", ten[6].pk)
    assert faults(settings) == [("altered", 7)]


def test_what_is_moved_from_a_column_to_the_next_is_altered(ten, settings):
    as_owner(
        "UPDATE journal_entry SET subject = 'case0', subject_id = '' WHERE subject = 'case' AND id = %s", ten[0].pk
    )
    assert faults(settings) == [("altered", 1)]


def test_two_entries_that_took_each_other_s_place_are_altered(ten, settings):
    for pk, action in ((ten[0].pk, ten[9].action), (ten[9].pk, ten[0].action)):
        as_owner("UPDATE journal_entry SET action = %s WHERE id = %s", action, pk)
    assert faults(settings) == [("altered", 1), ("altered", 10)]


def test_missing_entries_are_named(ten, settings):
    as_owner("DELETE FROM journal_entry WHERE id = ANY(%s::uuid[])", [str(ten[2].pk), str(ten[8].pk)])
    assert faults(settings) == [("missing", 3), ("missing", 9)]


def test_an_empty_journal_is_missing_altogether(ten, settings):
    as_owner("DELETE FROM journal_entry")
    assert faults(settings) == [("missing", number) for number in range(1, 11)]


def inserted(at, *, waits: bool) -> None:
    """An entry written beside the triggers, by who owns the table."""
    for name in ("nrm_stamped", *(() if waits else ("nrm_waits",))):
        as_owner(f"ALTER TABLE journal_entry DISABLE TRIGGER {name}")
    as_owner("INSERT INTO journal_entry (id, at, action, outcome, subject, subject_id) VALUES"
             " (gen_random_uuid(), %s, 'act', 'done', '', '')", at)  # fmt: skip
    as_owner("ALTER TABLE journal_entry ENABLE TRIGGER ALL")


def test_an_entry_added_beside_the_sealer_is_named(ten, settings):
    inserted(timezone.now(), waits=False)
    assert faults(settings) == [("added", 0)]
    as_owner("DELETE FROM journal_entry WHERE id = %s", ten[0].pk)
    assert faults(settings) == [("missing", 1), ("added", 0)], "one gone and one come are two faults"


@pytest.mark.parametrize("ago", [timedelta(seconds=15), timedelta(minutes=30), timedelta(hours=1, minutes=1)])
def test_an_entry_that_says_an_hour_before_its_transaction_began_is_backdated(ten, settings, ago):
    inserted(timezone.now() - ago, waits=True)
    seal()
    assert faults(settings) == [("backdated", 11)]


def test_an_entry_that_waits_and_whose_hour_is_changed_is_backdated(ten, settings):
    [entry] = wrote(1)
    as_owner("UPDATE journal_entry SET at = at - interval '1 minute' WHERE id = %s", entry.pk)
    seal()
    assert faults(settings) == [("backdated", 11)]


@pytest.mark.django_db(transaction=True)
def test_a_long_transaction_is_no_backdating(settings, monkeypatch):
    """Its entry bears the hour at which it was written, before what was sealed meanwhile."""
    monkeypatch.setattr(comparison, "SLACK", timedelta(0))
    wrote(1)
    assert seal() == 1
    with ThreadPoolExecutor(1) as another, transaction.atomic():
        tell("nobody")
        Entry.objects.bulk_create([Entry(action="long", subject="", subject_id="")])
        with transaction.atomic():  # a part of it, which has a number of its own
            Entry.objects.bulk_create([Entry(action="long", subject="", subject_id="")])
        for _ in range(2):
            assert another.submit(_elsewhere, lambda: (wrote(1), seal())[1]).result() == 1
    assert seal() == 2
    assert faults(settings) == []
    with as_role("nrm_owner"):
        before = Checkpoint.objects.first().at  # the first: the three after it came later
        last = Checkpoint.objects.last().at
    inserted(last, waits=True)
    assert seal() == 1
    assert faults(settings) == []
    inserted(before, waits=True)
    assert seal() == 1
    assert faults(settings) == [("backdated", 7)], "its transaction began after four checkpoints"


def _elsewhere(act):
    try:
        return act()
    finally:
        connection.close()


# as the application, whose password is all that a thief has
@pytest.mark.parametrize(
    "before",
    [
        "SELECT 1",
        "SET LOCAL search_path = nrm, information_schema, pg_catalog, public",
        "SAVEPOINT early",
    ],
)
def test_the_application_backdates_nothing(ten, settings, before):
    with as_role("nrm_app"), connection.cursor() as cursor:
        tell("nobody")
        cursor.execute(before)
        cursor.execute("INSERT INTO journal_entry (id, at, action, outcome, subject, subject_id) VALUES"
                       " (gen_random_uuid(), now() - interval '30 minutes', 'stolen', 'done', '', '')")  # fmt: skip
    with as_role("nrm_owner"):
        assert timezone.now() - Entry.objects.get(action="stolen").at < timedelta(seconds=10)
    seal()
    assert faults(settings) == []


@pytest.mark.django_db(transaction=True)
def test_what_waited_behind_a_full_checkpoint_is_no_backdating(settings, monkeypatch):
    """The sealer was away for long, and what waits does not fit into one checkpoint."""
    monkeypatch.setattr(operations, "BATCH", 2)
    wrote(6)
    as_owner("UPDATE journal_entry SET at = at - interval '5 hours'")
    assert seal() == 6
    assert [line["whole"] for line in documents.lines(settings.JOURNAL_CHECKPOINTS)] == [False, False, True]
    assert faults(settings) == []
    inserted(timezone.now() - timedelta(hours=2), waits=True)
    seal()
    assert faults(settings) == [("backdated", 7)], "once nothing waits, an old hour is none again"


def test_an_entry_gone_before_it_was_sealed_is_missing(settings):
    rows = wrote(2)
    as_owner("DELETE FROM journal_entry WHERE id = %s", rows[0].pk)
    seal()
    assert [sort for sort, _ in faults(settings)] == ["missing"]


def rewrite(folder, change) -> None:
    """Change the lines of the one file that stands outside."""
    (path,) = documents.files(folder)
    lines = [json.loads(text) for text in path.read_text().splitlines()]
    change(lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_a_file_that_was_made_to_fit_is_forged(ten, settings, folder):
    """Who changes an entry, its digest and the root cannot sign."""
    as_owner("UPDATE journal_entry SET action = 'x' WHERE id = %s", ten[0].pk)

    def fit(lines):
        with as_role("nrm_owner"), connection.cursor() as cursor:
            cursor.execute(comparison.ENTRIES, [[ten[0].pk.hex]])
            lines[0]["entries"][0][1] = rules.digest_of(cursor.fetchone()).hex()
        lines[0]["root"] = rules.root_of([rules.leaf_of(*entry) for entry in lines[0]["entries"]])

    rewrite(folder, fit)
    assert faults(settings) == [("signature", 1), ("chain", 2)]


def test_another_digest_alone_is_not_what_was_signed(ten, settings, folder):
    rewrite(folder, lambda lines: lines[0]["entries"][0].__setitem__(1, "0" * 64))
    assert faults(settings) == [("chain", 1), ("altered", 1)]


def test_another_number_of_its_transaction_alone_is_not_what_was_signed(ten, settings, folder):
    rewrite(folder, lambda lines: lines[1]["entries"][0].__setitem__(2, 1))
    assert faults(settings) == [("chain", 2)]


def test_numbers_that_begin_anew_go_on():
    """A row bears the rest of its number: near that of the sealer it is told which."""
    for near, xmin, whole in [(100, 90, 90), (rules.TURN + 5, 3, rules.TURN + 3), (rules.TURN + 5, rules.TURN - 4,
                              rules.TURN - 4), (rules.TURN - 4, 3, rules.TURN + 3), (100, 104, 104)]:  # fmt: skip
        assert rules.whole_number(xmin, near) == whole


def test_a_line_taken_away_breaks_the_chain(ten, settings, folder):
    seal()
    rewrite(folder, lambda lines: lines.pop(1))
    assert faults(settings) == [("chain", 3), *[("added", 0)] * 4]


def test_a_tail_cut_off_is_told(ten, settings, folder):
    rewrite(folder, lambda lines: lines.pop())
    assert faults(settings) == [("cut", 1)]


def test_another_s_signature_is_none(ten, settings):
    assert faults(settings, rules.Signer(OTHER_KEY).public) == [("signature", 1), ("signature", 2)]


def test_a_changed_key_goes_on_the_chain(ten, settings):
    first = rules.Signer(settings.JOURNAL_KEY).public
    settings.JOURNAL_KEY = OTHER_KEY
    wrote(1)
    seal()
    assert faults(settings, first, rules.Signer(OTHER_KEY).public) == []
    assert faults(settings, first) == [("signature", 3)]


def test_a_line_that_a_crash_cut_is_written_again_and_none_twice(ten, settings, folder):
    (path,) = documents.files(folder)
    whole = path.read_bytes()
    path.write_bytes(whole[:-200])
    as_owner("UPDATE journal_checkpoint SET written_at = NULL WHERE number = 1")  # it stood there, and was not marked
    sealed = json.loads(whole.splitlines()[1])["entries"]
    with as_role("nrm_owner"):
        Checkpoint.objects.filter(number=2).update(
            written_at=None,
            digests=b"".join(bytes.fromhex(digest) for _, digest, _ in sealed), xacts=[xact for *_, xact in sealed],
        )  # fmt: skip
    wrote(1)
    seal()
    assert [line["number"] for line in documents.lines(folder)] == [1, 2, 3]
    assert faults(settings) == []


def test_a_line_that_another_worker_wrote_and_did_not_mark_is_not_written_twice(ten, settings, folder, monkeypatch):
    """It crashed between the two, and gave the lock back: what stands outside is asked under the lock."""

    def taken_after_a_crash(number):
        waiting = operations.waiting_outside(number)
        documents.append(folder, operations.whole_line(waiting[0]))
        return waiting

    monkeypatch.setattr(tasks, "waiting_outside", taken_after_a_crash)
    wrote(1)
    seal()
    assert [line["number"] for line in documents.lines(folder)] == [1, 2, 3]
    assert faults(settings) == []


def test_a_full_disk_loses_nothing_and_leaves_no_half_line(ten, settings, folder, monkeypatch):
    wrote(3)
    monkeypatch.setattr(documents.os, "write", lambda handle, text: _half(handle, text))
    with pytest.raises(OSError, match="a part"):
        seal()
    monkeypatch.undo()
    assert [line["number"] for line in documents.lines(folder)] == [1, 2]
    seal()
    assert faults(settings) == []


def _half(handle, text, write=documents.os.write):
    return write(handle, text[: len(text) // 2])


@pytest.mark.django_db(transaction=True)
def test_a_restored_copy_says_so_and_goes_on_when_told(ten, settings, folder):
    as_owner("DELETE FROM journal_entry WHERE id = ANY(%s::uuid[])", [str(row.pk) for row in ten[6:]])
    as_owner("DELETE FROM journal_checkpoint WHERE number = 2")
    with pytest.raises(operations.Behind, match="journal_resume"):
        seal()
    assert faults(settings) == [*[("missing", number) for number in range(7, 11)], ("behind", 2)]
    wrote(2)
    as_owner("UPDATE journal_entry SET at = at - interval '3 hours' WHERE id IN (SELECT entry FROM journal_unsealed)")
    with at_work():
        call_command("journal_resume", stdout=StringIO())
    assert seal() == 2, "what waited in the copy is sealed, though its hour is that of the copy"
    assert faults(settings) == []
    with at_work(), pytest.raises(CommandError, match="Nothing to do"):
        call_command("journal_resume", stdout=StringIO())
    inserted(timezone.now() - timedelta(minutes=5), waits=True)
    seal()
    assert faults(settings) == [("backdated", 13)], "the copy excuses what comes after it no more"


def forget() -> int:
    with at_work():
        return tasks.forget()


def test_entries_are_kept_until_their_month_is_old_and_their_checkpoints_hold_after(ten, settings):
    end = operations.end_of_old(timezone.now()) + operations.SEALED_AFTER
    as_owner("UPDATE journal_checkpoint SET at = %s WHERE number = 1", end)
    assert forget() == 0
    as_owner("UPDATE journal_checkpoint SET at = %s WHERE number = 1", end - timedelta(seconds=1))
    assert forget() == 6
    with as_role("nrm_owner"):
        assert set(Entry.objects.values_list("pk", flat=True)) == {row.pk for row in ten[6:]}
    assert forget() == 0
    seal()
    assert faults(settings) == []
    as_owner("DELETE FROM journal_entry WHERE id = %s", ten[7].pk)
    assert faults(settings) == [("missing", 8)], "forgetting old ones excuses no other"


def test_an_entry_under_the_id_of_a_forgotten_one_is_added(ten, settings):
    as_owner("UPDATE journal_checkpoint SET at = now() - interval '2 years' WHERE number = 1")
    forget()
    seal()
    as_owner("ALTER TABLE journal_entry DISABLE TRIGGER nrm_waits")
    as_owner("INSERT INTO journal_entry (id, at, action, outcome, subject, subject_id) VALUES"
             " (%s, now(), 'act', 'done', '', '')", ten[0].pk)  # fmt: skip
    assert faults(settings) == [("added", 0)]


@pytest.mark.parametrize("role", ["nrm_app", "nrm_worker"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET action = 'x'",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry",
        "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
        "INSERT INTO journal_unsealed VALUES (gen_random_uuid())",
        "UPDATE journal_checkpoint SET root = ''",
        "DELETE FROM journal_checkpoint",
        "SELECT nrm.forget_entries(2)",
        "SET LOCAL session_replication_role = replica",
    ],
)
def test_neither_web_nor_worker_undoes_the_seal(ten, settings, role, statement):
    system = acting_as(SYSTEM) if role == "nrm_worker" else transaction.atomic()
    with as_role(role), system, connection.cursor() as cursor, pytest.raises(ProgrammingError), transaction.atomic():
        cursor.execute(statement)
    assert faults(settings) == []


def test_the_worker_forgets_no_entry_without_the_signature_of_the_application(ten, settings):
    """They would go half a year before their time: the mode of due work is a setting, which anybody tells."""
    as_owner("UPDATE journal_checkpoint SET at = now() - interval '200 days'")
    for told in ("", "on"):
        with (
            as_role("nrm_worker"),
            connection.cursor() as cursor,
            pytest.raises(ProgrammingError),
            transaction.atomic(),
        ):
            cursor.execute("SELECT set_config('nrm.system', %s, true), set_config('nrm.signature', '', true)", [told])
            cursor.execute("SELECT nrm.forget_entries(1)")
    with as_role("nrm_worker"), acting_as(SYSTEM), connection.cursor() as cursor:  # the near miss: due work
        cursor.execute("SELECT nrm.forget_entries(1)")
        assert cursor.fetchone()[0] == 6


def test_the_web_neither_reads_what_waits_nor_signs(ten):
    with connection.cursor() as cursor:
        for statement in ("SELECT * FROM journal_unsealed", "INSERT INTO journal_checkpoint (number) VALUES (9)"):
            with pytest.raises(ProgrammingError), transaction.atomic():
                cursor.execute(statement)


def test_the_worker_notes_the_faults_of_the_day(ten, settings):
    as_owner("DELETE FROM journal_entry WHERE id = %s", ten[0].pk)
    with at_work():
        assert tasks.verify() == 1
    assert Figure.objects.get(name=operations.FAULTS).value == 1
    with as_role("nrm_owner"):
        assert not Unsealed.objects.exists()


def test_the_command_names_the_faults_and_the_public_key_is_enough(ten, settings, folder, monkeypatch):
    """As the worker; as the owner it runs in the figures of bench/journal.py, outside of this transaction."""
    monkeypatch.setattr(journal_verify, "connections", {})
    call_command("journal_key", stdout=(key := StringIO()))
    public = key.getvalue().strip()
    settings.JOURNAL_KEY = ""  # of the one who verifies elsewhere
    said = StringIO()
    with at_work():
        call_command("journal_verify", folder=folder, key=[public], stdout=said)
    assert "10 entries sealed" in said.getvalue() and "is what its checkpoints say" in said.getvalue()
    as_owner("DELETE FROM journal_entry WHERE id = %s", ten[4].pk)
    said = StringIO()
    with at_work(), pytest.raises(CommandError, match="1 fault"):
        call_command("journal_verify", folder=folder, key=[public], stdout=said)
    assert f"MISSING entry 5: {ten[4].pk.hex}" in said.getvalue()
    with pytest.raises(CommandError, match="no checkpoint in"):
        call_command("journal_verify", folder=folder / "elsewhere", key=[public])
    with pytest.raises(CommandError, match="takes a public key"):
        call_command("journal_verify", folder=folder, key=["none"])


# Leaves and roots of the certificate-transparency project's own tests of RFC 6962.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", ROOTS)
def test_the_root_is_that_of_rfc_6962(size):
    assert rules.root_of([bytes.fromhex(leaf) for leaf in LEAVES[:size]]) == ROOTS[size]
