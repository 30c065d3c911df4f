"""Documents in quarantine and those that are over: what the worker does when scanner, store or key are away."""

from datetime import timedelta

import pytest
from django.utils import timezone

from foundation.actor import acting_as
from foundation.files import scanning
from foundation.files.sealing import NotOpened
from foundation.files.storing import Missing, store
from journal.models import Entry
from notifications.models import Event
from notifications.operations import fence
from referral.config import heartbeats
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.files import operations, tasks
from victims.files.operations import withdraw_file
from victims.models import CaseFile

from .test_files import MARK, add, ready, row, work

pytestmark = pytest.mark.django_db


def test_bytes_of_another_row_do_not_open(world):
    one, two = add(world["lead"], world["case"]), add(world["lead"], world["case"])
    with as_role("nrm_owner"):
        CaseFile.objects.filter(pk=one.pk).update(kept_as=row(two.pk).kept_as)
    with pytest.raises(NotOpened):
        operations.contents(row(one.pk))
    work()
    assert row(one.pk).state == "quarantine"  # a key may be missing for now
    _missed_since(one, hours=25)
    work()
    assert (row(one.pk).state, row(one.pk).reason) == ("refused", "damaged")


def test_without_its_scanner_it_stays_and_nothing_is_lost(world, settings):
    settings.CLAMAV_ADDRESS = "127.0.0.1:9"
    made = add(world["lead"], world["case"])
    work()
    assert row(made.pk).state == "quarantine" and row(made.pk).kept_as
    with as_role("nrm_owner"):
        CaseFile.objects.filter(pk=made.pk).update(at=timezone.now() - timedelta(seconds=61))
    work()
    assert heartbeats.late()["documents"] == "the oldest waits for 61 s"
    settings.CLAMAV_ADDRESS = ""
    work()
    assert row(made.pk).state == "ready"
    assert not heartbeats.late()["documents"]


def test_a_scanner_that_hangs_is_asked_once_a_run_and_not_of_the_same_for_ever(world, monkeypatch, settings):
    """It holds the queue of exports for one answer, not for a hundred; what it stumbles over keeps no other."""
    asked = []

    def hangs(content):
        asked.append(content)
        if content == b"stumble":
            raise scanning.ScannerAway("hangs")

    settings.CLAMAV_ADDRESS = "127.0.0.1:9"
    monkeypatch.setattr(tasks, "scan", hangs)
    add(world["lead"], world["case"], content=b"stumble")
    others = [add(world["lead"], world["case"], content=b"fine") for _ in range(2)]
    for _ in range(60):  # whichever is drawn first ends the run: one in three each time
        before = len(asked)
        work()
        assert asked[before:].count(b"stumble") <= 1
    assert [row(other.pk).state for other in others] == ["ready", "ready"]


@pytest.mark.parametrize("here", [True, False])
def test_a_document_at_which_the_scanner_fails_keeps_no_lost_one_from_being_refused(
    world, monkeypatch, settings, kept, here
):
    """A scanner that is there says so when asked; one that is away looks at nothing, and the day begins again."""

    def fails(content):
        raise scanning.ScannerAway("ERROR")

    lost, stumbling = add(world["lead"], world["case"]), add(world["lead"], world["case"], content=b"stumble")
    store().delete(row(lost.pk).kept_as)
    work_order = iter([[stumbling.pk], [lost.pk]])
    _missed_since(lost, hours=25)
    settings.CLAMAV_ADDRESS = "127.0.0.1:9"
    monkeypatch.setattr(tasks, "scan", fails)
    monkeypatch.setattr(tasks, "answers", lambda: here)
    with as_role("nrm_worker"):
        for pks in work_order:
            tasks._until_failures([(pk,) for pk in pks])
    assert row(lost.pk).state == ("refused" if here else "quarantine")
    assert row(stumbling.pk).state == "quarantine"


