"""The register of erasures outside of the database: written once each, read whatever a crash left of a line."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from agencies.models import Kind, Role
from journal.operations import signed_beside
from journal.rules import Signer
from notifications.operations import fence
from referral.erasure.documents import NAME, PURPOSE, NoRegister, append, read
from referral.erasure.tasks import write_register
from referral.models import Erasure
from tests import factories as f
from tests.referral.pages import Hand
from tests.roles import as_role

KEY, OTHER_KEY = "a2V5IG9mIHRoZSB0ZXN0cyBvZiB0aGUgam91cm5hbCE=", "YW5vdGhlciBrZXkgb2YgdGhlIHRlc3RzLCAzMiBieXQ="


@pytest.fixture(autouse=True)
def _key(settings):
    settings.JOURNAL_KEY = KEY


def digests(folder) -> set[str]:
    register = read(folder, [])
    assert not register.unsigned
    return register.named


def written(**fields) -> Erasure:
    with as_role("nrm_owner"):
        return Erasure.objects.create(at=timezone.now(), kind="case", ground="time", **fields)


@pytest.mark.django_db
def test_each_erasure_is_written_outside_once(settings, tmp_path):
    settings.JOURNAL_CHECKPOINTS = tmp_path / "outside"
    with as_role("nrm_worker"):
        assert write_register() == 0
    assert digests(tmp_path / "outside") == set(), "the file is there from the first run on"
    written(digest="a" * 64)
    written(digest="b" * 64, outside=True)
    for expected in (1, 0):
        with as_role("nrm_worker"):
            assert write_register() == expected
    assert digests(tmp_path / "outside") == {"a" * 64}
    assert len((tmp_path / "outside" / NAME).read_text().splitlines()) == 1


@pytest.mark.django_db
def test_a_copy_of_the_platform_makes_no_register(settings, tmp_path):
    """An empty one of its own would say that nobody was erased since the backup."""
    settings.JOURNAL_CHECKPOINTS = tmp_path / "outside"
    written(digest="a" * 64)
    with as_role("nrm_owner"):
        fence.hold("default")
    with as_role("nrm_worker"):
        assert write_register() == 0
    assert not (tmp_path / "outside").exists()
    with as_role("nrm_owner"):
        fence.lift("default")
    with as_role("nrm_worker"):
        assert write_register() == 1
    assert digests(tmp_path / "outside") == {"a" * 64}


def test_a_line_that_a_crash_cut_spoils_no_other(tmp_path):
    append(tmp_path, [{"digest": "a"}])
    append(tmp_path, [{"digest": "b"}])
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[:-40])
    assert read(tmp_path, []) == ({"a"}, [2]), "until it is written again, nobody knows what it said"
    append(tmp_path, [{"digest": "b"}, {"digest": "c"}])
    assert digests(tmp_path) == {"a", "b", "c"}


def test_a_line_that_the_journal_did_not_sign_names_nobody(tmp_path, settings):
    """Success, and near misses: another key, another purpose, a changed line, none, no line at all."""
    append(tmp_path, [{"digest": "a", "kind": "case"}])
    good = json.loads((tmp_path / NAME).read_text())
    settings.JOURNAL_KEY = OTHER_KEY
    by_another = signed_beside({"digest": "b"}, PURPOSE)
    settings.JOURNAL_KEY = KEY
    claimed = by_another | {"key": good["key"]}
    for_another = signed_beside({"digest": "c"}, b"repere something else\n")
    changed, unsigned = good | {"digest": "d"}, {"digest": "e"}
    odd = good | {"signature": "é"}
    with (tmp_path / NAME).open("a") as file:
        for line in (by_another, claimed, for_another, changed, unsigned, odd, [], "x"):
            file.write(json.dumps(line) + "\n")
        file.write("no line\n\n")
        file.write("[" * 100_000 + "\n")  # deeper than what is read
    assert read(tmp_path, []) == ({"a"}, [2, 3, 4, 5, 6, 7, 8, 9, 10, 12])
    keys = [Signer(KEY).public, Signer(OTHER_KEY).public]
    assert read(tmp_path, keys) == ({"a", "b"}, [3, 4, 5, 6, 7, 8, 9, 10, 12])


def test_without_a_key_nothing_is_read(tmp_path, settings):
    append(tmp_path, [{"digest": "a"}])
    settings.JOURNAL_KEY = ""
    for publics in ([], ["x"]):
        with pytest.raises(NoRegister, match="--key"):
            read(tmp_path, publics)
    assert read(tmp_path, [Signer(KEY).public]).named == {"a"}, "who restores need not hold what signs"


def test_a_folder_without_a_register_is_no_empty_one(tmp_path):
    with pytest.raises(NoRegister):
        digests(tmp_path)


@pytest.mark.django_db
def test_the_register_is_read_by_auditors_and_data_protection_officers_alone():
    written(digest="c" * 64)
    home = f.agency(Kind.INDEPENDENT, desk=False)
    for role in (Role.AUDITOR, Role.DPO):
        page = Hand(f.member(home, role)).get("erasure-list")
        assert "c" * 12 in page.content.decode()
    for member in (f.member(f.shelter()), f.member(f.shelter(), Role.AGENCY_ADMIN)):
        assert Hand(member).get("erasure-list").status_code == 403


@pytest.mark.django_db
def test_a_replay_says_that_the_register_lacks_what_the_database_knows(settings, tmp_path):
    """An older copy of the file: what it lacks is not erased again, and nobody would know it before `fence --lift`."""
    append(tmp_path, [{"digest": "a" * 64, "kind": "case"}])
    written(digest="a" * 64, outside=True)
    written(digest="c" * 64)  # not written outside yet: no line is missing
    for missing in (False, True):
        if missing:
            written(digest="b" * 64, outside=True)
        said, warned = StringIO(), StringIO()
        with as_role("nrm_owner"):
            call_command("replay_erasures", folder=tmp_path, database="default", stdout=said, stderr=warned)
        assert "Nothing of the register had come back." in said.getvalue()
        assert ("1 erasure(s) of this database stood in the register" in warned.getvalue()) is missing
