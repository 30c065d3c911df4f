"""« Nouveau dossier »: a case for a person that comes to the agency itself, and the alert that a child needs first."""

import uuid

import pytest

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from notifications.models import Notice
from referral.alerts.operations import alerts
from referral.models import Alert, AlertDesk, AlertLink
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Assignment, CaseAccess

pytestmark = pytest.mark.django_db
GIVEN = {"territory": "75", "when": "past", "minor": "no", "danger": "no", "agrees": "on", "note": "MARQUEUR-NOTE"}


@pytest.fixture
def worker(db):
    f.national()
    f.coordination()
    f.territory()
    return f.member(f.shelter())


def cases(member) -> list[CaseAccess]:
    with acting_as(member):
        return list(CaseAccess.objects.of(member))


def test_case_opens_in_one_page_and_is_ones_own(worker):
    hand = Hand(worker)
    assert "Nouveau dossier" in text(hand.get("case-list"))
    draft = str(uuid.uuid4())
    done = hand.post("case-new", draft=draft, **GIVEN)
    (row,) = cases(worker)
    assert done.url.endswith(f"/dossiers/{row.case_id}/") and row.lead
    with acting_as(worker):
        assert Assignment.objects.get(case=row.case_id).membership_id == worker.pk
        told = Alert.objects.get(pk=draft).moves.filter(action="send").get().to_agencies
    assert told == [worker.agency_id], "nobody else is told"
    assert "MARQUEUR-NOTE" in text(hand.get("case-signs", row.case_id))


def test_nothing_opens_without_the_agreement_of_an_adult_and_what_was_typed_stays(worker):
    page = text(Hand(worker).post("case-new", **{**GIVEN, "agrees": ""}))
    assert "Sans l'accord de la personne, aucun dossier n'est ouvert" in page and "MARQUEUR-NOTE" in page
    assert not cases(worker)
    empty = text(Hand(worker).post("case-new"))
    assert "<title>Erreur" in empty and "Dites si la personne est en danger" in empty


@pytest.mark.parametrize("answer", [{"minor": "yes"}, {"minor": "doubt"}, {"danger": "yes"}])
def test_child_doubt_or_danger_goes_on_as_an_alert_with_what_was_typed(worker, answer):
    hand, draft = Hand(worker), str(uuid.uuid4())
    done = hand.post("case-new", draft=draft, **{**GIVEN, **answer})
    assert done.url.endswith(f"/signaler/{draft}/2/") and not cases(worker)
    assert "MARQUEUR-NOTE" in text(hand.client.get(done.url))
    with acting_as(worker), pytest.raises(NotAllowed):
        alerts.open_own_case(worker, uuid.uuid4(), {**GIVEN, **answer, "none_of_these": True, "agreement": "yes"})


def test_who_leads_no_cases_is_offered_none(worker):
    police = f.member(f.agency(Kind.INTERIOR))
    front = f.member(worker.agency, Role.FRONTLINE)
    assert "Nouveau dossier" not in text(Hand(police).get("case-list"))
    for reader in (police, front):
        assert Hand(reader).get("case-new").status_code == 403
        assert Hand(reader).post("case-new", **GIVEN).status_code == 403


def test_case_opens_with_the_own_reference_and_the_nickname(worker):
    hand, draft = Hand(worker), str(uuid.uuid4())
    done = hand.post("case-new", draft=draft, **GIVEN, reference="2026-114", nickname="Étoile")
    page = text(hand.client.get(done.url))
    assert "Étoile" in page and "2026-114" in page
    with acting_as(worker):
        assert "2026-114" not in str(Alert.objects.get(pk=draft).content.data), "no alert holds it"
    again = hand.post("case-new", draft=str(uuid.uuid4()), **{**GIVEN, "note": ""}, reference="2026/114", nickname="")
    assert "Votre organisme a un dossier sous cette référence" in text(again) and len(cases(worker)) == 1
    assert f'href="{done.url}"' in text(again)


