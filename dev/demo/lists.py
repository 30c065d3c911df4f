"""Make demonstration lists: a saved search, and an export of the shelter that waits for approval."""

from foundation.actor import acting_as
from referral.alerts.operations import alerts
from referral.desk import operations as desk
from referral.exports import operations as exports
from referral.models import WITHOUT_APPROVAL, Export, SavedSearch
from victims.consents import operations as consents
from victims.models import CaseAccess
from victims.path import operations as path

from .story import member

FORMS = ("labour_exploitation", "sexual_exploitation", "domestic_servitude", "unknown")
PLACES = ("75", "92", "93")
SEXES, AGES, COUNTRIES = ("female", "male"), ("18_24", "25_29", "30_44"), ("RO", "NG", "FR")


def tell() -> None:
    """Make them by the real operations; the export again when the last one was decided or expired.

    The shelter's own cases, without details, reach the number of rows that needs approval.
    """
    with acting_as(member("foyer")) as asker:
        if not Export.objects.visible_to(asker).filter(state=Export.State.WAITING).exists():
            for number in range(WITHOUT_APPROVAL + 1 - CaseAccess.objects.of(asker).count()):
                _case(asker, number)
            exports.ask_export(
                asker, "cases", "", purpose="report", file_format="xlsx",
                reason="Rapport annuel du foyer : nombre de situations suivies, par état et par forme.",
            )  # fmt: skip
    with acting_as(member("coordination")) as coordinator:
        if not SavedSearch.objects.of(coordinator).exists():
            desk.save_search(coordinator, "cases", "urgency=high&status=open", "Urgents encore ouverts")


def _case(actor, number: int) -> None:
    draft = alerts.start_draft(
        actor,
        answers={
            "territory": PLACES[number % 3], "when": "today", "minor": "no", "danger": "no", "persons": 1,
            "form": FORMS[number % 4], "observations": {}, "none_of_these": True, "agreement": "yes", "recipients": [],
        },
    )  # fmt: skip
    case = alerts.open_case(actor, alerts.send_alert(actor, draft.pk).pk)
    if number % 3:  # for the yearly survey; the others were not asked
        consents.record_consent(
            actor, case.pk, purpose="statistics", agencies=[actor.agency_id], level=1, proof="oral",
            explained=["purpose", "withdrawal", "help_anyway"],
        )  # fmt: skip
        data = {"sex": SEXES[number % 2], "age_group": AGES[number % 3], "nationality": COUNTRIES[number % 3]}
        path.record_profile(actor, case.pk, data=data)
