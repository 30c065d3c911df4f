"""Run child processes that never outlive their parent.

Used by the supervisor and by the tests. Django is not imported: the supervisor must stay small.
"""

import ctypes
import json
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None


class StartError(Exception):
    """Signal that something could not start; the text is a sentence for the person at the terminal."""


@dataclass(frozen=True)
class Child:
    """Hold a started program, with what is needed to stop and recognise it."""

    name: str
    process: subprocess.Popen
    stop_signal: int
    log: Path | None

    def last_lines(self, lines: int = 12) -> str:
        """Return the end of its log; empty without a log: it wrote to the terminal."""
        text = self.log.read_text(errors="replace") if self.log and self.log.exists() else ""
        return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])

    def ask_to_stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def wait_or_kill(self, seconds: float) -> None:
        try:
            self.process.wait(max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _die_with(parent: int, sig: int) -> Callable[[], None] | None:
    """Return a hook for Linux: the kernel signals the child when its parent dies, even by `kill -9`."""
    if _libc is None:
        return None
    prctl = _libc.prctl

    def before_exec() -> None:
        prctl(_PR_SET_PDEATHSIG, sig, 0, 0, 0)
        if os.getppid() != parent:  # the parent died between fork and here
            os._exit(1)

    return before_exec


def identity(user: str | None) -> dict[str, Any]:
    """Return the arguments of Popen to run as this user, with its own group only; none for the current user."""
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def spawn(
    name: str,
    argv: Sequence[str | Path],
    log: Path | None,
    env: Mapping[str, str],
    *,
    stop_signal: int = signal.SIGTERM,
    user: str | None = None,
    cwd: str | Path = "/",
    keep_fds: Sequence[int] = (),
) -> Child:
    """Start a program in its own session, so that Ctrl-C at the terminal reaches the supervisor only."""
    with _output(log) as output:
        process = subprocess.Popen(
            [str(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if log else None,
            cwd=cwd,
            env=dict(env),
            start_new_session=True,
            preexec_fn=_die_with(os.getpid(), stop_signal),
            pass_fds=keep_fds,
            **identity(user),
        )
    return Child(name, process, stop_signal, log)


def _output(log: Path | None) -> AbstractContextManager[IO[bytes] | None]:
    if log is None:
        return nullcontext()
    log.parent.mkdir(parents=True, exist_ok=True)
    return log.open("ab")


def wait_until(ready: Callable[[], bool], child: Child, seconds: float) -> None:
    """Wait until the child answers. Raises StartError, with the end of its log, when it dies or stays silent."""
    end = time.monotonic() + seconds
    while not ready():
        if (code := child.process.poll()) is not None:
            raise StartError(f"{child.name} stopped at once (exit code {code}):\n{child.last_lines()}")
        if time.monotonic() > end:
            raise StartError(f"{child.name} did not answer within {seconds:.0f} s:\n{child.last_lines()}")
        time.sleep(0.05)


def stop_all(children: Sequence[Child], seconds: float = 15) -> None:
    """Signal all, then wait: the time is that of the slowest, not the sum."""
    for child in children:
        child.ask_to_stop()
    end = time.monotonic() + seconds
    for child in children:
        child.wait_or_kill(end - time.monotonic())


def command_line(pid: int) -> str:
    """Return the command line of a process; empty when there is none."""
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except (FileNotFoundError, ProcessLookupError):
            return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()


def remember(pid_file: Path, children: Sequence[Child]) -> None:
    """Store the started children, for the start after a killed supervisor where the kernel does not help."""
    rows = [
        {
            "name": c.name,
            "pid": c.process.pid,
            "command": command_line(c.process.pid),
            "signal": int(c.stop_signal),
        }
        for c in children
    ]
    pid_file.write_text(json.dumps(rows))


def stop_leftovers(pid_file: Path, seconds: float = 10) -> list[str]:
    """Stop the children of an earlier supervisor; return their names.

    A reused process id with another command is left alone.
    """
    if not pid_file.exists():
        return []
    try:
        rows = json.loads(pid_file.read_text())
    except ValueError:  # the supervisor died while writing
        rows = []
    mine = [row for row in rows if row["command"] and command_line(row["pid"]) == row["command"]]
    for row in mine:
        _signal(row["pid"], row["signal"])
    end = time.monotonic() + seconds
    while (alive := [r for r in mine if command_line(r["pid"]) == r["command"]]) and time.monotonic() < end:
        time.sleep(0.1)
    for row in alive:
        _signal(row["pid"], signal.SIGKILL)
    pid_file.unlink()
    return [row["name"] for row in mine]


def _signal(pid: int, sig: int) -> None:
    try:
        os.kill(pid, sig)
    except ProcessLookupError:
        return  # already gone
