"""Fetch a section of a case for a page: its head, the sections the reader may open. Journals the reading.

A section is opened by a level, by a category's bit, or by leading the case; a section one may not open is not in the
list and answers 404, as if it did not exist.
"""

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Category, Level
from journal.operations import record
from victims.access.access import agencies_that_see
from victims.models import CaseAccess, Consent
from victims.statements.display import glance


@dataclass(frozen=True)
class Section:
    """One page of a case. `lead`: its lead opens it at any level; `bit`: a category is needed as well."""

    code: str
    route: str
    label: str
    group: str
    level: int = Level.SUMMARY
    bit: int = 0
    lead: bool = False

    def open_to(self, access: CaseAccess) -> bool:
        enough = access.level >= self.level or (self.lead and access.lead)
        return enough and (not self.bit or bool(access.categories & self.bit))


FOLLOW, SHARE = _("Follow-up"), _("Sharing and access")
PERSON = pgettext_lazy("of a case", "The person")
SECTIONS = (
    Section("summary", "referral:case-detail", _("Summary"), FOLLOW),
    Section("timeline", "referral:case-timeline", pgettext_lazy("of a case", "Thread"), FOLLOW),
    Section("needs", "referral:case-needs", _("Needs and support"), FOLLOW),
    Section("procedures", "referral:case-procedures", _("Procedures and time limits"), FOLLOW, Level.FILE, lead=True),
    Section("alerts", "referral:case-alerts", pgettext_lazy("of a case", "Alerts"), FOLLOW, Level.FILE, lead=True),
    Section("papers", "referral:case-papers", _("Documents"), FOLLOW),
    Section("life", "referral:case-life", pgettext_lazy("of a case", "State and closing"), FOLLOW),
    Section("identity", "referral:case-identity", _("Identity and contact"), PERSON),
    Section("identification", "referral:case-statements", _("Identification"), PERSON),
    Section("signs", "referral:case-signs", _("Signs and assessment"), PERSON, Level.FILE),
    Section("path", "referral:case-path", pgettext_lazy("of a person", "Path"), PERSON, Level.FILE),
    Section("links", "referral:case-links", _("Persons and cases linked"), PERSON),
    Section("health", "referral:case-health", _("Health"), PERSON, bit=Category.HEALTH),
    Section("offence", "referral:case-offence", _("Presumed authors"), PERSON, bit=Category.OFFENCE),
    Section("residence", "referral:case-residence", _("Residence"), PERSON, bit=Category.RESIDENCE),
    Section("consents", "referral:case-consents", _("Agreements"), SHARE),
    Section("access", "referral:case-access", _("Access"), SHARE),
    Section("secrets", "referral:case-secrets", _("Notes under secrecy"), SHARE),
    Section("place", "referral:case-place", _("Place and coordination"), SHARE),
    Section("history", "referral:case-history", pgettext_lazy("of a case", "History"), SHARE),
)


def framed(request, pk, code: str) -> dict:
    """What every section shows: `case`, `access`, `groups` of sections, and which section is open, `part`.

    The reading is journalled, or nothing shows. Raises Http404 when the case, or this section of it, is not the
    actor's to read.
    """
    section = next(s for s in SECTIONS if s.code == code)
    access = access_to(request.actor, pk)
    if not section.open_to(access):
        raise Http404
    case = access.case
    record("case.read" if code == "summary" else f"case.read.{code}", case, case_id=case.pk)
    return {
        "case": case,
        "access": access,
        "part": section,
        "section": "referral:case-list",
        "groups": _groups(section, access, request.actor),
        # lazy: a section that prints neither pays for neither
        "seen_by": SimpleLazyObject(lambda: len(agencies_that_see(case))),
        "identification": SimpleLazyObject(lambda: glance(case)),
        "agreements": SimpleLazyObject(lambda: sum(c.is_live for c in Consent.objects.filter(case=case))),
    }


def _groups(here: Section, access: CaseAccess, actor) -> list[dict]:
    """The sections open to the reader, by group; the group that is read stands unfolded."""
    found: dict[str, dict] = {}
    for s in SECTIONS:
        if s.open_to(access) and _offered(s, access, actor):
            group = found.setdefault(str(s.group), {"label": s.group, "here": s.group is here.group, "sections": []})
            address = reverse(s.route, args=[access.case_id])
            group["sections"].append({"label": s.label, "href": address, "here": s is here})
    return list(found.values())


def access_to(actor, pk) -> CaseAccess:
    """The actor's access row with its case, at `summary` or above; 404 otherwise."""
    rows = CaseAccess.objects.of(actor, Level.SUMMARY)
    access = rows.select_related("case__territory", "case__lead", "case__coordination").filter(case=pk).first()
    if access is None:
        raise Http404
    return access


def _offered(section: Section, access: CaseAccess, actor) -> bool:
    """Identity is offered to those who hold it or a contact, and to a lead that may enter it."""
    if section.code != "identity":
        return True
    return bool(access.categories & (Category.IDENTITY | Category.CONTACT)) or may_enter_identity(actor, access)


def may_enter_identity(actor, access: CaseAccess) -> bool:
    return access.lead and bool(actor.agency.may_hold & Category.IDENTITY)
