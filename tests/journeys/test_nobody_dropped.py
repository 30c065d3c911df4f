"""A nurse alerts a child in danger; the coordinator opens a case and closes the tab; nobody stands down for it."""

import pytest

from agencies.models import Helpline, Kind, Membership, Role
from tests import factories as f

from .walk import FORMS, Walk

pytestmark = pytest.mark.django_db(transaction=True)
CALLED = {"danger": "yes", "minor": "doubt", "where": "Hôtel du Port, chambre 12", "callback": "06 12 34 56 78"}


@pytest.fixture
def people(transactional_db):
    f.national(name="Coordination nationale d'essai")
    child = {"services": ("child_care",)}
    school = f.agency(Kind.EDUCATION, desk=False, name="Collège des Lilas (fictif)")
    people = {
        "nurse": f.member(school, Role.FRONTLINE),
        "coord": f.member(f.coordination(name="Coordination d'essai"), Role.COORDINATOR),
        "crip": f.member(f.shelter(name="CRIP d'essai", **child)),
        "prosecutor": f.member(f.agency(Kind.JUSTICE, name="Parquet d'essai", **child)),
    }
    with f.as_role("nrm_owner"):
        Membership.objects.filter(pk=people["nurse"].pk).update(title="Infirmière scolaire")
        Helpline.objects.get_or_create(
            code="hl_119", defaults={"number": "119", "label_fr": "Allô enfance en danger", "kind": "child"}
        )
        Helpline.objects.get_or_create(
            code="hl_17", defaults={"number": "17", "label_fr": "Police secours", "kind": "emergency"}
        )
    return people


@pytest.mark.parametrize("width", [390, 1280])
def test_what_saves_a_life_stands_above_the_next_alert(people, live_server, browser, width):
    alert, other = f.sent_alert(people["nurse"], **CALLED), f.sent_alert(people["nurse"], **CALLED)
    coord = Walk(browser, live_server, people["coord"], width=width, forms=FORMS)
    coord.open(f"/boite/{alert.pk}/")
    following = coord.page.get_by_role("link", name=f"Alerte suivante : {other.reference}")
    below, act = following.bounding_box()["y"], coord.page.locator("main form button").first.bounding_box()["y"]
    assert below > coord.page.get_by_role("heading", name="Situation").bounding_box()["y"] - 1
    for shown in ("a[href='tel:119']", "dd:has-text('Hôtel du Port, chambre 12')", "a[href='tel:0612345678']",
                  "a[href='tel:17']"):  # fmt: skip
        place = coord.page.locator(f"main {shown}").first.bounding_box()
        assert place["y"] + place["height"] <= min(below, act), shown
    if width == 390:
        assert below > coord.page.get_by_role("heading", name="Signes").bounding_box()["y"], "after the facts"
    coord.check(f"alert-next-below-{width}")
    assert not coord.faults


def test_case_opened_and_tab_closed_leaves_every_desk_its_clock(people, live_server, browser):
    alert = f.sent_alert(people["nurse"], **CALLED)
    page = f"/boite/{alert.pk}/"

    # what saves stands first, above every act, and can be tapped
    coord = Walk(browser, live_server, people["coord"], width=1280, forms=FORMS)
    coord.open(page)
    coord.check("alert-received-vital")
    first_act = coord.page.locator("main form button").first.bounding_box()["y"]
    for shown in ("a[href='tel:119']", "text=Hôtel du Port, chambre 12", "a[href='tel:0612345678']"):
        assert coord.page.locator(f"main {shown}" if shown[0] == "a" else shown).first.bounding_box()["y"] < first_act
    assert "Infirmière scolaire, Collège des Lilas (fictif)" in coord.page.locator("main .rp-card--danger").inner_text()
    coord.go("main button:text-is('Ouvrir un dossier')")
    coord.context.close()

    # the others have it still, with their own time
    for who in ("crip", "prosecutor"):
        desk = Walk(browser, live_server, people[who])
        desk.open("/boite/")
        row = desk.page.locator("tr", has_text=alert.reference)
        row.get_by_text("Coordination d'essai y a donné suite de son côté").wait_for()
        assert "À traiter par votre service" in row.inner_text() and "reste attendue" in row.inner_text()
        assert "restant" in row.inner_text() or "retard" in row.inner_text()
        desk.context.close()
    nurse = Walk(browser, live_server, people["nurse"])
    nurse.open(f"/mes-signalements/{alert.pk}/")
    nurse.page.get_by_text("Aucun service n'a encore dit qu'il intervient.").wait_for()
    said = nurse.page.locator("main").inner_text()
    assert "démarche est engagée" not in said and "démarche engagée" not in said
    nurse.check("author-case-opened")

    # child protection acts, and tells the prosecutor, who confirms
    crip = Walk(browser, live_server, people["crip"], forms=FORMS)
    crip.open(page)
    crip.page.get_by_label("Quelqu'un est auprès de la personne").check(force=True)
    crip.page.get_by_label("Avec vos mots").fill("Une éducatrice est avec elle depuis 14 h.")
    crip.go("button:text-is('Déclarer')")
    crip.page.get_by_text("Une éducatrice est avec elle depuis 14 h.").wait_for()
    crip.click("summary:has-text('Indiquer aux autres services')")
    crip.page.get_by_label("Pourquoi l'intervention des autres services").fill(
        "Elle est à l'abri, l'ordonnance est demandée."
    )
    crip.go("button:text-is('Les prévenir')")
    crip.check("desk-that-acts")

    law = Walk(browser, live_server, people["prosecutor"], forms=FORMS)
    law.open(page)
    law.page.get_by_text("Tant que vous ne l'avez pas confirmé, votre délai court.").wait_for()
    law.page.get_by_text("Elle est à l'abri, l'ordonnance est demandée.").wait_for()
    law.check("desk-told-nothing-to-do")
    law.go('button:text-is("Confirmer que notre intervention n\'est plus nécessaire")')
    law.page.get_by_text("Intervention non nécessaire").first.wait_for()

    nurse.page.reload()
    nurse.page.get_by_text("Quelqu'un est auprès de la personne.").first.wait_for()
    assert "éducatrice" not in nurse.page.locator("main").inner_text()  # the words are for the services
    # the coordinator's own row comes back: a case was opened and nothing followed
    coord = Walk(browser, live_server, people["coord"])
    coord.open("/boite/")
    coord.page.locator("tr", has_text=alert.reference).get_by_text(
        "Aucune aide n'est en cours pour la personne"
    ).wait_for()
    assert not crip.faults and not law.faults and not coord.faults
