"""Propose procedures for a case, with reasons.

From age side, form and urgency, never from a score. Procedures not proposed stay available.
"""

from django.utils.translation import gettext_lazy as _

from agencies.models import Category
from indicators.procedures.selectors import PUBLIC, Book, Shown
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
    ("orientation_association", 1): "social_support",
    ("mise_a_labri", 1): "safe_housing",
    ("mise_a_labri", 2): "emergency_shelter",
    ("delai_reflexion", 3): "legal_support",
    ("plainte", 1): "legal_support",
    ("plainte", 2): "investigation",
    ("titre_sejour", 1): "residence_permit",
    ("asile", 1): "asylum",
    ("inspection_travail", 1): "labour_control",
    ("soins", 1): "health_care",
    ("soins", 3): "psychological_care",
    ("indemnisation_civi", 1): "legal_support",
    ("parcours_sortie", 1): "prostitution_exit",
    ("insertion", 1): "social_support",
    ("retour_volontaire", 1): "voluntary_return",
    ("non_sanction", 1): "legal_support",
    ("immunite_employeur", 2): "legal_support",
}


def profile(case: Case) -> str:
    """Return the profile in the pack: side of age (in doubt: child), then form."""
    side = "child" if case.is_minor else "adult"
    kind = "_sexual" if case.form in SEXUAL else "_labour" if case.form in LABOUR else ""
    return f"{side}{kind}"


def reason(procedure: Shown, case: Case, agency) -> str:
    """Return in words why the procedure is proposed for this case; empty when it is not."""
    code, adult = procedure.code, not case.is_minor
    proposed = {
        "danger_immediat": (case.urgency == Urgency.VITAL, _("A danger to life was reported.")),
        **{path: (case.is_minor, _("A child, or an age in doubt: nothing to wait for.")) for path in CHILD_PATH},
        "delai_reflexion": (True, _("Offered to everybody, whatever the person decides next.")),
        "entretien_confidentiel": (
            case.status == Case.Status.OPEN and adult,
            _("Signs were noted: the person is received alone and informed."),
        ),
        "mise_a_labri": (adult and case.urgency != Urgency.NORMAL, _("The situation is urgent: is the person safe?")),
        "inspection_travail": (case.form in LABOUR, _("The form noted is exploitation by work.")),
        "parcours_sortie": (adult and case.form in SEXUAL, _("The form noted is sexual exploitation.")),
        "mariage_force": (case.form == "forced_marriage", _("The form noted is forced marriage.")),
        "non_sanction": (
            case.form in {"forced_criminality", "forced_begging"},
            _("The person may be prosecuted for what she was forced to do."),
        ),
        "article_40": (agency.kind in PUBLIC, _("Your agency is public: its agents tell the prosecutor.")),
        "immunite_employeur": (
            case.employer_immunity,
            _("The employer is covered by immunity: no embassy and no consulate is told."),
        ),
        "protection_victime": (case.urgency == Urgency.VITAL or case.employer_immunity, _("Reprisals are possible.")),
        "orientation_association": (True, _("A specialised association can accompany the person.")),
        "indemnisation_civi": (True, _("A time limit runs to ask for compensation.")),
        "soins": (case.status != Case.Status.FOLLOW_UP, _("Health care never depends on a complaint.")),
    }
    holds, words = proposed.get(code, (False, ""))
    return str(words) if holds else ""


def offered(book: Book, access: CaseAccess, agency, begun: set[str]) -> tuple[list, list]:
    """Return (proposed with reasons, others) among procedures not started; those for a child first, then by urgency."""
    case, held = access.case, access.lead or bool(access.categories & Category.RESIDENCE)
    found = [
        (shown, reason(shown, case, agency))
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
