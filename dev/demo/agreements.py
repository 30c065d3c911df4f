"""Make demonstration agreements: an adult identified by police and not by another body, a heard child.

With an interpreter, an end and contradictory statements; the child is protected without an agreement.
"""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Agency, Category, Kind, Service
from foundation.actor import acting_as
from referral.alerts.operations import alerts
from referral.orientations.operations import orientations
from victims.categories import operations as categories
from victims.consents import operations as consents
from victims.models import ChildOpinion
from victims.statements import operations as statements

from .story import member, signs


def tell() -> int:
    """Make them once; return the number of cases opened."""
    with acting_as(member("enfance")) as actor:
        if ChildOpinion.objects.filter(by=actor).exists():
            return 0
    _adult()
    _child()
    return 2


def _opened(author: str, opener: str, **answers):
    answers = {"when": "today", "danger": "no", "persons": 1, **answers}
    with acting_as(member(author)) as actor:
        alert = alerts.send_alert(actor, alerts.start_draft(actor, answers=answers).pk)
    with acting_as(member(opener)) as actor:
        return alerts.open_case(actor, alert.pk)


def _adult() -> None:
    case = _opened(
        "foyer", "foyer", territory="75", minor="no", form="labour_exploitation", agreement="yes", recipients=[],
        language="vi", observations=signs("labour_exploitation", "adult", 4), note="Salaires gardés, porte fermée la nuit.",
    )  # fmt: skip
    with acting_as(member("foyer")) as lead:
        police = consents.record_consent(
            lead, case.pk, purpose="share_authority", kinds=[Kind.INTERIOR, Kind.LABOUR], level=3,
            categories=int(Category.OFFENCE), explained=["purpose", "recipients", "withdrawal", "help_anyway"],
            language="vi", interpreter="phone", proof="interpreted", until=timezone.now() + timedelta(days=180),
        )  # fmt: skip
        statements.make_statement(lead, case.pk, **_said("presumed", 12, "Cheffe de service", "Récit, papiers gardés."))
        categories.write_entry(lead, case.pk, Category.HEALTH, data={"text": "Suivi dentaire à prévoir.", "needs": []})
    _identify(case, police, "gendarme", "br-valmont", "investigation", Category.OFFENCE,
              _said("identified", 6, "Enquêteur", "Dette, menaces et papiers retenus établis."))  # fmt: skip
    _identify(case, police, "inspection", "it-uc3", "labour_control", 0,
              _said("not_established", 2, "Inspectrice du travail", "Travail dissimulé établi, contrainte non vue."))  # fmt: skip
    with acting_as(member("gendarme")) as officer:
        fact = {"role": "exploiter", "relationship": "employer", "means": ["documents"], "number": "01 99 00 00 99"}
        categories.write_entry(officer, case.pk, Category.OFFENCE, data=fact)


def _said(status: str, days: int, function: str, motives: str) -> dict:
    day = timezone.localdate() - timedelta(days=days)
    return {"status": status, "stated_on": day, "function": function, "motives": motives}


def _identify(case, consent, who: str, agency: str, service: str, bits: int, said: dict) -> None:
    """Send an orientation on the agreement and accept it; then the body states, on the file it reads."""
    with acting_as(member("foyer")) as lead:
        draft = orientations.draft_orientation(
            lead, case, addressee=Agency.objects.get(code=agency), service=Service.objects.get(pk=service),
            consent=consent, level=3, categories=int(bits),
        )  # fmt: skip
        orientations.send_orientation(lead, draft.pk)
    with acting_as(member(who)) as actor:
        orientations.accept_orientation(actor, draft.pk)
        statements.make_statement(actor, case.pk, **said)


def _child() -> None:
    case = _opened(
        "infirmiere", "enfance", territory="93", minor="yes", form="forced_begging", agreement="not_asked",
        observations=signs("forced_begging", "minor", 3), language="ro", place="school",
        note="Ne rentre plus le soir, a peur qu'on prévienne la maison.",
    )  # fmt: skip
    with acting_as(member("enfance")) as lead:
        consents.record_opinion(
            lead, case.pk, stance="mixed", language="ro", interpreter="independent",
            text={"words": "Veut dormir ailleurs, ne veut pas que son frère soit puni.", "heard_by": "Éducatrice, avec interprète"},
        )  # fmt: skip
        draft = orientations.draft_orientation(
            lead, case, addressee=Agency.objects.get(code="parquet-bobigny"),
            service=Service.objects.get(pk="prosecution"), legal_ground="child_in_danger", level=3,
            legal_reason="Mendicité forcée décrite par l'enfant, retour au domicile impossible ce soir.",
        )  # fmt: skip
        orientations.send_orientation(lead, draft.pk)
