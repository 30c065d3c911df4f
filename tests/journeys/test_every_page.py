"""Pages of the daily work with axe, on a phone and at a desk, light and dark, with lines in them and with texts that
do not end; then their empty states. Pages with a journey of their own are not opened again here."""

import pytest
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.exports import operations as exports
from referral.procedures.operations import checklists
from referral.situations.operations import situations
from tests import factories as f
from tests.referral.full_house import Place
from victims.consents import operations as consents
from victims.links.operations.persons_and_papers import add_paper, add_person
from victims.thread import operations as thread

from .walk import ALL_FORMS, TOO_SMALL, Walk, one_heading, overflow, take_form, violations

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Une phrase sans fin. " * 30 + "x" * 90
# each page on both widths and in both schemes; page after page the pairs change, so that all four forms are seen
SIDES = ([(390, "dark"), (1280, "light")], [(390, "light"), (1280, "dark")])
CASE = ["", "fil/", "besoins/", "procedures/", "signalements/", "pieces/", "etat/", "identite/", "identification/",
        "indices/", "parcours/", "liens/", "notes-sous-secret/", "lieu/", "historique/", "acces/", "accords/",
        "accords/nouveau/", "clore/", "reflexion/"]  # fmt: skip
LISTS = ["/", "/travail/mes-dossiers/", "/travail/non-attribues/", "/travail/attente/", "/travail/avec-nous/",
         "/travail/par-nous/", "/recherches/", "/recherche/", "/agenda/", "/exports/", "/exports/nouveau/cases/",
         "/nos-donnees/", "/imports/", "/notes-sous-secret/", "/partages-sans-accord/", "/acces-urgence/"]  # fmt: skip
UNIT = [
    "/bureaux-silencieux/",
    "/tableau-de-bord/",
    "/tableau-de-bord/a-transmettre/",
    "/besoins-non-couverts/",
    "/evenements/",
    "/evenements/nouveau/",
]


def every_side(walk, address, wanted=200):
    """Open a page and look at it in two forms; the next one in the two others."""
    answer = walk.page.goto(walk.base + address)
    assert answer.status == wanted, (address, answer.status)
    walk.seen = getattr(walk, "seen", 0) + 1
    look_at(walk.page, address, SIDES[walk.seen % 2])


def look_at(page, address, sides):
    """The same page in these forms, without asking for it again: the sheet follows width and scheme."""
    seen = set()
    page.wait_for_load_state("load")
    one_heading(page, address)
    twice = page.evaluate(
        "[...document.querySelectorAll('[id]')].map((e) => e.id).filter((x, n, all) => all.indexOf(x) < n)"
    )
    assert not twice, f"{address}: a label or an error would lead to the wrong field, ids given twice: {twice}"
    first = len(address) % 2  # of the two, where continuous integration looks with axe; at the rest in both
    for number, (width, scheme) in enumerate(sides):
        take_form(page, width, scheme)
        found = violations(page) if ALL_FORMS or number == first else []
        assert not found, f"{address} {width} {scheme}: {found}"
        assert (wide := overflow(page)) <= 0, f"{address} {width} {scheme}: {wide} px too wide"
        if width < 800:
            small = page.evaluate(TOO_SMALL)
            assert not small, f"{address}: too low for a thumb: {small}"
        seen.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(seen) == 2, f"{address}: light and dark are one and the same, {seen}"


@pytest.fixture
def place(transactional_db):
    place = Place()
    for grows in ("links", "papers", "secrets", "case_alerts", "corrections", "unmet", "duty", "silent", "imports",
                  "searches", "alarms", "agreements", "talk", "life", "inbox"):  # fmt: skip
        getattr(place, grows)(2)
    case, lead = place.case, place.lead
    with acting_as(lead):
        add_person(lead, case.pk, relation="parent", age_side="adult", text=LONG)
        place.entry = thread.write_entry(lead, case.pk, sort="message", text=LONG)
        place.paper = add_paper(lead, case.pk, sort="identity", label="Passeport " + "x" * 60, place=LONG[:120])
        place.checklist = checklists.start_procedure(lead, case.pk, "plainte")
        place.agreement = consents.record_consent(lead, case.pk, agencies=[f.shelter().pk], level=2)
        place.export = exports.ask_export(lead, "cases", "", purpose="meeting", reason=LONG[:200], file_format="csv")
    with acting_as(place.coord):
        place.situation = situations.start_situation(
            place.coord, sort="raid", happened_on=timezone.localdate(), territory=f.territory(), note=LONG
        )
    return place


def addresses(place) -> dict[str, list[str]]:
    case = f"/dossiers/{place.case.pk}/"
    situation = f"/evenements/{place.situation.pk}/"
    return {
        "lead": [
            *(case + part for part in CASE),
            f"/fil/{place.entry.pk}/corriger/",
            f"/pieces/{place.paper.pk}/",
            f"/demarches/{place.checklist.pk}/",
            f"/accords/{place.agreement.pk}/retirer/",
            f"/exports/{place.export.pk}/",
            f"/imports/{place.table.pk}/",
            f"/orientations/{place.asked.pk}/",
            *LISTS,
        ],
        "coord": [
            *UNIT,
            *(situation + part for part in ("", "indices/", "personnes/", "accueil/", "repartir/", "envois/")),
        ],
        "admin": [
            *("/organisation/permanence/", "/organisation/", "/organisation/modifier/", "/exports/"),
            *("/organisation/membres/", "/organisation/membres/inviter/", f"/organisation/membres/{place.lead.pk}/"),
            *("/profil/mot-de-passe/", "/activer/"),
        ],
        "auditor": ["/comptes-a-verifier/", "/journal/"],
    }


@pytest.mark.parametrize("who", ["lead", "coord", "admin", "auditor"])
def test_axe_finds_nothing_on_pages_with_lines(place, who, live_server, browser):
    walk = Walk(browser, live_server, getattr(place, who))
    for address in addresses(place)[who]:
        every_side(walk, address)
    assert not walk.faults
    every_side(walk, "/nulle-part/", 404)
    every_side(walk, "/nulle-part/", 404)  # in its two other forms


def test_axe_finds_nothing_on_empty_pages(transactional_db, live_server, browser):
    f.national()
    home = f.member(f.shelter(), Role.CASE_WORKER, Role.AGENCY_ADMIN)
    unit = f.member(f.coordination(), Role.COORDINATOR)
    for member, wanted in ((home, [*LISTS, "/boite/", "/dossiers/"]), (unit, UNIT)):
        walk = Walk(browser, live_server, member)
        for address in wanted:
            every_side(walk, address)
        assert not walk.faults
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    closed = Walk(browser, live_server, nurse)  # a page one has no right to says so, and what to do
    every_side(closed, "/travail/", 403)
    every_side(closed, "/dossiers/00000000-0000-4000-8000-000000000000/", 403)
