"""gunicorn with the platform's own worker class, before an application of one line: who sends or reads slowly."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

import pytest

from dev.hygiene import ROOT
from dev.services.embedded import free_port

PATIENCE = 2.0  # seconds, instead of the ten of production
APPLICATION = """
import os
from referral.config import serving
serving.PATIENCE = serving.READER = 2.0
def app(environ, start):
    said = environ["wsgi.input"].read()
    if environ["PATH_INFO"] == "/large/":
        start("200 OK", [("Content-Length", "60000000")])
        return [b"x" * 60_000_000]
    if environ["PATH_INFO"] == "/file/":
        start("200 OK", [("Content-Length", "60000000")])
        return environ["wsgi.file_wrapper"](open(os.environ["LARGE"], "rb"), 8192)
    start("200 OK", [("Content-Type", "text/plain")])
    return [str(len(said)).encode()]
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Yield the port of a server with four threads."""
    place = tmp_path_factory.mktemp("serving")
    (place / "small.py").write_text(APPLICATION)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "small:app", "--pythonpath", str(place), "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "referral.config.serving.Worker", "--threads", "4", "--no-control-socket"]
    command += ["--config", "python:referral.config.serving"]
    env = {name: value for name, value in os.environ.items() if name != "HEALTH_PORT"}
    env["LARGE"] = str(place / "large")
    with (place / "large").open("wb") as large:
        large.truncate(60_000_000)
    with (place / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            end = time.monotonic() + 60
            while ask(port) is None:
                assert process.poll() is None and time.monotonic() < end, (place / "log").read_text()
                time.sleep(0.1)
            yield port
        finally:
            process.terminate()
            process.wait(30)


def ask(port, body=b"", seconds=60.0):
    """Return status, body and duration; None when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    began = time.monotonic()
    try:
        connection.request("POST", "/", body)
        answer = connection.getresponse()
        return answer.status, answer.read(), time.monotonic() - began
    except OSError:
        return None
    finally:
        connection.close()


def trickle(port, head: bytes, stop: threading.Event, stack: ExitStack) -> None:
    """Send a byte of a request every fifth of a second, until it is refused or told to stop."""
    sender = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
    sender.sendall(head)

    def go():
        try:
            while not stop.wait(0.2):
                sender.sendall(b"x")
        except OSError:
            return

    thread = threading.Thread(target=go)
    thread.start()
    stack.callback(thread.join)
    stack.callback(stop.set)


@pytest.mark.parametrize(
    "head", [b"GET / HTTP/1.1\r\nX-Slow: ", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n"]
)
def test_four_that_trickle_do_not_stop_the_site(server, head):
    with ExitStack() as stack:
        stop = threading.Event()
        for _ in range(4):
            trickle(server, head, stop, stack)
        time.sleep(0.5)
        answer = ask(server, seconds=PATIENCE + 20)
        assert answer is not None, "all threads are held"
        assert answer[0] == 200 and answer[2] < PATIENCE + 5
        stop.set()


@pytest.mark.long
def test_form_of_a_slow_line_arrives_whole(server):
    """8 kB/s, for longer than the patience of a silent one."""
    body, pieces = b"y" * 8192, int(PATIENCE) + 4
    with socket.create_connection(("127.0.0.1", server), timeout=60) as sender:
        sender.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body) * pieces}\r\n\r\n".encode())
        for _ in range(pieces):
            sender.sendall(body)
            time.sleep(1)
        assert str(len(body) * pieces).encode() in sender.recv(65536)


def reader(port: int, path: str) -> socket.socket:
    """Ask for sixty megabytes with little room for them, and read nothing yet."""
    asking = socket.socket()
    asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    asking.connect(("127.0.0.1", port))
    asking.settimeout(30)
    asking.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return asking


def read(asking: socket.socket, rate: float = float("inf")) -> int:
    """Read to the end, at so many bytes a second; return how many came."""
    came, began = 0, time.monotonic()
    try:
        while piece := asking.recv(65_536):
            came += len(piece)
            time.sleep(max(began + came / rate - time.monotonic(), 0))
    except OSError:
        return came
    return came


