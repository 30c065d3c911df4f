"""Tell which desks must not know of an alert or its case, and what addressees do not read about its author.

What an applicant told an asylum body is not handed to police, prefecture or residence desks, and that somebody asks for
asylum is confidential (directive 2013/32/UE, art. 48). An employer with diplomatic immunity has its own State's embassy
and consulates as allies. The database refuses the same moves, requests, grants and emergency accesses, by the same list
(sql/discretion.sql).
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, Desk, Kind
from referral.routing.words import NEVER_PRETICKED, NEVER_TOLD

IMMUNITY_SIGN = "FR-DOM-10"  # employer with diplomatic immunity, in the French complements
SEEN = ("observed", "reported", "third_party", "document")
ASYLUM_CONTEXTS = ("asylum",)  # contexts of detection that say that somebody asks for asylum
ASYLUM = gettext_lazy("Never told of an alert written by an asylum body: what an applicant says stays with it")
IMMUNITY = gettext_lazy("Never told when the employer has diplomatic immunity: its State would learn of it")
# of a case: its lead may be an addressee from which the asylum body is hidden
CONFIDENTIAL = gettext_lazy(
    "Confidential: this service must not know of the person, even with agreement. To complain or testify, the person "
    "goes there themselves, with an association or a lawyer; in danger, call 17"
)
CONSULAR = gettext_lazy("The employer has immunity: no consulate or embassy")


def employer_immunity(answers: dict) -> bool:
    """Return whether the employer has diplomatic immunity: ticked by the author, or noted among the signs."""
    return bool(answers.get("employer_immunity")) or (answers.get("observations") or {}).get(IMMUNITY_SIGN) in SEEN


def barred(sender: Agency, immunity: bool, kind: str, services: set[str]) -> str:
    """Return in words why a desk of this kind, with these services, must not know of an alert; empty when it may."""
    if sender.kind == Kind.ASYLUM and _never_told("asylum", kind, services):
        return str(ASYLUM)
    if immunity and _never_told("immunity", kind, services):
        return str(IMMUNITY)
    return ""


def barred_from_case(case, desk: Desk) -> str:
    """Return why a desk must not know of a case, in words that do not tell of asylum; empty when it may."""
    kind, services = desk.agency.kind, {service.pk for service in desk.services.all()}
    if case.employer_immunity and _never_told("immunity", kind, services):
        return str(CONSULAR)
    if case.asylum_confidential and _never_told("asylum", kind, services):
        return str(CONFIDENTIAL)
    return ""


def warnings(alert) -> list[str]:
    """Return the warnings of an alert, by the codes of a case (`Case.WARNINGS`)."""
    said = {"immunity": alert.employer_immunity, "confidential": alert.agency.kind == Kind.ASYLUM}
    return [code for code, holds in said.items() if holds]


def author_warnings(immunity: bool) -> list[str]:
    """Return what the author of an alert, who stands beside the person, is warned of, by the codes of a case.

    Not of what is confidential: the author's own agency is the one that it keeps from others.
    """
    return ["immunity"] if immunity else []


def _never_told(why: str, kind: str, services: set[str]) -> bool:
    rows = (row[1:] for row in NEVER_TOLD if row[0] == why)
    return any(named in ("", kind) and service in ("", *services) for named, service in rows)


def hides_sender(alert, actor) -> bool:
    """Return whether the actor must not read that the author is an asylum body; coordination reads it."""
    own = actor.agency_id == alert.agency_id or actor.agency.is_coordination
    return alert.agency.kind == Kind.ASYLUM and not own


def sender_name(alert, actor) -> str:
    """Return the name of the author's agency, or « un service public » where it is hidden."""
    return _("a public service") if hides_sender(alert, actor) else str(alert.agency)


def readable(alert, actor, answers: dict) -> dict:
    """Return the answers this actor may read: none that says that the person asks for asylum where this is hidden."""
    if hides_sender(alert, actor):
        return without_asylum(answers)
    return answers


def without_asylum(answers: dict) -> dict:
    """Return the answers without a context of detection that says that the person asks for asylum."""
    return {k: v for k, v in answers.items() if not (k == "detection" and v in ASYLUM_CONTEXTS)}


def told_by_article_40(agency: Agency) -> bool:
    """Return whether article 40 (code of criminal procedure) tells this agency: justice and police, no préfecture."""
    return agency.kind in NEVER_PRETICKED and agency.office_held != Agency.Office.PREFECTURE
