"""Propose procedures for a case, with reasons; know the report of concern that was made outside the platform.

From age side, form and urgency, never from a score. Procedures not proposed stay available.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from agencies.models import Category, Kind, Membership
from indicators.procedures.selectors import PUBLIC, Book, Shown
from referral.models import Checklist, StepAct
from victims.models import Case, CaseAccess, Urgency

SEXUAL = {"sexual_exploitation"}
LABOUR = {"labour_exploitation", "domestic_servitude", "slavery"}
# procedures for a child, in order (CASF L226-2-1 and L226-4, code civil 375, CPP 706-50)
CHILD_PATH = ("mineur_information_preoccupante", "signalement_procureur", "mineur_placement", "administrateur_ad_hoc")
SEALED = {"residence", "asylum"}
URGENCIES = (Urgency.VITAL, Urgency.HIGH, Urgency.NORMAL)
# service to ask for at a step; none where no orientation is needed
SERVICES = {
    ("mineur_information_preoccupante", 1): "child_care",
    ("signalement_procureur", 1): "prosecution",
    ("mineur_placement", 1): "child_care",
    ("administrateur_ad_hoc", 1): "ad_hoc_administrator",
    ("article_40", 1): "prosecution",
    ("signalement_majeur", 2): "prosecution",
    ("orientation_association", 1): "social_support",
    ("orientation_mineur", 1): "social_support",
    ("mise_a_labri", 1): "emergency_shelter",
    ("mise_a_labri", 2): "safe_housing",
    ("delai_reflexion", 3): "legal_support",
    ("plainte", 1): "legal_support",
    ("plainte", 2): "investigation",
    ("plainte_mineur", 2): "investigation",
    ("plainte_mineur", 3): "legal_support",
    ("titre_sejour", 1): "residence_permit",
    ("asile", 1): "asylum",
    ("asile", 4): "legal_support",
    ("asile_mineur", 1): "ad_hoc_administrator",
    ("asile_mineur", 2): "asylum",
    ("asile_mineur", 4): "legal_support",
    ("inspection_travail", 1): "labour_control",
    ("inspection_mineur", 1): "child_care",
    ("inspection_mineur", 2): "labour_control",
    ("soins", 1): "health_care",
    ("soins", 3): "psychological_care",
    ("soins_mineur", 1): "health_care",
    ("soins_mineur", 4): "psychological_care",
    ("indemnisation_civi", 1): "legal_support",
    ("indemnisation_mineur", 1): "legal_support",
    ("parcours_sortie", 1): "prostitution_exit",
    ("insertion", 1): "social_support",
    ("insertion_mineur", 1): "child_care",
    ("retour_volontaire", 1): "voluntary_return",
    ("retour_mineur", 1): "ad_hoc_administrator",
    ("retour_mineur", 3): "voluntary_return",
    ("non_sanction", 1): "legal_support",
    ("non_sanction_mineur", 1): "legal_support",
    ("non_sanction_mineur", 3): "child_care",
    ("mariage_force_mineur", 1): "prosecution",
    ("immunite_employeur", 2): "legal_support",
    ("immunite_mineur", 2): "child_care",
}


def profile(case: Case) -> str:
    """Return the profile in the pack: side of age (in doubt: child), then form."""
    side = "child" if case.is_minor else "adult"
    kind = "_sexual" if case.form in SEXUAL else "_labour" if case.form in LABOUR else ""
    return f"{side}{kind}"


def reason(procedure: Shown, case: Case, agency, wanted: frozenset = frozenset()) -> str:
    """Return in words why the procedure is proposed for this case; empty when it is not.

    The sheet of the other side of age is never in the list: `_fitting` keeps those of the profile. `wanted`: services
    that a need of the case asks for.
    """
    found = REASONS.get(procedure.code)
    holds, words = found(case, agency, wanted) if found else (False, "")
    return str(words) if holds else ""


def _prosecuted(case, *_unused):
    forced = case.form in {"forced_criminality", "forced_begging"}
    return forced, _("The person may be prosecuted for what they were forced to do.")


def _threatened(case, *_unused):
    return case.urgency == Urgency.VITAL or case.employer_immunity, _("Reprisals are possible.")


def _married(case, *_unused):
    return case.form == "forced_marriage", _("The form noted is forced marriage.")


def _at_work(case, agency, _wanted):
    if agency.kind == Kind.LABOUR:
        return case.form in LABOUR, _("Your organisation is the inspectorate: note here what it did and found.")
    return case.form in LABOUR, _("The form noted is exploitation by work.")


def _immune(case, *_unused):
    return case.employer_immunity, _("The employer is covered by immunity: no embassy and no consulate is told.")


def _cared_for(case, *_unused):
    return case.status != Case.Status.FOLLOW_UP, _("Health care never depends on a complaint.")


def _heard(case, *_unused):
    return case.status == Case.Status.OPEN, _("The case is open: the person is received alone and informed.")


def _always(words):
    return lambda case, agency, wanted: (True, words)


_compensated = _always(_("To be asked for within a legal time limit: begin the procedure to follow it here."))
_accompanied = _always(_("A specialised association can accompany the person."))
# by procedure: (case, agency, services wanted) -> (whether it is proposed, why)
REASONS = {
    "danger_immediat": lambda case, *_unused: (case.urgency == Urgency.VITAL, _("A danger to life was reported.")),
    **dict.fromkeys(CHILD_PATH, _always(_("A child, or an age in doubt: nothing to wait for."))),
    "delai_reflexion": _always(_("Offered to every foreign national, whatever the person decides next.")),
    "entretien_confidentiel": _heard,
    "entretien_mineur": _heard,
    "mise_a_labri": lambda case, *_unused: (
        case.urgency != Urgency.NORMAL,
        _("The situation is urgent: is the person safe?"),
    ),
    "inspection_travail": _at_work,
    "inspection_mineur": _at_work,
    "parcours_sortie": lambda case, *_unused: (case.form in SEXUAL, _("The form noted is sexual exploitation.")),
    "mariage_force": _married,
    "mariage_force_mineur": _married,
    "non_sanction": _prosecuted,
    "non_sanction_mineur": _prosecuted,
    "article_40": lambda case, agency, _wanted: (
        agency.kind in PUBLIC,
        _(
            "Your organisation is public: its agents tell the prosecutor without delay. Where professional secrecy is"
            " at stake, or an adult refuses, no national instruction exists yet: ask your hierarchy the same day."
        ),
    ),
    "immunite_employeur": _immune,
    "immunite_mineur": _immune,
    "protection_victime": _threatened,
    "protection_mineur": _threatened,
    "plainte_mineur": lambda case, *_unused: (
        case.status != Case.Status.FOLLOW_UP,
        _("The inquiry does not wait for a child to decide: a lawyer, a filmed hearing."),
    ),
    "orientation_association": _accompanied,
    "orientation_mineur": _accompanied,
    "indemnisation_civi": _compensated,
    "indemnisation_mineur": _compensated,
    "soins": _cared_for,
    "soins_mineur": _cared_for,
    "retour_mineur": lambda _case, _agency, wanted: (
        "voluntary_return" in wanted,
        _("A return is asked for: a judge decides first, never the wish alone."),
    ),
}


def offered(book: Book, access: CaseAccess, agency, begun: set[str]) -> tuple[list, list]:
    """Return (proposed with reasons, others) among procedures not started; those for a child first, then by urgency."""
    case, held = access.case, access.lead or bool(access.categories & Category.RESIDENCE)
    wanted = frozenset(need.service_id for need in case.needs.all()) if case.is_minor else frozenset()
    found = [
        (shown, reason(shown, case, agency, wanted))
        for shown in _fitting(book, case)
        if shown.code not in begun and (held or shown.kind not in SEALED)
    ]
    found.sort(key=lambda row: (_path(row[0], case), URGENCIES.index(row[0].urgency), row[0].order))
    return [row for row in found if row[1]], [row[0] for row in found if not row[1]]


def _fitting(book: Book, case: Case) -> list[Shown]:
    """Return the procedures of the profile; the reflection period is offered to everybody, children included."""
    mine = book.for_profile(profile(case))
    period = book.procedures.get("delai_reflexion")
    return mine if period is None or period in mine else [*mine, period]


def _path(shown: Shown, case: Case) -> int:
    if not case.is_minor:
        return 0
    return CHILD_PATH.index(shown.code) if shown.code in CHILD_PATH else len(CHILD_PATH)


# -- the report of concern about a child, made elsewhere. It takes a duty off the page of the lead: said by a person of
# the agency that leads or coordinates the case alone, of what was written to the CRIP, for each thing that it is owed
PROCEDURE, STEP = "mineur_information_preoccupante", 1  # the step by which the report of concern is made
WRITTEN, CALLED = "written", "called"


@dataclass(frozen=True)
class Fact:
    """Hold one thing that the CRIP is owed a report of: an alert, or the case itself (without reference)."""

    id: UUID
    reference: str
    since: date  # what is older tells nothing of it
    told: date | None  # the day of the writing that tells of it, when one counts
    joined: datetime | None = None  # since when it is told on this case: a request sent before tells nothing of it

    def covered(self, on: date, by_sender: bool) -> bool:
        """Return whether a writing of this day may tell of it, as nrm.report_owed. `by_sender`: see `StepAct`."""
        return on >= self.since - timedelta(days=StepAct.BEFORE if by_sender and self.reference else 0)


@dataclass(frozen=True)
class Report:
    """Hold what is recorded of a report made elsewhere, and whether it counts as made.

    `act`: the last one that says so; None for who reads the summary alone.
    """

    act: StepAct | None
    owed: list[Fact]
    own: bool = True  # said by a person of the agency that leads or coordinates the case

    @property
    def written(self) -> bool:
        return self.act is None or (self.act.words or {}).get("how") == WRITTEN

    @property
    def counts(self) -> bool:
        return not self.untold

    @property
    def untold(self) -> list[Fact]:
        """Return that of which no writing tells."""
        return [fact for fact in self.owed if fact.told is None]

    @property
    def on(self) -> date | None:
        """Return the day of the last writing that counts."""
        return max((fact.told for fact in self.owed if fact.told), default=None)


def is_report(checklist: Checklist, order: int) -> bool:
    """Return whether this step of this checklist is the report of concern."""
    return (checklist.code, order) == (PROCEDURE, STEP)


def counts_for(member, case) -> bool:
    """Return whether this member is a person of the agency that leads or coordinates the case: a program is none."""
    return member.kind == Membership.Sort.PERSON and member.agency_id in (case.lead_id, case.coordination_id)


def report_owed(case) -> list[Fact]:
    """Return what the CRIP is owed a report of, the oldest first: the same for everybody who reads the summary."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT fact, reference, since, told, joined FROM nrm.report_owed(%s)", [case.pk])
        return [Fact(*row) for row in cursor.fetchall()]


def made_elsewhere(actor, case, owed: list[Fact] | None = None) -> Report | None:
    """Return the report that is recorded as made elsewhere; None when none is in force. For who reads the file.

    `owed`: see `report_owed`, asked where it was not yet.
    """
    acts = StepAct.objects.visible_to(actor).filter(case=case.pk, checklist__procedure=PROCEDURE, step=STEP)
    act = acts.select_related("by__user", "by__agency").order_by("at", "id").last()
    if act is None or act.action != StepAct.Action.DONE:
        return None
    return Report(act, report_owed(case) if owed is None else owed, own=counts_for(act.by, case))


def told_elsewhere(owed: list[Fact]) -> Report | None:
    """Return that the report was made elsewhere, without who says so; None when it does not count."""
    made = Report(None, owed)
    return made if made.owed and made.counts else None


def may_confirm(actor, case) -> bool:
    """Return whether a report is recorded that does not count, so that it is still to record."""
    made = made_elsewhere(actor, case)
    return made is not None and not made.counts
