"""Keep the webhooks of an organisation's programs, as its administrator: an address waits for a second person.

The database checks the same conditions (referral/sql/hooks.sql); a worker posts (notifications/operations/hooks.py).
"""

import base64
import json
import secrets
import uuid
from datetime import datetime

from agencies.accounts import operations as accounts
from agencies.models import Membership, Role
from foundation.encryption import seal
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed
from journal.operations import record
from notifications.models import Hook, HookDelivery, HookSecret

from . import programs

SHOWN = 50


def of_program(program: Membership) -> list[Hook]:
    """Return the webhooks of a program that the actor may keep, oldest first."""
    return list(Hook.objects.filter(membership=program).select_related("asked").order_by("created_at", "pk"))


def may_add(program: Membership, hooks: list[Hook]) -> bool:
    """Return whether the program may have one more, once what waits about it is decided."""
    return bool(program.active and program.roles and len(hooks) < Hook.MOST)


def hook(actor, pk) -> Hook:
    """Return a webhook of a program of the actor's agency, to its administrator. Raises NotAllowed, NotFound."""
    if not actor.has(Role.AGENCY_ADMIN):
        raise NotAllowed("programs")
    people = ("membership__api_client", "asked")
    found = Hook.objects.filter(pk=pk, membership__agency=actor.agency_id).select_related(*people).first()
    if found is None:
        raise NotFound
    return found


def deliveries(found: Hook) -> list[HookDelivery]:
    """Return its newest deliveries; what each told is not read."""
    return list(HookDelivery.objects.filter(hook=found).defer("notice")[:SHOWN])


def make(actor, program_pk, *, url: str) -> tuple[Hook, str]:
    """Return a new webhook of a program, and its secret. Nothing is posted before a second person agrees.

    Raises NotAllowed, NotFound, WrongState when the program has no roles or as many as it may, or when something waits.
    """
    program, pk = programs.program(actor, program_pk), uuid.uuid4()
    secret_pk, secret, sealed = _secret()
    with guarded():
        accounts.ask("SELECT nrm.make_hook(%s, %s, %s, %s, %s)", program.pk, pk, url, secret_pk, sealed)
    record("hook.make", program)
    return hook(actor, pk), secret


def renew_secret(actor, pk, *, at_once: bool) -> tuple[Hook, str, datetime | None]:
    """Return the webhook, its new secret, and until when the former one signs too; None when it ended.

    Raises NotAllowed, NotFound.
    """
    found = hook(actor, pk)
    secret_pk, secret, sealed = _secret()
    with guarded():
        until = accounts.ask("SELECT nrm.renew_hook_secret(%s, %s, %s, %s)", found.pk, secret_pk, sealed, at_once)
    record("hook.secret", found.membership)
    return found, secret, until


def pause(actor, pk) -> None:
    """Keep what happens waiting from now on. Raises NotAllowed, NotFound, WrongState."""
    record("hook.pause", _done(actor, pk, "SELECT nrm.pause_hook(%s, true)"))


def resume(actor, pk) -> None:
    """Post what waited, and what happens from now on. Raises NotAllowed, NotFound, WrongState."""
    record("hook.resume", _done(actor, pk, "SELECT nrm.pause_hook(%s, false)"))


def send_test(actor, pk) -> None:
    """Queue a call that tells of nothing. Raises NotAllowed, NotFound, WrongState while one waits."""
    record("hook.test", _done(actor, pk, "SELECT nrm.test_hook(%s)"))


def delete(actor, pk) -> None:
    """Delete a webhook with its secrets and deliveries. Raises NotAllowed, NotFound."""
    record("hook.delete", _done(actor, pk, "SELECT nrm.delete_hook(%s)"))


def _done(actor, pk, sql: str) -> Membership:
    """Return the program, once the function of the database is done."""
    found = hook(actor, pk)
    with guarded():
        accounts.ask(sql, found.pk)
    return found.membership


def replay(actor, pk, *, position: int | None = None, since: datetime | None = None) -> int:
    """Queue again what was posted from a position or a time on; return how many.

    Raises NotAllowed, NotFound, WrongState.
    """
    found = hook(actor, pk)
    with guarded():
        again = accounts.ask("SELECT nrm.replay_hook(%s, %s, %s)", found.pk, position, since)
    record("hook.replay", found.membership)
    return again


def _secret() -> tuple[uuid.UUID, str, bytes]:
    """Return a new secret of Standard Webhooks: the id of its row, its text, and what is stored of it."""
    pk, secret = uuid.uuid4(), f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    label = HookSecret._meta.get_field("value").label
    return pk, secret, seal(json.dumps(secret).encode(), label=label, bound=str(pk))
