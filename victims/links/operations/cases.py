"""Two cases that have to do with each other: only for who sees both."""

from agencies.members.rules import WORKS
from agencies.models import Level
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from victims.cases.access import visible_case
from victims.models import CaseAccess, CaseLink


class NoSuchCase(Exception):
    """No case of this reference that the actor may link: one that does not exist, one not seen, and the case itself
    say the same."""


def link_cases(actor, case_id, *, reference: str, sort: str) -> CaseLink:
    """Raises NotAllowed for who leads neither, NoSuchCase, WrongState when they are linked so already."""
    case = visible_case(actor, case_id)
    found = CaseAccess.objects.of(actor, Level.SUMMARY).filter(reference=reference).exclude(case=case.pk).first()
    if found is None or sort == CaseLink.Sort.SAME_PERSON:
        raise NoSuchCase
    led = CaseAccess.objects.of(actor).filter(case__in=[case.pk, found.case_id], lead=True).exists()
    if not led or not actor.has(*WORKS):
        raise NotAllowed("link")
    one, other = sorted((case.pk, found.case_id))
    if CaseLink.objects.visible_to(actor).filter(one=one, other=other, sort=sort).exists():
        raise WrongState("linked")
    with guarded():
        link = CaseLink.objects.create(one_id=one, other_id=other, sort=sort, agency=actor.agency, by=actor)
    record("case.link", link, case_id=case.pk)
    return link


def unlink_cases(actor, pk) -> CaseLink:
    """By who leads one of the two; « same person » is taken back where it was decided."""
    link = CaseLink.objects.visible_to(actor).filter(pk=pk).first()
    if link is None:
        raise NotFound
    led = CaseAccess.objects.of(actor).filter(case__in=[link.one_id, link.other_id], lead=True).exists()
    if not led or not actor.has(*WORKS) or link.sort == CaseLink.Sort.SAME_PERSON:
        raise NotAllowed("unlink")
    record("case.unlink", link, case_id=link.one_id)
    with guarded():
        CaseLink.objects.filter(pk=pk).delete()
    return link


def links_of(actor, case) -> list[CaseLink]:
    """Each with `there`: the access row of the case at its other end. Two statements."""
    links = list(CaseLink.objects.visible_to(actor).filter(one=case.pk))
    links += CaseLink.objects.visible_to(actor).filter(other=case.pk)
    ends = {link.pk: link.other_id if link.one_id == case.pk else link.one_id for link in links}
    rows = CaseAccess.objects.of(actor, Level.SUMMARY).filter(case__in=ends.values())
    there = {row.case_id: row for row in rows.select_related("territory")}
    for link in links:
        link.there = there[ends[link.pk]]
    return sorted(links, key=lambda link: (link.at, link.pk))
