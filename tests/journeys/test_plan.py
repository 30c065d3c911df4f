"""The next plan built in the browser, from an empty page to its first amendment, by the roles concerned.

Coordination takes every step; the justice directorate writes its own measure; the public reads versions."""

import csv
import io

import pytest

from tests.plans import people
from tests.plans.pdf_text import Pdf

from .walk import Walk, expect

BEFORE, AFTER = "31 déc. 2030", "30 juin 2031"  # the end of the second measure, and as the amendment moves it
pytestmark = pytest.mark.django_db(transaction=True)
PLAN, PUBLIC = "/pilotage/plans/plan5/", "/plan/plan5/"
FIRST, SECOND = "/pilotage/mesures/plan5-m01/", "/pilotage/mesures/plan5-m02/"
SAVE = "main form button.fr-btn[type=submit]"


def type_in(walk, **typed):
    for name, value in typed.items():
        box = walk.page.locator(f"[name={name}]")
        if box.evaluate("node => node.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)


def button(text):
    return f'main .rp-actions >> text="{text}"'


def move(walk, label, reason=""):
    """A step of the plan: its button on the plan's page, then its own page, with why."""
    walk.open(PLAN)
    walk.go(button(label))
    type_in(walk, reason=reason)
    walk.go(SAVE)


def says(walk, *words):
    for one in words:
        expect(walk.page.locator("main")).to_contain_text(one)


def opens_the_plan(walk):
    """An empty plan, an axis, a measure of the justice directorate with nothing but its lead."""
    walk.open("/pilotage/plans/")
    walk.go(button("Nouveau plan"))
    type_in(walk, number="5", title_fr="Cinquième plan (essai)", lead="miprof", start="2029-01-01", end="2028-01-01")
    walk.go(SAVE)
    says(walk, "La fin précède le début")
    expect(walk.page.locator("[name=title_fr]")).to_have_value("Cinquième plan (essai)")
    type_in(walk, end="2032-12-31")
    walk.go(SAVE)
    assert walk.path == PLAN
    walk.check("plan-empty")
    walk.go(button("Axes"))
    type_in(walk, **{"new-title_fr": "Juger"})
    walk.go("main button[value=add]")
    says(walk, "1. Juger")
    walk.check("plan-axes")
    walk.open(PLAN)
    walk.go("main >> text='Ajouter une mesure'")
    axis = walk.page.locator("[name=axis] option", has_text="Juger").get_attribute("value")
    type_in(walk, title_fr="Former les magistrats", axis=axis, lead="dacg")
    walk.check("plan-measure-new")
    walk.go(SAVE)
    assert walk.path == FIRST


def is_refused_by_the_gate(walk):
    move(walk, "Publier le texte pour consultation")
    move(walk, "Passer à l'arbitrage")
    move(walk, "Publier")
    says(walk, "Non publié", "pas de date de fin, pas d'indicateur avec une cible")
    expect(walk.page.locator(f"main a[href='{FIRST}modifier/']")).to_be_visible()
    walk.check("plan-gate-refuses")


def mends_its_own_measure(walk, other):
    """Date, openly without money, a metric with its target; the measure of another body is read, not written."""
    walk.open("/pilotage/plans/")
    walk.go("main >> text='Cinquième plan (essai)'")
    says(walk, "La vôtre")
    walk.go("main >> text='Former les magistrats'")
    walk.go(button("Modifier la mesure"))
    type_in(walk, end="2031-12-31")
    walk.page.locator("label[for=id_not_funded]").click()
    walk.go(SAVE)
    says(walk, "Dites pourquoi")
    type_in(walk, not_funded_reason="Sur les moyens de l'école.")
    walk.go(SAVE)
    walk.go(button("Ajouter un indicateur"))
    type_in(walk, label_fr="Magistrats formés", unit="personnes", target="400", target_on="2031-12-31")
    walk.check("plan-metric")
    walk.go(SAVE)
    says(walk, "Magistrats formés", "Sur les moyens de l'école.")
    walk.check("plan-measure")
    walk.open(other)
    says(walk, "Ouvrir des places")
    expect(walk.page.locator(button("Modifier la mesure"))).to_have_count(0)
    assert walk.page.goto(walk.base + f"{other}modifier/").status == 403


def adds_what_another_leads(walk):
    """With an envelope, reached from the gate's report; the other measure is openly without money."""
    walk.open(PLAN)
    walk.go("main >> text='Ajouter une mesure'")
    type_in(walk, title_fr="Ouvrir des places", lead="dgcs", end="2030-12-31")
    walk.go(SAVE)
    assert walk.path == SECOND
    walk.go(button("Ajouter un indicateur"))
    type_in(walk, label_fr="Places ouvertes", unit="places", target="80")
    walk.go(SAVE)
    walk.open(f"{PLAN}verification/")
    says(walk, "ni enveloppe, ni déclaration « sans moyens »")
    walk.go(f"main a[href*='mesure={SECOND.split('/')[-2]}']")
    type_in(walk, label_fr="Places sûres", scope_fr="Hébergement seul", funder="dgcs")
    walk.go(SAVE)
    walk.open(SECOND)
    says(walk, "Places sûres", "Aucun chiffre public pour l'instant")
    walk.open(f"{PLAN}verification/")
    says(walk, "pas de montant vérifié sur son enveloppe")
    walk.open(SECOND)
    walk.go("main >> text='Places sûres'")
    walk.go("main >> text='Ajouter un montant'")
    walk.page.locator("label[for=id_stage_0]").click()
    type_in(walk, year="2030", amount="900 000", evidence="PLF 2030")
    walk.go(SAVE)
    walk.go("main >> text='Examiner'")
    walk.page.locator("label", has_text="le public peut le lire").click()
    walk.go(SAVE)


def amends(walk):
    """The second measure's date is changed; the public keeps the first text until the amendment is published."""
    move(walk, "Préparer une modification", "Le calendrier a glissé.")
    walk.open(f"{SECOND}modifier/")
    type_in(walk, end="2031-06-30")
    walk.go(SAVE)
    walk.open(f"{PLAN}en-preparation/")
    says(walk, "Ouvrir des places", BEFORE, AFTER)
    walk.check("plan-changes")


def test_the_next_plan_goes_from_empty_to_published_and_is_amended(live_server, browser):
    lead, justice = people.coordination(), people.ministry()
    coordination = Walk(browser, live_server, lead)
    ministry = Walk(browser, live_server, justice, width=1280, scheme="dark")
    reader = browser.new_context(base_url=live_server.url)
    opens_the_plan(coordination)
    assert reader.request.get(PUBLIC).status == 404, "nobody outside reads a plan in preparation"
    is_refused_by_the_gate(coordination)
    assert "non adopté" in reader.request.get(PUBLIC).text(), "the consultation alone was published"
    adds_what_another_leads(coordination)
    mends_its_own_measure(ministry, SECOND)

    move(coordination, "Publier")
    assert coordination.path == PLAN
    says(coordination, "Toute modification passe par une nouvelle version", "Version 2")
    coordination.check("plan-published")
    assert ministry.page.goto(ministry.base + f"{FIRST}modifier/").status == 409, "frozen: its own body waits"
    version = f"{PUBLIC}versions/2"
    frozen = reader.request.get(f"{version}/").text()
    assert "Former les magistrats" in frozen and BEFORE in frozen

    amends(coordination)
    assert AFTER not in reader.request.get(PUBLIC).text(), "an amendment in preparation stays inside"
    move(coordination, "Publier la modification", "Le calendrier a glissé.")
    assert AFTER in reader.request.get(PUBLIC).text()
    again = reader.request.get(f"{version}/").text()
    assert BEFORE in again and AFTER not in again, "a version never changes"
    changed = reader.request.get(f"{PUBLIC}versions/3/changements/").text()
    assert BEFORE in changed and AFTER in changed and "Former les magistrats" not in changed
    comes_out(reader)
    assert len(coordination.faults) == 1 and "409" in coordination.faults[0], "the gate's refusal, said by the browser"
    assert [code for fault in ministry.faults for code in ("403", "409") if code in fault] == ["403", "409"]


def comes_out(reader):
    """The document of each version, and the measures as data."""
    for number, day in ((2, BEFORE), (3, AFTER)):
        answer = reader.request.get(f"{PUBLIC}versions/{number}.pdf")
        assert answer.headers["content-type"] == "application/pdf"
        words = Pdf(answer.body()).text
        assert "Former les magistrats" in words and day in words, number
        assert "Places sûres (DGCS), 2030, Prévu : 900 000 €" in " ".join(words.split()), number
    rows = list(csv.DictReader(io.StringIO(reader.request.get("/donnees/measures.csv").text().lstrip("\ufeff"))))
    mine = [(row["code"], row["version"], row["lead"], row["end"]) for row in rows if row["plan"] == "plan5"]
    assert mine == [("plan5-m01", "3", "dacg", "2031-12-31"), ("plan5-m02", "3", "dgcs", "2031-06-30")]
