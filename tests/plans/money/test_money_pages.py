"""Means in the browser: each does what it may, errors keep what was typed, the public reads figures and sources."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import ProgrammingError, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from agencies.models import Directory, Kind, Role
from foundation.actor import acting_as
from plans.models import BeneficiaryCorrection, BudgetLine, Envelope, EnvelopeBeneficiary, Measure, Plan, PlanMove
from plans.money import datasets as money_datasets
from plans.money.operations import campaigns
from plans.money.operations import envelopes as acts
from plans.money.views import public as public_views
from tests import factories as f
from tests.plans import people

pytestmark = pytest.mark.django_db


class Hand:
    """A signed-in member's browser; None: anybody's."""

    def __init__(self, member=None):
        self.member, self.client = member, Client()
        if member:
            self.client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")

    def get(self, route, *args, query="", status=200):
        answer = self.client.get(reverse(route, args=args) + query)
        assert answer.status_code == status, route
        return unescape(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")

    def post(self, route, *args, status=302, **data):
        answer = self.client.post(reverse(route, args=args), {"_membership": self.member.pk, **data})
        assert answer.status_code == status, unescape(answer.content.decode())[-3000:]
        return unescape(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


def auditor():
    return f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR)


ENVELOPE = {"label_fr": "Appel à projets mineurs", "scope_fr": "Subventions seules", "unit": "EUR", "funder": "dacg"}
LINE = {"year": "2026", "stage": "voted", "nature": "AE", "exactness": "exact", "amount": "1,25 M€", "evidence": "LFI"}


def entered(hand) -> BudgetLine:
    hand.post("plans:money-new", **ENVELOPE)
    made = Envelope.objects.get(label_fr=ENVELOPE["label_fr"])
    hand.post("plans:money-line", made.code, **LINE)
    with acting_as(hand.member):
        return BudgetLine.objects.get(envelope=made)


def newest(hand) -> int:
    with acting_as(hand.member):
        return BudgetLine.objects.live(hand.member).latest("pk").pk


def test_entered_checked_signed_and_read_by_anybody():
    own, check, audit, public = Hand(people.ministry()), Hand(people.coordination()), Hand(auditor()), Hand()
    line = entered(own)
    code = line.envelope.code
    assert "1 250 000 €" in own.get("plans:money")
    assert "Pas encore vérifié" in own.get("plans:money-envelope", code)
    assert "1 250 000" not in public.get("policy:money-envelope", code)
    assert "À vérifier" in check.get("plans:money")
    own.post("plans:money-review", line.pk, act="check", status=403)
    audit.post("plans:money-review", line.pk, act="sign", status=409)
    check.post("plans:money-review", line.pk, act="return", text="", status=200)  # says what to look at
    check.post("plans:money-check-all", line=[line.pk])
    assert "1 250 000 €" in public.get("policy:money-envelope", code)
    assert "LFI" in public.get("policy:money", query="?year=2026")
    waits = "Vérifié, pas encore signé par un auditeur"
    assert "À signer" in audit.get("plans:money") and waits in audit.get("plans:money")
    assert waits in check.get("plans:money"), "said to all, not only to who signs"
    sign = audit.get("plans:money-review", line.pk)
    assert "Signer ce montant" in sign and "S'il ne l'est pas, ne signez pas" in sign
    assert 'type="hidden" name="act" value="sign"' in sign
    assert "Qu'en dites-vous" not in sign and ">Signer</button>" in sign, "one act: nothing to choose"
    audit.post("plans:money-review", line.pk, act="sign", text="Conforme")
    assert waits not in audit.get("plans:money")
    assert "Signé" in public.get("policy:money-envelope", code)


def test_an_english_page_says_the_period_of_an_amount_in_english():
    with acting_as(people.coordination()) as actor, translation.override("en"):
        period = BudgetLine.objects.live(actor).filter(period_fr="trois ans").first()
        shown = render_to_string("plans/money/_money_figure.html", {"line": period})
        assert "three years" in shown and "trois ans" not in shown


def test_what_the_coordination_asks_comes_back_to_the_ministry_alone():
    own, check, public = Hand(people.ministry()), Hand(people.coordination()), Hand()
    line = entered(own)
    check.post("plans:money-review", line.pk, act="return", text="De quelle action ?")
    assert "La coordination pose une question" in own.get("plans:money")
    assert "De quelle action ?" in own.get("plans:money-envelope", line.envelope.code)
    own.post("plans:money-correct", line.pk, exactness="exact", amount="1 200 000", evidence="LFI, action 15")
    assert "1 200 000 €" in check.get("plans:money-lines", query="?state=check")
    check.post("plans:money-check-all", line=[newest(check)])
    assert "De quelle action" not in public.get("policy:money-envelope", line.envelope.code)


def test_errors_say_what_to_do_and_keep_what_was_typed():
    own = Hand(people.ministry())
    said = own.post("plans:money-new", **{**ENVELOPE, "scope_fr": ""}, status=200)
    assert "Dites ce qu'elle compte" in said
    assert "Appel à projets mineurs" in said
    line = entered(own)
    said = own.post("plans:money-line", line.envelope.code, **{**LINE, "amount": "cinq millions"}, status=200)
    assert "Écrivez un nombre sans mots" in said
    assert "cinq millions" in said
    assert "corrigez celui-là" in own.post("plans:money-line", line.envelope.code, **LINE, status=200)
    assert "n'est pas isolable" in own.post(
        "plans:money-line", line.envelope.code, **{**LINE, "year": "2027", "amount": ""}, status=200
    )


def test_a_public_figure_is_corrected_with_a_reason_that_anybody_reads():
    own, check, public = Hand(people.ministry()), Hand(people.coordination()), Hand()
    line = entered(own)
    check.post("plans:money-check-all", line=[line.pk])
    change = {"exactness": "exact", "amount": "900 000", "evidence": "LFR"}
    assert "dites pourquoi" in own.post("plans:money-correct", line.pk, **change, status=200)
    own.post("plans:money-correct", line.pk, **change, reason="Gel de crédits")
    assert "1 250 000 €" in public.get("policy:money-envelope", line.envelope.code), "until it is checked"
    check.post("plans:money-check-all", line=[newest(check)])
    said = public.get("policy:money-envelope", line.envelope.code)
    assert "900 000 €" in said
    assert "Gel de crédits" in said
    assert "1 250 000 €" in said, "the former figure stays readable"


def test_others_are_told_that_the_page_is_not_theirs():
    line = entered(Hand(people.ministry()))
    other, association = Hand(people.ministry("dgt", Kind.LABOUR)), Hand(people.speaker(body="ccem"))
    other.post("plans:money-line", line.envelope.code, **LINE, status=403)
    other.post("plans:money-correct", line.pk, exactness="exact", amount="1", status=404)  # it does not see it yet
    association.get("plans:money-new", status=403)
    association.get("plans:money")
    Hand(f.member(f.shelter(), Role.CASE_WORKER)).get("plans:money", status=403)
    read = other.get("plans:money-envelope", line.envelope.code)
    assert "Un montant s'affiche ici une fois vérifié" in read and "Saisissez-en un" not in read


def test_a_list_too_long_to_be_added_says_so_and_still_lists(monkeypatch):
    monkeypatch.setattr(public_views, "ADDED", 3)
    said = Hand().get("policy:money")
    assert "Trop de montants" in said and "ne s'additionnent pas" not in said
    assert "Sources en désaccord" in said
    assert "Trop de montants" not in Hand().get("policy:money", query="?year=2018&q=ac.sé")


def test_what_knowledge_costs_is_a_page_of_its_own_kind_by_kind():
    own, check, public = Hand(people.ministry()), Hand(people.coordination()), Hand()
    told = {"Formation nationale": "training", "Enquête de prévalence": "survey", "Subventions": ""}
    for amount, (label, kind) in enumerate(told.items(), start=1):
        own.post("plans:money-new", **{**ENVELOPE, "label_fr": label, "knowledge": kind})
        code = Envelope.objects.get(label_fr=label).code
        own.post("plans:money-line", code, **{**LINE, "amount": f"{amount}0 000"})
    before = public.get("policy:money", query="?knowledge=training")
    assert "Aucun chiffre public n'est connu pour ce type de connaissance" in before, "nothing was checked yet"
    with acting_as(check.member):
        lines = list(BudgetLine.objects.filter(provenance="entered").values_list("pk", flat=True))
    check.post("plans:money-check-all", line=lines)
    everything = public.get("policy:money", query="?knowledge=any")
    assert "<h1>Coût de la connaissance et de la formation</h1>" in everything
    for words, there in {"Formation nationale": 1, "Enquête de prévalence": 1, "Subventions</a>": 0}.items():
        assert (words in everything) == bool(there), words
    assert "30 000 €" not in everything, "tied to no measure, they are never added"
    training = public.get("policy:money", query="?knowledge=training")
    assert "Formation nationale" in training and "Enquête de prévalence" not in training
    assert "<h1>Les moyens de la politique</h1>" in public.get("policy:money", query="?knowledge=autre")
    told = {row["label"]: row["knowledge"] for row in money_datasets.rows() if row["label"] in told}
    assert told == {"Formation nationale": "training", "Enquête de prévalence": "survey", "Subventions": ""}


def test_a_wrong_beneficiary_is_taken_out_at_once_with_a_reason():
    own, other, public = Hand(people.ministry()), Hand(people.ministry("dgt", Kind.LABOUR)), Hand()
    own.post("plans:money-new", **ENVELOPE)
    code, grant = Envelope.objects.get(label_fr=ENVELOPE["label_fr"]).code, "Arrêté du 3 mars"
    own.post("plans:money-beneficiary", code, name="Les Rivages", public_source=grant)
    own.post("plans:money-beneficiary", code, name="Les Cachés", public_source="")
    with acting_as(own.member):
        wrong, hidden = (EnvelopeBeneficiary.objects.get(name=name) for name in ("Les Rivages", "Les Cachés"))
    change = {"reason": "another", "instead": "another", "name": "Les Rives", "public_source": grant}
    page = ("plans:money-beneficiary-correct", code, wrong.pk)
    assert "Les Rivages" in own.get(*page)
    other.get(*page, status=403)
    other.post(*page, **change, status=403)
    assert "Dites ce qui était faux" in own.post(*page, **{**change, "reason": ""}, status=200)
    assert "Rien n'est changé" in own.post(*page, **{**change, "name": "Les Rivages"}, status=200)
    assert "Les Rivages" in public.get("policy:money-envelope", code), "nothing was taken out so far"
    own.post(*page, **change)
    said = public.get("policy:money-envelope", code)
    assert "Les Rives" in said and "Les Rivages" not in said
    assert "une association nommée ici a été retirée : C'était une autre association" in said
    own.post(*page, **change, status=404)
    own.post("plans:money-beneficiary-correct", code, hidden.pk, reason="danger", instead="nobody")
    assert "met des personnes en danger" not in public.get("policy:money-envelope", code), "it was never public"
    assert "Les Cachés" not in own.get("plans:money-envelope", code)
    with acting_as(own.member):
        right = EnvelopeBeneficiary.objects.get(name="Les Rives")
    for actor, act in (
        (own.member, lambda: EnvelopeBeneficiary.objects.filter(pk=right.pk)._raw_delete("default")),
        (own.member, lambda: EnvelopeBeneficiary.objects.filter(pk=right.pk).update(ended_at=timezone.now())),
        (other.member, lambda: _correction(other.member, right)),
    ):
        with acting_as(actor), pytest.raises(ProgrammingError), transaction.atomic():
            act()


def _correction(actor, wrong):
    """The wall, without the operation."""
    fields = {"reason": "another", "body_id": "dgt", "agency": actor.agency, "by": actor}
    BeneficiaryCorrection.objects.bulk_create(
        [BeneficiaryCorrection(beneficiary=wrong, envelope_id=wrong.envelope_id, **fields)]
    )


def test_the_public_reads_why_figures_do_not_add_and_that_sources_differ():
    public = Hand()
    said = public.get("policy:money")
    for words in ("ces chiffres ne s'additionnent pas", "Plusieurs unités", "20 250", "Sources en désaccord"):
        assert (words in said) == (words != "20 250")
    both = public.get("policy:money", query="?year=2018")
    for words in ("234 000 €", "220 000 €", "5 000 000 €", "Sources en désaccord", "Deux chiffres pour la même chose"):
        assert words in both
    assert "454 000" not in both, "never added"
    years = public.get("policy:money-years")
    for words in ("170 000 €", "234 000 €", "+29,4 %", "-2,5 %", "ou"):
        assert words in years
    for words in ("Par personne accompagnée", "2 073 €", "2 785 €", "2 558 €", "2 721 €", "3 750 €"):
        assert words in years, "170 000 over 82, 220 000 over 79, 220 000 or 234 000 over 86, 240 000 over 64"
    assert "9 équivalents temps plein" in public.get("policy:money", query="?kind=human")
    assert "Aucun chiffre connu" in public.get("policy:money", query="?kind=human&stage=paid")
    for query, there in {"?q=ac.sé": True, "?q=AC.SÉ&year=2018": True, "?q=zzz": False}.items():
        assert ("234 000 €" in public.get("policy:money", query=query)) == there, query
    assert "Retirer tous les filtres" in public.get("policy:money", query="?year=abc&plan=zzz&cursor=@@")


def test_the_public_reads_which_measures_have_no_money():
    people.recorded("plan3")
    said = Hand().get("policy:money-missing")
    assert "Sans moyens connus, sans déclaration" in said
    assert "2024-2027" in said and '<a href="/plan/plan3/mesures/plan3-x01/">' in said
    assert "Mesures sans moyens" in Hand().get("policy:money-missing", query="?plan=plan1")


def test_the_yearly_grid_by_hand():
    own, check = Hand(people.ministry()), Hand(people.coordination())
    line = entered(own)
    today = timezone.localdate()
    dates = {"opens": today.isoformat(), "closes": (today + timedelta(days=9)).isoformat()}
    assert "ferme avant d'ouvrir" in check.post(
        "plans:money-campaign-list", year="2027", stage="voted", **{**dates, "closes": "2020-01-01"}, status=200
    )
    check.post("plans:money-campaign-list", year="2027", stage="voted", **dates)
    with acting_as(own.member):
        (campaign,) = campaigns.waiting_for(own.member)
    assert "Votre tableau annuel 2027" in own.get("plans:money")
    grid = own.get("plans:money-campaign-grid", campaign.pk)
    assert "1 250 000 €" in grid, "last year beside"
    assert "Justificatif : titre et page du document, ou adresse sur Internet" in grid and "Il est publié avec" in grid
    name = f"e{line.envelope_id}"
    own.post("plans:money-campaign-grid", campaign.pk, act="save", version="0", **{f"{name}-ae": "à demander"})
    assert "à demander" in own.get("plans:money-campaign-grid", campaign.pk)
    said = own.post(
        "plans:money-campaign-grid", campaign.pk, act="save", version="0", **{f"{name}-ae": "7"}, status=200
    )
    assert "Un collègue a enregistré entre-temps" in said
    said = own.post(
        "plans:money-campaign-grid", campaign.pk, act="submit", version="1", **{f"{name}-ae": "sept"}, status=200
    )
    assert "Pas encore transmis" in said
    assert 'value="sept"' in said
    check.post("plans:money-campaign", campaign.pk, body="dacg")
    assert "La coordination a relancé votre organisme" in own.get("plans:money-campaign-grid", campaign.pk)
    own.post("plans:money-campaign-grid", campaign.pk, act="submit", version="2", **{f"{name}-same": "1"})
    assert "Tableau transmis le" in check.get("plans:money-campaign", campaign.pk)
    assert "Votre tableau annuel 2027" not in own.get("plans:money")


def test_a_parliament_votes_money_and_not_hours():
    own, check = Hand(people.ministry()), people.coordination()
    entered(own)
    today = timezone.localdate()
    with acting_as(check):
        campaign = campaigns.open_campaign(check, year=2027, stage="voted", opens=today, closes=today)
    grid = own.get("plans:money-campaign-grid", campaign.pk)
    assert "Étape demandée : Voté" in grid and "est celle des crédits" not in grid and "doivent financer" not in grid
    with acting_as(own.member):
        body = Directory.objects.get(pk=own.member.agency.profile_id)
        words = {"label_fr": "Heures", "scope_fr": "Heures payées"}
        acts.add_envelope(own.member, funder=body, unit="interpreting_hour", resource_kind="material", **words)
    grid = own.get("plans:money-campaign-grid", campaign.pk)
    assert (
        "L'étape « Voté » est celle des crédits" in grid and "Quantité que les crédits votés doivent financer" in grid
    )


def test_a_pasted_table_is_shown_before_it_is_put_into_the_grid():
    own, check = Hand(people.ministry()), people.coordination()
    line = entered(own)
    today = timezone.localdate()
    with acting_as(check):
        campaign = campaigns.open_campaign(check, year=2027, stage="voted", opens=today, closes=today)
    table = own.client.get(reverse("plans:money-campaign-table", args=[campaign.pk]))
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert line.envelope.code in table.content.decode("utf-8-sig")
    pasted = f"code;AE;justificatif\n{line.envelope.code};2 M€;PLF 2027\nautre;3;PLF"
    said = own.post("plans:money-campaign-paste", campaign.pk, table=pasted, status=200)
    assert "1 ligne à reporter dans le tableau annuel, 1 écartée" in said
    assert "2 M€" not in own.get("plans:money-campaign-grid", campaign.pk)
    own.post("plans:money-campaign-paste", campaign.pk, table=pasted, confirmed="1")
    assert 'value="2 M€"' in own.get("plans:money-campaign-grid", campaign.pk)


def test_the_hub_tells_how_much_waits():
    own, check = people.ministry(), people.coordination()
    entered(Hand(own))
    said = Hand(check).get("plans:hub")
    assert "Moyens" in said
    assert re.search(r"<small>À faire par votre organisme\s:</small> 1</p>", said)


def test_a_total_is_given_where_figures_add_and_nowhere_else():
    own, check, public = Hand(people.ministry()), Hand(people.coordination()), Hand()
    with acting_as(check.member):
        plan = Plan.objects.get(code="plan3")
        found = list(Measure.objects.filter(plan=plan).order_by("code")[:2])
        PlanMove.objects.bulk_create(
            [PlanMove(plan=plan, action="prepare", before="published", after="published",
                      agency=check.member.agency, by=check.member)]
        )  # fmt: skip
        Measure.objects.filter(pk__in=[one.pk for one in found]).update(lead="dacg")
    for number, measure in enumerate(found):
        own.post("plans:money-new", **{**ENVELOPE, "label_fr": f"Mesure {number}", "measure": measure.pk})
        own.post("plans:money-line", Envelope.objects.get(label_fr=f"Mesure {number}").code, **LINE)
    with acting_as(check.member):
        lines = [line.pk for line in BudgetLine.objects.filter(year=2026)]
    check.post("plans:money-check-all", line=lines)
    assert "2 500 000 €" in public.get("policy:money", query="?year=2026&stage=voted")
    everything = public.get("policy:money")
    assert "ces chiffres ne s'additionnent pas" in everything
    assert "2026, Voté, AE (2 montants)" in everything
    assert "2 500 000 €" in everything
