"""Bring up docker-compose.yml for real, without a container engine, from empty volumes.

Each service runs its own command with its own environment and nothing else, as an unprivileged user where the tests run
as root, in a copy of what the image holds. What a container's walls and network do is replaced here, and only that:
names of hosts and fixed ports become free ports of the loopback, and tmpfs become directories.
"""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from dev.hygiene import ROOT
from dev.services import binaries
from dev.services.embedded import free_port
from dev.services.processes import Child, identity, spawn, stop_all

DOCKERFILE = (ROOT / "Dockerfile").read_text()
OLDEST = 17  # PostgreSQL with --locale-provider=builtin
WEBS = {"web": "127.0.0.1", "web-two": "127.0.0.2"}  # each at the same ports, on an address of its own
SIGN_IN = {"web-sign-in": "127.0.0.3", "web-sign-in-two": "127.0.0.4"}  # the webs that hash passwords
SERVING = WEBS | SIGN_IN
VALUE = re.compile(r"\$\$|\$\{(\w+)(?::([-?])([^}]*))?\}")
CLIENT = """#!{python}
import os, socket
with socket.create_connection(("127.0.0.1", {port}), 5) as server:
    server.sendall(f"AUTH {{os.environ['REDISCLI_AUTH']}}\\r\\nPING\\r\\nQUIT\\r\\n".encode())
    print(server.makefile().read())
"""


def command_of_the_image() -> list[str]:
    """Return what a container of the application's image runs when its service says nothing else."""
    shown = re.search(r"^CMD (\[.*?\])$", DOCKERFILE, re.MULTILINE | re.DOTALL)
    return yaml.safe_load(shown[1].replace("\\\n", ""))


def command_of(service: str) -> list[str]:
    """Return what a container of this service runs."""
    said = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"][service]
    return said.get("command") or command_of_the_image()


def example() -> dict[str, tuple[str, str]]:
    """Return {name: (value, command that makes one)} of .env.example; no command where a person decides."""
    found = {}
    for group in (ROOT / ".env.example").read_text().split("\n\n"):
        make = ""
        for line in group.splitlines():
            if line.startswith("#"):
                make = line.partition("# make: ")[2] or make
            else:
                name, _, value = line.partition("=")
                found[name], make = (value, make), make if name.endswith("_PASSWORD") else ""
    return found


def drawn() -> dict[str, str]:
    """Return the values of .env.example, each secret made by the command written above it."""
    values = {}
    for name, (value, make) in example().items():
        values[name] = (
            subprocess.run(["sh", "-c", make], capture_output=True, text=True, check=True).stdout.strip()
            if make
            else value
        )
    return values


@dataclass(frozen=True)
class Servers:
    """Say which PostgreSQL and which broker an installation runs."""

    postgres: Path  # directory of the programs
    broker: Path


def embedded(user: str | None) -> Servers:
    return Servers(binaries.postgres(user).directory, binaries.broker())


def of_the_system() -> Servers | None:
    """Return what the distribution installs (Debian's), None when one is missing or too old for initdb's arguments.

    `--locale-provider=builtin`, by which sorting never changes with an upgrade of the host, begins with PostgreSQL 17.
    """
    found = {int(folder.parent.name): folder for folder in Path("/usr/lib/postgresql").glob("[0-9]*/bin")}
    servers = [path for name in ("valkey-server", "redis-server") if (path := shutil.which(name, path="/usr/bin"))]
    newest = max(found, default=0)
    return Servers(found[newest], Path(servers[0])) if newest >= OLDEST and servers else None