@pytest.mark.parametrize("path", ["/large/", "/file/"])
def test_four_that_do_not_read_their_answer_do_not_stop_the_site(server, path):
    with ExitStack() as stack:
        stopped = [stack.enter_context(reader(server, path)) for _ in range(4)]
        time.sleep(0.5)
        answer = ask(server, seconds=PATIENCE + 20)
        assert answer is not None, "all threads are held"
        assert answer[0] == 200 and answer[2] < PATIENCE + 5
        time.sleep(PATIENCE)  # each thread counts for itself
        assert [n for n in map(read, stopped) if not 0 < n < 60_000_000] == [], "what was on its way, and then the end"


@pytest.mark.long
@pytest.mark.parametrize("path", ["/large/", "/file/"])
def test_answer_is_whole_for_who_reads_slowly_and_goes_on(server, path):
    """For several times as long as the patience with who reads nothing."""
    with reader(server, path) as asking:
        began = time.monotonic()
        assert read(asking, 7_500_000) > 60_000_000
        assert time.monotonic() - began > 3 * PATIENCE


def test_kept_alive_connection_has_new_patience_for_each_request(server):
    connection = http.client.HTTPConnection("127.0.0.1", server, timeout=60)
    for _ in range(3):
        connection.request("POST", "/", b"z" * 10)
        assert connection.getresponse().read() == b"10"


COUNTING = """
import os
from pathlib import Path
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
asked = Counter("asked_total", "x", ["by"])
def app(environ, start):
    asked.labels("anybody").inc()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    files = len(list(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).iterdir()))
    start("200 OK", [("X-Process", str(os.getpid())), ("X-Files", str(files)), ("Connection", "close")])
    return [generate_latest(registry)]
"""


def test_counts_of_processes_that_ended_stay_and_their_files_do_not_pile_up(tmp_path):
    (tmp_path / "counting.py").write_text(COUNTING)
    (tmp_path / "counts").mkdir()
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "counting:app", "--pythonpath", str(tmp_path)]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "2", "--max-requests", "5"]
    command += ["--config", "python:referral.config.serving", "--no-control-socket", "--graceful-timeout", "2"]
    env = {name: value for name, value in os.environ.items() if name != "HEALTH_PORT"}
    env |= {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "counts")}
    processes, answered, page = set(), 0, ""
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            end = time.monotonic() + 60
            while len(processes) < 5:
                assert server.poll() is None and time.monotonic() < end, (tmp_path / "log").read_text()
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                try:
                    connection.request("GET", "/")
                    answer = connection.getresponse()
                    page = answer.read().decode()
                except OSError:  # not there yet, or between two processes
                    time.sleep(0.1)
                    continue
                finally:
                    connection.close()
                answered += 1
                processes.add(answer.headers["X-Process"])
                assert int(answer.headers["X-Files"]) <= 2
        finally:
            server.terminate()
            server.wait(90)
    assert f'asked_total{{by="anybody"}} {answered:.1f}' in page, (answered, page)
    assert answered > 15 and not (tmp_path / "counts").exists()


LEAVING = f"""
import os
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "referral.config.settings"
django.setup()
{APPLICATION}
serving.LEAVE = 2.0
"""


def probed(port) -> int | None:
    """Return the status of /healthz on the port of the probes; None when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def test_web_told_to_end_says_so_and_answers_until_the_proxy_has_seen_it(tmp_path):
    """What came in while the last answers were given was answered by nobody: connections wait in the socket."""
    (tmp_path / "leaving.py").write_text(LEAVING)
    port, probes = free_port(), free_port()
    command = [sys.executable, "-m", "gunicorn", "leaving:app", "--pythonpath", f"{tmp_path},{ROOT}"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "2", "--no-control-socket"]
    command += ["--config", "python:referral.config.serving", "--worker-class", "referral.config.serving.Worker"]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"HEALTH_PORT": str(probes)}, stdout=log, stderr=log
        )
        try:
            end = time.monotonic() + 60
            while probed(probes) != 200 or ask(port) is None:
                assert server.poll() is None and time.monotonic() < end, (tmp_path / "log").read_text()
                time.sleep(0.1)
            began = time.monotonic()
            server.terminate()
            time.sleep(0.2)
            said, answers = probed(probes), []
            while time.monotonic() - began < 1.5:
                answers.append(ask(port, b"x"))
            assert said == 503
            assert {answer and answer[0] for answer in answers} == {200}
            assert server.wait(10) == 0, "by itself, before the container is killed (stop_grace_period)"
        finally:
            server.kill()
            server.wait(10)
