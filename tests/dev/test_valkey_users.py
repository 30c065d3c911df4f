"""Users of Valkey in production: what deploy/valkey.sh gives each, tried on a real server with a real worker."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from celery import Celery

from dev.services import binaries
from dev.services.embedded import free_port

ROOT = Path(__file__).resolve().parents[2]
WEB, WORKER = "web's password", "the worker's"
TASKS = """
from celery import Celery
app = Celery("tried", broker={broker!r})
app.conf.update(control_exchange="repere", task_ignore_result=True, task_default_queue="repere-work")

@app.task(name="tried.write")
def write(path):
    open(path, "w").write("done")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Run the script as the service does; yield the port."""
    place, port = tmp_path_factory.mktemp("valkey"), free_port()
    program = place / "valkey-server"
    program.write_text(f'#!/bin/sh\nexec "{binaries.broker()}" "$@" --port {port} --bind 127.0.0.1 --dir {place}\n')
    program.chmod(0o755)
    env = {"PATH": f"{place}:{os.environ['PATH']}", "REDIS_PASSWORD": WEB, "REDIS_WORKER_PASSWORD": WORKER}
    child = subprocess.Popen(["sh", str(ROOT / "deploy/valkey.sh"), "--save", ""], env=env, cwd=place)
    try:
        for _try in range(100):
            try:
                redis.Redis(port=port).ping()
                break
            except redis.ConnectionError:
                assert child.poll() is None, "the server ended by itself"
                time.sleep(0.1)
        yield port
    finally:
        child.terminate()
        child.wait(10)


def as_user(port: int, name: str, password: str) -> redis.Redis:
    return redis.Redis(port=port, username=name, password=password)


def address(port: int, name: str, password: str) -> str:
    return f"redis://{name}:{password.replace(chr(39), '%27').replace(' ', '%20')}@127.0.0.1:{port}/0"


ADMINISTERS = (("KEYS", "*"), ("SCAN", 0), ("CONFIG", "GET", "*"), ("FLUSHALL",), ("ACL", "LIST"), ("SHUTDOWN",))
REFUSED = [
    ("web", ("LRANGE", "repere-work", 0, -1)),
    ("web", ("RPOP", "repere-work")),
    ("web", ("EVAL", "return redis.call('RPOP', KEYS[1])", 1, "repere-work")),
    ("worker", ("GET", ":1:sent:x")),
    ("worker", ("SET", ":1:sent:x", "/somewhere/")),
    ("worker", ("SET", ":1:limit:x", 0)),
    *[(name, command) for name in ("web", "worker") for command in ADMINISTERS],
]


@pytest.mark.parametrize(("name", "command"), REFUSED)
def test_each_is_refused_what_is_not_its_own(server, name, command):
    with pytest.raises(redis.ResponseError, match="permission"):
        as_user(server, name, WEB if name == "web" else WORKER).execute_command(*command)


def test_nobody_without_a_password_does_more_than_ask_whether_it_lives(server):
    assert redis.Redis(port=server).ping()
    with pytest.raises(redis.ResponseError, match="permission"):
        redis.Redis(port=server).get(":1:x")
    with pytest.raises(redis.AuthenticationError):
        as_user(server, "web", WORKER).ping()


def test_it_answers_the_other_services_whoever_built_it(tmp_path):
    """A user without a password makes Valkey refuse all other hosts, unless its image says otherwise or we do."""
    (tmp_path / "valkey-server").write_text("#!/bin/sh\ncat\n")
    (tmp_path / "valkey-server").chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "REDIS_PASSWORD": WEB, "REDIS_WORKER_PASSWORD": WORKER}
    told = subprocess.run(["sh", ROOT / "deploy/valkey.sh"], env=env, capture_output=True, text=True, check=True)
    assert "protected-mode no" in told.stdout.splitlines()


def test_web_keeps_its_cache(server):
    web = as_user(server, "web", WEB)
    assert web.set(":1:a", "x", ex=60, nx=True) and web.get(":1:a") == b"x" and web.delete(":1:a")
    assert web.incr(":1:n") == 1 and web.expire(":1:n", 60)


@pytest.mark.long
def test_web_publishes_a_worker_works_and_answers_a_ping(server, tmp_path):
    module, done = tmp_path / "tried.py", tmp_path / "done"
    module.write_text(TASKS.format(broker=address(server, "worker", WORKER)))
    command = [sys.executable, "-m", "celery", "-A", "tried", "worker", "-P", "prefork", "-c", "1", "-Q", "repere-work"]
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    with (tmp_path / "log").open("w") as log:
        child = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=log, stderr=subprocess.STDOUT)
    try:
        web = Celery("web", broker=address(server, "web", WEB))
        web.conf.update(control_exchange="repere", task_ignore_result=True, task_default_queue="repere-work")
        web.send_task("tried.write", [str(done)])
        answers, end = [], time.monotonic() + 90
        while time.monotonic() < end and not (done.exists() and answers):
            answers = web.control.ping(timeout=1, limit=1)
        assert done.exists() and done.read_text() == "done", (tmp_path / "log").read_text()[-3000:]
        assert [*answers[0].values()] == [{"ok": "pong"}]
    finally:
        child.terminate()
        child.wait(30)
