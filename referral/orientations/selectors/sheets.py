"""Read the sheet of an orientation, what the addressee is shown before it accepts."""

from django.utils import timezone

from agencies.models import Category, Level
from foundation.errors import NotFound
from referral.models import Orientation, OrientationDesk, OrientationSheet
from referral.orientations.rules import BRIEF
from victims.categories.selectors import for_sheet
from victims.models import Case, CaseAccess, Contact, Identity

from .situations import lot_of

PARTS = {
    "identity": Category.IDENTITY,
    "contact": Category.CONTACT,
    "health": Category.HEALTH,
    "offence": Category.OFFENCE,
    "residence": Category.RESIDENCE,
}
# Markers for a part without content on the sheet. SEALED: the sender may not read it, and acceptance opens it (the safe
# contact kept with the alert, the file of a case led with `summary`). EMPTY: nothing is recorded. SPENT: the reader has
# read as many as one account may without a second person. HIDDEN: the reader asks for it, with a factor just shown.
SEALED = {"sealed": True}
EMPTY = {"empty": True}
SPENT = {"spent": True}
HIDDEN = {"hidden": True}


def preview(actor, orientation: Orientation) -> dict[str, dict]:
    """Return exactly what the addressee would be shown: {part: data}, one for the level and one per category.

    Parts the sender may not read are SEALED: acceptance opens them. Raises NotFound.
    """
    case = Case.objects.visible_to(actor).select_related("territory").filter(pk=orientation.case_id).first()
    if case is None:
        raise NotFound
    access = CaseAccess.objects.of(actor).get(case=case.pk)
    parts = {"summary": _summary(case, orientation) | lot_of(actor, orientation)}
    if orientation.level >= Level.FILE:
        parts["file"] = _file(case) if access.level >= Level.FILE else SEALED
    for name, bit in PARTS.items():
        if orientation.categories & bit:
            parts[name] = (_category(case, bit) or EMPTY) if access.categories & bit else SEALED
    return parts


def _category(case, bit) -> dict:
    if bit == Category.IDENTITY:
        identity = Identity.objects.filter(case=case).first()
        return identity.data if identity else {}
    if bit == Category.CONTACT:
        contacts = [contact.data for contact in Contact.objects.filter(case=case)]
        return {"ways": contacts} if contacts else {}
    return for_sheet(case, bit)


def sheets(actor, orientation: Orientation) -> dict[str, dict]:
    """Return the frozen sheet for a live desk or a sender that still sees the case; empty for others."""
    live = OrientationDesk.objects.of(actor).filter(orientation=orientation, live=True).exists()
    sender = orientation.sender_id == actor.agency_id
    if not live and not (sender and Case.objects.visible_to(actor).filter(pk=orientation.case_id).exists()):
        return {}
    return {sheet.part: sheet.data for sheet in orientation.sheets.all()}


def last_brief(actor, case) -> dict:
    """Return what the actor's agency added to its last request for this case: typed once, offered again."""
    sent = OrientationSheet.objects.filter(
        part="summary", orientation__in=Orientation.objects.sent_by(actor).filter(case=case)
    )
    last = sent.order_by("-orientation__sent_at").first()
    return {name: last.data[name] for name in BRIEF if name in last.data} if last else {}


def _summary(case, orientation) -> dict:
    return {
        "form": case.form,
        "age_side": case.age_side,
        "territory": case.territory_id,
        "language": case.language,
        "persons": case.persons,
        "urgency": orientation.urgency,
        "service": orientation.service_id,
        "verb": orientation.verb,
        "warnings": case.warnings,
        **_opinion(case),
    }


def _opinion(case) -> dict:
    """Return the child's opinion (CIDE art. 12): stance and day; its text goes with the file."""
    opinion = case.opinions.first() if case.is_minor else None
    return {"opinion": opinion.stance, "opinion_on": timezone.localdate(opinion.at).isoformat()} if opinion else {}


def _file(case) -> dict:
    assessment = case.assessments.first()
    return {
        "observations": [{"indicator": o.indicator, "value": o.value} for o in case.observations.all()],
        "assessment": assessment.result if assessment else None,
        "texts": [text.data for text in case.texts.all()],
    }