@pytest.mark.parametrize("cause", ["gone", "key"])
def test_what_is_not_read_for_now_loses_no_document_and_after_a_day_of_it_its_author_is_told(
    world, kept, settings, cause
):
    """A disk that is not mounted, a worker without a former key: however long the document had waited before."""
    made, other = add(world["lead"], world["case"]), store().put(b"of another document")
    with as_role("nrm_owner"):
        CaseFile.objects.filter(pk=made.pk).update(at=timezone.now() - timedelta(days=4))
    bytes_ = store().get(row(made.pk).kept_as)
    if cause == "gone":
        store().delete(row(made.pk).kept_as)
    else:
        store().replace(row(made.pk).kept_as, b"sealed by a key that this worker has not")
    work()
    first = row(made.pk)
    assert first.state == "quarantine" and first.missed_at
    store().replace(first.kept_as, bytes_)
    work()
    assert (row(made.pk).state, row(made.pk).missed_at) == ("ready", None)

    lost = add(world["lead"], world["case"])
    store().delete(row(lost.pk).kept_as)
    work()
    _missed_since(lost, hours=25)
    store().delete(other), store().delete(row(made.pk).kept_as)
    work()  # a store that has nothing at all is another one
    assert row(lost.pk).state == "quarantine"
    store().put(b"of another document")
    work()
    assert (row(lost.pk).state, row(lost.pk).reason, row(lost.pk).title) == ("refused", "damaged", MARK)
    with as_role("nrm_owner"):
        assert Event.objects.get(kind="file_refused").subject_id == lost.pk


@pytest.mark.parametrize("away", ["scanner", "fence"])
def test_an_old_miss_counts_no_more_once_nobody_looked_for_a_while(world, kept, settings, away):
    """While the scanner is away no document is read to the end, and a copy refuses none: the day begins again then."""
    made, other = add(world["lead"], world["case"]), add(world["lead"], world["case"])
    bytes_ = store().get(row(made.pk).kept_as)
    store().delete(row(made.pk).kept_as)
    work()
    _missed_since(made, hours=25)
    store().replace(row(made.pk).kept_as, bytes_)
    settings.CLAMAV_ADDRESS = "127.0.0.1:9" if away == "scanner" else ""
    with as_role("nrm_owner"):
        CaseFile.objects.filter(pk=other.pk).update(state="quarantine")
        if away == "fence":
            CaseFile.objects.filter(pk=made.pk).update(reason="infected")  # so that the copy leaves it
            fence.hold("default")
    work()
    assert row(made.pk).missed_at is None
    with as_role("nrm_owner"):
        CaseFile.objects.filter(pk=made.pk).update(reason="")
        fence.lift("default")
    settings.CLAMAV_ADDRESS = ""
    store().delete(row(made.pk).kept_as)
    work()
    assert row(made.pk).state == "quarantine", "a first miss refuses nothing"


def test_a_copy_scans_an_infected_document_once_and_tells_and_erases_when_it_is_the_platform(
    world, monkeypatch, settings, kept
):
    asked = []

    def infected(content):
        asked.append(content)
        raise scanning.Infected("Eicar")

    settings.CLAMAV_ADDRESS = "127.0.0.1:9"
    monkeypatch.setattr(tasks, "scan", infected)
    made = add(world["lead"], world["case"])
    with as_role("nrm_owner"):
        fence.hold("default")
    for _ in range(3):
        work()
    assert len(asked) == 1
    assert row(made.pk).state == "quarantine" and store().get(row(made.pk).kept_as)
    with as_role("nrm_owner"):
        assert not Entry.objects.filter(action="file.refuse").exists()
        assert not Event.objects.filter(kind="file_refused").exists()
        fence.lift("default")
    work()
    assert (row(made.pk).state, row(made.pk).reason) == ("refused", "infected")
    with as_role("nrm_owner"):
        assert Event.objects.get(kind="file_refused").subject_id == made.pk


def _missed_since(made, hours) -> None:
    with as_role("nrm_owner"):
        CaseFile.objects.filter(pk=made.pk).update(missed_at=timezone.now() - timedelta(hours=hours))


def test_documents_that_cannot_be_deleted_keep_no_other_in_quarantine(world, monkeypatch):
    """A bucket that takes and gives, and deletes nothing."""
    for _ in range(4):
        gone = ready(world["lead"], world["case"])
        with acting_as(world["lead"]):
            withdraw_file(world["lead"], gone.pk, reason="mistake")
    made = add(world["lead"], world["case"])

    def denied(self, name):
        raise PermissionError

    monkeypatch.setattr("foundation.files.storing.Store.delete", denied)
    work()
    assert row(made.pk).state == "ready"


def test_a_store_that_hangs_is_asked_about_three_documents_a_run(world, monkeypatch):
    for _ in range(5):
        add(world["lead"], world["case"])
    asked = []

    def away(self, name):
        asked.append(name)
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr("foundation.files.storing.Store.get", away)
        work()
    assert len(asked) == tasks.FAILURES == 3
    work()
    with as_role("nrm_owner"):
        assert set(CaseFile.objects.values_list("state", flat=True)) == {"ready"}


