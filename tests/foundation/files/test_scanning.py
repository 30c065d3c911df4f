"""The scanner says clean, infected, or nothing that can be trusted: a real clamd, and listeners that misbehave."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from foundation.files import scanning
from foundation.files.scanning import CLOSED, SCANNED, UNSCANNED, Infected, ScannerAway, answers, scan, uploads

# the test file of the industry, in two halves: whole, scanners of this machine would take this module away
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OURS = b"a marker that the base of this test names as hostile"
CLAMD = shutil.which("clamd") or ("/usr/sbin/clamd" if Path("/usr/sbin/clamd").exists() else "")
CONFIGURATION = """
LocalSocket {place}/socket
DatabaseDirectory {place}/base
LogFile {place}/log
Foreground yes
StreamMaxLength 1M
"""


@pytest.fixture(scope="module")
def clamd() -> Iterator[str]:
    """Start a clamd whose base knows two things; yield the path of its socket."""
    if not CLAMD:
        pytest.skip("clamd is not installed: apt-get install clamav-daemon")
    with tempfile.TemporaryDirectory(prefix="clamd") as made:
        place = Path(made)
        (place / "base").mkdir()
        signatures = {"Eicar-Test": EICAR, "Repere.Test": OURS}
        (place / "base/test.ndb").write_text("".join(f"{name}:0:*:{text.hex()}\n" for name, text in signatures.items()))
        (place / "conf").write_text(CONFIGURATION.format(place=place))
        place.chmod(0o755)
        with subprocess.Popen(
            [CLAMD, "-c", str(place / "conf")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as one:
            try:
                until = time.monotonic() + 60
                while not (place / "socket").exists():
                    assert one.poll() is None and time.monotonic() < until, (place / "log").read_text()
                    time.sleep(0.1)
                yield str(place / "socket")
            finally:
                one.terminate()


def test_a_real_scanner_knows_clean_from_infected(clamd, settings):
    settings.CLAMAV_ADDRESS = clamd
    scan(b"%PDF-1.7 nothing of note")
    scan(b"")
    for content, signature in ((EICAR, "Eicar-Test"), (b"x" * 200_000 + OURS, "Repere.Test")):
        with pytest.raises(Infected) as found:
            scan(content)
        assert found.value.signature.startswith(signature)


def test_a_file_above_the_limit_of_the_scanner_is_not_called_clean(clamd, settings):
    settings.CLAMAV_ADDRESS = clamd
    with pytest.raises(ScannerAway):
        scan(os.urandom(3_000_000))
    assert answers()
    scan(b"the scanner goes on")


def test_a_scanner_that_is_not_there_or_says_something_else_does_not_answer(settings, tmp_path):
    for address in ("", "127.0.0.1:9", str(tmp_path / "socket")):
        settings.CLAMAV_ADDRESS = address
        assert not answers(), address
    with listener(b"stream: OK\0", reads=1) as settings.CLAMAV_ADDRESS:
        assert not answers()


@contextmanager
def listener(answer: bytes | None, *, unix: Path | None = None, reads: int | None = None) -> Iterator[str]:
    """Take a call, read it up to its end or to `reads` bytes, and answer; None: never."""
    ended = threading.Event()
    server = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
    server.bind(str(unix) if unix else ("127.0.0.1", 0))
    server.listen()

    def serve() -> None:
        caller, _ = server.accept()
        with caller:
            heard = b""
            while not heard.endswith(b"\0\0\0\0") and (reads is None or len(heard) < reads):
                heard += caller.recv(65536)
            if answer is None:
                ended.wait(20)
            else:
                caller.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield str(unix) if unix else f"127.0.0.1:{server.getsockname()[1]}"
    finally:
        ended.set()
        server.close()
        thread.join(5)


def test_a_scanner_is_asked_over_tcp(settings):
    with listener(b"stream: OK\n") as settings.CLAMAV_ADDRESS:
        scan(b"content")
    with listener(b"stream: Win.Test FOUND\n") as settings.CLAMAV_ADDRESS, pytest.raises(Infected, match=r"Win\.Test"):
        scan(b"content")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\n",
        b"OK\n",
        b"stream: \n",
        b"stream: NOT OK AT ALL\n",
        b"another: OK\n",
        b"stream: ERROR\n",
        b"stream: Can't allocate memory ERROR\n",
        b"INSTREAM size limit exceeded. ERROR\n",
        b"UNKNOWN COMMAND\n",
        b"\xff\xfe\x00\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"x" * 100_000,
    ],
)
def test_an_answer_that_is_no_word_of_a_scanner_is_not_called_clean(settings, answer):
    with listener(answer) as settings.CLAMAV_ADDRESS, pytest.raises(ScannerAway):
        scan(b"content")


def test_a_scanner_that_hangs_is_given_up(settings, monkeypatch, tmp_path):
    monkeypatch.setattr(scanning, "SECONDS", 0.5)
    for unix in (None, tmp_path / "socket"):
        began = time.monotonic()
        with listener(None, unix=unix) as settings.CLAMAV_ADDRESS, pytest.raises(ScannerAway):
            scan(b"content")
        assert time.monotonic() - began < 10


def test_a_scanner_that_ends_the_call_early_is_not_called_clean(settings):
    with listener(b"", reads=100) as settings.CLAMAV_ADDRESS, pytest.raises(ScannerAway):
        scan(os.urandom(8_000_000))


@pytest.mark.parametrize("address", ["127.0.0.1:9", "/nowhere/socket", "no-such-host.invalid:3310", "", "127.0.0.1:x"])
def test_a_scanner_that_is_away_is_not_called_clean(settings, address):
    settings.CLAMAV_ADDRESS = address
    with pytest.raises(ScannerAway):
        scan(b"content")


def test_without_a_scanner_files_are_taken_only_where_that_was_chosen(settings):
    settings.CLAMAV_ADDRESS, settings.FILES_UNSCANNED = "", False
    assert uploads() == CLOSED
    settings.FILES_UNSCANNED = True
    assert uploads() == UNSCANNED
    settings.CLAMAV_ADDRESS = "clamav:3310"
    assert uploads() == SCANNED
