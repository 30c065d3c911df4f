"""What goes on around a request, by the screen alone: refused then asked elsewhere in two clicks, a question and its
answer, places in two clicks; each page with axe in light and dark, on a phone and at a desk, long texts included."""

import pytest

from agencies.models import Kind, Role
from foundation.actor import SYSTEM, acting_as
from referral.models import Orientation
from referral.orientations.operations import messages, orientations
from referral.tasks import figures
from tests import factories as f
from tests.roles import as_role

from .walk import FORMS, Walk, expect, overflow, take_form

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Une phrase sans fin. " * 40 + "x" * 90


@pytest.fixture
def people(transactional_db):
    f.national()
    unit = f.coordination(name="Coordination traite Île-de-France (fictive)")
    home = f.shelter(name="Foyer Horizon (fictif)", desk_fields={"places": 4})
    away = f.shelter(name="Maison des Calanques (fictive)", territories=("13",), desk_fields={"places": 2})
    people = {
        "coord": f.member(unit, Role.COORDINATOR),
        "home": f.member(home),
        "admin": f.member(home, Role.AGENCY_ADMIN),
        "away": f.member(away),
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
    }
    people["case"] = f.case(people["coord"], author=people["nurse"])
    return people


def asked(p, who="home", **fields):
    return f.orientation(p["coord"], p["case"], p[who].agency, **fields)


def test_refused_then_asked_elsewhere_in_two_clicks(people, live_server, browser):
    made = asked(people)
    home = Walk(browser, live_server, people["home"])
    home.open(f"/orientations/{made.pk}/")
    home.page.get_by_label("Pas de place").check(force=True)
    home.page.get_by_label("Quel autre service proposez-vous").select_option(label="Maison des Calanques (fictive)")
    home.go('button:text-is("Refuser")')
    coord = Walk(browser, live_server, people["coord"], width=1280)
    coord.open(f"/orientations/{made.pk}/")
    expect(coord.page.get_by_text("Suggéré par le service qui a refusé")).to_be_visible()
    coord.go('button:has-text("Demander à ce service")')
    expect(coord.page.get_by_text("Rien d'autre.")).to_be_visible()
    coord.go('button:has-text("Envoyer à")')
    expect(coord.page.get_by_text("pas encore lue")).to_be_visible()
    assert coord.clicks == 2
    with acting_as(people["coord"]):
        onward = Orientation.objects.get(rerouted_from=made.pk)
    assert (onward.state, onward.addressee_id) == ("sent", people["away"].agency_id)
    assert not coord.faults and not home.faults


def test_what_the_service_needs_to_decide_goes_with_the_request_and_starts_as_ones_own(people, live_server, browser):
    draft = asked(people, state="draft")
    coord = Walk(browser, live_server, people["coord"], forms=FORMS)
    coord.open(f"/orientations/{draft.pk}/apercu/")
    coord.click("summary:has-text('Ajouter de quoi décider')")
    coord.check("request-brief")
    coord.page.get_by_label("Femme").check(force=True)
    coord.page.get_by_label("Enfants avec la personne").fill("2")
    coord.page.get_by_label("Un mot pour le service").fill("Elle peut venir dès ce soir.")
    coord.go('button:has-text("Envoyer à")')
    home = Walk(browser, live_server, people["home"], forms=FORMS)
    home.open(f"/orientations/{draft.pk}/")
    expect(home.page.get_by_text("Elle peut venir dès ce soir.")).to_be_visible()
    home.check("request-received-brief")
    home.go('button:text-is("Accepter")')
    expect(home.page.get_by_text("s'en charge.")).to_be_visible()
    home.go('button:has-text("La prise en charge a commencé")')
    home.open("/travail/mes-dossiers/")
    expect(home.page.get_by_text(people["case"].reference)).to_be_visible()
    assert not coord.faults and not home.faults


def test_a_question_and_its_answer_without_script(people, live_server, browser):
    made = asked(people)
    home = Walk(browser, live_server, people["home"], script=False)
    home.open(f"/orientations/{made.pk}/")
    home.click('summary:has-text("Poser d\'abord une question")')
    home.page.get_by_label("Votre question").fill("Parle-t-elle roumain ?")
    home.go('button:text-is("Poser la question")')
    expect(home.page.get_by_text("Votre question attend")).to_be_visible()
    coord = Walk(browser, live_server, people["coord"], script=False)
    coord.open(f"/orientations/{made.pk}/")
    coord.go('button:text-is("Répondre")')  # nothing written: said, and nothing sent
    expect(coord.page.locator("#erreurs").get_by_text("Écrivez votre message.")).to_be_visible()
    coord.page.get_by_label("Votre réponse").fill("Oui, un peu.")
    coord.go('button:text-is("Répondre")')
    expect(coord.page.get_by_text("Réponse envoyée.")).to_be_visible()
    home.page.reload()
    expect(home.page.get_by_text("Oui, un peu.")).to_be_visible()


def test_places_in_two_clicks(people, live_server, browser):
    home = Walk(browser, live_server, people["home"], width=1280)
    home.open("/")
    home.go("main a:has-text('Mon organisme')")
    home.page.get_by_label("Places libres").fill("3")
    home.go('button:text-is("Enregistrer les places")')
    expect(home.page.get_by_text("Places notées")).to_be_visible()
    assert home.clicks == 2
    expect(home.page.get_by_text("3 places")).to_be_visible()


def story(p) -> dict:
    """Pages with something in each: a long thread, a refusal, an access to end, a desk, figures."""
    talked, refused = asked(p, service=f.service("legal_support")), asked(p)
    given = asked(p, who="away", state="accepted", answerer=p["away"], service=f.service("social_support"))
    with acting_as(p["home"]):
        messages.ask_orientation(p["home"], talked.pk, words=LONG)
        orientations.decline_orientation(p["home"], refused.pk, reason="no_place", suggestion=p["away"].agency)
    with as_role("nrm_worker"), acting_as(SYSTEM):
        figures()
    return {
        "coord": {
            "question": f"/orientations/{talked.pk}/",
            "refused": f"/orientations/{refused.pk}/",
            "given": f"/orientations/{given.pk}/",
            "sorted": f"/dossiers/{p['case'].pk}/orienter/?service=safe_housing&sort=far",
            "needs": "/besoins-non-couverts/",
        },
        "home": {"asked": f"/orientations/{talked.pk}/", "received": "/demandes/", "organisation": "/organisation/"},
        "admin": {"organisation-edit": "/organisation/modifier/"},
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
        assert not walk.faults
        walk.context.close()
