"""Keep the test space of a program: ask for one, for a fresh copy, or end it. The worker does the rest.

The database checks the same conditions (referral/sql/sandboxes.sql).
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone
from oauth2_provider.generators import generate_client_secret

from agencies.accounts import operations as accounts
from agencies.models import Membership, Sandbox
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound, guarded
from foundation.tasks import wake
from journal.operations import record
from referral.organisations.operations.programs import program
from referral.sandbox.rules import new_client

TASK, WORK = "referral.sandbox.tasks.keep", "referral.sandbox.tasks.work"
IN_USE = timedelta(minutes=10)  # since the last call: the worker goes on in the space


@dataclass(frozen=True)
class Found:
    """Where the requests of a test client go. `ready`: it is there; `full`: what writes is refused."""

    program: int
    database: str
    ready: bool
    full: bool


def offered() -> bool:
    """Return whether this installation has test spaces."""
    return bool(settings.SANDBOX_TEMPLATE)


def space_of(found: Membership) -> Sandbox | None:
    """Return the test space of a program, of which its agency's administrators alone are shown any."""
    return Sandbox.objects.filter(membership=found, ended=False).first()


def keep(actor, pk) -> tuple[Membership, str, str]:
    """Give a program a test client, or a new secret; return the program, the client and the secret.

    A fresh copy comes with it. Raises NotAllowed, NotFound, WrongState for a program that was cut, or when there are as
    many as this installation has room for.
    """
    if not offered():
        raise NotFound
    found, secret = program(actor, pk), generate_client_secret()
    with guarded():
        accounts.ask("SELECT nrm.keep_sandbox(%s, %s, %s)", found.pk, new_client(), make_password(secret))
    record("program.sandbox", found)
    _wake()
    return found, Sandbox.objects.get(membership=found).client_id, secret


def reset(actor, pk) -> None:
    """Ask for a fresh copy. Raises NotAllowed, NotFound, WrongState while one is made, or a minute after."""
    found = program(actor, pk)
    with guarded():
        accounts.ask("SELECT nrm.reset_sandbox(%s)", found.pk)
    record("program.sandbox_reset", found)
    _wake()


def end(actor, pk) -> None:
    """End a test space now. Raises NotAllowed, NotFound, WrongState."""
    found = program(actor, pk)
    with guarded():
        accounts.ask("SELECT nrm.end_sandbox(%s)", found.pk)
    record("program.sandbox_end", found)
    _wake()


def reset_as_program(pk: int) -> None:
    """Ask for a fresh copy as the program itself, in the real base. Raises WrongState: see `reset`."""
    with transaction.atomic(), acting_as(Membership.objects.select_related("agency").get(pk=pk)), guarded():
        accounts.ask("SELECT nrm.reset_sandbox(%s)", pk)
        _wake()


def found(client_id: str) -> Found | None:
    """Return where the requests of this test client go; None for one that is not, or no longer, known."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM nrm.sandbox_of(%s, %s)", [client_id, settings.SANDBOX_TEMPLATE])
        row = cursor.fetchone()
    return row and Found(*row)


def in_use() -> list[str]:
    """Return the databases of the test spaces that were called a moment ago, for the worker."""
    with acting_as(SYSTEM):
        called = Sandbox.objects.filter(used_at__gte=timezone.now() - IN_USE, ended=False).exclude(database="")
        return list(called.values_list("database", flat=True))


def _wake() -> None:
    transaction.on_commit(lambda: wake(TASK), robust=True)
