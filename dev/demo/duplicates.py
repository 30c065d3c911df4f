"""Make demonstration identities: three cases that may concern one invented person, two in one territory.

The worker finds the pairs shortly after the start.
"""

from agencies.models import Agency, Category, Level
from foundation.actor import acting_as
from referral.alerts.operations import alerts
from victims.consents import operations as consents
from victims.identity.operations import enter_identity
from victims.models import Identity

from .story import member, signs

NATIONALITY = "MA"
PERSON = {
    "family_name": "Démo-Belkhafa",
    "given_names": "Nadia Imane",
    "births": [{"date": "1998-03-12"}],
    "nationalities": [NATIONALITY],
    "sex": "woman",
}
KNOWN_AS = (
    ("foyer", "93", PERSON),
    (
        "social",
        "93",
        {**PERSON, "family_name": "Demo Belkhafa", "given_names": "Nadya", "aliases": ["Lina (au travail)"]},
    ),
    ("calanques", "13", {**PERSON, "births": [{"date": "1998", "estimated": True}]}),
)


def tell() -> int:
    """Make them once; return the number of identities."""
    with acting_as(member("foyer")):
        if Identity.objects.exists():
            return 0
    told = Agency.objects.get(code="droit-ouvert").pk
    for who, where, data in KNOWN_AS:
        with acting_as(member(who)) as actor:
            answers = {
                "territory": where, "when": "today", "minor": "no", "danger": "no", "persons": 1, "agreement": "yes",
                "recipients": [], "form": "domestic_servitude", "language": "ar",
                "observations": signs("domestic_servitude", "adult", 3),
            }  # fmt: skip
            draft = alerts.start_draft(actor, answers=answers)
            case = alerts.open_case(actor, alerts.send_alert(actor, draft.pk).pk)
            agreed = consents.record_consent(
                actor, case.pk, agencies=[told], level=Level.FILE, categories=int(Category.IDENTITY)
            )
            enter_identity(actor, case.pk, consent=agreed, data=data)
    return len(KNOWN_AS)
