"""Pages of plans and measures: what each role finds, what a late form keeps, and what the public reads."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Kind
from foundation.actor import acting_as
from plans.commitments.operations import commitments
from plans.models import Axis, Measure, Plan
from plans.money.operations import envelopes
from plans.plan.operations import measures, moves, plans
from tests.plans import people
from tests.roles import as_role

from .test_plan_operations import METRIC, a_measure, body, publish, ready

pytestmark = pytest.mark.django_db


class Hand:
    """A member at a browser."""

    def __init__(self, actor):
        self.actor, self.client = actor, Client()
        if actor:
            self.client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")

    def get(self, name, *args, query=""):
        return self.client.get(reverse(name, args=args) + query)

    def post(self, name, *args, **data):
        return self.client.post(reverse(name, args=args), {"_membership": self.actor.pk, **data})


def text(answer) -> str:
    return answer.content.decode().replace("\xa0", " ").replace("\u202f", " ").replace("&#x27;", "'")


@pytest.fixture
def c(db):
    return people.coordination()


PUBLIC = Hand(None)


# -- the working pages -------------------------------------------------------------------------------------------------
def test_the_list_says_how_many_measures_are_known(c):
    page = text(Hand(c).get("plans:plan-list"))
    assert "mesures connues sur 23 annoncées" in page and "Nouveau plan" in page
    assert "Nouveau plan" not in text(Hand(people.ministry()).get("plans:plan-list"))


def test_neighbouring_plans_stand_apart_and_say_what_is_missing(c):
    """Five texts on the four subjects that the collective names; counted by hand in plans.yaml."""
    page = text(Hand(c).get("plans:plan-list"))
    first, second = page.index("Plans contre la traite"), page.index("Autres plans qui touchent à la traite")
    assert first < page.index("Prochain plan") < page.index("2024-2027") < second
    assert page.count("<h2>Plans contre la traite") == page.count("<h2>Autres plans qui touchent à la traite") == 1
    expected = {"enfants-2023": (3, 22), "prostitution-2024": (10, 25), "prostitution-mineurs-2021": (10, 13),
                "travail-illegal-2023": (3, 34), "vulnerabilites-2021": (3, 10)}  # fmt: skip
    assert set(Plan.objects.filter(kind="related").values_list("code", flat=True)) == set(expected)
    for code, (known, announced) in expected.items():
        public = text(PUBLIC.get("policy:plan", code))
        assert f"{known} mesures sur la traite connues, sur les {announced} du plan" in public, code
        assert f"{announced - known} mesures de ce plan ne figurent pas ici" in public, code
        assert "Contenu non validé" in public and "Lu dans la source citée" in public, code
    assert text(PUBLIC.get("policy:home")).count("Autres plans qui touchent à la traite") == 1


def test_where_a_measure_stands_is_said_once_its_plan_is_published(c):
    made = ready(c)
    own = Hand(people.ministry("dgcs", Kind.SOCIAL_AFFAIRS))
    with acting_as(c):
        moves.move_plan(c, "plan4", "consult")
    asked = text(own.get("plans:measure-detail", made.code))
    assert "Dire où elle en est" not in asked and "Saisir une valeur" not in asked
    with acting_as(c):
        moves.move_plan(c, "plan4", "arbitrate")
        moves.move_plan(c, "plan4", "publish")
    asked = text(own.get("plans:measure-detail", made.code))
    assert "Dire où elle en est" in asked and "Saisir une valeur" in asked


def test_the_list_costs_the_same_at_two_sizes(c, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    hand = Hand(c)
    hand.get("plans:plan-list")

    def count(name, *args):
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert hand.get(name, *args).status_code == 200
        return len(found)

    a_measure(c)
    lists, detail = count("plans:plan-list"), count("plans:plan-detail", "plan4")
    with acting_as(c):
        plans.create_plan(c, kind="related", title_fr="Autre", lead=body("sdfe"))
    for _ in range(5):
        ready(c, partners=[body("dacg")])
    assert (count("plans:plan-list"), count("plans:plan-detail", "plan4")) == (lists, detail)


def test_a_plan_grows_from_forms(c):
    hand = Hand(c)
    made = hand.post("plans:plan-new", kind="related", title_fr="Plan voisin", lead="sdfe", start="2027-01-01")
    assert made.status_code == 302
    assert "existe à côté" not in text(hand.get("plans:plan-detail", "plan-voisin"))
    wrong = hand.post("plans:plan-new", kind="related", title_fr="", lead="sdfe", start="2028-01-01", end="2027-01-01")
    assert wrong.status_code == 200 and "La fin précède le début" in text(wrong) and "2028-01-01" in text(wrong)
    assert hand.post("plans:plan-axes", "plan4", act="add", **{"new-title_fr": "Protéger"}).status_code == 302
    axis = Axis.objects.none()
    with acting_as(c):
        axis = Axis.objects.get(plan__code="plan4")
    asked = text(hand.get("plans:measure-new", "plan4"))
    assert "(DGCS)" in asked and "> DGCS" not in asked, "a partner is named by its letters alone"
    hand.post("plans:measure-new", "plan4", title_fr="Ouvrir des places", axis=axis.pk, lead="dgcs", tags="Logement, x")
    with acting_as(c):
        measure = Measure.objects.get(plan__code="plan4")
        assert (measure.axis_id, measure.lead_id, measure.tags) == (axis.pk, "dgcs", ["logement", "x"])
    page = text(hand.get("plans:plan-detail", "plan4"))
    assert "Ouvrir des places" in page and "pas de date de fin, pas d'indicateur avec une cible" in page


def test_a_ministry_finds_its_measures_and_no_button_for_others(c):
    mine, other = a_measure(c), a_measure(c, title_fr="D'un autre", lead=body("dpjj"))
    hand = Hand(people.ministry("dgcs", Kind.SOCIAL_AFFAIRS))
    page = text(hand.get("plans:plan-detail", "plan4"))
    assert page.count("La vôtre") == 1 and "Modifier le plan" not in page
    assert "Modifier la mesure" in text(hand.get("plans:measure-detail", mine.code))
    assert "Modifier la mesure" not in text(hand.get("plans:measure-detail", other.code))
    form = text(hand.get("plans:measure-edit", mine.code))
    assert 'name="title_fr"' in form and 'name="lead"' not in form and 'name="commitments"' not in form
    assert hand.get("plans:measure-edit", other.code).status_code == 403
    assert hand.post("plans:measure-edit", other.code, title_fr="Pris", seen="").status_code == 403
    assert hand.get("plans:plan-move", "plan4", "consult").status_code == 403


def test_who_writes_a_measure_is_led_to_its_money(c):
    mine, unfunded = a_measure(c), ready(c)
    hand, other = Hand(people.ministry("dgcs", Kind.SOCIAL_AFFAIRS)), Hand(people.ministry())
    way = reverse("plans:money-new") + f"?mesure={mine.code}"
    assert way in text(hand.get("plans:measure-detail", mine.code))
    assert f'value="{mine.pk}" selected' in text(hand.client.get(way)), "the measure is chosen already"
    assert way not in text(other.get("plans:measure-detail", mine.code))
    assert "moyens/nouvelle" not in text(hand.get("plans:measure-detail", unfunded.code)), "said to be without money"


def test_two_people_write_one_measure_and_nothing_is_lost(c):
    made = a_measure(c)
    stale = made.edited_at.isoformat()
    Hand(c).post("plans:measure-edit", made.code, title_fr="Par la coordination", lead="dgcs", seen=stale)
    hand = Hand(people.ministry("dgcs", Kind.SOCIAL_AFFAIRS))
    late = hand.post("plans:measure-edit", made.code, title_fr="Par le ministère", seen=stale)
    assert late.status_code == 409
    assert "Par la coordination" in text(late) and "Par le ministère" in text(late)
    with acting_as(c):
        measure = Measure.objects.get(pk=made.pk)
        assert measure.title_fr == "Par la coordination"
    assert measure.edited_at.isoformat() in text(late), "sent again, it knows what it replaces"
    again = hand.post("plans:measure-edit", made.code, title_fr="Par le ministère", seen=measure.edited_at.isoformat())
    assert again.status_code == 302


def test_the_gate_is_a_page_and_a_refusal_leads_to_what_is_missing(c):
    made = a_measure(c)
    hand = Hand(c)
    for action in ("consult", "arbitrate"):
        assert hand.post("plans:plan-move", "plan4", action).status_code == 302
    refused = hand.post("plans:plan-move", "plan4", "publish")
    assert refused.status_code == 409 and "Non publié" in text(refused)
    for href in (reverse("plans:measure-edit", args=[made.code]), reverse("plans:metric-new", args=[made.code])):
        assert f'href="{href}"' in text(refused)
    assert hand.get("plans:plan-move", "plan4", "amend").status_code == 409
    hand.post("plans:metric-new", made.code, label_fr="Places", unit="places", target="80", target_on="2029-12-31")
    with acting_as(c):
        seen = Measure.objects.get(pk=made.pk).edited_at.isoformat()
    hand.post(
        "plans:measure-edit", made.code, title_fr="Ouvrir des places", lead="dgcs", end="2029-12-31",
        not_funded="on", not_funded_reason="À négocier", seen=seen,
    )  # fmt: skip
    assert "Rien ne s'oppose" in text(hand.get("plans:plan-gate", "plan4"))
    assert hand.post("plans:plan-move", "plan4", "publish").status_code == 302
    asked = hand.post("plans:plan-move", "plan4", "prepare", reason="")
    assert asked.status_code == 200 and "écrivez-le en quelques mots" in text(asked)


def test_the_gate_offers_a_measure_to_those_who_may_write_it(c):
    """A link that ends in a refusal puts that refusal in the journal, under the name of who pressed it."""
    led = a_measure(c)
    free = a_measure(c, title_fr="Sans pilote", lead=None)
    ways = {made: reverse("plans:measure-edit", args=[made.code]) for made in (led, free)}
    coordination = text(Hand(c).get("plans:plan-gate", "plan4"))
    assert ways[led] in coordination and ways[free] in coordination
    lead = Hand(people.ministry("dgcs", Kind.SOCIAL_AFFAIRS))
    page = text(lead.get("plans:plan-gate", "plan4"))
    assert ways[led] in page and ways[free] not in page and free.title_fr in page
    pays = f"{reverse('plans:money-new')}?mesure={free.code}"
    assert pays in page, "who pays for a measure may be another body than its lead"
    assert lead.client.get(ways[led]).status_code == 200 and lead.client.get(ways[free]).status_code == 403
    with acting_as(c):
        measures.withdraw_measure(c, led.code, reason="Reprise ailleurs")
    assert ways[led] not in text(Hand(c).get("plans:plan-gate", "plan4"))


def test_each_form_of_a_measure_keeps_what_was_typed(c):
    made = a_measure(c)
    hand = Hand(c)
    without = hand.post("plans:measure-edit", made.code, title_fr="T", not_funded="on", seen=made.edited_at.isoformat())
    assert without.status_code == 200 and "Dites pourquoi" in text(without)
    metric = hand.post("plans:metric-new", made.code, label_fr="Places", unit="", target="beaucoup")
    assert metric.status_code == 200 and "beaucoup" in text(metric) and "Écrivez un nombre" in text(metric)
    step = hand.post("plans:measure-steps", made.code, year="28", text="Appel", cost="")
    assert step.status_code == 200 and "quatre chiffres" in text(step)
    hand.post("plans:measure-steps", made.code, year="2028", text="Appel à projets", cost="1200000,50")
    page = text(hand.get("plans:measure-steps", made.code))
    assert "Appel à projets" in page and "1 200 000,5 €" in page
    out = hand.post("plans:measure-act", made.code, act="withdraw", reason="")
    assert out.status_code == 200 and "La retirer du plan" in text(out)
    hand.post("plans:measure-act", made.code, act="withdraw", reason="Doublon")
    assert "Doublon" in text(hand.get("plans:plan-detail", "plan4"))
    hand.post("plans:measure-act", made.code, act="take_back")
    assert "Doublon" not in text(hand.get("plans:plan-detail", "plan4"))


def test_unfinished_measures_are_offered_and_carried(c):
    hand = Hand(c)
    old = Measure.objects.filter(plan__code="plan2").first()
    assert old.title_fr.split("'")[0] in text(hand.get("plans:plan-carry", "plan4"))
    assert "Cochez au moins" in text(hand.post("plans:plan-carry", "plan4"))
    assert "CNCDH : Non réalisée" in text(hand.get("plans:plan-carry", "plan4")), "what evaluators released of it"
    ticked = hand.post("plans:plan-carry", "plan4", tick="plan3", codes=[old.code])
    assert ticked.status_code == 200, "nothing is carried by ticking"
    boxes = re.findall(r'value="(plan[^"]+)" checked', text(ticked))
    assert old.code in boxes and sum(code.startswith("plan3") for code in boxes) == 14, "one, and all of plan3"
    assert hand.post("plans:plan-carry", "plan4", codes=[old.code]).status_code == 302
    with acting_as(c):
        assert Measure.objects.get(plan__code="plan4").carried_from_id == old.pk


# -- the public pages --------------------------------------------------------------------------------------------------
def test_the_public_reads_nothing_of_a_draft(c):
    made = ready(c, title_fr="Mesure secrète")
    assert PUBLIC.get("policy:plan", "plan4").status_code == 404
    assert PUBLIC.get("policy:versions", "plan4").status_code == 404
    assert PUBLIC.get("policy:measure", "plan4", made.code).status_code == 404
    assert Hand(people.speaker()).get("policy:plan", "plan4").status_code == 404, "the public page is the public's"


def test_the_public_reads_the_last_version_and_never_the_working_rows(c):
    made = ready(c)
    with acting_as(c):
        moves.move_plan(c, "plan4", "consult")
    assert "non adopté" in text(PUBLIC.get("policy:plan", "plan4"))
    with acting_as(c):
        for action in ("arbitrate", "publish"):
            moves.move_plan(c, "plan4", action)
        moves.move_plan(c, "plan4", "prepare", reason="Avis")
        made.refresh_from_db()
        measures.edit_measure(c, made.code, seen=made.edited_at, title_fr="EN-CHANTIER", not_funded_reason="Autre")
        measures.add_measure(c, "plan4", title_fr="PAS-ENCORE")
    for page in (PUBLIC.get("policy:plan", "plan4"), PUBLIC.get("policy:measure", "plan4", made.code)):
        assert page.status_code == 200
        assert "Ouvrir des places" in text(page)
        assert "EN-CHANTIER" not in text(page) and "PAS-ENCORE" not in text(page)
    assert "EN-CHANTIER" in text(Hand(c).get("plans:plan-changes", "plan4"))
    with acting_as(c):
        moves.move_plan(c, "plan4", "abandon", reason="Non")


def test_other_public_pages_say_a_measure_in_the_words_of_its_version_while_it_is_amended(c):
    made = ready(c)
    with acting_as(c):
        commitments.link_measure(c, "G1-04", made)
        paid = envelopes.add_envelope(
            c, funder=body("dgcs"), measure=Measure.objects.get(pk=made.pk), label_fr="Places", scope_fr="x",
            resource_kind="financial", unit="EUR",
        )  # fmt: skip
    publish(c)
    with acting_as(c):
        moves.move_plan(c, "plan4", "prepare", reason="Avis")
        made.refresh_from_db()
        said = {"title_fr": "EN-CHANTIER", "not_funded_reason": "RAISON-NEUVE", "lead": body("dpjj")}
        measures.edit_measure(c, made.code, seen=made.edited_at, **said)
    with as_role("nrm_owner"):
        former = Plan.objects.get(code="plan4").title_fr
        Plan.objects.filter(code="plan4").update(title_fr="TITRE-NEUF")
    pages = [
        ("policy:commitment", "G1-04"), ("policy:money-missing",), ("policy:money-envelope", paid.code),
        ("policy:commitment-report",), ("policy:commitment-report-csv",),
    ]  # fmt: skip
    for client in (PUBLIC, Hand(c)):
        for name, *args in pages:
            page = text(client.get(name, *args, query="?all=on&plan=plan4"))
            assert "Ouvrir des places" in page, name
            assert not [new for new in ("EN-CHANTIER", "RAISON-NEUVE", "TITRE-NEUF") if new in page], name
        assert "TITRE-NEUF" not in text(client.get("policy:home")) and former[:20] in text(client.get("policy:home"))
    assert "EN-CHANTIER" in text(Hand(c).get("plans:commitment", "G1-04")), "those who work on it read what is written"
    with acting_as(c):
        moves.move_plan(c, "plan4", "amend", reason="Avis")
    assert all("EN-CHANTIER" in text(PUBLIC.get(name, *args, query="?all=on&plan=plan4")) for name, *args in pages)


def test_a_measure_in_preparation_is_on_no_public_page_of_another_subject(c):
    """Beside a commitment, among those without money, in the files: once its plan's version holds it, not before."""
    ready(c)
    publish(c)
    with acting_as(c):
        moves.move_plan(c, "plan4", "prepare", reason="Avis")
        added = measures.add_measure(c, "plan4", title_fr="PAS-ENCORE", lead=body("dgcs"), end=date(2030, 1, 1),
                                     not_funded=True, not_funded_reason="x")  # fmt: skip
        measures.save_metric(c, added.code, **METRIC)
        commitments.link_measure(c, "G1-04", added)
    pages = [
        ("policy:commitment", "G1-04"),
        ("policy:money-missing",),
        ("policy:commitment-report",),
        ("policy:search",),
    ]

    def told():
        return [
            name for name, *args in pages if "PAS-ENCORE" in text(PUBLIC.get(name, *args, query="?q=encore&all=on"))
        ]

    assert told() == []
    assert not Measure.objects.filter(title_fr="PAS-ENCORE").exists(), "no filter of ours: the policy alone"
    assert "PAS-ENCORE" in text(Hand(c).get("plans:commitment", "G1-04")), "those who work on it see it"
    with acting_as(c):
        moves.move_plan(c, "plan4", "amend", reason="Avis")
    assert told() == [name for name, *_args in pages]
    assert Measure.objects.filter(title_fr="PAS-ENCORE").exists()