def test_own_reference_of_a_child_is_asked_in_the_case_and_stands_in_no_alert(worker):
    hand, draft = Hand(worker), str(uuid.uuid4())
    done = hand.post("case-new", draft=draft, **{**GIVEN, "minor": "yes"}, reference="2026-114", nickname="Étoile")
    assert "ils vous attendent 28 jours dans le dossier" in text(hand.client.get(done.url))
    with acting_as(worker):
        assert "2026-114" not in str(Alert.objects.get(pk=draft).content.data)
    # nothing typed is lost: the page of the case offers them, to whoever typed them alone
    mate = Hand(f.member(worker.agency))
    case = f.own_case(worker)
    with as_role("nrm_owner"):
        AlertLink.objects.create(alert_id=draft, case=case)
    mine, theirs = (text(reader.get("case-label", case.pk)) for reader in (hand, mate))
    assert 'value="2026-114"' in mine and 'value="Étoile"' in mine
    assert 'value="2026-114"' not in theirs and 'value="Étoile"' not in theirs
    hand.post("case-label", case.pk, reference="2026-115", nickname="")
    assert 'value="2026-115"' in text(hand.get("case-label", case.pk)), "what was recorded since comes first"


def written(worker, **answers) -> str:
    """Return the draft of « Nouveau dossier » that went on as an alert, all its pages answered."""
    hand, draft = Hand(worker), str(uuid.uuid4())
    hand.post("case-new", draft=draft, **{**GIVEN, **answers})
    with acting_as(worker):
        alerts.save_draft(worker, draft, {"none_of_these": True, "agreement": "not_asked"}, step=4)
    return draft


@pytest.mark.parametrize("answer", [{"minor": "yes"}, {"minor": "doubt"}, {"danger": "yes"}])
def test_who_shelters_a_child_follows_her_case_from_the_alert_on_and_protection_keeps_its_clock(worker, answer):
    """A shelter that wrote « Nouveau dossier » for a child sent an alert, and followed no case."""
    crip = f.member(f.agency(Kind.CHILD_PROTECTION, services=("child_care",)))
    draft, hand = written(worker, **answer), Hand(worker)
    assert "Votre organisme, qui ouvre son dossier" in text(hand.get("alert-step", draft, 4))
    done = hand.post("alert-step", draft, 4)
    assert done.url.endswith(f"/recu/{draft}/")
    page = text(hand.client.get(done.url))
    (row,) = cases(worker)
    with acting_as(worker):
        assert row.lead and f"Le dossier {row.case.reference} est ouvert et vous est confié" in page
        unit = row.case.coordination_id
        assert Assignment.objects.get(case=row.case_id).membership_id == worker.pk
    with as_role("nrm_owner"):
        waiting = AlertDesk.objects.filter(alert=draft, live=True, due_at__isnull=False)
        desks = set(waiting.values_list("agency_id", flat=True))
        assert AlertLink.objects.get(alert=draft).case_id == row.case_id
    assert unit in desks
    if answer.get("minor"):
        assert crip.agency_id in desks, "the case of the shelter stands down nobody"
    again = hand.post("alert-step", draft, 4)  # a second click: the same alert, the same case
    assert again.url == done.url and len(cases(worker)) == 1


@pytest.mark.parametrize("answer", [{"minor": "yes"}, {"minor": "doubt"}, {"danger": "yes"}])
def test_who_wrote_it_is_not_told_of_it_and_colleagues_are(worker, answer):
    mate, boss = f.member(worker.agency), f.member(worker.agency, Role.AGENCY_ADMIN)
    Hand(worker).post("alert-step", written(worker, **answer), 4)
    fan_out()
    with as_role("nrm_owner"):
        told = {
            one: {*Notice.objects.filter(membership=one).values_list("kind", flat=True)} for one in (worker, mate, boss)
        }
    arrived = "alert_vital" if answer.get("danger") else "alert_sent"
    assert told == {worker: set(), mate: {arrived, "case_opened"}, boss: set()}


def test_an_adult_who_refuses_has_no_case_and_a_plain_alert_opens_none(worker):
    draft, hand = written(worker, minor="doubt"), Hand(worker)
    with acting_as(worker):  # her age is known meanwhile, and she does not want it
        alerts.save_draft(worker, draft, {"minor": "no", "agreement": "no"}, step=4)
    hand.post("alert-step", draft, 4)
    assert not cases(worker)
    plain = f.draft(worker, minor="yes")
    hand.post("alert-step", plain.pk, 4)
    assert not cases(worker)
