"""Copies of sealed files: what is there is copied once, what is gone is kept for a while, then removed."""

import os
import time
from datetime import timedelta

import pytest
from django.core.management import call_command

from foundation.backups.files import copy
from foundation.files.storing import store
from referral.config import files

KEEP = timedelta(days=14)


@pytest.fixture
def kept(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("FILES_DIR", str(tmp_path / "files"))
    settings.STORAGES = files.storages(tmp_path, hashed=False)
    settings.FILES_BACKUP_DIR = tmp_path / "copies"
    return store()


def held(folder) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob("??/*")}


def test_each_file_is_copied_once_and_again_when_it_was_encrypted_anew(kept, settings):
    one, two = kept.put(b"one"), kept.put(b"two")
    folder = settings.FILES_BACKUP_DIR
    assert copy(folder, KEEP) == (2, 0)
    assert held(folder) == {one: b"one", two: b"two"}
    assert copy(folder, KEEP) == (0, 0)
    kept.replace(one, b"new")
    assert copy(folder, KEEP) == (1, 0)
    assert held(folder) == {one: b"new", two: b"two"}


def test_a_deleted_file_is_kept_for_a_while_and_then_removed(kept, settings, time_machine_at):
    one, two = kept.put(b"one"), kept.put(b"two")
    folder = settings.FILES_BACKUP_DIR
    copy(folder, KEEP)
    kept.delete(one)
    assert copy(folder, KEEP) == (0, 0)
    time_machine_at(timedelta(days=13))
    assert copy(folder, KEEP) == (0, 0)
    assert held(folder) == {one: b"one", two: b"two"}
    time_machine_at(timedelta(days=15))
    assert copy(folder, KEEP) == (0, 1)
    assert held(folder) == {two: b"two"}


@pytest.fixture
def time_machine_at(monkeypatch):
    """Return how to say what time it is from now."""
    now = time.time()
    return lambda later: monkeypatch.setattr("foundation.backups.files.time.time", lambda: now + later.total_seconds())


def test_a_disk_that_fills_leaves_the_former_copy(kept, settings, monkeypatch):
    one = kept.put(b"one")
    folder = settings.FILES_BACKUP_DIR
    copy(folder, KEEP)
    kept.replace(one, b"new")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        copy(folder, KEEP)
    monkeypatch.undo()
    assert (folder / one).read_bytes() == b"one"


def test_the_command_says_what_it_copied(kept, settings, capsys):
    kept.put(b"one")
    call_command("backup", "--files")
    assert capsys.readouterr().out == f"{settings.FILES_BACKUP_DIR}: 1 files copied, 0 removed.\n"
    assert len(held(settings.FILES_BACKUP_DIR)) == 1


def test_a_store_that_is_empty_is_copied_as_such(kept, settings):
    assert copy(settings.FILES_BACKUP_DIR, KEEP) == (0, 0)
    assert held(settings.FILES_BACKUP_DIR) == {}
