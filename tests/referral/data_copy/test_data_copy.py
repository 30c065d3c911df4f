"""The copy for the person: what it gives, whom it masks, who may make it, and what its making leaves."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Category, Role
from foundation.actor import acting_as
from journal.models import Entry
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.data_requests import operations as data_requests
from victims.files.access import SECRET
from victims.files.operations import add_file
from victims.files.tasks import files
from victims.identity.operations import enter_identity
from victims.links.operations.persons_and_papers import add_paper, add_person
from victims.models import CaseAccess, Contact, TimelineEntry
from victims.needs import operations as needs
from victims.thread import operations as thread

pytestmark = pytest.mark.django_db
AGENT, THIRD = "Agente Fictive-Nominative", "MARQUEUR-PROCHE"


@pytest.fixture
def world(db):
    f.national()
    lead = f.member(f.shelter(may_hold=31))
    with as_role("nrm_owner"):
        lead.user.first_name, lead.user.last_name = AGENT.split()
        lead.user.save()
    partner = f.member(f.shelter(may_hold=31))
    case = f.own_case(lead)
    f.orientation(lead, case, partner.agency, state="accepted", answerer=partner, level=3)
    consent = f.consent(lead, case, categories=int(Category.IDENTITY))
    with acting_as(lead):
        enter_identity(lead, case.pk, consent=consent, data={"family_name": "MARQUEUR-NOM", "births": []})
        thread.write_entry(lead, case.pk, sort="message", text="MARQUEUR-FIL")
        need = needs.add_need(lead, case.pk, service=f.service(), priority="now", text="MARQUEUR-BESOIN")
        add_person(lead, case.pk, relation="child", age_side="minor", text="MARQUEUR-DIT", name=THIRD)
        add_paper(lead, case.pk, sort="court", label="MARQUEUR-PIECE", place="coffre")
        said = {"asked_by": "person", "way": "hand", "received_on": timezone.localdate()}
        asked = {
            name: data_requests.add_request(lead, case.pk, kind=kind, identity=identity, text="x", **said)
            for name, kind, identity in (
                ("copy", "access", "known"), ("erase", "erasure", "known"), ("unchecked", "access", "pending"),
            )
        }  # fmt: skip
        entry = TimelineEntry.objects.visible_to(lead).get(case=case, sort="message")
    return {
        "lead": lead,
        "partner": partner,
        "stranger": f.member(f.shelter()),
        "auditor": f.member(f.shelter(), Role.AUDITOR),
        "frontline": f.member(lead.agency, Role.FRONTLINE),
        "case": case,
        "entry": entry,
        "need": need,
        "asked": asked,
    }


def copy(member, asked, *given):
    return Hand(member).post("data-copy-print", asked.pk, act="reveal", given=list(given))


def page(response) -> str:
    """The page itself, without the menu of the member who looks at it."""
    return re.search(r"<main.*</main>", text(response), re.S)[0]


def test_it_gives_what_is_held_and_names_neither_agents_nor_others(world):
    found = copy(world["lead"], world["asked"]["copy"])
    assert found.status_code == 200
    said = page(found)
    for given in ("MARQUEUR-NOM", f"{world['partner'].agency}", "Document de justice", "Accepté"):
        assert given in said or given.lower() in said.lower(), given
    for hidden in (THIRD, "MARQUEUR-DIT", "MARQUEUR-PIECE", "Fictive-Nominative", "MARQUEUR-FIL", "MARQUEUR-BESOIN"):
        assert hidden not in said, hidden
    assert "1 personne proche" in said and "remise en main propre" in said.lower()


def test_nothing_of_a_safe_contact_goes_on_paper_but_the_persons_own_number(world):
    """Whoever finds it would know the word agreed on, the hours, and who helps."""
    apart = {"hours": "MARQUEUR-HEURES", "who_may_answer": "MARQUEUR-SOEUR", "code_word": "MARQUEUR-MOT"}
    with as_role("nrm_owner"):
        for whose, value in (("hers", "MARQUEUR-SIEN"), ("trusted", "MARQUEUR-TIERS"), ("controller", "")):
            data = {"channel": "sms", "value": value, "whose": whose, "do_not_call": whose == "controller", **apart}
            Contact.objects.create(case=world["case"], data=data)
    said = page(copy(world["lead"], world["asked"]["copy"]))
    assert "MARQUEUR-SIEN" in said and "demandez à le lire ici" in said
    for hidden in (*apart.values(), "MARQUEUR-TIERS", "contrôle", "Ne pas appeler", "confiance"):
        assert hidden not in said, hidden


def test_not_even_the_presence_of_what_is_apart_goes_on_paper(world, tmp_path, settings):
    """A complaint, a certificate, an asylum claim, a document under secrecy: what an exploiter must not find."""
    lead, case = world["lead"], world["case"]
    folder = {"BACKEND": "foundation.files.storing.Folder", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "files": folder}
    settings.CLAMAV_ADDRESS, settings.FILES_UNSCANNED = "", True
    with acting_as(lead):
        for sort, place in (
            ("message", 0),
            ("complaint", 0),
            ("medical", 0),
            ("residence", 0),
            ("attestation", SECRET),
        ):
            said = {"sort": sort, "title": "x", "place": place, "content": b"texte", "name": "x.txt"}
            add_file(lead, case.pk, token=uuid.uuid4(), **said)
        for code in ("asylum", "residence_permit", "health_care"):
            needs.add_need(lead, case.pk, service=f.service(code), priority="now", text=f"MARQUEUR-{code}")
        add_paper(lead, case.pk, sort="residence", label="x", place="coffre")
        add_paper(lead, case.pk, sort="complaint", label="x", place="coffre")
    with as_role("nrm_worker"):
        files()
    assert text(Hand(lead).get("case-files", case.pk)).count("Prêt") == 5
    reread = page(Hand(lead).get("data-copy", world["asked"]["copy"].pk))
    said = page(copy(lead, world["asked"]["copy"]))
    kept = said.split("Documents conservés")[1].split("</ul>")[0]
    assert kept.count("<li>") == 2, kept  # the message and the court paper of the world
    wanted = said.split("Vos besoins")[1].split("</ul>")[0]
    assert wanted.count("<li>") == 1, wanted
    for code in ("asylum", "residence_permit", "health_care"):
        assert f"MARQUEUR-{code}" not in reread + said, code


def test_a_lead_that_reads_the_summary_alone_says_what_it_does_not_read_and_who_does(world):
    """« Nothing is written » would be untrue; a service with the file and no category is named too."""
    with as_role("nrm_owner"):
        CaseAccess.objects.filter(case=world["case"], lead=True).update(level=2, categories=0)
    said = page(copy(world["lead"], world["asked"]["copy"]))
    assert "Rien dans cette copie" not in said and "Rien que ce service puisse lire" in said
    assert f"{world['partner'].agency}" in said.split("Une partie est tenue par un autre service")[1]


def test_a_text_is_given_when_it_was_ticked_and_no_other(world):
    said = page(copy(world["lead"], world["asked"]["copy"], f"e{world['entry'].pk}"))
    assert "MARQUEUR-FIL" in said and "MARQUEUR-BESOIN" not in said


def test_a_tick_of_a_text_that_is_not_there_makes_no_copy_and_has_all_reread(world):
    """Taken back since, corrected since, of another case: a copy of something else than what was reread."""
    given = (f"e{world['entry'].pk}", f"e{world['need'].pk}")
    said = copy(world["lead"], world["asked"]["copy"], *given)
    assert "relisez la liste" in page(said) and f'value="{given[0]}" id="given-1" checked' in said.text
    with as_role("nrm_owner"):
        assert not Entry.objects.filter(action="identity.read.copy").exists()


def test_texts_are_shown_to_be_reread_and_their_reading_is_journalled(world):
    said = page(Hand(world["lead"]).get("data-copy", world["asked"]["copy"].pk))
    assert "MARQUEUR-FIL" in said and "MARQUEUR-BESOIN" in said
    assert "Préparer la copie" in page(Hand(world["lead"]).get("data-request", world["asked"]["copy"].pk))
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="case.read.timeline", case_id=world["case"].pk).exists()
        assert not Entry.objects.filter(action="identity.read.copy").exists()


def test_what_another_service_holds_is_said_by_its_name_alone(world):
    said = page(copy(world["partner"], world["asked"]["copy"]))
    assert "MARQUEUR-NOM" not in said
    assert f"{world['lead'].agency}" in said.split("Une partie est tenue par un autre service")[1]
    assert "Une partie est tenue" not in page(copy(world["lead"], world["asked"]["copy"]))


def test_its_making_is_journalled_as_the_reading_of_an_identity(world):
    copy(world["lead"], world["asked"]["copy"])
    with as_role("nrm_owner"):
        for act in ("identity.read.copy", "identity.read"):
            entry = Entry.objects.get(action=act, case_id=world["case"].pk)
            assert entry.membership_id == world["lead"].pk
    assert Hand(world["lead"]).get("data-copy-print", world["asked"]["copy"].pk).status_code == 302


def test_a_budget_that_is_spent_makes_no_copy(world, settings):
    lead, other = world["lead"], f.own_case(world["lead"])
    settings.READ_BUDGETS = {"person": {kind: {"hour": 1, "week": 1} for kind in ("identity", "contact")}}
    settings.READ_BUDGETS["person"]["file"] = {"hour": 60, "week": 60}
    said = {"kind": "access", "asked_by": "person", "identity": "known", "way": "hand"}
    with acting_as(lead):
        first = data_requests.add_request(lead, other.pk, received_on=timezone.localdate(), **said)
    assert copy(lead, first).status_code == 200
    found = copy(lead, world["asked"]["copy"])
    assert found.status_code == 429 and "MARQUEUR" not in text(found)


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("auditor", 403), ("frontline", 403)])
def test_who_does_not_follow_the_case_makes_none(world, who, status):
    hand = Hand(world[who])
    assert hand.get("data-copy", world["asked"]["copy"].pk).status_code == status
    assert copy(world[who], world["asked"]["copy"]).status_code == status


def test_an_access_that_ended_makes_none(world):
    with as_role("nrm_owner"):
        over = timezone.now() - timedelta(minutes=1)
        CaseAccess.objects.filter(case=world["case"], agency=world["partner"].agency).update(until=over)
    assert copy(world["partner"], world["asked"]["copy"]).status_code == 404


@pytest.mark.parametrize(("which", "status"), [("erase", 409), ("unchecked", 403)])
def test_another_request_or_one_unchecked_makes_none(world, which, status):
    hand = Hand(world["lead"])
    assert hand.get("data-copy", world["asked"][which].pk).status_code == status
    assert copy(world["lead"], world["asked"][which]).status_code == status
    assert "Préparer la copie" not in text(hand.get("data-request", world["asked"][which].pk))


def test_an_answered_request_makes_no_more_copies(world):
    with acting_as(world["lead"]):
        data_requests.answer(world["lead"], world["asked"]["copy"].pk, text="Remise en main propre.")
    assert copy(world["lead"], world["asked"]["copy"]).status_code == 409


def test_a_long_case_asks_no_more_of_the_database_than_a_short_one(world):
    counts = []
    copy(world["lead"], world["asked"]["copy"])
    for more in (1, 9):
        with acting_as(world["lead"]):
            for _ in range(more):
                thread.write_entry(world["lead"], world["case"].pk, sort="message", text="MARQUEUR")
                needs.add_need(world["lead"], world["case"].pk, service=f.service(), priority="now", text="MARQUEUR")
        with CaptureQueriesContext(connection) as asked:
            assert copy(world["lead"], world["asked"]["copy"]).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
