"""Run PgBouncer with the file of production, before a PostgreSQL on a private socket."""

import configparser
import os
import shutil
import socket
import tempfile
from contextlib import closing
from pathlib import Path

from dev.services import state
from dev.services.embedded import free_port
from dev.services.processes import Child, spawn, stop_all, wait_until

ROLES = {"DATABASE_URL": ("nrm_app", "nrm_web"), "WORKER_DATABASE_URL": ("nrm_worker", "nrm_work")}


class Pooler:
    """Hold PgBouncer; `urls` are those of its two names. `size`: connections to the server, for each name."""

    def __init__(self, server: str, name: str, size: int = 20) -> None:
        """`server`: directory of the socket of PostgreSQL, which trusts who reaches it; `name`: of the database."""
        self.place, self.port, self.child = Path(tempfile.mkdtemp(prefix="nrm-pooler-")), free_port(), None
        place = self.place
        place.chmod(0o755)
        given = configparser.ConfigParser(interpolation=None, comment_prefixes=(";",))
        given.read(state.ROOT / "deploy" / "pgbouncer.ini")
        for alias, connection in given["databases"].items():
            given["databases"][alias] = connection.replace("host=postgres", f"host={server}").replace(
                "dbname=nrm ", f"dbname={name} "
            )
        users = "".join(f'"{role}" ""\n' for role, _ in ROLES.values())
        (place / "userlist.txt").write_text(users)
        given["pgbouncer"].update({
            "listen_addr": "127.0.0.1", "listen_port": str(self.port), "unix_socket_dir": "", "auth_type": "trust",
            "auth_file": str(place / "userlist.txt"), "default_pool_size": str(size),
        })  # fmt: skip
        with (place / "pgbouncer.ini").open("w") as file:
            given.write(file)
        self.urls = {
            variable: f"postgresql://{role}@127.0.0.1:{self.port}/{alias}" for variable, (role, alias) in ROLES.items()
        }

    def start(self) -> Child:
        """Start it. Raises StartError when it does not answer, SystemExit when it is not installed."""
        program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None:
            raise SystemExit("PgBouncer is missing: apt-get install pgbouncer")
        user = "nobody" if os.geteuid() == 0 else None
        env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
        self.child = spawn("PgBouncer", [program, self.place / "pgbouncer.ini"], self.place / "log", env, user=user)
        wait_until(self._answers, self.child, 30)
        return self.child

    def _answers(self) -> bool:
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        if self.child:
            stop_all([self.child], 10)
        shutil.rmtree(self.place, ignore_errors=True)
