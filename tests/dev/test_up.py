"""The whole life of `./run`: started, refused twice, killed, started again on the same data, stopped."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager, suppress

import psycopg2
import pytest

from dev.services import state
from dev.services.embedded import DATABASE_URLS, free_port
from dev.services.processes import command_line

COMMAND = [sys.executable, "manage.py", "up"]
READY_SECONDS = 300


@pytest.fixture
def env(tmp_path):
    own = {"STATE_DIR": str(tmp_path / "é à"), "PORT": str(free_port()), "DEBUG": "1"}
    hidden = {*state.URLS, "DJANGO_SETTINGS_MODULE", "SECRET_KEY"}
    return {name: value for name, value in os.environ.items() if name not in hidden} | own


@contextmanager
def up(env):
    log = state.Path(f"{env['STATE_DIR']}.log").open("a+")
    with log, subprocess.Popen(COMMAND, cwd=state.ROOT, env=env, stdout=log, stderr=log) as process:
        try:
            yield process, log
        finally:
            process.terminate()


def wait_ready(env, process, log):
    end = time.monotonic() + READY_SECONDS
    while "Stop: Ctrl-C" not in (log.seek(0), log.read())[1]:
        assert process.poll() is None, (log.seek(0), log.read())[1]
        assert time.monotonic() < end, (log.seek(0), log.read())[1]
        time.sleep(0.2)
    with urllib.request.urlopen(f"http://127.0.0.1:{env['PORT']}/readyz", timeout=60) as response:
        return json.load(response)


def children(env):
    return [row["pid"] for row in json.loads((state.Path(env["STATE_DIR"]) / "pids.json").read_text())]


def family(pids):
    """These processes and all that they started."""
    parents = {}
    for status in state.Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            fields = status.read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found = list(pids)
    for pid in found:
        found += parents.get(pid, [])
    return found


def owner(env):
    return psycopg2.connect(state.read_env(state.Path(env["STATE_DIR"]) / "urls.env")["DATABASE_OWNER_URL"])


def all_gone(pids, seconds=60):
    end = time.monotonic() + seconds
    while any(map(command_line, pids)) and time.monotonic() < end:
        time.sleep(0.1)
    return not any(map(command_line, pids))


@pytest.mark.long
def test_life_of_a_start(env):
    with up(env) as (process, log):
        parts = wait_ready(env, process, log)
        assert {"database", "broker", "worker", "beat", "due", "fan-out", "vital-mails"} <= set(parts)
        assert set(parts.values()) == {"ok"}
        first = children(env)
        assert len(first) == 6  # database, broker, web, two workers, beat
        with closing(owner(env)) as connection, connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE written_before_the_kill ()")

        again = subprocess.run(COMMAND, cwd=state.ROOT, env=env, capture_output=True, text=True)
        assert again.returncode == 1
        assert f"Already running on this state: process {process.pid}" in again.stderr
        elsewhere = env | {"STATE_DIR": env["STATE_DIR"] + " 2"}
        taken = subprocess.run(COMMAND, cwd=state.ROOT, env=elsewhere, capture_output=True, text=True)
        assert taken.returncode == 1
        assert f"Port {env['PORT']} is already used" in taken.stderr

        manage = [sys.executable, "-m", "dev.services.session", "manage.py", "migrate", "--check"]
        assert subprocess.run(manage, cwd=state.ROOT, env=env, capture_output=True).returncode == 0

        process.kill()
        process.wait()
        if sys.platform.startswith("linux"):
            assert all_gone(first), [command_line(pid) for pid in first]

    with up(env) as (process, log):
        log.truncate(0)
        wait_ready(env, process, log)
        with closing(owner(env)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('written_before_the_kill') IS NOT NULL")
            assert cursor.fetchone() == (True,)
        second = family(children(env))
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0
        assert all_gone(second, 1)
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(f"http://127.0.0.1:{env['PORT']}/healthz", timeout=2)

    with up(env) as (process, log):
        log.truncate(0)
        wait_ready(env, process, log)
        third = family(children(env))
        [worker] = [pid for pid in third if "clocks@" in command_line(pid)]
        os.kill(worker, signal.SIGKILL)
        assert process.wait(120) == 1
        assert all_gone(third, 1), [command_line(pid) for pid in third]
        assert "The clocks stopped by itself" in (log.seek(0), log.read())[1]


def test_a_port_that_is_no_number_is_refused_at_once(env):
    refused = subprocess.run(
        COMMAND, cwd=state.ROOT, env=env | {"PORT": "80a"}, capture_output=True, text=True, timeout=300
    )
    assert (refused.returncode, "PORT must be a number" in refused.stderr) == (1, True)


def test_addresses_that_lead_nowhere_are_said(env):
    nowhere = dict.fromkeys(DATABASE_URLS, "postgresql://nrm_owner@127.0.0.1:1/nrm")
    failed = subprocess.run(COMMAND, cwd=state.ROOT, env=env | nowhere, capture_output=True, text=True, timeout=300)
    assert failed.returncode == 1
    assert "127.0.0.1" in failed.stderr
    assert "The preparation failed" in failed.stderr
