"""Find out what a file is, and make it anew, in a process of its own."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass

from django.conf import settings

from foundation.errors import Crowded

from .names import shown_name
from .parsing.limits import MOST_BYTES, MOST_OUT, WALL_SECONDS
from .words import REFUSALS, refusal

CHILD = "foundation.files.parsing.child"
COMMAND = f"from {CHILD} import main; main()"
ANSWERS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf", "text/plain": "txt"}
HEAD = 200  # bytes of the line before the content
AT_ONCE = 2  # of this process: the other two of its four threads are left to pages, those of danger first
PATIENCE = 0.5  # seconds that one more waits for its place

_places = threading.BoundedSemaphore(AT_ONCE)


class FileRefused(Exception):
    """Signal a file that is not taken. `code` is one of REFUSALS; the text says what to do."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return refusal(self.code)


@dataclass(frozen=True)
class Cleaned:
    """Hold a file made anew. `name` may be shown and saved: no path, no sign that misleads, its own extension."""

    content: bytes
    media_type: str
    extension: str
    name: str


def clean(content: bytes, name: str) -> Cleaned:
    """Return the file made anew from what it shows; its kind is told by its content alone.

    Raises FileRefused; Crowded while AT_ONCE others are made anew by this process, after PATIENCE.
    """
    if not content:
        raise FileRefused("empty")
    if len(content) > MOST_BYTES:
        raise FileRefused("too_large")
    if not _places.acquire(timeout=PATIENCE):
        raise Crowded
    try:
        said, made = _answer(content)
    finally:
        _places.release()
    if said.get("refused") in REFUSALS:
        raise FileRefused(said["refused"])
    media_type = said.get("media_type", "")
    if media_type not in ANSWERS or not made:
        raise FileRefused("damaged")
    if len(made) > MOST_OUT:
        raise FileRefused("too_large")
    extension = ANSWERS[media_type]
    return Cleaned(made, media_type, extension, shown_name(name, extension))


def _answer(content: bytes) -> tuple[dict[str, str], bytes]:
    """Hand the content to the process that parses; return what it says, and the new content. Raises FileRefused."""
    late = threading.Event()
    with subprocess.Popen(  # noqa: S603 (our own interpreter and module)
        [sys.executable, "-c", COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=settings.BASE_DIR,
        env={"MALLOC_ARENA_MAX": "1", "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.defpath},
        start_new_session=True,
    ) as process:

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(WALL_SECONDS, end)
        timer.start()
        try:
            written = _exchange(process, content)
        finally:
            timer.cancel()
            process.kill()
    # -24: SIGXCPU
    if late.is_set() or process.returncode == -24:
        raise FileRefused("too_slow")
    head, parted, made = written.partition(b"\n")
    if not parted or len(head) > HEAD:
        raise FileRefused("damaged")
    try:
        said = json.loads(head)
    except ValueError:
        raise FileRefused("damaged") from None
    if not (isinstance(said, dict) and all(isinstance(one, str) for one in said.values())):
        raise FileRefused("damaged")
    return said, made


def _exchange(process, content: bytes) -> bytes:
    """Write the content, which is read whole before anything is answered; read the answer up to its limit."""
    try:
        process.stdin.write(content)
        process.stdin.close()
    except BrokenPipeError:
        pass  # it ended: what it answered, if anything, says why
    return process.stdout.read(MOST_OUT + HEAD + 2)
