"""Participation in a browser, with lines in its pages and without: axe on a phone and at a desk, light and dark; a
contribution written, checked and sent by the keyboard's own elements, without script."""

import pytest

from agencies.models import Kind, Role
from tests import factories as f
from tests.plans import participants as p
from tests.plans import people

from .test_every_page import LONG, every_side
from .walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)
EMPTY = ["/pilotage/", "/pilotage/consultations/", "/pilotage/contributions/", "/pilotage/contributions/nouvelle/",
         "/pilotage/espace/", "/pilotage/espace/signaux/"]  # fmt: skip
PUBLIC = ["/plan/contributions/", "/plan/secteurs/", "/plan/secteurs/hotels/", "/en/plan/contributions/"]


@pytest.fixture
def table(transactional_db):
    """One of each, with texts that do not end."""
    found = {
        "coordination": people.coordination(),
        "association": people.speaker(),
        "hotel": people.speaker(Kind.EMPLOYER),
    }
    found["consultation"] = p.consultation(found["coordination"], title=LONG[:200], text=LONG, questions=[LONG[:400]])
    found["answered"] = p.answered(found["association"], found["coordination"], to=found["consultation"], text=LONG)
    found["sent"] = p.sent(found["hotel"], title=LONG[:200], text=LONG)
    found["draft"] = p.draft(found["association"], to=found["consultation"], text="Écrire à chef@exemple.invalid")
    late = p.published(found["association"], found["coordination"], text=LONG)
    p.long_ago(late)
    return found


def test_axe_finds_nothing_with_lines(table, live_server, browser):
    consultation, answered = table["consultation"].pk, table["answered"].pk
    walk = Walk(browser, live_server, table["coordination"])
    at, sent = f"consultations/{consultation}/", f"contributions/{table['sent'].pk}/"
    parts = ["", "consultations/", at, f"{at}modifier/", f"{at}retirer/", "consultations/nouvelle/"]
    for part in [*parts, "contributions/a-traiter/", sent, f"contributions/{answered}/", "contributions/synthese/"]:
        every_side(walk, f"/pilotage/{part}")
    assert not walk.faults
    walk = Walk(browser, live_server, table["association"])
    draft = f"contributions/{table['draft'].pk}/"
    parts = ["contributions/", "contributions/?vue=publiees", f"{draft}modifier/", f"{draft}envoyer/"]
    for part in [*parts, "contributions/nouvelle/?objet=indicator&q=papiers"]:
        every_side(walk, f"/pilotage/{part}")
    walk = Walk(browser, live_server, table["hotel"])
    for part in ("espace/", "espace/secteurs/hotels/signaler/"):
        every_side(walk, f"/pilotage/{part}")
    for address in [*PUBLIC, f"/plan/consultations/{consultation}/", f"/plan/contributions/{answered}/"]:
        every_side(walk, address)
    assert not walk.faults


def test_axe_finds_nothing_on_empty_pages(live_server, browser):
    union = f.member(f.agency(Kind.UNION, desk=False), Role.POLICY, Role.FRONTLINE)
    walk = Walk(browser, live_server, union)
    for address in [*EMPTY, "/plan/contributions/", "/en/plan/contributions/"]:
        every_side(walk, address)
    every_side(walk, "/pilotage/contributions/a-traiter/", 403)  # says so, and what to do


def test_a_contribution_is_written_checked_and_sent_without_script(table, live_server, browser):
    walk = Walk(browser, live_server, people.speaker(Kind.UNION), script=False)
    page = walk.page
    walk.open(f"/pilotage/consultations/{table['consultation'].pk}/")
    walk.go("main a:has-text('Contribuer')")
    page.fill("input[name=title]", "Le salaire dû")
    page.fill("textarea[name=answer_0]", "Payer ce qui est dû. Écrire à Mme Martin.")
    walk.go("button[value=send]")
    assert "Mme Martin" in page.locator(".fr-alert--warning").inner_text()
    walk.go("main a:has-text('Corriger')")
    assert page.input_value("textarea[name=answer_0]").startswith("Payer ce qui est dû.")
    page.fill("textarea[name=answer_0]", "Payer ce qui est dû.")
    walk.go("button[value=send]")
    walk.go("main form button:has-text('Envoyer')")
    assert "Votre contribution est envoyée" in page.locator("main").inner_text()


def test_who_moderates_takes_a_name_out_before_anybody_reads_it(table, live_server, browser):
    """The name goes on the first page; the number is found again on the second; the public never reads either."""
    said = "M. Jean Dupont, chef de chantier, 06 12 34 56 78, retient les passeports."
    sent = p.sent(people.speaker(Kind.UNION), title="Passeports retenus", text=said)
    walk = Walk(browser, live_server, table["coordination"])
    walk.open(f"/pilotage/contributions/{sent.pk}/")
    main = walk.page.locator("main")
    assert main.get_by_role("button", name="Publier").count() == 0, "one press publishes nothing that was found"
    walk.go("main .fr-alert--warning li:has-text('M. Jean Dupont') button")
    walk.go("main a:has-text('Relire avant de publier')")
    every_side(walk, f"/pilotage/contributions/{sent.pk}/publier/")
    assert "06 12 34 56 78" in main.locator(".fr-alert--warning").inner_text()
    walk.go("main .fr-alert--warning li:has-text('06 12 34 56 78') button")
    walk.go("main form button:has-text('Publier')")
    walk.open(f"/plan/contributions/{sent.pk}/")
    page = main.inner_text()
    assert "[nom retiré 1], chef de chantier, [nom retiré 2]" in page and "Dupont" not in page and "06 12" not in page
