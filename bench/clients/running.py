"""Start the platform of `./run` in a state of its own, and give it programs."""

import base64
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from dev.services import state
from dev.services.embedded import free_port
from dev.services.processes import Child, spawn

PATIENCE = 1_200.0  # seconds until tables and fictitious data are made, on a busy machine
SECRET = "secret-of-the-proof"


@dataclass(frozen=True)
class Program:
    """Hold a program: the unit it is of, and what it may do."""

    unit: str
    scopes: tuple[str, ...] = ("read", "alert", "work", "administer")


SHELTER, COORDINATION = Program("foyer-horizon"), Program("coord-idf")
READER, SERVICE = Program("foyer-horizon", ("read",)), Program("droit-ouvert")


class Platform:
    """Run everything on this machine; `site` is its address. `settings`: added to its environment."""

    def __init__(self, **settings: str) -> None:
        self.settings = settings
        self.place = Path(tempfile.mkdtemp(prefix="repere-clients-"))
        self.port = free_port()
        self.site = f"http://localhost:{self.port}"
        self.up: Child | None = None
        self.members: dict[str, int] = {}  # of each program, by its client id
        # of programs that are told over TLS; the platform trusts it and no other
        self.trusted, self.certificate = self.place / "trusted.pem", self.place / "localhost.pem"
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.trusted)
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(self.certificate)

    def __enter__(self) -> "Platform":
        plain = {name: value for name, value in os.environ.items() if name not in state.URLS}
        env = plain | {"STATE_DIR": str(self.place / "state"), "PORT": str(self.port), "DEBUG": "1"}
        env |= self.settings
        env["SSL_CERT_FILE"] = str(self.trusted)
        argv = [sys.executable, state.ROOT / "manage.py", "up"]
        try:
            self.up = spawn("The platform", argv, self.place / "log", env, stop_signal=signal.SIGINT, cwd=state.ROOT)
            self._wait()
            self._connect()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *args: object) -> None:
        if self.up:
            self.up.ask_to_stop()
            self.up.wait_or_kill(60)
        shutil.rmtree(self.place, ignore_errors=True)

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while "Ready" not in self.up.last_lines(80):
            if self.up.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"The platform did not start:\n{self.up.last_lines(30)}")
            time.sleep(0.3)

    def _connect(self) -> None:
        """Set Django up in this process, with the owner's address."""
        place = self.place / "state"
        urls = state.read_env(place / "urls.env")
        wanted = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
        os.environ.update(state.read_env(place / "secrets.env") | {name: urls[name] for name in wanted})
        os.environ.update(STATE_DIR=str(place), DEBUG="1", DJANGO_SETTINGS_MODULE="referral.config.settings")
        import django

        django.setup()

    def add(self, client: str, program: Program) -> None:
        """Make a program above the walls, as its administrator and a second person would."""
        from django.db import connections

        from agencies.models import Agency, ApiClient, Membership

        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT nrm.program_roles(%s)", [list(program.scopes)])
            (roles,) = cursor.fetchone()
        member = Membership.objects.using("owner").create(
            agency=Agency.objects.using("owner").get(code=program.unit),
            kind=Membership.Sort.SERVICE,
            roles=roles,
            title=f"Essai {client}",
        )
        ApiClient(
            membership=member,
            scopes=list(program.scopes),
            name=member.title,
            client_id=client,
            client_secret=SECRET,
            client_type="confidential",
            authorization_grant_type="client-credentials",
        ).save(using="owner")
        self.members[client] = member.pk

    def hook(self, client: str, url: str) -> str:
        """Give a program a webhook that a second person agreed to; return the secret that signs what is posted."""
        from agencies.models import MemberChange, Membership
        from notifications.models import Hook, HookSecret

        member = Membership.objects.using("owner").get(pk=self.members[client])
        asked = MemberChange.objects.using("owner").create(
            agency_id=member.agency_id, membership=member, act="hook", by=member, state="agreed"
        )
        made = Hook.objects.using("owner").create(
            membership=member, url=url, asked=asked, agreed_at=asked.at, due_at=asked.at
        )
        secret = "whsec_" + base64.b64encode(os.urandom(32)).decode()
        HookSecret.objects.using("owner").create(hook=made, value=secret)
        return secret

    def token(self, client: str) -> str:
        """Return a token of this program."""
        asked = urllib.request.Request(f"{self.site}/api/v1/token/", b"grant_type=client_credentials")
        asked.add_header("Authorization", "Basic " + base64.b64encode(f"{client}:{SECRET}".encode()).decode())
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return json.load(answer)["access_token"]

    @contextmanager
    def without_quota(self) -> Iterator[None]:
        """Forget again and again what the programs have used of their minute: the quota has proofs of its own."""
        ended = threading.Event()
        forgetting = threading.Thread(target=self._forget, args=[ended], daemon=True)
        forgetting.start()
        try:
            yield
        finally:
            ended.set()
            forgetting.join()

    def _forget(self, ended: threading.Event) -> None:
        from django.core.cache import cache

        while not ended.wait(0.5):
            minute = int(time.time() // 60)
            cache.delete_many([f"limit:client:{pk}:{minute}" for pk in self.members.values()])
