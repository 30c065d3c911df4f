"""Keep the programs of an organisation, as its administrator: what they would do more waits for a second person.

The database checks the same conditions (referral/sql/programs.sql).
"""

import json
from datetime import datetime

from django.contrib.auth.hashers import make_password
from oauth2_provider.generators import generate_client_id, generate_client_secret

from agencies.accounts import operations as accounts
from agencies.models import Membership, ProgramCall, Role
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed
from journal.operations import record


def programs(actor):
    """Return the programs of the actor's agency. Raises NotAllowed for others than its administrator."""
    if not actor.has(Role.AGENCY_ADMIN):
        raise NotAllowed("programs")
    found = Membership.objects.filter(agency=actor.agency_id, kind=Membership.Sort.SERVICE, api_client__isnull=False)
    return found.select_related("api_client", "invited_by__user").order_by("-active", "title", "pk")


def program(actor, pk) -> Membership:
    """Return one of them. Raises NotAllowed, NotFound."""
    found = programs(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def calls(found: Membership):
    """Return the calls of a program, of which its agency's administrators alone are shown any."""
    return ProgramCall.objects.filter(membership=found)


def make(actor, *, title: str, scopes: list[str]) -> Membership:
    """Make a program without a secret. Its scopes hold once a second person agrees. Raises NotAllowed."""
    programs(actor)
    with guarded():
        asked = (title, list(scopes), generate_client_id())
        pk = accounts.ask("SELECT nrm.make_program(%s, %s::text[], %s)", *asked)
    found = program(actor, pk)
    record("program.make", found)
    return found


def renew_secret(actor, pk, *, at_once: bool) -> tuple[Membership, str, datetime | None]:
    """Return the program, its new secret, and until when the former one goes on; None when it ended.

    The secret is stored as a digest only. Raises NotAllowed, NotFound, WrongState for a program that was cut.
    """
    found, secret = program(actor, pk), generate_client_secret()
    with guarded():
        until = accounts.ask("SELECT nrm.renew_secret(%s, %s, %s)", found.pk, make_password(secret), at_once)
    record("program.secret", found)
    return found, secret, until


def set_key(actor, pk, key: dict, *, at_once: bool) -> datetime | None:
    """Give a program a public key; return until when the former one goes on, None when it ended.

    Raises NotAllowed, NotFound, WrongState for a program that was cut.
    """
    found = program(actor, pk)
    with guarded():
        until = accounts.ask("SELECT nrm.set_program_key(%s, %s::jsonb, %s)", found.pk, json.dumps(key), at_once)
    record("program.key", found)
    return until


def cut_key(actor, pk) -> None:
    """End the keys of a program, with its tokens. Raises NotAllowed, NotFound, WrongState for one without a key."""
    found = program(actor, pk)
    with guarded():
        accounts.ask("SELECT nrm.cut_program_key(%s)", found.pk)
    record("program.key_cut", found)


def cut(actor, pk) -> Membership:
    """End a program: its tokens and secrets are refused from now on. Raises NotAllowed, NotFound, WrongState."""
    found = program(actor, pk)
    with guarded():
        accounts.ask("SELECT nrm.cut_program(%s)", found.pk)
    record("program.cut", found)
    return found


def set_scopes(actor, pk, scopes: list[str]) -> bool:
    """Let a program do this: less, at once; more, once a second person agrees. Return whether more was asked.

    Raises NotAllowed, NotFound, WrongState when it does exactly this, or holds nothing yet.
    """
    found = program(actor, pk)
    held, wanted = set(found.api_client.scopes), set(scopes)
    with guarded():
        accounts.ask("SELECT nrm.set_program_scopes(%s, %s::text[])", found.pk, list(scopes))
    if held - wanted:
        record("program.narrow", found)
    if wanted - held:
        record("program.widen", found)
    return bool(wanted - held)
