"""What entitled bodies stated, agreements with their words, a child heard, and the three categories, in the world of
the grid: on the main case, written by those who may, through the real operations."""

from agencies.models import Category, Kind, Level
from foundation.actor import acting_as
from tests import factories as f
from victims.categories import operations as categories
from victims.models import AgreementText, ChildOpinion
from victims.reporting import operations as reporting
from victims.statements import operations as statements


def fill(world) -> None:
    """The lead holds health, an accepted police service offence data, the border service residence."""
    lead, case = world.lead, world.case
    words = {"proxy": "MARQUEUR"}
    f.consent(lead, case, agencies=[world.home.pk], level=3, categories=int(Category.HEALTH), text=words)
    police = f.agency(Kind.INTERIOR, may_hold=Category.OFFENCE, entitlements=["identified", "not_established"])
    sent = world.sent(police, "accepted", level=Level.FILE, categories=int(Category.OFFENCE))
    third = world.relations["declined"].orientation
    world.relate("police", police, case=case, alert=world.alert, orientation=sent, other=third)
    officer, border = world.actor("case_worker", "police"), world.actor("case_worker", "border")
    said = {"stated_on": case.received_at.date(), "function": "Fonction d'essai", "motives": "MARQUEUR-MOTIFS"}
    for who, status in ((lead, "presumed"), (officer, "identified")):
        with acting_as(who):
            statements.make_statement(who, case.pk, status=status, **said)
    for who, bit in ((lead, Category.HEALTH), (officer, Category.OFFENCE), (border, Category.RESIDENCE)):
        with acting_as(who):
            categories.write_entry(who, case.pk, bit, data={"text": "MARQUEUR-CATEGORIE"})
    decided = {"decision": "not_made", "on": "2026-01-31", "agreement": "no", "why": "MARQUEUR-SIGNALEMENT"}
    with acting_as(lead):
        reporting.record_decision(lead, case.pk, data=decided)
    with acting_as(lead):  # heard while the age was in doubt
        opinion = ChildOpinion.objects.hear(case, stance="favourable", by=lead)
        AgreementText.objects.create(case=case, opinion=opinion, data={"words": "MARQUEUR-ENFANT"}, by=lead)
    f.sent_alert(world.nurse, contact={"whose": "controller", "channel": "phone", "value": "MARQUEUR-NUMERO"})
