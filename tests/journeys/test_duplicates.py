"""Two cases of one person, by the screen alone: an identity typed without script, the pair found by the coordination in
its menu, merged and put back; each page with axe, in light and dark, on a phone and at a desk."""

import pytest
from django.utils import timezone

from agencies.models import Category, Kind, Role
from foundation.actor import acting_as
from referral.duplicates.operations.comparison import compare_due
from referral.models import Match, MatchAlarm
from tests import factories as f
from tests.roles import as_role
from victims.identity.operations import enter_identity

from .walk import Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Un mot sans fin. " * 25 + "x" * 60


@pytest.fixture
def p(transactional_db):
    f.national()
    unit = f.coordination(name="Coordination traite Île-de-France (fictive)")
    people = {
        "coord": f.member(unit, Role.COORDINATOR),
        "home": f.member(f.shelter(name="Foyer Horizon (fictif)")),
        "away": f.member(f.shelter(name="Maison des Calanques (fictive)")),
        "auditor": f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR),
    }
    for who in ("home", "away"):
        lead = people[who]
        people[f"case of {who}"] = f.own_case(lead)
        people[f"agreed {who}"] = f.consent(
            lead, people[f"case of {who}"], agencies=[lead.agency_id], categories=int(Category.IDENTITY)
        )
    with acting_as(people["away"]):
        enter_identity(
            people["away"],
            people["case of away"].pk,
            consent=people["agreed away"],
            data={"family_name": "Démo Belkhafa", "given_names": "Nadia", "births": [{"date": "1998-03-12"}]},
        )
    return people


def found(p) -> Match:
    with as_role("nrm_worker"):
        compare_due()
    with as_role("nrm_owner"):
        return Match.objects.get()


def typed(walk, case):
    """As somebody types it, Enter at the end: a line more for a second name, and nothing is lost by it."""
    walk.open(f"/dossiers/{case.pk}/identite/")
    page = walk.page
    page.get_by_label("Nom (facultatif)", exact=True).fill("Belkhafa-Démo")
    page.get_by_label("Autre nom utilisé, 1").fill("Lina")
    walk.go('button:has-text("Ajouter un nom")')
    expect(page.get_by_label("Nom (facultatif)", exact=True)).to_have_value("Belkhafa-Démo")
    page.get_by_label("Autre nom utilisé, 2").fill("Nadya Demo Belkhafa")
    page.get_by_label("Date de naissance").fill("12/03/1998")
    page.get_by_label("Date de naissance").focus()
    walk.enter()
    expect(page.get_by_text("Identité enregistrée")).to_be_visible()


def test_typed_without_script_found_merged_and_put_back(p, live_server, browser):
    home = Walk(browser, live_server, p["home"], script=False)
    typed(home, p["case of home"])
    found(p)
    coord = Walk(browser, live_server, p["coord"], width=1280)
    coord.open("/doublons/")
    expect(coord.page.get_by_role("link", name=p["case of home"].reference)).to_be_visible()
    coord.go("table a.rp-reference")
    coord.go('a:has-text("Choisir le dossier qui continue")')
    coord.page.get_by_label(p["case of home"].reference).check(force=True)
    coord.go('main button:has-text("Fusionner")')
    expect(coord.page.get_by_text("mettez-les d'abord en contact").first).to_be_visible()
    expect(coord.page.get_by_label(p["case of home"].reference)).to_be_checked()
    coord.page.get_by_label("J'ai parlé avec le chef de file").check(force=True)
    coord.go('main button:has-text("Fusionner")')
    closed = p["case of away"].reference
    expect(coord.page.get_by_text(f"Le dossier {closed} est clos comme doublon")).to_be_visible()
    coord.go('button:has-text("Annuler la fusion")')
    expect(coord.page.get_by_text("le dossier clos a repris l'état qu'il avait")).to_be_visible()
    assert not coord.faults


def test_every_page_is_accessible(p, live_server, browser):
    with acting_as(p["home"]):
        data = {"family_name": "Démo Belkhafa", "given_names": "Nadia", "births": [{"date": "1998-03-12"}]}
        enter_identity(p["home"], p["case of home"].pk, consent=p["agreed home"], data=data)
    match = found(p)
    with as_role("nrm_owner"):
        alarm = MatchAlarm.objects.create(member=p["home"], day=timezone.localdate(), count=12)
    pages = {
        "coord": (
            "/doublons/",
            f"/doublons/{match.pk}/",
            f"/doublons/{match.pk}/fusionner/",
            "/doublons/?state=merged",
        ),
        "auditor": ("/comptes-a-verifier/", f"/comptes-a-verifier/{alarm.pk}/"),
        "home": (f"/dossiers/{p['case of home'].pk}/identite/", "/doublons/"),
    }
    for who, paths in pages.items():
        walk = Walk(browser, live_server, p[who], forms=((390, "dark"), (1280, "light")))
        for path in paths:
            walk.open(path)
            walk.check(f"duplicates {path}")
        if who == "coord":
            walk.open(f"/doublons/{match.pk}/")
            walk.page.get_by_label("Un mot pour votre service").fill(LONG[:480])
            walk.go('button:text-is("Laisser séparés")')
            expect(walk.page.get_by_text("Dites pourquoi vous les laissez séparés.").first).to_be_visible()
            walk.check("duplicates refused")
            walk.page.get_by_label("Trop peu d'éléments pour le dire").check(force=True)
            walk.go('button:text-is("Laisser séparés")')
            expect(walk.page.get_by_text("Ce qui a été fait")).to_be_visible()
            walk.check("duplicates left apart")
        if who == "home":
            walk.open(paths[0])
            walk.go('button:has-text("Afficher")')
            walk.check("identity shown")
            walk.go('button:has-text("Corriger ou compléter")')
            walk.check("identity form")
