"""Build the page frame of a case: header and the sections open to the reader. Journal each reading.

A section not open to the reader is not listed and answers 404.
"""

from django.http import Http404
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from agencies.members.rules import WORKS
from agencies.models import Category, Level
from foundation.statements.kept import KeptStatement
from journal.operations import record
from victims.access.access import agencies_that_see
from victims.cases.access import SECTIONS, Section
from victims.models import CaseAccess, Consent, ReadingAlarm, limited_since
from victims.own_labels.selectors import own_labels
from victims.reading.access import afford
from victims.statements.display import views_summary

FRAME = ("case__territory", "case__lead", "case__coordination")
ACCESS = KeptStatement(
    lambda reader, case: (
        CaseAccess.objects.of(reader, Level.SUMMARY)
        .select_related(*FRAME)
        .annotate(limited_since=limited_since())
        .filter(case=case)
    )
)


def framed(request, pk, code: str) -> dict:
    """Return the context of a section: `case`, `access`, own `label`, `groups` of sections, the open section `part`.

    Journals the reading in the same transaction. Raises Http404 when the case, or this section of it, is not open to
    the actor, Spent beyond its budget of reading.
    """
    section, access = open_section(request.actor, pk, code)
    case = access.case
    read_section(request.actor, section, case, writes=request.method == "POST")
    return {
        "case": case,
        "access": access,
        "part": section,
        "section": "referral:case-list",
        "label": own_labels(request.actor, [case.pk]).get(case.pk),
        "may_label": request.actor.has(*WORKS),
        "groups": _groups(section, access, request.actor),
        "limited": access.limited_since,
        # the others read their own access alone (held_by_agencies): what they could count is not who sees it
        "reads_who_sees": access.lead or access.level >= Level.FILE,
        # lazy: not every section shows them
        "seen_by": SimpleLazyObject(lambda: len(agencies_that_see(case))),
        "identification": SimpleLazyObject(lambda: views_summary(case)),
        "agreements": SimpleLazyObject(lambda: sum(c.is_live for c in Consent.objects.filter(case=case))),
    }


def _groups(here: Section, access: CaseAccess, actor) -> list[dict]:
    """Return the sections open to the reader, by group; `here` marks the open group and section."""
    found: dict[str, dict] = {}
    for s in SECTIONS:
        if s.open_to(access) and _offered(s, access, actor):
            group = found.setdefault(str(s.group), {"label": s.group, "here": s.group is here.group, "sections": []})
            address = reverse(s.route, args=[access.case_id])
            group["sections"].append({"label": s.label, "href": address, "here": s is here})
    return list(found.values())


def open_section(actor, pk, code: str) -> tuple[Section, CaseAccess]:
    """Return a section with the actor's access. Raises Http404 when the case, or this section of it, is not open."""
    section, access = next(s for s in SECTIONS if s.code == code), access_to(actor, pk)
    if not section.open_to(access):
        raise Http404
    return section, access


def read_section(actor, section: Section, case, *, writes: bool = False) -> None:
    """Journal the reading of a section. Raises Spent beyond the actor's budget of reading."""
    afford(actor, ReadingAlarm.Kind.FILE, case, writes=writes)
    named = not section.unnamed and section.code != "summary"
    record(f"case.read.{section.code}" if named else "case.read", case, case_id=case.pk)


def access_to(actor, pk) -> CaseAccess:
    """Return the actor's access row with its case, at level 2 or above. Raises Http404 otherwise."""
    found = ACCESS.rows(actor, case=pk)
    if not found:
        raise Http404
    return found[0]


def _offered(section: Section, access: CaseAccess, actor) -> bool:
    """Return whether to list a section.

    Identity is listed for holders of identity or contact, and for a lead that may enter it.
    """
    if section.code != "identity":
        return True
    return bool(access.categories & (Category.IDENTITY | Category.CONTACT)) or may_enter_identity(actor, access)


def may_enter_identity(actor, access: CaseAccess) -> bool:
    """Return whether the agency leads the case and may hold the category identity."""
    return access.lead and bool(actor.agency.may_hold & Category.IDENTITY)
