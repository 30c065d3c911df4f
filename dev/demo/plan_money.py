"""Make demonstration money: envelopes of two ministries with fictitious amounts, and a campaign in progress.

Some lines are checked and signed, one is returned, one corrected, one association named with its public grant.
"""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from agencies.models import Directory, Membership
from foundation.actor import acting_as
from plans.models import BudgetLine, Campaign, Envelope, Measure
from plans.money.operations import campaigns
from plans.money.operations import envelopes as acts

from . import bodies

EURO, PEOPLE = ("financial", "EUR"), ("human", "FTE")
PLACES, HOURS = ("material", "place"), ("material", "interpreting_hour")
DEMO = "Montant fictif de démonstration"
# (label, scope, sort, measure, lines of last year: stage, nature, amount, exactness, share)
SOCIAL = [
    ("Lieux d'accueil pour mineurs (démonstration)", "Subventions, hébergement seul", EURO, "plan3-x13",
     [("voted", "AE", 1250000, "exact", None), ("voted", "CP", 1100000, "exact", None)]),
    ("Projets associatifs pour les enfants (démonstration)", "Prévention et suivi, hors hébergement", EURO, "plan3-x06",
     [("voted", "AE", 400000, "exact", None)]),
    ("Places d'accueil ouvertes (démonstration)", "Places réservées aux victimes de traite, femmes, hommes et mineurs", PLACES, None,
     [("voted", "", 64, "exact", None)]),
    ("Interprétariat pour les associations (démonstration)", "Heures payées, hors bénévoles", HOURS, None,
     [("voted", "", 3200, "exact", None)]),
    ("Action sociale générale (démonstration)", "Part de l'action 15 qui va à la lutte contre la traite", EURO, None,
     [("voted", "AE", 900000, "estimated", 25)]),
]  # fmt: skip
JUSTICE = [
    ("Magistrats référents traite (démonstration)", "Temps des référents des parquets", PEOPLE, None,
     [("voted", "", Decimal("11.5"), "estimated", 10)]),
    ("Formation des magistrats (démonstration)", "Sessions nationales, frais de mission exclus", EURO, "plan3-x08",
     [("voted", "AE", 84000, "exact", None), ("voted", "CP", 84000, "exact", None)]),
    ("Aide juridictionnelle aux victimes (démonstration)", "Toutes victimes, traite non distinguée", EURO, None,
     [("voted", "AE", None, "not_isolable", None)]),
]  # fmt: skip
KNOWLEDGE = {"Formation des magistrats (démonstration)": "training"}


def tell() -> None:
    """Make it once, by the real operations, as each actor."""
    if Envelope.objects.filter(label_fr=SOCIAL[0][0]).exists():
        return
    year = timezone.localdate().year
    social, justice, check, audit = (_member(name) for name in ("budget", "justice", "nationale", "audit"))
    lines = {
        name: _enter(actor, check, told, year) for name, actor, told in (("s", social, SOCIAL), ("j", justice, JUSTICE))
    }
    with acting_as(social):
        acts.name_beneficiary(
            social, lines["s"][0].envelope, "Association Les Rivages (fictive)", "Arrêté fictif du 3 mars, annexe 2"
        )
    with acting_as(check):
        for line in [*lines["s"][:4], lines["j"][0], lines["j"][2]]:
            acts.check_line(check, line)
        acts.return_line(check, lines["j"][1], "Les frais de déplacement sont-ils compris ?")
    with acting_as(audit):
        acts.sign_line(audit, lines["s"][0], "Conforme au document budgétaire fictif")
    with acting_as(social):
        acts.correct_line(
            social, BudgetLine.objects.get(pk=lines["s"][1].pk), amount=Decimal(1050000), evidence=DEMO,
            reason="Annulation de crédits en fin d'année (démonstration)",
        )  # fmt: skip
    _campaign(check, justice, year)


def _member(name: str) -> Membership:
    found = Membership.objects.filter(user__email=f"{name}@demo.invalid", kind=Membership.Sort.PERSON)
    return found.select_related("agency", "user").get()


def _enter(actor, coordination, told, year: int) -> list[BudgetLine]:
    """Enter the lines of a ministry.

    No body leads a measure of this plan: only the coordination may name one.
    """
    measures = {measure.code: measure for measure in Measure.objects.filter(plan__code="plan3")}
    body = Directory.objects.get(pk=actor.agency.profile_id)
    found = []
    for label, scope, (kind, unit), measure, lines in told:
        opens = coordination if measure else actor
        with acting_as(opens):
            envelope = acts.add_envelope(
                opens, funder=body, resource_kind=kind, unit=unit, label_fr=label, scope_fr=scope,
                measure=measures.get(measure), money_source="state", knowledge=KNOWLEDGE.get(label, ""),
            )  # fmt: skip
        with acting_as(actor):
            for stage, nature, amount, exactness, share in lines:
                found.append(
                    acts.add_line(
                        actor, envelope, year=year, stage=stage, nature=nature, exactness=exactness, evidence=DEMO,
                        amount=None if amount is None else Decimal(amount),
                        share=None if share is None else Decimal(share),
                    )
                )  # fmt: skip
    return found


def _campaign(check, justice, year: int) -> None:
    """Open a campaign for a month; the ministry of justice has a draft and was reminded."""
    today = timezone.localdate()
    with acting_as(check):
        campaign: Campaign = campaigns.open_campaign(
            check, year=year + 1, stage="voted", opens=today - timedelta(days=10), closes=today + timedelta(days=21),
            note="Montants : ceux de la loi de finances ; si elle n'est pas encore promulguée, enregistrez sans transmettre et prévenez la coordination. Quantités : celles que ces montants doivent financer. Si rien ne change, il suffit de cocher « Inchangé ».",
        )  # fmt: skip
        campaigns.remind(check, campaign, Directory.objects.get(pk=bodies.JUSTICE))
    with acting_as(justice):
        first = Envelope.objects.filter(label_fr=JUSTICE[0][0]).get()
        campaigns.save_draft(justice, campaign, {str(first.pk): {"same": "1"}}, 0)
