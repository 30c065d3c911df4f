"""Fetch a case the actor sees, or raise; list the sections of a case and what opens each."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.members.rules import WORKS
from agencies.models import Category, Level
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from victims.models import Case, CaseAccess, Grant, ReadingAlarm
from victims.reading.access import afford

FILE = [f"{level.name.lower()}_case" for level in Level if level >= Level.FILE]  # grants that open the file


@dataclass(frozen=True)
class Section:
    """Describe one page of a case, opened by a level and a category, or by leading the case.

    `read`: words of the act `case.read.<code>`; `bit`: category needed as well; `lead`: open to the lead at any level,
    and without that category.
    """

    code: str
    route: str
    label: str
    read: str
    group: str
    level: int = Level.SUMMARY
    bit: int = 0
    lead: bool = False
    unnamed: bool = False  # whoever reads the journal of the case is not told that this page was opened

    @property
    def act(self) -> str:
        """Return the act that records a reading; `framed` writes it."""
        return "case.read" if self.unnamed or self.code == "summary" else f"case.read.{self.code}"

    def open_to(self, access: CaseAccess) -> bool:
        held = access.level >= self.level and (not self.bit or bool(access.categories & self.bit))
        return held or (self.lead and access.lead)


FOLLOW, SHARE = _("Follow-up"), _("Sharing and access")
PERSON = pgettext_lazy("of a case", "The person")
SECTIONS = (
    Section("summary", "referral:case-detail", _("Summary"), _("Summary read"), FOLLOW),
    Section("timeline", "referral:case-timeline", pgettext_lazy("of a case", "Thread"), _("Thread read"), FOLLOW),
    Section("needs", "referral:case-needs", _("Needs and support"), _("Needs and support read"), FOLLOW),
    Section(
        "procedures",
        "referral:case-procedures",
        _("Procedures and time limits"),
        _("Procedures and time limits read"),
        FOLLOW,
        Level.FILE,
        lead=True,
    ),
    Section(
        "alerts",
        "referral:case-alerts",
        pgettext_lazy("of a case", "Alerts"),
        _("Alerts joined read"),
        FOLLOW,
        Level.FILE,
        lead=True,
    ),
    Section(
        "files", "referral:case-files", pgettext_lazy("of a case", "Documents"), _("List of documents read"), FOLLOW
    ),
    Section("papers", "referral:case-papers", _("Papers kept elsewhere"), _("Papers kept elsewhere read"), FOLLOW),
    Section(
        "life",
        "referral:case-life",
        pgettext_lazy("of a case", "State and closing"),
        _("State and closing read"),
        FOLLOW,
    ),
    Section("identity", "referral:case-identity", _("Identity and contact"), _("Page of the identity opened"), PERSON),
    Section(
        "data_requests",
        "referral:case-data-requests",
        _("Requests of the person"),
        _("Requests of the person read"),
        PERSON,
        Level.FILE,
        lead=True,
    ),
    Section("identification", "referral:case-statements", _("Identification"), _("Identification read"), PERSON),
    Section(
        "signs", "referral:case-signs", _("Signs and assessment"), _("Signs and assessment read"), PERSON, Level.FILE
    ),
    Section("path", "referral:case-path", pgettext_lazy("of a person", "Path"), _("Path read"), PERSON, Level.FILE),
    Section("links", "referral:case-links", _("People and cases linked"), _("People and cases linked read"), PERSON),
    Section("health", "referral:case-health", _("Health"), _("Page of health opened"), PERSON, bit=Category.HEALTH),
    Section(
        "offence",
        "referral:case-offence",
        _("Presumed authors"),
        _("Page of the presumed authors opened"),
        PERSON,
        bit=Category.OFFENCE,
    ),
    Section(
        "reporting",
        "referral:case-reporting",
        _("Report to the prosecutor"),
        _("Page of the report to the prosecutor opened"),
        PERSON,
        bit=Category.OFFENCE,
        lead=True,
    ),
    Section(
        "residence",
        "referral:case-residence",
        _("Residence"),
        _("Page of the right to stay opened"),
        PERSON,
        bit=Category.RESIDENCE,
    ),
    Section("consents", "referral:case-consents", _("Agreements"), _("Agreements read"), SHARE),
    Section("access", "referral:case-access", _("Access"), _("Accesses read"), SHARE),
    Section("secrets", "referral:case-secrets", _("Notes under secrecy"), _("Page of its own notes opened"), SHARE),
    Section(
        "requisitions",
        "referral:case-requisitions",
        _("Requisitions"),
        _("Summary read"),
        SHARE,
        Level.FILE,
        lead=True,
        unnamed=True,
    ),
    Section("place", "referral:case-place", _("Place and coordination"), _("Place read"), SHARE),
    Section("history", "referral:case-history", pgettext_lazy("of a case", "History"), _("History read"), SHARE),
)


def visible_case(actor, case_id, level: int = Level.SUMMARY) -> Case:
    """Return the case with its territory, lead and coordination.

    Raises NotFound when the actor sees it below `level`.
    """
    case = Case.objects.visible_to(actor, level).select_related("territory", "lead", "coordination").filter(pk=case_id)
    found = case.first()
    if found is None:
        raise NotFound
    return found


def hold_case(actor, case_id) -> None:
    """Lock the row of a case until the transaction ends, as far as the actor may change it."""
    Case.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).filter(pk=case_id).first()


def read_case(actor, case_id, *, writes: bool = False) -> Case:
    """Return a case to show. The reading is journalled in the same transaction. Raises NotFound, Spent.

    `writes`: it is shown after an act of the actor (`afford`).
    """
    case = visible_case(actor, case_id)
    afford(actor, ReadingAlarm.Kind.FILE, case, writes=writes)
    record("case.read", case, case_id=case.pk)
    return case


def must_lead(actor, case: Case) -> None:
    """Raise NotAllowed unless the actor's agency leads the case and the actor works on cases."""
    leads = CaseAccess.objects.of(actor, Level.SUMMARY).filter(case=case, lead=True).exists()
    if not leads or not actor.has(*WORKS):
        raise NotAllowed("lead only")


