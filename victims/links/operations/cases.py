"""Link two cases. A link is visible only to those who see both."""

from agencies.members.rules import WORKS
from agencies.models import Level
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from victims.cases.access import visible_case
from victims.models import CaseAccess, CaseLink


class NoSuchCase(Exception):
    """Signal that the actor may not link this reference.

    The same for a case that does not exist, one not visible, and the case itself.
    """


def link_cases(actor, case_id, *, reference: str, sort: str) -> CaseLink:
    """Link a case to another one by reference.

    Raises NotAllowed unless the actor leads one of them, NoSuchCase, WrongState when they already have this link.
    """
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
    """Delete a link. Raises NotAllowed unless the actor leads one of the two cases.

    « Same person » is undone by the decision on duplicates instead.
    """
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
    """Return the links of a case, each with `there`: access row of the other case. Three queries."""
    links = list(CaseLink.objects.visible_to(actor).filter(one=case.pk))
    links += CaseLink.objects.visible_to(actor).filter(other=case.pk)
    ends = {link.pk: link.other_id if link.one_id == case.pk else link.one_id for link in links}
    rows = CaseAccess.objects.of(actor, Level.SUMMARY).filter(case__in=ends.values())
    there = {row.case_id: row for row in rows.select_related("territory")}
    for link in links:
        link.there = there[ends[link.pk]]
    return sorted(links, key=lambda link: (link.at, link.pk))
