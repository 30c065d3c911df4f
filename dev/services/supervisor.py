"""Run `./run`: start the platform on one machine, in order, watch it, and stop it without orphans.

Started by `manage.py up` in a separate process without Django, which would hold 90 MiB for a process that only waits.
Addresses in the environment replace embedded services.
"""

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from . import embedded, ports, processes, state
from .processes import Child, StartError, spawn

# queues of each worker (settings.QUEUES): due work and dangers to life never wait for the other mails
WORKERS = {"clocks": ["due", "sweep", "vital"], "worker": ["mail", "bulk", "hooks", "work"]}
MANAGE = [sys.executable, str(state.ROOT / "manage.py")]


class Stop(BaseException):
    """Signal Ctrl-C or TERM, raised at any point of the start; the contexts then stop what was started."""


def stop_on_signals() -> None:
    """Raise Stop on SIGINT and SIGTERM. Set explicitly: a background job of a shell ignores SIGINT."""

    def handler(number: int, frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)  # ignore further signals, so that stopping is not interrupted
        raise Stop

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, handler)


def say(step: str, seconds: float | None = None) -> None:
    print(f"  {step:<44}{'' if seconds is None else f'{seconds:6.1f} s'}".rstrip(), flush=True)


def main() -> int:
    stop_on_signals()
    began = time.monotonic()
    try:
        run(began)
    except Stop:
        say("Everything has stopped.")
        return 0
    except (StartError, OSError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def run(began: float) -> None:
    """Start the services and applications, then watch them until a signal. Raises StartError."""
    directory = state.directory(os.environ)
    host, port = ports.wanted(os.environ)
    lock = state.Lock(directory)
    if not lock.take():
        raise StartError(f"Already running on this state: {lock.holder()}. Stop it first, or set STATE_DIR and PORT.")
    (directory / "urls.env").unlink(missing_ok=True)
    pid_file = directory / "pids.json"
    for name in processes.stop_leftovers(pid_file):
        say(f"{name}, left by an earlier start, stopped")
    ports.refuse_taken(host, port)
    address = f"http://localhost:{port}/"
    lock.say(f"process {os.getpid()}, {address}")
    base = state.DEMONSTRATION | state.development_secrets(directory, os.environ) | os.environ
    base |= {"STATE_DIR": str(directory), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    with embedded.services(directory, os.environ, durable=True, say=say) as (urls, services):
        processes.remember(pid_file, services)
        if embedded.SANDBOX_URL in urls:
            base |= {"SANDBOX_TEMPLATE": embedded.SANDBOX_TEMPLATE}
        _prepare(state.child_env(base, urls, ("DATABASE_OWNER_URL", "DATABASE_URL", "REDIS_URL")))
        state.write_env(directory / "urls.env", urls)
        with _applications(directory, base, urls, host, port) as applications:
            processes.remember(pid_file, [*services, *applications])
            started = time.monotonic()
            _wait_ready(applications, f"http://{_local(host)}:{port}/readyz")
            say("Web and worker answer", time.monotonic() - started)
            say("Ready", time.monotonic() - began)
            _welcome(directory, address)
            _watch([*services, *applications])


def _prepare(env: dict[str, str]) -> None:
    """Run migrations and data in one process, so that the platform is imported once."""
    child = spawn("The preparation", [*MANAGE, "prepare"], None, env, cwd=state.ROOT)
    try:
        if code := child.process.wait():
            raise StartError(f"The preparation failed (exit code {code}), see above.")
    finally:
        processes.stop_all([child])


@contextmanager
def _applications(
    directory: Path, base: dict[str, str], urls: dict[str, str], host: str, port: int
) -> Iterator[list[Child]]:
    logs, children = directory / "logs", []
    web = [sys.executable, "-m", "gunicorn", "referral.config.wsgi:application", "--bind", f"{host}:{port}"]
    web += [
        "--worker-class",
        "referral.config.serving.Worker",
        "--workers",
        "1",
        "--threads",
        "4",
        "--no-control-socket",
    ]
    web += ["--graceful-timeout", "10"]
    celery = [sys.executable, "-m", "celery", "-A", "referral.config"]
    worker = [*celery, "worker", "-P", "threads", "-c", "4", "-l", "WARNING", "--without-gossip", "--without-mingle"]
    queue = base.get("TASK_QUEUE", "repere")
    commands = {
        name: [*worker, "-n", f"{name}@%h", "-Q", ",".join(f"{queue}-{each}" for each in queues)]
        for name, queues in WORKERS.items()
    }
    commands["beat"] = [*celery, "beat", "-s", str(directory / "beat"), "--pidfile", "", "-l", "WARNING"]
    worker_env = state.child_env(base, urls, ("WORKER_DATABASE_URL", "REDIS_URL", embedded.SANDBOX_URL)) | {
        "NRM_ROLE": "worker"
    }
    web_env = state.child_env(base, urls, ("DATABASE_URL", "REDIS_URL"))
    try:
        for name, argv, env in (
            ("web", web, web_env),
            *((name, argv, worker_env) for name, argv in commands.items()),
        ):
            children.append(spawn(f"The {name}", argv, logs / f"{name}.log", env, cwd=state.ROOT))
        yield children
    finally:
        processes.stop_all(children)


def _local(host: str) -> str:
    return "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - compared, not bound


def _wait_ready(children: list[Child], url: str) -> None:
    last = ["no answer yet"]

    def ready() -> bool:
        for child in children:
            if (code := child.process.poll()) is not None:
                raise StartError(f"{child.name} stopped (exit code {code}):\n{child.last_lines()}")
        try:
            with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - our own address
                return set(json.load(response).values()) == {"ok"}
        except urllib.error.HTTPError as error:
            last[0] = _not_ok(error.read().decode(errors="replace"))
        except (OSError, ValueError) as error:
            last[0] = str(error)
        return False

    _poll(ready, 120, lambda: StartError(f"Not ready after 120 s: {last[0]}\n{children[-1].last_lines()}"))


def _not_ok(answer: str) -> str:
    """Return the parts of an answer of /readyz that are not well; an answer that is none, as it is."""
    try:
        return ", ".join(f"{part}: {said}" for part, said in json.loads(answer).items() if said != "ok")
    except ValueError:
        return answer[:500]


def _poll(ready: Callable[[], bool], seconds: float, failure: Callable[[], StartError]) -> None:
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise failure()
        time.sleep(0.2)


def _welcome(directory: Path, address: str) -> None:
    """Print the address and the demonstration accounts."""
    print(f"\n  {address}\n")
    accounts = directory / "accounts.json"
    if accounts.exists():
        rows = [
            ("Compte de démonstration", "Mot de passe", "Rôle", "Organisme"),
            *json.loads(accounts.read_text()),
        ]
        widths = [max(len(str(row[i])) for row in rows) for i in range(4)]
        for row in rows:
            print("  " + "  ".join(f"{cell!s:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
        print()
    print(f"  Logs: {directory / 'logs'}    Stop: Ctrl-C", flush=True)


def _watch(children: list[Child]) -> None:
    """Wait for a signal. Raises StartError, with the end of its log, when a child stops."""
    while True:
        for child in children:
            if (code := child.process.poll()) is not None:
                raise StartError(f"{child.name} stopped by itself (exit code {code}):\n{child.last_lines()}")
        time.sleep(0.3)


if __name__ == "__main__":
    sys.exit(main())
