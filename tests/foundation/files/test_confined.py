"""The process that parses: what it may not do, and what becomes of its crash, its loop and its hunger."""

import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings

from foundation.errors import Crowded
from foundation.files import cleaning
from foundation.files.cleaning import FileRefused, clean

# what a hole in a decoder would let its author do
TRIES = {
    "read a file": "open('/etc/hostname').read()",
    "write a file": "open(os.path.join(os.sep, 'dev', 'shm', 'repere-was-here'), 'w').write('x')",
    "call somebody": "socket.create_connection(('127.0.0.1', {port}))",
    "call somebody in place of what it closed": "os.close(0); socket.socket()",
    "listen": "socket.socket().bind(('127.0.0.1', 0))",
    "take more memory": "bytearray(900_000_000)",
    "lift its limits": "resource.setrlimit(resource.RLIMIT_CPU, (600, 600))",
}
CONFINED = """
import os, resource, socket, sys
sys.path.insert(0, {root!r})
from foundation.files.parsing import child
child.confine()
os.setgroups([]) if os.geteuid() == 0 else None
os.setuid(65534) if os.geteuid() == 0 else None
try:
    {what}
except (OSError, ValueError, MemoryError) as error:
    print(type(error).__name__)
else:
    print("done")
"""


def confined(what: str) -> str:
    """Run a line as the process that parses would once it is confined, as in production under no powerful account."""
    code = CONFINED.format(root=str(settings.BASE_DIR), what=what)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    return done.stdout.strip() or done.stderr[-300:]


@pytest.mark.parametrize("what", TRIES)
def test_what_parses_can_do_nothing_else(what):
    with socket.create_server(("127.0.0.1", 0)) as server:
        said = confined(TRIES[what].format(port=server.getsockname()[1]))
    assert said in ("OSError", "PermissionError", "ValueError", "MemoryError")


def test_near_miss_what_is_not_forbidden_is_done():
    assert confined("1 + 1") == "done"


def test_what_parses_is_told_neither_key_nor_address(monkeypatch):
    """Its environment is made for it: keys and addresses of the database stay with its parent."""
    monkeypatch.setenv("FIELD_KEYS", "a key that must not travel")
    told = "import json, os; print(json.dumps({'media_type': 'text/plain'})); print(sorted(os.environ))"
    monkeypatch.setattr(cleaning, "COMMAND", told)
    names = clean(b"text", "a").content.decode()
    assert names.strip() == "['LC_CTYPE', 'MALLOC_ARENA_MAX', 'PATH', 'PYTHONDONTWRITEBYTECODE']"


@pytest.mark.parametrize(
    ("does", "code"),
    [
        ("import os; os.abort()", "damaged"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "damaged"),
        ("import sys; sys.exit(3)", "damaged"),
        ("raise MemoryError", "damaged"),
        ("pass", "damaged"),
        ("print('no word of JSON')", "damaged"),
        ("""print('{"media_type": "text/html", "extension": "html"}')""", "damaged"),
        ("""print('{"refused": "<script>"}')""", "damaged"),
        ("""print('["a"]')""", "damaged"),
        ("""print('{"refused": ["type"]}')""", "damaged"),
        (
            "from foundation.files.parsing import child\nchild.CPU_SECONDS = 1\nchild.confine()\nwhile True: pass",
            "too_slow",
        ),
        ("import time; time.sleep(60)", "too_slow"),
        ("import sys; sys.stdin.read(); import time; time.sleep(60)", "too_slow"),
    ],
)
def test_its_end_is_a_refusal_and_never_that_of_the_worker(monkeypatch, does, code):
    monkeypatch.setattr(cleaning, "COMMAND", does)
    monkeypatch.setattr(cleaning, "WALL_SECONDS", 3)
    for content in (b"text", b"a" * 5_000_000):  # more than a pipe holds
        with pytest.raises(FileRefused) as refused:
            clean(content, "a")
        assert refused.value.code == code


def test_one_that_answers_without_end_is_stopped(monkeypatch):
    monkeypatch.setattr(cleaning, "COMMAND", "import os\nwhile True: os.write(1, b'x' * 1_000_000)")
    monkeypatch.setattr(cleaning, "WALL_SECONDS", 20)
    began = time.monotonic()
    with pytest.raises(FileRefused):
        clean(b"text", "a")
    assert time.monotonic() - began < 20


def test_one_that_answers_before_it_reads_holds_nobody(monkeypatch):
    monkeypatch.setattr(cleaning, "COMMAND", "print('x' * 1_000_000)")
    monkeypatch.setattr(cleaning, "WALL_SECONDS", 3)
    for content, code in (
        (b"text", "damaged"),
        (b"a" * 5_000_000, "too_slow"),
    ):  # a pipe holds the first, not the second
        with pytest.raises(FileRefused) as refused:
            clean(content, "a")
        assert refused.value.code == code


def test_nothing_is_left_behind(monkeypatch):
    monkeypatch.setattr(cleaning, "COMMAND", "import time; time.sleep(60)")
    monkeypatch.setattr(cleaning, "WALL_SECONDS", 1)
    threads, descriptors = threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with pytest.raises(FileRefused, match=r".+"):
            clean(b"text", "a")
    assert (threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))) == (threads, descriptors)


def test_two_at_once_leave_the_other_threads_to_pages(monkeypatch):
    """An insider who sends slow files with four accounts stalls nobody who writes a danger."""
    begun, go = threading.Barrier(3), threading.Event()

    def slow(_content):
        begun.wait(10)
        go.wait(10)
        return {"media_type": "text/plain"}, b"said"

    monkeypatch.setattr(cleaning, "_answer", slow)
    first = [threading.Thread(target=clean, args=(b"x", "a.txt")) for _ in range(cleaning.AT_ONCE)]
    for thread in first:
        thread.start()
    begun.wait(10)
    with pytest.raises(Crowded):
        clean(b"x", "a.txt")
    go.set()
    for thread in first:
        thread.join(10)
    monkeypatch.setattr(cleaning, "_answer", lambda _content: ({"media_type": "text/plain"}, b"said"))
    assert clean(b"x", "a.txt").content == b"said"
