"""Documents of cases when keys change and when a backup is restored."""

import base64
import os
import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from foundation.actor import acting_as
from foundation.encryption import first_key
from foundation.files.kept import KEPT, key_of
from foundation.files.storing import store
from notifications.operations import fence
from referral.config import files
from tests import factories as f
from tests.referral.config.test_backup import NOBODY, said
from tests.referral.config.test_backup import folder as folder
from victims.files.operations import add_file, contents
from victims.models import CaseFile

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def two(settings, tmp_path, monkeypatch) -> list[CaseFile]:
    """Add two documents to a case, in a store of the test's own."""
    monkeypatch.setenv("FILES_DIR", str(tmp_path / "files"))
    settings.STORAGES = files.storages(tmp_path, hashed=False)
    settings.FILES_BACKUP_DIR = tmp_path / "copies"
    f.national()
    lead = f.member(f.shelter(may_hold=31))
    case = f.own_case(lead)
    with acting_as(lead):
        return [
            add_file(lead, case.pk, sort="other", title="x", place=0, content=text, name="a", token=uuid.uuid4())
            for text in (b"one", b"two")
        ]


def test_documents_are_declared_for_both():
    assert [(kept.model, kept.column) for kept in KEPT] == [(CaseFile, "kept_as")]


def test_reencrypt_takes_documents_along_and_the_former_key_goes(two, settings):
    new = base64.b64encode(os.urandom(32)).decode()
    settings.FIELD_KEYS = f"{new},{settings.FIELD_KEYS}"
    with pytest.raises(CommandError, match="run reencrypt"):
        call_command("reencrypt", "--check", stdout=StringIO())
    call_command("reencrypt", stdout=StringIO())
    assert {key_of(store().get(one.kept_as)) for one in two} == {first_key()}
    settings.FIELD_KEYS = new
    call_command("reencrypt", "--check", stdout=StringIO())
    assert [contents(CaseFile.objects.using("owner").get(pk=one.pk)) for one in two] == [b"one", b"two"]


def test_a_copy_of_the_platform_seals_no_file_anew(two, settings):
    """Its store may be the platform's, which has not the key of a rehearsal: every document would be lost to it."""
    before = [store().get(one.kept_as) for one in two]
    fence.hold()
    settings.FIELD_KEYS = f"{base64.b64encode(os.urandom(32)).decode()},{settings.FIELD_KEYS}"
    with pytest.raises(CommandError, match="This is a copy"):
        call_command("reencrypt", stdout=StringIO())
    assert [store().get(one.kept_as) for one in two] == before
    fence.lift()
    call_command("reencrypt", stdout=StringIO())
    assert {key_of(store().get(one.kept_as)) for one in two} == {first_key()}


def test_reencrypt_names_a_document_that_is_anothers_and_keeps_the_former_key(two, settings):
    store().replace(two[0].kept_as, store().get(two[1].kept_as))
    settings.FIELD_KEYS = f"{base64.b64encode(os.urandom(32)).decode()},{settings.FIELD_KEYS}"
    with pytest.raises(CommandError, match="1 values are not: 1 cannot be read"):
        call_command("reencrypt", stdout=StringIO(), stderr=(told := StringIO()))
    assert f"The file of victims_casefile {two[0].pk} cannot be read." in told.getvalue()


def test_a_drill_opens_documents_with_their_rows_and_names_those_that_do_not(folder, two, settings):
    said("backup")
    said("backup", "--files")
    assert "ok     files: 2 open with their row, 0 missing or another's" in said("restore_drill", user=NOBODY)
    one, other = (settings.FILES_BACKUP_DIR / each.kept_as for each in two)
    one.write_bytes(other.read_bytes())
    other.unlink()
    with pytest.raises(CommandError, match="1 checks failed"):
        call_command("restore_drill", user=NOBODY, stdout=(out := StringIO()))
    assert "FAILED files: 0 open with their row, 2 missing or another's" in out.getvalue()
