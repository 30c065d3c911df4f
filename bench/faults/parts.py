"""Start a throw-away installation as docker-compose.yml does: DEBUG off, prefork workers, beat apart, fsync on."""

import base64
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.services import embedded, state
from dev.services.processes import Child, command_line, spawn, stop_all

from .post import Post

QUEUE = "repere"
# two workers, so that one machine of two cores holds all: what is due, and what leaves
CLOCKS, MAIL = ("due", "sweep"), ("vital", "mail", "bulk", "hooks", "work")
WORKERS = {"clocks": CLOCKS, "mail": MAIL, "all": CLOCKS + MAIL}
PATIENCE = 60.0  # seconds for a part to start on a busy machine


def started_by(pid: int) -> list[int]:
    """Return the processes that this one started, and those that they started."""
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("[0-9]*/children"):
        for child in map(int, thread.read_text().split()):
            found += [child, *started_by(child)]
    return found


class Parts:
    """Hold each part by its name; a part that was killed is started again with `start`."""

    UP: tuple[str, ...] = ("web", "clocks", "mail", "beat")

    def __init__(self, prefix: str = "repere-faults-") -> None:
        self.place = Path(tempfile.mkdtemp(prefix=prefix))
        self.place.chmod(0o711)
        self.post = Post()
        self.children: dict[str, Child] = {}
        self.port = embedded.free_port()
        self.postgres: embedded.Postgres | None = None
        self.broker: embedded.Broker | None = None
        self.urls: dict[str, str] = {}
        self.env: dict[str, str] = {}
        self.journal: dict[str, str] = {}  # of workers alone: the key that seals it, and where
        self.restarts: list[str] = []  # of processes that ended by themselves
        self.more: dict[str, str] = {}  # of the processes that are started from now on

    def up(self) -> None:
        """Start the servers, make the tables, and start web, workers and beat. Raises StartError."""
        self.postgres = embedded.Postgres(self.place / "postgres", durable=True)
        self.broker = embedded.Broker(self.place / "broker", durable=True)
        self.postgres.start()
        self.broker.start()
        self.post.start()
        self.urls = self.postgres.urls()
        plain = {name: value for name, value in os.environ.items() if name not in state.URLS and name != "DEBUG"}
        key = base64.b64encode(os.urandom(32)).decode()
        self.env = plain | {
            "SECRET_KEY": "of-the-faults-" + "0" * 40, "FIELD_KEYS": key, "MATCH_KEY": key, "SSL_REDIRECT": "0",
            "STATE_DIR": str(self.place), "TASK_QUEUE": QUEUE, "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.post.port), "DJANGO_SETTINGS_MODULE": "referral.config.settings",
            "REDIS_URL": self.broker.url, "PYTHONPATH": str(state.ROOT),
        }  # fmt: skip
        self.journal = {"JOURNAL_KEY": key, "JOURNAL_CHECKPOINTS": str(self.place / "checkpoints")}
        (self.place / "static").mkdir()
        for command in ("migrate", "load_domain"):
            argv = [sys.executable, str(state.ROOT / "manage.py"), command, "-v", "0"]
            child = spawn(command, argv, self.place / "logs" / "migrate", self.env | self.urls, cwd=state.ROOT)
            if child.process.wait(300):
                raise SystemExit(f"{command} failed:\n{child.last_lines(30)}")
        for name in self.UP:
            self.start(name)
        self.wait(lambda: self.ready(), 120, "web and workers")

    def argv(self, name: str) -> list[str]:
        if name.startswith("web"):
            return [sys.executable, "-m", "gunicorn", "referral.config.wsgi:application", "--bind",
                    f"127.0.0.1:{self.port}", "--worker-class", "referral.config.serving.Worker", "--workers", "2",
                    "--threads", "4", "--no-control-socket", "--graceful-timeout", "10"]  # fmt: skip
        celery = [sys.executable, "-m", "celery", "-A", "referral.config"]
        if name.startswith("beat"):
            return [*celery, "beat", "-s", str(self.place / name), "--pidfile", "", "-l", "WARNING"]
        queues = ",".join(f"{self.env['TASK_QUEUE']}-{each}" for each in WORKERS[name.partition("-")[0]])
        return [*celery, "worker", "-P", "prefork", "-c", "2", "-l", "WARNING", "-n", f"{name}@%h", "-Q", queues]

    def start(self, name: str) -> None:
        """Start one process as its service does, with the addresses that this service is given."""
        log, env = self.place / "logs" / name, self.env | self.own(name) | self.more
        self.children[name] = spawn(f"The {name}", self.argv(name), log, env, cwd=state.ROOT)

    def own(self, name: str) -> dict[str, str]:
        """Return what only this process is told."""
        if name.startswith("web"):
            return {"DATABASE_URL": self.urls["DATABASE_URL"]}
        return {"WORKER_DATABASE_URL": self.urls["WORKER_DATABASE_URL"], "NRM_ROLE": "worker"} | self.journal

    def kill(self, name: str) -> None:
        """End a process and all it started, by `kill -9`; they have a session of their own."""
        servers = {"postgres": lambda: self.postgres.child, "broker": lambda: self.broker.child}
        child = servers[name]() if name in servers else self.children.pop(name)
        mine = [child.process.pid, *started_by(child.process.pid)]
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
        self.wait(lambda: not any(map(command_line, mine)), PATIENCE, f"the end of {name}")

    @contextmanager
    def broker_hangs(self) -> Iterator[None]:
        """Stop the broker in its tracks: it takes connections, and answers nothing."""
        pid = self.broker.child.process.pid
        os.killpg(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(pid, signal.SIGCONT)

    def kill_one_process(self, name: str) -> None:
        """End one process of the pool of a worker by `kill -9`."""
        os.kill(started_by(self.children[name].process.pid)[0], signal.SIGKILL)

    def watch(self, seconds: float) -> None:
        """Let time pass; what ends by itself is started again, as the compose file does (`restart: unless-stopped`)."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.revive()
            time.sleep(0.2)

    def revive(self) -> None:
        for name, child in list(self.children.items()):
            if child.process.poll() is not None:
                self.restarts.append(name)
                self.start(name)

    def stop(self, *names: str) -> None:
        stop_all([self.children.pop(name) for name in names], 30)

    def restart_broker(self) -> None:
        """Start the broker again at its address: a container keeps its name and port."""
        config = self.broker.directory / "broker.conf"
        log = self.broker.directory / "broker.log"
        self.broker.child = spawn("The broker", [self.broker.program, config], log, {"LC_ALL": "C"})
        self.wait(self.broker._answers, PATIENCE, "the broker")

    def ready(self) -> bool:
        """Return whether /readyz is well."""
        from tests.production.visitor import Visitor

        try:
            return Visitor(self.port).get("/readyz").status == 200
        except OSError:
            return False

    def wait(self, done: Callable[[], object], seconds: float, what: str) -> None:
        """Wait until `done`. Raises SystemExit with the ends of the logs when it does not come."""
        end = time.monotonic() + seconds
        while not done():
            self.revive()
            if time.monotonic() > end:
                logs = "\n".join(f"{name}:\n{child.last_lines(8)}" for name, child in self.children.items())
                raise SystemExit(f"{what}: nothing within {seconds:.0f} s\n{logs}")
            time.sleep(0.05)

    def down(self, *, keep_logs: bool = False) -> None:
        stop_all(list(self.children.values()), 20)
        for server in (self.broker, self.postgres):
            if server:
                server.stop()
        self.post.stop()
        if not keep_logs:
            shutil.rmtree(self.place, ignore_errors=True)