def test_versions_and_what_they_changed_are_public(c):
    made = ready(c)
    publish(c)
    with acting_as(c):
        moves.move_plan(c, "plan4", "prepare", reason="Avis de la CNCDH")
        made.refresh_from_db()
        measures.edit_measure(c, made.code, seen=made.edited_at, lead=body("dpjj"))
        moves.move_plan(c, "plan4", "amend", reason="Avis de la CNCDH")
    listed = text(PUBLIC.get("policy:versions", "plan4"))
    assert "Modification" in listed and "Avis de la CNCDH" in listed
    said = text(PUBLIC.get("policy:version-changes", "plan4", 3))
    assert "Pilote : de DGCS à DPJJ." in said
    assert "Ceci est une version antérieure" in text(PUBLIC.get("policy:version", "plan4", 2))
    assert PUBLIC.get("policy:version", "plan4", 9).status_code == 404
    assert PUBLIC.get("policy:version-changes", "plan4", 1).status_code == 404


def test_the_public_reads_the_plan_year_by_year_with_its_costs(c):
    made, bare = ready(c), ready(c, title_fr="Sans étape")
    with acting_as(c):
        measures.save_step(c, made.code, year=2029, text="Ouvrir", cost=None)
        measures.save_step(c, made.code, year=2028, text="Appel à projets", cost=200000)
    assert PUBLIC.get("policy:plan-years", "plan4").status_code == 404, "a draft"
    publish(c)
    page = text(PUBLIC.get("policy:plan-years", "plan4"))
    assert page.index("<h2>2028") < page.index("Appel à projets") < page.index("200 000 €") < page.index("<h2>2029")
    assert "non connu" in page[page.index("<h2>2029") :]
    assert "1 mesure sans étape annuelle" in page and bare.title_fr in page
    assert reverse("policy:plan-years", args=["plan4"]) in text(PUBLIC.get("policy:plan", "plan4"))
    assert "Pas encore d'étape annuelle" in text(PUBLIC.get("policy:plan-years", "plan1"))


