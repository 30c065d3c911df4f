"""What stands beside a published measure, its money, its progress, its opinions: the same on its page, in both files
and in the document; a document that was replaced never changes again."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Kind
from foundation.actor import acting_as
from plans.evaluation import operations as evaluation
from plans.models import Measure, PlanVersion
from plans.money.operations import envelopes as acts
from plans.plan.operations import measures, moves
from tests.plans import people
from tests.plans.pdf_text import Pdf
from tests.plans.publication.test_public_site import SPACES, joined, text

from .test_plan_operations import body, publish, ready

pytestmark = pytest.mark.django_db
PLANNED, VOTED, HIDDEN = 900_000, 500_000, 777_000


@pytest.fixture
def c(db):
    return people.coordination()


@pytest.fixture
def own(c):
    return people.ministry("dgcs", Kind.SOCIAL_AFFAIRS)


def envelope(own, measure, label="Places sûres"):
    with acting_as(own):
        return acts.add_envelope(
            own, funder=body("dgcs"), measure=Measure.objects.get(pk=measure.pk), label_fr=label,
            scope_fr="Hébergement seul", resource_kind="financial", unit="EUR",
        )  # fmt: skip


def figure(own, c, to, amount, *, check=True, **said):
    with acting_as(own):
        line = acts.add_line(
            own, to, **{"year": 2028, "stage": "planned", "amount": Decimal(amount), "evidence": "LFI", **said}
        )
    if check:
        with acting_as(c):
            acts.check_line(c, line)


def spoken_of(c, own, title="Ouvrir des places") -> Measure:
    """Published, with two figures that are not added, one that nobody checked, a statement, and an opinion."""
    made = ready(c, title_fr=title)
    to = envelope(own, made)
    publish(c)
    figure(own, c, to, PLANNED)
    figure(own, c, to, VOTED, stage="voted", nature="AE")
    figure(own, c, to, HIDDEN, stage="paid", check=False)
    with acting_as(own):
        measures.report_progress(own, made.code, status="started", on=date(2026, 3, 1), text="Appel lancé")
    rapporteur = people.cncdh()
    with acting_as(rapporteur):
        opinion = evaluation.start_evaluation(rapporteur, "plan4", "yearly")
        said = {made.code: {"status": "not_done", "score": 1, "comment": "Rien vu sur place"}}
        evaluation.save_evaluation(rapporteur, opinion.pk, opinions=said)
    people.released(rapporteur, opinion)
    return made


def rows(dataset, code, name="measure") -> list[dict]:
    table = csv.DictReader(io.StringIO(Client().get(f"/donnees/{dataset}.csv").content.decode()))
    return [row for row in table if row[name] == code]


def of_json(dataset, code, name="measure") -> list[dict]:
    return [row for row in Client().get(f"/donnees/{dataset}.json").json()["rows"] if row[name] == code]


def printed(number=None) -> str:
    address = f"/plan/plan4/versions/{number}.pdf" if number else "/plan/plan4.pdf"
    return SPACES.sub(" ", Pdf(Client().get(address).content).text)


def test_money_and_progress_are_the_same_in_page_files_and_document(c, own):
    made = spoken_of(c, own)
    page = text(Client().get(reverse("policy:measure", args=["plan4", made.code])).content.decode())
    document, wide = printed(), joined(printed())
    assert {(r["year"], r["stage"], r["nature"], r["amount"]) for r in rows("budget", made.code)} == {
        ("2028", "planned", "", "900000"), ("2028", "voted", "AE", "500000"),
    }  # fmt: skip
    assert {(r["year"], r["stage"], r["amount"]) for r in of_json("budget", made.code)} == {
        (2028, "planned", PLANNED), (2028, "voted", VOTED),
    }  # fmt: skip
    for words in ("900 000 €", "500 000 €", "Prévu", "Voté", "AE", "Engagée", "Appel lancé"):
        assert words in page, words
        assert joined(words) in wide, (words, document)
    for never in ("1 400 000", "777 000"):
        assert never not in page and joined(never) not in wide, never
    assert "777000" not in Client().get("/donnees/budget.csv").content.decode()
    (row,) = rows("measures", made.code, "code")
    assert (row["status"], row["status_on"]) == ("started", "2026-03-01")
    assert of_json("measures", made.code, "code")[0]["status"] == "started"
    (said,) = rows("measure_progress", made.code)
    assert (said["status"], said["on"], said["text"], said["body"]) == ("started", "2026-03-01", "Appel lancé", "dgcs")


def test_a_measure_leads_to_its_money_and_to_the_opinions_on_it(c, own):
    made = spoken_of(c, own)
    page = Client().get(reverse("policy:measure", args=["plan4", made.code])).content.decode()
    assert "Pas réalisée" in text(page) or "Non réalisée" in text(page)
    assert "Rien vu sur place" in text(page)
    assert f'href="{reverse("policy:crossing", args=["plan4"])}"' in page
    assert 'href="/plan/moyens/' in page
    client = Client()
    client.force_login(own.user, backend="django.contrib.auth.backends.ModelBackend")
    work = client.get(reverse("plans:measure-detail", args=[made.code])).content.decode()
    assert "777 000 €" in text(work), "its own body reads what is not checked yet"
    assert "Rien vu sur place" in text(work)


def test_a_measure_of_which_nothing_is_known_says_so_in_the_document(c, own):
    made = ready(c, title_fr="Sans rien")
    with acting_as(c):
        seen = Measure.objects.get(pk=made.pk).edited_at
        measures.edit_measure(c, made.code, seen=seen, not_funded=False, not_funded_reason="")
        moves.move_plan(c, "plan4", "consult")
    assert "aucune enveloppe connue" in printed()
    assert "Avancement" not in printed()


def test_a_document_that_was_replaced_never_changes_again(c, own):
    made = spoken_of(c, own)
    number = PlanVersion.objects.filter(plan__code="plan4").order_by("-number").first().number
    with acting_as(c):
        moves.move_plan(c, "plan4", "prepare", reason="Avis")
        moves.move_plan(c, "plan4", "amend", reason="Avis")
    kept = Client().get(f"/plan/plan4/versions/{number}.pdf").content
    assert "Appel lancé" in printed(number)
    to = Measure.objects.get(pk=made.pk).envelopes.get()
    figure(own, c, to, 123_000, year=2029)
    with acting_as(own):
        measures.report_progress(own, made.code, status="done", on=date(2026, 9, 1), text="Tout est ouvert")
    assert Client().get(f"/plan/plan4/versions/{number}.pdf").content == kept
    assert "Tout est ouvert" in printed() and joined("123 000 €") in joined(printed())


def test_pages_and_document_cost_the_same_at_two_sizes(c, own):
    made = spoken_of(c, own)
    addresses = [
        "/plan/plan4/", f"/plan/plan4/mesures/{made.code}/", "/plan/plan4/versions/",
        "/plan/plan4/annees/", "/plan/evaluations/",
        "/plan/plan4/evaluations/", "/plan/plan4.pdf", "/plan/",
    ]  # fmt: skip

    def asked():
        found = {}
        for address in addresses:
            Client().get(address)
            with CaptureQueriesContext(connection) as seen:
                assert Client().get(address).status_code == 200, address
            found[address] = len(seen)
        return found

    few = asked()
    with acting_as(c):
        moves.move_plan(c, "plan4", "prepare", reason="Avis")
    for n in range(4):
        more = ready(c, title_fr=f"Mesure {n}")
        figure(own, c, envelope(own, more, f"Autre {n}"), 1000 + n)
        figure(own, c, envelope(own, made, f"Encore {n}"), 2000 + n)
        with acting_as(own):
            measures.report_progress(own, made.code, status="partial", on=date(2026, 4, 1 + n), text="Suite")
    with acting_as(c):
        moves.move_plan(c, "plan4", "amend", reason="Avis")
    assert asked() == few


def test_a_plan_without_a_second_language_is_printed_without_markup(c):
    ready(c, title_fr="Ouvrir des places & des lits")
    publish(c)
    assert "Ouvrir des places & des lits" in SPACES.sub(" ", Pdf(Client().get("/en/plan/plan4.pdf").content).text)
