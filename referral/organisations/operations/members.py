"""Manage the members of an organisation, as its administrator.

Roles that open cases, or that make a second person, wait until somebody else agrees (operations/arrivals.py). The
database checks the same conditions (referral/sql/members.sql).
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, Value

from agencies.accounts import operations as accounts
from agencies.members.rules import WORKS
from agencies.models import MemberChange, Membership, Role
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record


@dataclass(frozen=True)
class Load:
    """Count what a member is in charge of; the administrator reads no case.

    `cases`: open cases assigned; `left_to_nobody`: those no other active member is assigned to; `alone`: those nobody
    else could open; `received`: alerts and orientations at the desk; `linked`: whether an identity of the State's
    sign-in opens the account.
    """

    cases: int
    left_to_nobody: int
    alone: int
    received: int
    code_until: datetime | None
    elsewhere: bool
    linked: bool


def members(actor):
    """Return the members of the actor's agency, by name, but those of whom it was forgotten who they were.

    Raises NotAllowed for others than its administrator.
    """
    if not actor.has(Role.AGENCY_ADMIN):
        raise NotAllowed("members")
    found = Membership.objects.filter(agency=actor.agency_id, kind=Membership.Sort.PERSON).exclude(user__full_name="")
    return found.select_related("user").order_by("-active", "user__full_name", "pk")


def named(rows, words: str):
    """Keep members whose name, address or title contains each of these words."""
    for word in words.split():
        rows = rows.filter(
            Q(user__full_name__icontains=word) | Q(user__email__icontains=word) | Q(title__icontains=word)
        )
    return rows


def member(actor, pk) -> Membership:
    """Return a member of the actor's agency. Raises NotAllowed, NotFound."""
    found = members(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def load(pk: int) -> Load:
    """Return what a member is in charge of."""
    with guarded(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT cases, left_to_nobody, alone, received, code_until, elsewhere, linked FROM nrm.member_load(%s)",
            [pk],
        )
        return Load(*cursor.fetchone())


def roles_given(agency_id: int) -> list[str]:
    """Return the roles an administrator may give in this agency, in the order of `Role`."""
    given = accounts.ask("SELECT nrm.roles_given(%s)", agency_id)
    return [role for role in Role.values if role in given]


def heirs(actor, found: Membership, carried: Load):
    """Return the members who may take over the cases that only this member could open; none without such cases.

    Nobody who arrived after one of them: nrm.may_inherit.
    """
    if not carried.alone:
        return Membership.objects.none()
    others = members(actor).filter(active=True, user__is_active=True, roles__overlap=list(WORKS))
    asked = (Value(found.pk), F("pk"))
    return others.exclude(pk=found.pk).filter(Func(*asked, function="nrm.may_inherit", output_field=BooleanField()))


def unseen_cases() -> int:
    """Return how many cases nobody of the administrator's agency sees: those who saw them left."""
    with guarded():
        return accounts.ask("SELECT nrm.unseen_cases()")


def ask_files(actor, pk) -> Membership:
    """Ask that a member, or the actor, take over the cases nobody sees; a second person agrees.

    Raises NotAllowed, NotFound, WrongState without such cases, for a member who does not work on cases, or while
    something else waits about them.
    """
    found = member(actor, pk)
    with guarded():
        accounts.ask("SELECT nrm.ask_files(%s)", found.pk)
    record("member.files", found)
    return found


def ask_factor(actor, pk) -> Membership:
    """Say that a member lost the second factor; a second person agrees that it is taken away.

    Raises NotAllowed, NotFound, WrongState for a member without one, or while something else waits about them.
    """
    found = member(actor, pk)
    with guarded():
        accounts.ask("SELECT nrm.ask_factor(%s)", found.pk)
    record("member.factor", found)
    return found


def roles_waiting(found: Membership) -> list[str]:
    """Return the roles of a member that wait for a second person."""
    waiting = found.changes.filter(state=MemberChange.State.WAITING).first()
    return waiting.asked if waiting else []


def invite(actor, *, email: str, full_name: str, title: str, roles: list[str]) -> Membership:
    """Create an account without a password, to be activated with a code.

    Raises NotAllowed, WrongState for an address that already has an active account, or had one that was shut for good.
    """
    members(actor)
    if accounts.is_shut(email):
        raise WrongState("shut for good")
    with guarded():
        pk = accounts.ask("SELECT nrm.invite_member(%s, %s, %s, %s)", email, full_name, title, list(roles))
    found = member(actor, pk)
    record("member.invite", found)
    return found


def change(actor, pk, *, title: str, roles: list[str]) -> Membership:
    """Change title and roles. Raises NotAllowed, NotFound."""
    found = member(actor, pk)
    with guarded():
        accounts.ask("SELECT nrm.set_member(%s, %s, %s)", found.pk, title, list(roles))
    record("member.change", found)
    return found


def switch_off(actor, pk, heir: Membership | None = None) -> Membership:
    """Deactivate a member, effective at the next request; `heir` receives the cases nobody else could open.

    Raises NotAllowed, NotFound, WrongState when such cases exist and an heir was possible but not named.
    """
    found = member(actor, pk)
    if heir is None and heirs(actor, found, load(found.pk)).exists():
        raise WrongState("cases without anybody")
    with guarded():
        accounts.ask("SELECT nrm.switch_off_member(%s, %s)", found.pk, heir and heir.pk)
    record("member.off", found)
    if heir:
        record("member.heir", heir)
    return found


def switch_on(actor, pk) -> Membership:
    """Reactivate a member. Raises NotAllowed, NotFound."""
    found = member(actor, pk)
    with guarded():
        accounts.ask("SELECT nrm.switch_on_member(%s)", found.pk)
    record("member.on", found)
    return found


def new_code(actor, pk) -> tuple[Membership, str, datetime]:
    """Return the member, a new code shown once, and its end. The former code ends."""
    found = member(actor, pk)
    with guarded():
        code, until = accounts.make_code(found.pk)
    record("member.code", found)
    return found, code, until