def test_what_a_plan_does_not_say_is_listed_in_public():
    page = text(PUBLIC.get("policy:plan", "plan1"))
    assert "mesures connues sur 23 annoncées" in page and "ne figurent pas encore sur ce site" in page
    assert "Contenu non validé" in page
    people.recorded("plan1")
    page = text(PUBLIC.get("policy:plan", "plan1"))
    assert "sans pilote, date ou indicateur" in page and "sans moyens connus" in page
    measure = text(PUBLIC.get("policy:measure", "plan1", "plan1-m01"))
    assert "pas de pilote" in measure and "Lu dans la source citée" in measure


def test_progress_values_and_pushed_figures_are_on_the_public_page(c):
    from foundation.actor import SYSTEM
    from plans.models import FigureCode
    from plans.publication.operations.figures import Figure, push
    from tests.roles import as_role

    made = ready(c)
    with acting_as(c):
        measures.save_metric(c, made.code, label_fr="Délai", unit="heures", target=48, feed="hours_to_accepted")
        measures.save_metric(c, made.code, label_fr="Refus", unit="situations", target=0, feed="refused_no_place")
    publish(c)
    start, end = date(2026, 4, 1), date(2026, 6, 30)
    with as_role("nrm_worker"), acting_as(SYSTEM):
        push(
            [
                Figure(FigureCode.HOURS_TO_ACCEPTED, start, end, 31),
                Figure(FigureCode.REFUSED_NO_PLACE, start, end, None),
            ]
        )
    own = Hand(people.ministry("dgcs", Kind.SOCIAL_AFFAIRS))
    own.post("plans:measure-progress", made.code, status="started", on="2026-09-01", text="Appel lancé", evidence="JO")
    with acting_as(c):
        metric = Measure.objects.get(pk=made.pk).metrics.get(label_fr=METRIC["label_fr"])
    own.post("plans:metric-value", made.code, metric.pk, value="12", on="2026-09-01", evidence="Enquête 2026")
    page = text(PUBLIC.get("policy:measure", "plan4", made.code))
    for words in ("Appel lancé", "Engagée", "Enquête 2026", "31 heures", "nombre trop petit pour être affiché"):
        assert words in page, words
    future = own.post("plans:measure-progress", made.code, status="done", on="2099-01-01")
    assert future.status_code == 200 and "un jour passé" in text(future).lower()


def test_the_hub_leads_to_plans_with_what_waits(c):
    a_measure(c)
    a_measure(c, lead=body("dpjj"))
    own = people.ministry("dgcs", Kind.SOCIAL_AFFAIRS)
    from plans.plan.selectors.incomplete_measures import incomplete_measures

    with acting_as(own):
        assert incomplete_measures(own) == 1
    with acting_as(c):
        assert incomplete_measures(c) == 2
        assert Plan.objects.open().count() == 1
    assert reverse("plans:plan-list") in text(Hand(own).get("plans:hub"))
