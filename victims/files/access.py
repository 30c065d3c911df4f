"""Say who adds, reads and takes back a document of a case."""

from agencies.members.rules import WORKS
from agencies.models import Category, Level
from foundation.errors import NotFound
from victims.cases.access import may_write
from victims.models import CaseAccess, CaseFile

SECRET = -1  # beside the bits: under professional secrecy


def places(actor, access: CaseAccess) -> list[int]:
    """Return where the actor may put a document: 0 with the file, the bits held on the case, SECRET. Empty: nowhere."""
    if not actor.has(*WORKS) or access.level < Level.SUMMARY:
        return []
    held = [int(bit) for bit in Category.of(access.categories)]
    return [*([0] if may_write(actor, access) else []), *held, SECRET]


def visible_file(actor, pk) -> CaseFile:
    """Return a document the actor sees, with its agency and its authors. Raises NotFound."""
    rows = CaseFile.objects.visible_to(actor).select_related("agency", "by__user", "ended_by__user", "ended_by__agency")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def may_withdraw(actor, found: CaseFile) -> bool:
    """Return whether the actor may take a document back: of its agency, or of a case its agency leads."""
    if not actor.has(*WORKS) or found.state not in (CaseFile.State.QUARANTINE, CaseFile.State.READY):
        return False
    if found.agency_id == actor.agency_id:
        return True
    return not found.secret and CaseAccess.objects.of(actor).filter(case=found.case_id, lead=True).exists()


def files_of(actor, case):
    """Return the documents of a case that the actor sees."""
    return (
        CaseFile.objects.visible_to(actor)
        .filter(case=case)
        .select_related("agency", "by__user", "ended_by__user", "ended_by__agency")
    )


def secret_files(actor):
    """Return those under professional secrecy of the actor's agency, of all cases, also of those it no longer sees."""
    return (
        CaseFile.objects.visible_to(actor)
        .filter(secret=True)
        .select_related("agency", "by__user", "ended_by__user", "ended_by__agency")
    )
