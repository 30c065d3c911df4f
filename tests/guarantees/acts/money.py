"""Acts on money: envelopes, amounts and their reviews, and the yearly campaign."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from foundation.actor import acting_as
from plans.models import BudgetLine
from plans.money.operations import campaigns, envelopes
from plans.money.selectors import grid
from tests.guarantees.acts import Done, act, prepared

from .house import do
from .policy import body

LINE = {"stage": "voted", "nature": "AE", "amount": Decimal(100), "evidence": "PLF"}
EURO = {"resource_kind": "financial", "unit": "EUR", "scope_fr": "Tout l'appel à projets"}


def envelope(w, label="Accueil"):
    return do(w.ministry, envelopes.add_envelope, funder=body("dgcs"), label_fr=label, **EURO)


def line(w) -> BudgetLine:
    return do(w.ministry, envelopes.add_line, envelope(w), year=2026, **LINE)


@act("money.envelope")
def add_envelope(w):
    return Done(w.ministry, envelope(w))


@act("money.envelope_changed")
def change_envelope(w):
    made = envelope(w)
    prepared()
    return Done(w.ministry, do(w.ministry, envelopes.change_envelope, made, label_fr="Accueil de nuit"))


@act("money.overlap")
def say_overlap(w):
    one, other = envelope(w), envelope(w, "Hébergement")
    prepared()
    do(w.ministry, envelopes.record_overlap, one, other)
    return Done(w.ministry, one)


@act("money.overlap_dropped")
def drop_overlap(w):
    one, other = envelope(w), envelope(w, "Hébergement")
    do(w.ministry, envelopes.record_overlap, one, other)
    prepared()
    do(w.ministry, envelopes.drop_overlap, one, other)
    return Done(w.ministry, one)


@act("money.beneficiary")
def name_beneficiary(w):
    made = envelope(w)
    prepared()
    do(w.ministry, envelopes.name_beneficiary, made, "Association d'essai", "")
    return Done(w.ministry, made)


@act("money.beneficiary_corrected")
def correct_beneficiary(w):
    made = envelope(w)
    wrong = do(w.ministry, envelopes.name_beneficiary, made, "Association d'essai", "")
    prepared()
    do(w.ministry, envelopes.correct_beneficiary, wrong, "not_given")
    return Done(w.ministry, made)


@act("money.line")
def add_line(w):
    return Done(w.ministry, line(w))


@act("money.correction")
def correct_line(w):
    made = line(w)
    prepared()
    return Done(w.ministry, do(w.ministry, envelopes.correct_line, made, amount=Decimal(90), evidence="Gel"))


@act("money.checked")
def check_line(w):
    made = line(w)
    prepared()
    do(w.coord, envelopes.check_line, made)
    return Done(w.coord, made)


@act("money.returned")
def return_line(w):
    made = line(w)
    prepared()
    do(w.coord, envelopes.return_line, made, "Quel programme ?")
    return Done(w.coord, made)


@act("money.signed")
def sign_line(w):
    made = line(w)
    do(w.coord, envelopes.check_line, made)
    prepared()
    do(w.auditor, envelopes.sign_line, made)
    return Done(w.auditor, made)


# -- the campaign -----------------------------------------------------------------------------------------------------
def campaign(w):
    today = timezone.localdate()
    return do(
        w.coord, campaigns.open_campaign, year=2027, stage="voted", opens=today, closes=today + timedelta(days=20)
    )  # fmt: skip


@act("campaign.open", tells="campaign_opened")
def open_campaign(w):
    return Done(w.coord, campaign(w))


@act("campaign.draft")
def save_draft(w):
    made = campaign(w)
    prepared()
    do(w.ministry, campaigns.save_draft, made, {}, 0)
    return Done(w.ministry, made)


@act("campaign.given")
def hand_over(w):
    made = campaign(w)
    prepared()
    do(w.ministry, campaigns.hand_over, made, w.colleague)
    return Done(w.ministry, made)


@act("campaign.answer")
def answer(w):
    made = campaign(w)
    with acting_as(w.ministry):
        typed = {str(one.pk): {"hidden": "1", "evidence": "PLF"} for one in grid.own_envelopes("dgcs")}
    prepared()
    do(w.ministry, campaigns.submit, made, typed)
    return Done(w.ministry, made)


@act("campaign.remind", tells="campaign_reminder")
def remind(w):
    made = campaign(w)
    prepared()
    do(w.coord, campaigns.remind, made, body("dgcs"))
    return Done(w.coord, made)
