"""The register of erasures outside of the database: written once each, read whatever a crash left of a line."""

import pytest
from django.utils import timezone

from agencies.models import Kind, Role
from referral.erasure.documents import NAME, NoRegister, append, digests
from referral.erasure.tasks import write_register
from referral.models import Erasure
from tests import factories as f
from tests.referral.pages import Hand
from tests.roles import as_role


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


def test_a_line_that_a_crash_cut_spoils_no_other(tmp_path):
    append(tmp_path, [{"digest": "a"}])
    with (tmp_path / NAME).open("a") as file:
        file.write('{"digest": "b')
    append(tmp_path, [{"digest": "c"}])
    assert digests(tmp_path) == {"a", "c"}


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
