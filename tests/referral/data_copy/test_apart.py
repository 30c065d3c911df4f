"""The parts of the copy that stand apart: whole for who may read them, printed when ticked, silent otherwise."""

import re
from copy import deepcopy

import pytest
from django.utils import timezone

from agencies.models import Category
from foundation.actor import acting_as
from journal.models import Entry
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.categories.operations import write_entry
from victims.data_requests import operations as data_requests
from victims.links.operations.persons_and_papers import add_paper
from victims.models import CaseAccess, CaseText, Observation
from victims.needs import operations as needs
from victims.path import operations as path
from victims.secrecy.operations import write_secret

pytestmark = pytest.mark.django_db
HEALTH, OFFENCE, RESIDENCE = "MARQUEUR-SANTE", "MARQUEUR-AUTEUR", "MARQUEUR-SEJOUR"
STORY, PATH, SECRET, ASYLUM = "MARQUEUR-RECIT", "MARQUEUR-PARCOURS", "MARQUEUR-SECRET", "MARQUEUR-ASILE"


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    lead, partner = f.member(f.shelter(may_hold=31)), f.member(f.shelter(may_hold=31))
    case = f.own_case(lead)
    f.consent(lead, case, categories=31)
    f.orientation(lead, case, partner.agency, state="accepted", answerer=partner, level=3)
    with as_role("nrm_owner"):
        CaseAccess.objects.filter(case=case, lead=True).update(categories=31)
        CaseText.objects.create(case=case, by=lead, data={"note": STORY})
        said = {"indicator": "ILO-AL-DR-01", "value": "observed"}
        Observation.objects.create(case=case, by=lead, data=said, counts=True, catalogue_version="x")
    with acting_as(lead):
        write_entry(lead, case.pk, Category.HEALTH, data={"text": HEALTH})
        write_entry(lead, case.pk, Category.OFFENCE, data={"text": OFFENCE})
        write_entry(lead, case.pk, Category.RESIDENCE, data={"text": RESIDENCE})
        path.write_episode(lead, case.pk, data={"form": "unknown", "note": PATH})
        write_secret(lead, case.pk, text=SECRET)
        needs.add_need(lead, case.pk, service=f.service("asylum"), priority="now", text=ASYLUM)
        add_paper(lead, case.pk, sort="complaint", label="MARQUEUR-PIECE", place="coffre")
        asked = {"kind": "access", "asked_by": "person", "identity": "known", "way": "hand"}
        made = data_requests.add_request(lead, case.pk, received_on=timezone.localdate(), **asked)
    return {"lead": lead, "partner": partner, "case": case, "asked": made}


def page(response) -> str:
    assert response.status_code == 200
    return re.search(r"<main.*</main>", text(response), re.S)[0]


def shown(member, asked, act="reread", given=()):
    return page(Hand(member).post("data-copy-print", asked.pk, act=act, given=list(given)))


def key_of(said: str, mark: str) -> str:
    """The key of the part whose words hold this mark."""
    (found,) = [box for box in said.split('type="checkbox"')[1:] if mark in box.split("</label>")[0]]
    return re.search(r'value="([^"]+)"', found)[1]


def entries(action) -> int:
    with as_role("nrm_owner"):
        return Entry.objects.filter(action=action).count()


def test_all_that_is_held_may_be_given_after_it_was_shown_and_read(world):
    first = page(Hand(world["lead"]).get("data-copy", world["asked"].pk))
    whole = (HEALTH, RESIDENCE, STORY, PATH, ASYLUM, "Signes relevés", "Plainte ou procès-verbal")
    for mark in (HEALTH, RESIDENCE, STORY, PATH, ASYLUM):
        assert mark not in first, "shown on a click, with a factor, like their own pages"
    assert not entries("health.read") and not entries("case.read.signs")
    said = shown(world["lead"], world["asked"])
    for mark in (HEALTH, RESIDENCE, STORY, PATH, ASYLUM, "Signes relevés"):
        assert mark in said, mark
    for act in ("health.read", "residence.read", "case.read.signs", "case.read.path"):
        assert entries(act) == 1, act
    assert OFFENCE not in said and SECRET not in said and "MARQUEUR-PIECE" not in said
    assert not entries("offence.read"), "what tells of others is not even read"
    keys = re.findall(r'name="given" value="([^"]+)"', said)
    copy = shown(world["lead"], world["asked"], "reveal", keys)
    for mark in whole[:6]:
        assert mark in copy, mark
    for hidden in (OFFENCE, SECRET, "MARQUEUR-PIECE"):
        assert hidden not in copy, hidden


def test_a_part_is_printed_when_ticked_and_of_the_others_not_even_their_presence(world):
    key = key_of(shown(world["lead"], world["asked"]), HEALTH)
    copy = shown(world["lead"], world["asked"], "reveal", [key])
    assert HEALTH in copy
    for hidden in (RESIDENCE, STORY, PATH, ASYLUM, "Asile", "Signes relevés", "Plainte"):
        assert hidden not in copy.split("Ce qui n'est pas dans cette copie")[0], hidden
    bare = shown(world["lead"], world["asked"], "reveal")
    assert HEALTH not in bare and "en plus" not in bare
    assert entries("health.read") == 2, "a copy without it reads nothing of it"


def test_a_category_one_may_not_read_never_comes_through_and_who_may_is_named(world):
    """The partner reads the file and no category: of health and residence, neither words nor presence."""
    partner, lead = world["partner"], world["lead"]
    said = shown(partner, world["asked"])
    assert STORY in said and PATH in said
    for hidden in (HEALTH, RESIDENCE, ASYLUM, OFFENCE):
        assert hidden not in said, hidden
    lacking = said.split("Ce que votre service ne peut pas lire")[1].split("</ul>")[0]
    assert "Santé" in lacking and f"{lead.agency}" in lacking and "Auteurs" not in lacking
    assert "Ce que votre service ne peut pas lire" not in shown(lead, world["asked"])
    key = key_of(shown(lead, world["asked"]), HEALTH)
    refused = shown(partner, world["asked"], "reveal", [key])
    assert HEALTH not in refused and "relisez la liste" in refused, "a key taken from elsewhere prints nothing"
    assert entries("identity.read.copy") == 0


def test_a_lead_with_the_summary_alone_reads_no_file_through_the_copy(world):
    with as_role("nrm_owner"):
        CaseAccess.objects.filter(case=world["case"], lead=True).update(level=2, categories=0)
    said = shown(world["lead"], world["asked"])
    for hidden in (HEALTH, RESIDENCE, STORY, PATH, "Signes relevés,"):
        assert hidden not in said, hidden
    assert "Contenu du dossier" in said.split("Ce que votre service ne peut pas lire")[1].split("</ul>")[0]
