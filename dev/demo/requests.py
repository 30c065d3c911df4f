"""Make demonstration orientations: one declined for lack of places with a suggestion, one with a question.

With places declared this week and long ago, and the figures of the worker.
"""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from agencies.models import Agency, Desk, Service
from foundation.actor import acting_as
from foundation.tasks import wake
from referral.alerts.operations import alerts
from referral.inbox.operations import charge
from referral.orientations.operations import messages, orientations

from .story import member, signs

DECLARED_DAYS_AGO = {"foyer-horizon": 2, "foyer-complet": 1, "foyer-calanque": 12}


def tell() -> int:
    """Make them once; return the number of orientations."""
    if Desk.objects.filter(places_updated_at__isnull=False).exists():
        return 0
    for code, days in DECLARED_DAYS_AGO.items():
        declared = Desk.objects.using("owner").filter(agency__code=code)
        declared.update(places_updated_at=timezone.now() - timedelta(days=days))
    case = _case()
    _refused(_ask(case, "foyer-complet", "safe_housing"))
    _questioned(_ask(case, "droit-ouvert", "legal_support"))
    # the worker begins with the figures that it computes hourly
    transaction.on_commit(partial(wake, "referral.tasks.figures"), robust=True)
    return 2


def _case():
    with acting_as(member("social")) as author:
        answers = {
            "territory": "75", "when": "yesterday", "minor": "no", "danger": "no", "persons": 1, "agreement": "yes",
            "recipients": ["association"], "form": "labour_exploitation", "language": "ro",
            "observations": signs("labour_exploitation", "adult", 5),
            "note": "Logé sur le chantier, salaire jamais versé en entier.",
        }  # fmt: skip
        alert = alerts.send_alert(author, alerts.start_draft(author, answers=answers).pk)
    with acting_as(member("coordination")) as actor:
        return alerts.open_case(actor, alert.pk)


def _ask(case, agency: str, service: str):
    with acting_as(member("coordination")) as actor:
        draft = orientations.draft_orientation(
            actor,
            case,
            addressee=Agency.objects.get(code=agency),
            service=Service.objects.get(pk=service),
            consent=case.consents.first(),
        )
        return orientations.send_orientation(actor, draft.pk)


def _refused(asked) -> None:
    with acting_as(member("tilleuls")) as actor:
        orientations.decline_orientation(
            actor, asked.pk, reason="no_place", suggestion=Agency.objects.get(code="foyer-calanque")
        )


def _questioned(asked) -> None:
    with acting_as(member("juriste")) as actor:
        orientations.open_orientation(actor, asked.pk)
        charge.assign_desk(actor, "orientation", asked.pk, actor)
        messages.ask_orientation(
            actor, asked.pk, words="La personne a-t-elle gardé son contrat ou des fiches de paie ?"
        )
