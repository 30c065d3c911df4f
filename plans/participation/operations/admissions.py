"""Admit organisations and bodies of the State: one member of the coordination proposes, another decides.

nrm.decide_admission (plans/sql/admission.sql) creates the organisation.
"""

from datetime import datetime

from django.db.models import Q
from django.utils.text import slugify

from agencies.accounts import operations as accounts
from agencies.members.selectors import independent
from agencies.models import Agency, Directory
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from plans.models import Admission
from plans.models.bodies import CIVIL_SOCIETY
from plans.models.coordination import coordinates

ACTS = ("admit", "refuse", "withdraw")


def admissions(actor):
    """Return all proposals. Raises NotAllowed for others than the coordination."""
    if not coordinates(actor):
        raise NotAllowed("coordination")
    return Admission.objects.select_related("by__user", "territory", "admitted", "first__user", "decided_by__user")


def admission(actor, pk) -> Admission:
    """Return one proposal. Raises NotAllowed, NotFound."""
    found = admissions(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def waiting(actor) -> int:
    """Count the proposals by others, which this person can decide."""
    return Admission.objects.filter(independent(actor, "by_id"), state=Admission.State.PROPOSED).count()


def may_decide(actor, found: Admission) -> bool:
    """Return whether this member is a second person for who proposed it."""
    return Admission.objects.filter(independent(actor, "by_id"), pk=found.pk).exists()


def free_lines():
    """Return the lines of the directory that nobody here speaks for yet, and types of local units of the State."""
    taken = Agency.objects.exclude(profile=None).filter(profile__is_template=False).values("profile")
    lines = Directory.objects.filter(active=True, mandates=None).exclude(is_template=True, kind__in=CIVIL_SOCIETY)
    return lines.exclude(pk__in=taken).order_by("name")


def name_taken(name: str, profile: Directory | None) -> str:
    """Return why no organisation may be proposed under this name: `agency`, `proposed`, `directory`; else ""."""
    if Agency.objects.filter(name__iexact=name).exists():
        return "agency"
    if Admission.objects.filter(name__iexact=name, state=Admission.State.PROPOSED).exists():
        return "proposed"
    same = Directory.objects.filter(Q(name__iexact=name) | Q(acronym__iexact=name), active=True)
    return "directory" if profile is None and same.exists() else ""


def propose(actor, **fields) -> Admission:
    """Propose an organisation.

    `fields`: kind, name, acronym, profile, territory, services (codes), website, first_name, first_email. Raises
    NotAllowed, or WrongState for a name that is taken.
    """
    admissions(actor)
    if why := name_taken(fields["name"], fields["profile"]):
        raise WrongState(why)
    with guarded():
        made = Admission.objects.create(
            agency_id=actor.agency_id, by=actor, code=_code(fields["acronym"] or fields["name"]), **fields
        )
    record("admission.propose", made)
    return made


def _code(words: str) -> str:
    """Return a short, readable, free code: « ccem », else « ccem-2 »."""
    short = slugify(words)[:50].strip("-") or "organisme"
    for number in range(1, 1000):
        code = short if number == 1 else f"{short}-{number}"
        known = (Agency, Directory, Admission)
        if not any(model.objects.filter(code=code).exists() for model in known):
            return code
    raise WrongState("no code left")


def decide(actor, pk, act: str, reason: str = "") -> Admission:
    """Run `admit` or `refuse` (a second person) or `withdraw` (the proposer), once.

    Raises NotAllowed, NotFound, WrongState.
    """
    found = admission(actor, pk)
    if act == "admit" and accounts.is_shut(found.first_email):
        raise WrongState("shut for good")
    with guarded():
        accounts.ask("SELECT nrm.decide_admission(%s, %s, %s)", found.pk, act, reason)
    record(f"admission.{act}", found)
    return admission(actor, pk)


def first_code(actor, pk) -> tuple[Admission, str, datetime]:
    """Return the code of the first administrator and when it expires, while the account is not opened. Shown once.

    Raises WrongState when there is no such account.
    """
    found = admission(actor, pk)
    if found.first is None:
        raise WrongState(found.state)
    code = accounts.new_code()
    with guarded():
        digest = accounts.digest(found.first.user.email, code)
        until = accounts.ask("SELECT nrm.first_code(%s, %s)", found.pk, digest)
    record("member.code", found.first)
    return found, code, until