def own_access(actor, case_id):
    """Return the case id when the actor's agency has any access to it, even level 1. Raises NotFound otherwise."""
    row = CaseAccess.objects.of(actor).filter(case=case_id).first()
    if row is None:
        raise NotFound
    return row.case_id


def may_write(actor, access: CaseAccess) -> bool:
    """Return whether the actor may write on the case.

    Level 3 may; so may the lead at any level, although it then does not read what others wrote.
    """
    return actor.has(*WORKS) and (access.lead or access.level >= Level.FILE)


def request_to_write_in(actor, access: CaseAccess) -> UUID | None:
    """Return the accepted request in which an agency that reads the summary writes to its sender; None for another."""
    if may_write(actor, access) or not actor.has(*WORKS):
        return None
    own = Grant.objects.filter(content_object=access.case_id, group=actor.agency_id, ground=Grant.Ground.ORIENTATION)
    return own.order_by("-given_at").values_list("ground_id", flat=True).first()


def must_write(actor, case_id):
    """Return the case, or raise NotAllowed unless the actor may write on it."""
    case = visible_case(actor, case_id)
    if not may_write(actor, CaseAccess.objects.of(actor).get(case=case.pk)):
        raise NotAllowed("write")
    return case


def in_own_right(actor, access: CaseAccess) -> bool:
    """Return whether the actor may write on the case, and not by emergency access alone: anybody takes that by a
    reference, and what one reads for an hour neither decides of the person's rights nor leaves on paper."""
    if not may_write(actor, access):
        return False
    of = Grant.objects.filter(content_object=access.case_id, group=actor.agency_id, permission__codename__in=FILE)
    return access.lead or of.exclude(ground=Grant.Ground.BREAK_GLASS).exists()


def must_write_in_own_right(actor, case_id):
    """Return the case, or raise NotAllowed unless the actor may write on it otherwise than by emergency access."""
    case = visible_case(actor, case_id)
    if not in_own_right(actor, CaseAccess.objects.of(actor).get(case=case.pk)):
        raise NotAllowed("write")
    return case


def written(actor, model, pk):
    """Return one version of an entry visible to the actor. Raises NotFound."""
    found = model.objects.visible_to(actor).select_related("agency", "by__user").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def former_version(actor, model, pk):
    """Return the version to correct: current, and of the actor's agency. Raises NotFound, NotAllowed, WrongState."""
    former = written(actor, model, pk)
    if former.agency_id != actor.agency_id or not actor.has(*WORKS):
        raise NotAllowed("correct")
    if not former.current:
        raise WrongState("corrected")
    return former
