"""Start two webs, two that hash passwords, two workers and one beat over one PostgreSQL and one Valkey, behind the
proxy of production.

A host is an address of the loopback (Linux has all of 127.0.0.0/8): each web has its own, with the same ports.
"""

import os
import signal
import sys
import time
import urllib.request
from pathlib import Path

from bench.faults.parts import PATIENCE, Parts, started_by
from dev.services import state
from dev.services.embedded import DATABASE, free_port
from tests.production.installation import command_of
from tests.production.visitor import Visitor

from .pooler import Pooler

WEBS = {"web-1": "127.0.1.1", "web-2": "127.0.1.2"}
SIGN_IN = {"web-sign-in-1": "127.0.1.3", "web-sign-in-2": "127.0.1.4"}  # the ones that hash passwords
SERVING = WEBS | SIGN_IN
WORKERS = ("all-1", "all-2")
GRACE = 40.0  # seconds between SIGTERM and SIGKILL: stop_grace_period of the webs (docker-compose.yml)
TICKS = os.sysconf("SC_CLK_TCK")


class Hosts(Parts):
    """Hold the parts of two hosts; `port` is that of the proxy."""

    UP = (*SERVING, *WORKERS, "beat", "proxy")

    def __init__(self) -> None:
        super().__init__("repere-load-")
        self.web_port, self.probes = free_port(), free_port()
        self.pooler: Pooler | None = None

    def argv(self, name: str) -> list[str]:
        if name == "proxy":
            caddyfile = state.ROOT / "deploy" / "Caddyfile"
            return [caddy(), "run", "--config", str(caddyfile), "--adapter", "caddyfile"]
        if name in SERVING:
            command = [sys.executable, "-m", *command_of("web-sign-in" if name in SIGN_IN else "web")]
            return [part.replace("0.0.0.0:8000", f"{SERVING[name]}:{self.web_port}") for part in command]
        return super().argv(name)

    def own(self, name: str) -> dict[str, str]:
        if name == "proxy":
            webs, sign_in = (" ".join(f"{at}:{self.web_port}" for at in those.values()) for those in (WEBS, SIGN_IN))
            home = {name: str(self.place) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
            site = {"SITE_HOST": f"http://127.0.0.1:{self.port}", "UPSTREAM": webs, "HEALTH_PORT": str(self.probes)}
            site |= {"SIGN_IN_UPSTREAM": sign_in}
            return home | site | {"PLAIN_SITE": f"http://127.0.0.1:{free_port()}"}
        own = super().own(name)
        if self.pooler:
            own |= {variable: url for variable, url in self.pooler.urls.items() if variable in own}
            own["DATABASE_POOLED"] = "1"
        if name in SERVING:
            own |= {"HEALTH_PORT": str(self.probes), "HEALTH_HOST": SERVING[name], "TRUSTED_PROXIES": "127.0.0.1/32"}
            own["HASHING"] = "only" if name in SIGN_IN else "elsewhere"
        return own

    def pool(self) -> None:
        """Start PgBouncer; who is started from now on reaches the database through it."""
        self.pooler = Pooler(str(self.postgres.sockets), DATABASE)
        self.pooler.start()

    def down(self, *, keep_logs: bool = False) -> None:
        super().down(keep_logs=keep_logs)
        if self.pooler:
            self.pooler.stop()

    def answers(self, web: str, path: str = "/healthz") -> bool:
        """Return whether a web says that it is well."""
        try:
            with urllib.request.urlopen(f"http://{SERVING[web]}:{self.probes}{path}", timeout=20) as answer:
                return answer.status == 200
        except OSError:
            return False

    def ready(self) -> bool:
        try:
            return (
                all(map(self.answers, SERVING))
                and self.answers("web-1", "/readyz")
                and Visitor(self.port).get("/connexion/").status == 200
            )
        except OSError:
            return False

    def roll(self, name: str) -> float:
        """Replace a web or a worker as `docker compose up -d` does; return how many seconds it took to end."""
        child = self.children.pop(name)
        began = time.monotonic()
        child.process.send_signal(signal.SIGTERM)
        child.process.wait(GRACE)
        ended = time.monotonic() - began
        self.start(name)
        if name in SERVING:
            self.wait(lambda: self.answers(name), PATIENCE, f"{name} again")
        else:
            self.wait(lambda: self.pings(name), PATIENCE, f"{name} again")
        return ended

    def pings(self, worker: str) -> bool:
        from referral.config.celery import app

        answers = app.control.ping(timeout=1.0)
        return any(host.startswith(f"{worker}@") for answer in answers for host in answer)

    def cpu(self) -> dict[str, float]:
        """Return the seconds of CPU that each part has taken so far, with the processes that it started."""
        servers = {"PostgreSQL": self.postgres.child, "Valkey": self.broker.child}
        return {name: spent(child.process.pid) for name, child in {**self.children, **servers}.items()}


def spent(pid: int) -> float:
    """Return the seconds of CPU of a process, of those that it started, and of those of them that ended."""
    total = 0
    for one in (pid, *started_by(pid)):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        total += sum(map(int, fields[11:15]))  # user, system, and both of children that ended
    return total / TICKS


def caddy() -> str:
    """Return the proxy: of the environment of development, else of the system."""
    beside = Path(sys.executable).with_name("caddy")
    return str(beside) if beside.exists() else "caddy"
