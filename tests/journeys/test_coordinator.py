"""A coordinator routes an alert, a shelter answers: counted clicks, axe in light and dark, reflow, without script."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Category, Kind, Role
from foundation.actor import acting_as
from referral.models import AlertDesk, Orientation
from tests import factories as f
from victims.models import Case

from .walk import FORMS, Walk, overflow, take_form

pytestmark = pytest.mark.django_db(transaction=True)
SIGNS = {"observations": {"ILO-AL-DR-01": "observed", "ILO-AL-EX-01": "reported"}, "none_of_these": False}


@pytest.fixture
def people(transactional_db):
    f.national(name="Coordination nationale d'essai")
    unit = f.coordination(name="Coordination traite Île-de-France (fictive)")
    offers = ("safe_housing", "emergency_shelter", "social_support")
    home = f.shelter(
        name="Foyer Horizon (fictif)", services=offers, desk_fields={"places": 4, "languages": ["fr", "ro"]}
    )
    f.shelter(name="Maison des Calanques (fictive)", territories=("13",), services=offers, desk_fields={"places": 2})
    f.shelter(name="Résidence des Tilleuls (fictive)", services=offers, desk_fields={"places": 0})
    f.agency(Kind.NGO, name="Association Droit ouvert (fictive)", services=("legal_support",), territories=())
    school = f.agency(
        Kind.EDUCATION,
        desk=False,
        name="Collège des Lilas blancs et des Métiers du bâtiment, de la restauration et de l'hôtellerie (fictif)",
    )
    return {
        "nurse": f.member(school, Role.FRONTLINE),
        "coord": f.member(unit, Role.COORDINATOR),
        "home": f.member(home),
        "mate": f.member(home),
    }


def alert(people, **answers):
    words = "Elle dort sur place, dans l'arrière-boutique. Ses papiers sont chez le patron."
    return f.sent_alert(people["nurse"], **{"note": words, "language": "ro", "place": "restaurant", **SIGNS, **answers})


def test_four_clicks_to_route_two_to_answer(people, live_server, browser):
    sent = alert(people)
    coord = Walk(browser, live_server, people["coord"], width=1280)
    coord.open("/boite/")
    coord.go(f"text={sent.reference}")
    coord.go('button[name="need"][value="safe_housing"]')
    coord.go('button[name="addressee"]')
    coord.page.get_by_text("Rien d'autre.").wait_for()
    coord.go('button:has-text("Envoyer à")')
    coord.page.get_by_text("pas encore lue").wait_for()
    assert coord.clicks == 4
    with acting_as(people["coord"]):
        made = Orientation.objects.get()
    home = Walk(browser, live_server, people["home"])
    home.open("/demandes/")
    home.go(f"text={made.reference}")
    home.go('button:text-is("Accepter")')
    home.page.get_by_text("Demande acceptée").wait_for()
    assert home.clicks == 2
    coord.page.reload()
    coord.page.locator("main header").get_by_text("Acceptée").wait_for()
    assert not coord.faults and not home.faults


def reach(walk, words):
    """Tab until the control with these words has the focus; fails when the keyboard never gets there."""
    for _ in range(120):
        walk.page.keyboard.press("Tab")
        if walk.page.locator("a:focus, button:focus", has_text=words).count():
            return
    raise AssertionError(f"« {words} » cannot be reached by Tab")


def test_by_keyboard_alone(people, live_server, browser):
    sent = alert(people)
    coord = Walk(browser, live_server, people["coord"], width=1280)
    coord.open("/boite/")
    reach(coord, sent.reference)
    coord.enter()
    reach(coord, "Hébergement sécurisé")
    coord.enter()
    # Enter on an answer keeps the choices; it asks no service in the person's place
    coord.page.locator('input[name="level"]').first.focus()
    coord.enter()
    coord.page.locator("#erreurs").get_by_text("avec son propre bouton").wait_for()
    reach(coord, "Voir l'aperçu pour ce service")
    coord.enter()
    reach(coord, "Envoyer à")
    coord.enter()
    coord.page.get_by_text("pas encore lue").wait_for()
    with acting_as(people["coord"]):
        assert Orientation.objects.get().state == "sent"


def test_without_script(people, live_server, browser):
    sent = alert(people)
    walk = Walk(browser, live_server, people["coord"], script=False)
    walk.open(f"/boite/{sent.pk}/")
    walk.click("summary:has-text('sans ouvrir de dossier')")
    walk.page.get_by_label("Déjà signalée dans une autre alerte").check(force=True)
    walk.go('button:text-is("Classer")')
    walk.page.get_by_text("Votre service a classé l'alerte").wait_for()
    walk.open("/boite/?view=handled")
    walk.page.get_by_text(sent.reference).wait_for()


def story(people) -> dict:
    """Some alerts, a case followed in part, a case of the shelter: every state a page draws."""
    first = alert(people, note="Une phrase sans fin. " * 18 + "x" * 110)
    alert(people, danger="yes", minor="doubt")
    alert(people, form="domestic_servitude")
    with f.as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=first).update(answer_by=timezone.now() - timedelta(hours=2, minutes=10))
    case = f.case(people["coord"], author=people["nurse"], **SIGNS)
    consent = f.consent(people["coord"], case, agencies=[people["home"].agency_id], categories=int(Category.CONTACT))
    made = f.orientation(people["coord"], case, people["home"].agency, consent=consent, categories=2, level=3)
    draft = f.orientation(
        people["coord"], case, people["home"].agency, state="draft", service=f.service("social_support")
    )
    own = f.own_case(people["home"], **SIGNS)
    f.consent(people["home"], own, agencies=[people["home"].agency_id], categories=3)
    with acting_as(people["coord"]):
        assert Case.objects.count() == 1
    return {
        "coord": {
            "work": "/",
            "awaited": "/travail/attente/",
            "unassigned": "/travail/non-attribues/?urgency=vital",
            "search": "/recherche/",
            "searches": "/recherches/",
            "exports": "/exports/",
            "export-new": "/exports/nouveau/cases/",
            "inbox": "/boite/",
            "inbox-empty": "/boite/?form=organ_removal",
            "alert": f"/boite/{first.pk}/",
            "cases": "/dossiers/",
            "case": f"/dossiers/{case.pk}/",
            "need": f"/dossiers/{case.pk}/orienter/",
            "compose": f"/dossiers/{case.pk}/orienter/?service=safe_housing",
            "preview": f"/orientations/{draft.pk}/apercu/",
            "sent": "/orientations/",
            "sent-detail": f"/orientations/{made.pk}/",
            "consent": f"/dossiers/{case.pk}/accords/",
            "withdraw": f"/accords/{consent.pk}/retirer/",
        },
        "home": {
            "received": "/demandes/",
            "request": f"/orientations/{made.pk}/",
            "own-case": f"/dossiers/{own.pk}/",
            "identity": f"/dossiers/{own.pk}/identite/",
        },
        "nurse": {"refused": "/boite/"},
    }


def test_every_page_is_accessible(people, live_server, browser):
    for who, pages in story(people).items():
        walk = Walk(browser, live_server, people[who], forms=FORMS)
        for name, path in pages.items():
            walk.open(path)
            walk.check(name)
            take_form(walk.page, 320, "light")
            assert overflow(walk.page) <= 0, f"{name} at 320 px"
            assert len(walk.page.content()) < 80_000, name
        # nothing the security policy refused, nothing asked elsewhere; a page 403 is an error to the console too
        assert who == "nurse" or not walk.faults
        assert {r.url.split("/")[2] for r in walk.requests if not r.url.startswith("data:")} == {
            walk.base.split("/")[2]
        }
        walk.context.close()


def test_monday_morning_is_sorted_from_the_inbox(people, live_server, browser):
    urgent = alert(people, danger="yes", where="Arrière-boutique, 3 rue de l'Essai", callback="06 12 34 56 78")
    first, second = alert(people), alert(people, minor="doubt")
    coord = Walk(browser, live_server, people["coord"], width=1280, forms=FORMS)
    coord.open("/boite/")
    coord.check("inbox-morning")
    row = coord.page.locator(f"tr:has-text('{first.reference}')")
    for told in ("Collège des Lilas blancs", "Reçue", "On lui avait promis un autre travail"):
        assert told in row.inner_text()
    coord.go(f"tr:has-text('{first.reference}') button:has-text(\"Je m'en charge\")")
    row = coord.page.locator(f"tr:has-text('{first.reference}')")
    assert "Prise" in row.inner_text() and people["coord"].user.full_name in row.inner_text()
    with coord.page.expect_navigation():  # the whole row opens the alert
        coord.page.locator(f"tr:has-text('{urgent.reference}') .rp-urgency").click(force=True)
    coord.page.get_by_text("Arrière-boutique, 3 rue de l'Essai").wait_for()
    coord.go('button:text-is("Ouvrir un dossier")')
    coord.go(f"text=Alerte suivante : {second.reference}")
    coord.page.get_by_role("heading", name=f"Alerte {second.reference}").wait_for()
    assert not coord.faults
