"""Make the first demonstration situations, by the real operations, as the people of the demonstration."""

from django.utils import timezone

from agencies.models import Agency, Membership, Service
from foundation.actor import acting_as
from indicators.catalogue import selectors as catalogue_selectors
from referral.alerts.operations import alerts
from referral.inbox.operations.alerts import open_alert
from referral.models import Alert
from referral.orientations.operations import orientations


def member(name: str) -> Membership:
    """Return the first membership of a demonstration account."""
    return Membership.objects.select_related("agency").filter(user__email=f"{name}@demo.invalid").order_by("pk")[0]


def signs(form: str, side: str, how_many: int) -> dict:
    """Return the first signs of the short grid for this form and side of age, known as their words say."""
    grid = catalogue_selectors.short_grid(form, side)
    return {item.indicator: item.known_by for item in grid.items[:how_many]}


def tell() -> int:
    """Make the situations once; return the number of alerts, 0 when they exist."""
    with acting_as(member("infirmiere")) as nurse:
        if Alert.objects.mine(nurse).exists():
            return 0
    _alert("infirmiere", territory="93", minor="doubt", form="forced_begging", agreement="not_asked",
           observations=signs("forced_begging", "doubt", 3), place="school", language="ro", persons=2,
           note="Deux élèves absents le matin, fatigués, présents devant la gare l'après-midi.")  # fmt: skip
    _alert("hotel", territory="75", minor="no", form="unknown", agreement="not_asked", observations={},
           none_of_these=True, place="hotel", note="Une personne jamais vue hors de sa chambre, rideaux fermés depuis cinq jours.")  # fmt: skip
    _alert("syndicat", territory="75", minor="no", form="labour_exploitation", agreement="yes",
           recipients=["association"], language="vi", place="construction_site",
           observations=signs("labour_exploitation", "adult", 4), note="Chantier, papiers gardés par le chef d'équipe.")  # fmt: skip
    followed = _alert(
        "inspection", territory="75", minor="no", form="domestic_servitude", agreement="yes",
        recipients=["association", "contact"], language="en", place="employer_home",
        observations=signs("domestic_servitude", "adult", 4), note="Employée logée sur place, sans jour de repos.",
        contact={"channel": "sms", "value": "01 99 00 00 01", "hours": "le mardi matin", "whose": "hers",
                 "who_may_answer": "elle seule", "code_word": "bibliothèque"},
    )  # fmt: skip
    _orient(followed)
    return 4


def _alert(author: str, *, contact=None, **answers) -> Alert:
    answers = {"when": "today", "danger": "no", "persons": 1, **answers}
    with acting_as(member(author)) as actor:
        draft = alerts.start_draft(actor, answers=answers)
        if contact:
            alerts.save_draft(actor, draft.pk, {}, step=4, contact=contact)
        return alerts.send_alert(actor, draft.pk)


def _orient(alert: Alert) -> None:
    with acting_as(member("coordination")) as actor:
        open_alert(actor, alert.pk)
        case = alerts.open_case(actor, alert.pk)
        made = orientations.draft_orientation(
            actor,
            case,
            addressee=Agency.objects.get(code="foyer-horizon"),
            service=Service.objects.get(pk="safe_housing"),
            verb="transfer",
            consent=case.consents.filter(withdrawn_at=None, obtained_at__lte=timezone.now()).first(),
            level=3,
            categories=2,
        )
        orientations.send_orientation(actor, made.pk)
