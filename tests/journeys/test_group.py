"""Many persons at once: an inspector finds them in a vineyard, the coordination opens a case for each, asks each one,
shares those who agreed between shelters; on a phone with thumbs, at a desk with keys, without script."""

import pytest
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.models import Orientation, Situation, SituationCase
from referral.situations.operations import asking, opening, situations, split
from tests import factories as f
from victims.models import Consent

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)
PERSONS, BATCH, RUN = 6, 4, 2  # sixty were walked by hand, in batches of twenty, on a phone and at a desk
# pairs of numbers that overlap
OVERLAP = """list => {
  const all = [...list.querySelectorAll('[data-answer]')].map((e) => e.getBoundingClientRect());
  return all.filter((a, n) => all.slice(n + 1).some((b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5)).length;
}"""
CALM = 600  # ms: the page refuses a second tap that comes sooner


@pytest.fixture
def people(transactional_db):
    f.national()
    unit = f.coordination(name="Coordination traite Île-de-France (fictive)")
    services = ("safe_housing", "emergency_shelter")
    return {
        "inspector": f.member(f.agency(Kind.LABOUR, desk=False), Role.FRONTLINE),
        "coord": f.member(unit, Role.COORDINATOR),
        "shelters": [
            f.shelter(
                name=f"Foyer {name} (fictif)", services=services, desk_fields={"places": 20, "takes_minors": True}
            )
            for name in ("des Vignes", "du Canal", "de la Halte")
        ],
    }


def event(p):
    with acting_as(p["coord"]) as actor:
        day = timezone.localdate()
        return situations.start_situation(actor, sort="raid", happened_on=day, territory=f.territory())


def tap(walk, selector):
    walk.page.wait_for_timeout(CALM)
    walk.go(selector)


@pytest.mark.parametrize("width", [390, 1280])
def test_from_the_alert_to_shelters_one_tap_a_person(people, live_server, browser, width, monkeypatch):
    monkeypatch.setattr(opening, "BATCH", BATCH)
    monkeypatch.setattr(split, "AT_ONCE", BATCH)
    alert = f.sent_alert(people["inspector"], persons=PERSONS, language="ro", agreement="not_asked")
    first, second, _third = people["shelters"]
    walk = Walk(browser, live_server, people["coord"], width=width)
    page = walk.page
    walk.open(f"/boite/{alert.pk}/")
    walk.go("a:has-text('ouvrez un dossier pour chacune')")
    page.get_by_label("Contrôle ou intervention").check(force=True)
    walk.go("button:has-text('Noter l')")
    assert page.locator("#id_adults").input_value() == str(PERSONS)
    assert page.locator("#id_language").input_value() == "ro"
    walk.go("button:text-is('Ouvrir les dossiers')")
    # the batches go on by themselves
    expect(page.get_by_text(f"{PERSONS} dossiers sont ouverts, un par personne.")).to_be_visible()
    walk.go("nav a:text-is('Accords')")
    for name, value in (("purpose", "share_named"), ("agencies", first.pk), ("agencies", second.pk), ("level", 3),
                        ("proof", "interpreted")):  # fmt: skip
        page.locator(f"[name={name}][value='{value}']").check(force=True)
    walk.go("button:text-is('Demander aux personnes, une à une')")
    asked = walk.clicks
    for number in range(1, PERSONS + 1):
        expect(page.get_by_role("heading", name=f"Personne {number}", exact=True)).to_be_visible()
        if width == 390:
            tap(walk, "button:has-text('Non')" if number == 3 else "button:has-text('Oui, à tout')")
        else:
            page.wait_for_timeout(CALM)
            with page.expect_navigation():
                page.keyboard.press("n" if number == 3 else "o")
    assert walk.clicks - asked == (PERSONS if width == 390 else 0)
    expect(page.get_by_text("Tout le monde a été interrogé")).to_be_visible()
    walk.go("main a:text-is('Répartir entre les services')")
    walk.go("a[href$='service=safe_housing']")
    walk.click("summary:has-text('Les premières à un service')")
    page.locator("#id_count_1").fill(str(RUN))
    page.locator("#id_to_1").select_option(label="Foyer du Canal (fictif) · 20 places")
    page.locator("#id_count_2").fill(str(PERSONS))
    page.locator("#id_to_2").select_option(label="Foyer des Vignes (fictif) · 20 places")
    walk.go("button:text-is('Répartir ainsi')")
    expect(page.get_by_text(f"{RUN} personnes à Foyer du Canal (fictif)")).to_be_visible()
    expect(page.get_by_text("Ont dit non (3)")).to_be_visible()
    walk.go("button:text-is('Préparer les demandes')")
    walk.go(f"button:text-is('Envoyer {PERSONS - 1} demandes')")
    expect(page.get_by_text("Le service doit répondre").first).to_be_visible()
    with acting_as(people["coord"]):
        assert Consent.objects.count() == PERSONS - 1
        sent = Orientation.objects.exclude(state="draft").order_by("case__situation_lines__number")
        assert [o.addressee_id for o in sent] == [second.pk] * RUN + [first.pk] * (PERSONS - 1 - RUN)
        (left,) = SituationCase.objects.exclude(case__orientations__state="sent")
        assert (left.number, left.agreement) == (3, "no")
    assert not walk.faults