class Installation:
    def __init__(self, servers: Servers | None = None, **values: str):
        self.user = "nobody" if os.geteuid() == 0 and binaries.reachable(Path(sys.executable)) else None
        self.server_user = "nobody" if os.geteuid() == 0 else None
        self.place = Path(tempfile.mkdtemp(prefix="nrm-production-"))
        self.place.chmod(0o755)
        self.ports = {name: free_port() for name in ("postgres", "redis", "web", "probes", "proxy")}
        self.values = {**drawn(), "SITE_HOST": "127.0.0.1", **values}
        self.secrets = {self.values[name] for name, (_, make) in example().items() if make}
        self.services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
        self.children: dict[str, Child] = {}
        self.servers = servers or embedded(self.server_user)
        self.postgres = self.servers.postgres

    # What stands for the container engine

    def filled(self, text: str) -> str:
        """Replace ${NAME} by its value, as compose does; fail for a missing one that has no default."""

        def value(found: re.Match) -> str:
            name, sign, default = found.groups()
            if name is None:
                return "$"
            known = self.values.get(name, "")
            assert known or sign == "-", f"{name} is not set"
            return known or default

        return VALUE.sub(value, str(text))

    def here(self, name: str, text: str) -> str:
        """Replace what a container has of its own: hosts, ports, directories."""
        for there, here in (
            ("redis:6379", f"127.0.0.1:{self.ports['redis']}"),
            ("@postgres/", f"@127.0.0.1:{self.ports['postgres']}/"),
            ("172.31.251.0/28", "127.0.0.1/32"),
            ("172.31.252.0/28", "127.0.0.1/32"),
            ("/var/lib/postgresql", str(self.place / "postgres")),
            ("0.0.0.0:8000", f"{SERVING.get(name)}:{self.ports['web']}"),
            ("127.0.0.1:8001", f"{SERVING.get(name)}:{self.ports['probes']}"),
            ("/var/lib/repere", str(self.place / "tmpfs" / name)),
            ("/etc/valkey.sh", str(ROOT / "deploy/valkey.sh")),
            ("/srv/static", str(self.place / "static")),
            ("/var/backups/repere", str(self.place / "backups")),
            ("/var/backups/files", str(self.place / "kept")),
            ("/var/files", str(self.place / "files")),
            ("/var/checkpoints", str(self.place / "checkpoints")),
        ):
            text = text.replace(there, here)
        return text

    def env(self, name: str) -> dict[str, str]:
        own = {key: self.here(name, self.filled(v)) for key, v in self.services[name].get("environment", {}).items()}
        images = re.findall(r"^ENV (.*?)$", DOCKERFILE.replace("\\\n", " "), re.MULTILINE)
        of_backups = self.services[name].get("image") == "repere-backup"
        image = dict(re.findall(r"(\w+)=(\S+)", images[0 if of_backups else -1]))
        image = {key: self.here(name, value) for key, value in image.items() if key not in ("PATH", "HEALTH_PORT")}
        network = {"PGPORT": str(self.ports["postgres"])}
        if name in SERVING:
            network |= {"HEALTH_PORT": str(self.ports["probes"]), "HEALTH_HOST": SERVING[name]}
        paths = [self.place / "bin", Path(sys.executable).parent, self.postgres, "/usr/local/bin:/usr/bin:/bin"]
        return {
            "PATH": ":".join(map(str, paths)),
            "HOME": str(self.place),
            "LANG": "C.UTF-8",
            **image,
            **network,
            **own,
        }

    def argv(self, name: str) -> list[str]:
        command = self.services[name].get("command") or command_of_the_image()
        command = [self.here(name, self.filled(part)) for part in command]
        return [*command, "-n", f"{name}@%h"] if "worker" in command else command  # a container has a name of its own

    def start(self, name: str) -> Child:
        (self.place / "tmpfs" / name).mkdir(parents=True, exist_ok=True)
        if self.user:
            shutil.chown(self.place / "tmpfs" / name, self.user)
        child = spawn(
            name, self.argv(name), self.log(name), self.env(name), user=self.user, cwd=self.place / "srv",
            stop_signal=signal.SIGTERM,
        )  # fmt: skip
        self.children[name] = child
        return child

    def log(self, name: str) -> Path:
        return self.place / "logs" / name

    def run(self, name: str, argv: list[str], seconds: float = 300) -> subprocess.CompletedProcess:
        """Run a command in the container of a service."""
        return subprocess.run(
            argv, env=self.env(name), cwd=self.place / "srv", capture_output=True, text=True, timeout=seconds,
            **identity(self.user),
        )  # fmt: skip

    def healthcheck(self, name: str) -> subprocess.CompletedProcess:
        kind, *rest = [self.here(name, self.filled(part)) for part in self.services[name]["healthcheck"]["test"]]
        return self.run(name, rest if kind == "CMD" else ["sh", "-c", *rest], 60)

    # The parts, in the order of depends_on

    def up(self) -> None:
        self.build_image()
        self.start_postgres()
        self.start_redis()
        for name in ("postgres", "redis"):
            wait(lambda name=name: self.healthcheck(name).returncode == 0, 60, self.log(name))
        migrate = self.start("migrate")
        assert migrate.process.wait(300) == 0, migrate.last_lines(30)
        for folder in ("checkpoints", "files", "kept"):  # the image has them, of the user that runs there
            (self.place / folder).mkdir()
            if self.user:
                shutil.chown(self.place / folder, self.user)
        for name in (*SERVING, "clocks", "vital", "mail", "hooks", "worker", "beat"):
            self.start(name)
        for name in SERVING:
            wait(lambda name=name: self.healthcheck(name).returncode == 0, 120, self.log(name))
        self.start_proxy()
        wait(lambda: self.ready()[0] == 200, 180, self.log("beat"))

    def build_image(self) -> None:
        """Copy what the image holds, then run the commands of the Dockerfile's build that make files."""
        tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
        left_out = {line.strip("/") for line in (ROOT / ".dockerignore").read_text().split() if "*" not in line}
        for path in map(Path, tracked.stdout.decode().split("\0")[:-1]):
            if (path.parts[0] in left_out and path.as_posix() != "docs/openapi.json") or not (ROOT / path).exists():
                continue
            (self.place / "srv" / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, self.place / "srv" / path)
        build = re.search(r"^RUN (KEY=.*?)$(?<!\\)", DOCKERFILE.replace("\\\n", " "), re.MULTILINE)[1]
        build = build.replace("/opt/venv/bin", str(Path(sys.executable).parent))
        build = build.replace("/build/state", str(self.place / "build")).replace(
            "/srv/static", str(self.place / "static")
        )
        done = subprocess.run(["sh", "-ec", build], cwd=self.place / "srv", env={"PATH": os.environ["PATH"]},
                              capture_output=True, text=True)  # fmt: skip
        assert done.returncode == 0, done.stderr

    def start_postgres(self) -> None:
        """Do as the image does: initdb with a password, connections by password, database, first scripts."""
        env, data = self.env("postgres"), self.place / "postgres"
        data.mkdir()
        if self.server_user:
            shutil.chown(data, self.server_user)
        secret = data.with_suffix(".password")
        secret.write_text(env["POSTGRES_PASSWORD"])
        arguments = ["-U", env["POSTGRES_USER"], f"--pwfile={secret}", *shlex.split(env["POSTGRES_INITDB_ARGS"])]
        subprocess.run(
            ["initdb", "-D", data, "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync", *arguments],
            check=True, capture_output=True, cwd="/", env=env | {"PATH": env["PATH"]}, **identity(self.server_user),
        )  # fmt: skip
        server = [self.postgres / "postgres", "-D", data, "-k", data, "-h", "127.0.0.1", "-p", env["PGPORT"]]
        server += [*self.services["postgres"].get("command", ["postgres"])[1:], "-c", "fsync=off"]
        how = {"stop_signal": signal.SIGINT, "user": self.server_user}
        child = spawn("PostgreSQL", server, self.log("postgres"), env, **how)
        self.children["postgres"] = child
        local = {**env, "PGHOST": str(data), "PGUSER": env["POSTGRES_USER"], "PGDATA": str(data)}
        ask = ["psql", "-d", "postgres", "-c", "SELECT 1"]
        wait(lambda: subprocess.run(ask, env=local, capture_output=True).returncode == 0, 60, self.log("postgres"))
        subprocess.run(
            ["psql", "-d", "postgres", "-c", "CREATE DATABASE nrm"], env=local, check=True, capture_output=True
        )
        subprocess.run(["sh", ROOT / "deploy" / "roles.sh"], env=local, check=True, capture_output=True)

    def start_redis(self) -> None:
        """Run the service's own command, with the place and the port that a container would give it."""
        programs, data = self.place / "bin", self.place / "redis"
        programs.mkdir()
        data.mkdir()
        if self.user:
            shutil.chown(data, self.user)
        options = f"--port {self.ports['redis']} --bind 127.0.0.1 --dir {data}"
        for name, text in (
            ("valkey-server", f'#!/bin/sh\nexec {self.servers.broker} "$@" {options}\n'),
            ("valkey-cli", CLIENT.format(python=sys.executable, port=self.ports["redis"])),
        ):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        self.start("redis")

    def start_backups(self) -> None:
        """Begin as the services `wal` and `backup` do; return when the first base backup is there."""
        (self.place / "backups").mkdir()
        if self.user:
            shutil.chown(self.place / "backups", self.user)
        self.start("wal")
        self.start("backup")
        wait(lambda: self.healthcheck("backup").returncode == 0, 120, self.log("backup"))

    def start_proxy(self) -> None:
        port = self.ports["proxy"]
        env = self.env("proxy") | {
            "SITE_HOST": f"http://127.0.0.1:{port}",
            "UPSTREAM": " ".join(f"{address}:{self.ports['web']}" for address in WEBS.values()),
            "SIGN_IN_UPSTREAM": " ".join(f"{address}:{self.ports['web']}" for address in SIGN_IN.values()),
            "HEALTH_PORT": str(self.ports["probes"]),
            "PLAIN_SITE": f"http://127.0.0.1:{free_port()}",
        }
        env |= {"XDG_DATA_HOME": str(self.place / "tmpfs"), "XDG_CONFIG_HOME": str(self.place / "tmpfs")}
        command = ["caddy", "run", "--config", self.place / "srv" / "deploy" / "Caddyfile", "--adapter", "caddyfile"]
        self.children["proxy"] = spawn("proxy", command, self.log("proxy"), env)

    def ready(self) -> tuple[int, str]:
        """Return status and text of /readyz, on the port of the probes."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['probes']}/readyz", timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def metrics(self, web: str = "web") -> str:
        """Return the page that Prometheus asks a web for."""
        with urllib.request.urlopen(f"http://{SERVING[web]}:{self.ports['probes']}/metrics", timeout=20) as answer:
            return answer.read().decode()

    @contextmanager
    def disks(self) -> Iterator[str]:
        """Yield what the service `disks` answers, on a port of its own."""
        port = free_port()
        child = spawn("disks", self.argv("disks"), self.log("disks"), self.env("disks") | {"PORT": str(port)},
                      user=self.user, cwd=self.place / "srv", stop_signal=signal.SIGTERM)  # fmt: skip
        try:
            wait(lambda: answers(port), 30, self.log("disks"))
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
                yield answer.read().decode()
        finally:
            stop_all([child], 30)

    def stop(self, *names: str) -> None:
        stop_all([self.children.pop(name) for name in names], 30)

    def down(self) -> None:
        servers = [name for name in ("postgres", "redis") if name in self.children]
        self.stop(*[name for name in self.children if name not in servers])
        self.stop(*servers)
        shutil.rmtree(self.place, ignore_errors=True)


def answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait(done: Callable[[], bool], seconds: float, log: Path | None = None) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, log.read_text()[-4000:] if log else "nothing came in time"
        time.sleep(0.3)