@pytest.mark.parametrize(
    ("harm", "said"),
    [("gone", "Prévenez le service"), ("altered", "Prévenez le service"), ("away", "Réessayez dans un instant")],
)
def test_a_document_that_cannot_be_read_back_says_so_and_is_not_journalled_as_read(world, harm, said, monkeypatch):
    made = ready(world["lead"], world["case"])
    if harm == "gone":
        store().delete(row(made.pk).kept_as)
    elif harm == "altered":
        store().replace(row(made.pk).kept_as, b"other bytes")
    else:
        monkeypatch.setattr("foundation.files.storing.Store.get", lambda self, name: 1 / 0)
    hand = Hand(world["lead"])
    assert hand.post("file-download", made.pk, act="take").status_code == 302
    assert said in text(hand.get("file-detail", made.pk))
    with as_role("nrm_owner"):
        assert not Entry.objects.filter(action="identity.read.file").exists()
        assert CaseFile.objects.get(pk=made.pk).state == "ready"


def test_what_is_infected_is_erased_and_its_author_told(world, monkeypatch, settings, kept):
    def infected(content):
        raise scanning.Infected("Eicar")

    settings.CLAMAV_ADDRESS = "127.0.0.1:9"
    monkeypatch.setattr(tasks, "scan", infected)
    made = add(world["lead"], world["case"])
    work()
    found = row(made.pk)
    assert (found.state, found.reason, found.kept_as) == ("refused", "infected", "")
    assert not [path for path in kept.rglob("*") if path.is_file()]
    with as_role("nrm_owner"):
        event = Event.objects.get(kind="file_refused")
        assert (event.subject_id, event.audience, event.reference) == (made.pk, ["author"], world["case"].reference)
        assert Entry.objects.get(action="file.refuse").subject_id == str(made.pk)
    assert "Refusé" in text(Hand(world["lead"]).get("case-files", world["case"].pk))
    with as_role("nrm_owner"):
        CaseFile.objects.filter(pk=made.pk).update(ended_at=timezone.now() - timedelta(days=31))
    work()
    assert (row(made.pk).state, row(made.pk).title) == ("erased", "")


def test_a_store_that_fails_is_asked_again(world, monkeypatch):
    made = ready(world["lead"], world["case"])
    with acting_as(world["lead"]):
        withdraw_file(world["lead"], made.pk, reason="mistake")

    def broken(name):
        raise OSError("no answer")

    with monkeypatch.context() as patch:
        patch.setattr("foundation.files.storing.Store.delete", lambda self, name: broken(name))
        work()
    assert row(made.pk).state == "withdrawn" and row(made.pk).kept_as
    work()
    assert row(made.pk).state == "erased"


def test_bytes_that_no_document_has_are_erased_once_old(world, kept):
    made, lost = add(world["lead"], world["case"]), store().put(b"of a request that was killed")
    assert work(tasks.sweep) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "LOST_KEPT", -timedelta(minutes=1))
        assert work(tasks.sweep) == 1
    with pytest.raises(Missing):
        store().get(lost)
    assert store().get(row(made.pk).kept_as)


def test_a_copy_of_the_platform_takes_no_bytes_away(world, monkeypatch, settings, kept):
    """Its store may be that of the platform. What is clean may be read there all the same."""
    clean, altered, taken_back = (add(world["lead"], world["case"]) for _ in range(3))
    with acting_as(world["lead"]):
        withdraw_file(world["lead"], taken_back.pk, reason="mistake")
    store().replace(row(altered.pk).kept_as, b"sealed by the key of the platform")
    names = [row(made.pk).kept_as for made in (clean, altered, taken_back)]
    with as_role("nrm_owner"):
        fence.hold("default")
    work()
    _missed_since(altered, hours=25)
    work()
    assert [row(made.pk).kept_as for made in (clean, altered, taken_back)] == names
    assert [row(made.pk).state for made in (clean, altered, taken_back)] == ["ready", "quarantine", "withdrawn"]
    assert all(store().get(name) for name in names)
    with as_role("nrm_owner"):
        assert not Entry.objects.filter(action="file.refuse").exists()
        fence.lift("default")
    work()
    assert [row(made.pk).state for made in (clean, altered, taken_back)] == ["ready", "quarantine", "erased"]
    _missed_since(altered, hours=25)
    work()
    assert row(altered.pk).state == "refused"
