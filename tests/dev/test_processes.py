"""No orphan, and never somebody else's process."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from dev.services import processes

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def gone(pid: int, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while processes.command_line(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not processes.command_line(pid)


@pytest.fixture
def sleeper(tmp_path):
    child = processes.spawn("A sleeper", SLEEP, tmp_path / "log", os.environ)
    yield child
    child.process.kill()
    child.process.wait()


def test_a_child_has_its_own_session_so_that_ctrl_c_does_not_reach_it(sleeper):
    assert os.getsid(sleeper.process.pid) == sleeper.process.pid != os.getsid(0)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's own signal exists on Linux only")
def test_a_killed_parent_leaves_no_child(tmp_path):
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, time; from pathlib import Path; from dev.services.processes import spawn;"
            f"child = spawn('c', {SLEEP!r}, Path({str(tmp_path / 'log')!r}), os.environ);"
            "print(child.process.pid, flush=True);"
            "time.sleep(600)",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = int(parent.stdout.readline())
    assert processes.command_line(pid)
    parent.kill()
    parent.communicate()
    assert gone(pid)


def test_leftovers_are_stopped_once(tmp_path, sleeper):
    # the command line is only its own after exec
    processes.wait_until(lambda: "sleep(600)" in processes.command_line(sleeper.process.pid), sleeper, 60)
    pid_file = tmp_path / "pids.json"
    processes.remember(pid_file, [sleeper])
    assert processes.stop_leftovers(pid_file, seconds=30) == ["A sleeper"]
    assert sleeper.process.wait(60) == -signal.SIGTERM
    assert processes.stop_leftovers(pid_file) == []


def test_a_recycled_process_id_is_left_alone(tmp_path, sleeper):
    pid_file = tmp_path / "pids.json"
    row = {
        "name": "web",
        "pid": sleeper.process.pid,
        "command": "some other program",
        "signal": signal.SIGTERM,
    }
    pid_file.write_text(json.dumps([row]))
    assert processes.stop_leftovers(pid_file) == []
    assert sleeper.process.poll() is None


def test_a_half_written_pid_file_does_not_stop_the_next_start(tmp_path):
    (tmp_path / "pids.json").write_text('[{"name": "we')
    assert processes.stop_leftovers(tmp_path / "pids.json") == []


def test_what_stops_at_once_is_reported_with_its_last_words(tmp_path):
    child = processes.spawn(
        "The web", [sys.executable, "-c", "raise SystemExit('no such host')"], tmp_path / "log", os.environ
    )
    with pytest.raises(processes.StartError, match=r"(?s)The web stopped.*no such host"):
        processes.wait_until(lambda: False, child, 60)


def test_a_child_that_ignores_the_request_is_killed(tmp_path):
    program = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    child = processes.spawn("deaf", [sys.executable, "-c", program], tmp_path / "log", os.environ)
    processes.wait_until(lambda: "deaf" in child.last_lines(), child, 60)
    processes.stop_all([child], seconds=0.3)
    assert child.process.returncode == -signal.SIGKILL