def test_each_page_of_a_group_on_a_phone_and_at_a_desk(people, live_server, browser):
    made = event(people)
    walk = Walk(browser, live_server, people["coord"], forms=FORMS)
    # no page goes on by itself before it is looked at
    walk.page.route("**/group*.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    at = f"/evenements/{made.pk}/"
    walk.open(at + "personnes/")
    walk.click("summary:has-text('même langue')")
    walk.check("group-persons")
    walk.page.locator("#id_adults").fill("18")
    walk.page.locator("#id_minors_2").fill("4")
    walk.go("button:text-is('Ouvrir les dossiers')")
    walk.check("group-opening")
    walk.go("button:has-text('Ouvrir les 2 suivants')")
    walk.open(at + "question/")
    walk.check("group-question")
    both = [shelter.pk for shelter in people["shelters"][:2]]
    question = {"purpose": "share_named", "agencies": both, "kinds": [], "level": 3, "categories": 2, "until": "",
                "explained": ["purpose", "withdrawal"], "proof": "interpreted", "language": "ro",
                "interpreter": "phone", "asked_by": "Inspectrice du travail, avec une interprète"}  # fmt: skip
    with acting_as(people["coord"]) as actor:
        asking.set_question(actor, made.pk, question)
        for line, said in zip(situations.lines(actor, made), ["yes"] * 9 + ["no", "later", "yes"], strict=False):
            asking.answer(actor, made.pk, line.pk, said)
    walk.open(at + "accords/")
    walk.click("summary:has-text('En partie')")
    walk.check("group-ask")
    everybody = walk.page.locator("ul:has(> li > [data-answer])")
    assert everybody.evaluate("list => getComputedStyle(list.firstElementChild).listStyleType") == "none"
    assert everybody.evaluate(OVERLAP) == 0, "a thumb meets one number"
    walk.go("button:text-is('Enregistrer cette partie')")
    walk.check("group-ask-error")
    walk.open(at + "accords/?n=20")
    walk.check("group-ask-child")
    walk.open(at + "accueil/")
    walk.check("group-intake")
    walk.open(at + "repartir/?service=safe_housing")
    walk.click("summary:has-text('Les premières à un service')")
    walk.check("group-split")
    walk.page.get_by_label("pourquoi la protection").fill("Quatre enfants seuls sur place, sans adulte.")
    walk.go("button:text-is('Préparer les demandes')")
    walk.check("group-drafts")
    walk.go("button:has-text('Envoyer')")
    walk.open(at)
    walk.check("group-detail")
    assert not walk.faults


def test_a_second_tap_too_soon_answers_for_nobody(people, live_server, browser):
    made = event(people)
    with acting_as(people["coord"]) as actor:
        opening.open_persons(actor, made.pk, token=made.pk, groups=[opening.Group("adult", "", 3)])
        question = {"purpose": "share_named", "agencies": [people["shelters"][0].pk], "kinds": [], "level": 2,
                    "categories": 0, "explained": [], "proof": "oral", "language": "", "interpreter": "none",
                    "until": "", "asked_by": ""}  # fmt: skip
        asking.set_question(actor, made.pk, question)
    walk = Walk(browser, live_server, people["coord"])
    walk.open(f"/evenements/{made.pk}/accords/")
    # as a hurried thumb: on the page that has just come
    walk.page.evaluate("document.querySelector('[data-calm] button').click()")
    walk.page.wait_for_timeout(CALM)
    walk.go("button:has-text('Oui, à tout')")
    expect(walk.page.get_by_role("heading", name="Personne 2", exact=True)).to_be_visible()
    walk.page.keyboard.press("Tab")
    with acting_as(people["coord"]):
        found = situations.lines(people["coord"], Situation.objects.visible_to(people["coord"]).get())
    assert [line.agreement for line in found] == ["yes", "not_asked", "not_asked"]
