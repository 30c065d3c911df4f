"""The tests' databases stand in memory where there is room, and nothing stays there of a run that was killed."""

import os
import subprocess
import sys

from tests import database


def test_the_directory_goes_at_the_end_and_so_do_those_of_killed_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "MEMORY", tmp_path)
    monkeypatch.setattr(database, "ROOM", 0)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    killed, running = tmp_path / f"nrm-test-{ended.pid}", tmp_path / f"nrm-test-{os.getppid()}"
    killed.mkdir()
    running.mkdir()
    with database.in_memory(tmp_path / "disk") as place:
        assert place.parent == tmp_path and place.is_dir()
        assert not killed.exists()
    assert [path.name for path in tmp_path.iterdir()] == [running.name]


def test_without_room_the_disk_is_used(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "MEMORY", tmp_path)
    monkeypatch.setattr(database, "ROOM", 1 << 60)
    with database.in_memory(tmp_path / "disk") as place:
        assert place == tmp_path / "disk"
    monkeypatch.setattr(database, "MEMORY", tmp_path / "absent")
    with database.in_memory(tmp_path / "disk") as place:
        assert place == tmp_path / "disk"
