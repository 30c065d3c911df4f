"""The access section: who sees, who opened, the team kept apart, and the emergency way in."""

from copy import deepcopy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Kind, Level, Membership, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from journal import words
from journal.models import Entry
from notifications.models import Event
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.operations import assignment
from victims.cases.access import SECTIONS
from victims.models import CaseAccess, EmergencyAccess, Grant

pytestmark = pytest.mark.django_db
WHY = "Appel de la personne, menacée cette nuit ; le foyer ne répond pas."


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    shelter = f.shelter(name="Foyer Horizon (fictif)")
    lead = f.member(shelter)
    return {
        "lead": lead,
        "mate": f.member(shelter),
        "front": f.member(shelter, Role.FRONTLINE),
        "partner": f.member(f.shelter(name="Les Calanques (fictif)")),
        "stranger": f.member(f.shelter(name="Relais du Nord (fictif)")),
        "unit": f.member(f.coordination(), Role.COORDINATOR),
        "case": f.own_case(lead),
    }


def test_the_lead_reads_all_readings_and_each_reads_its_own(world):
    case = world["case"]
    f.orientation(world["lead"], case, world["partner"].agency, state="accepted", answerer=world["partner"])
    Hand(world["partner"]).get("case-detail", case.pk)
    Hand(world["mate"]).get("case-detail", case.pk)
    page = text(Hand(world["lead"]).get("case-access", case.pk))
    assert "Les Calanques (fictif)" in page and world["mate"].user.full_name in page
    assert world["partner"].user.full_name not in page  # a partner is named by its service
    theirs = text(Hand(world["partner"]).get("case-access", case.pk))
    assert "Vous voyez ici vos propres consultations" in theirs and world["mate"].user.full_name not in theirs
    assert "Foyer Horizon (fictif)" not in theirs.partition("Qui l'a consulté")[2].partition("Dans votre service")[0]
    assert Hand(world["stranger"]).get("case-access", case.pk).status_code == 404
    assert Hand(world["front"]).get("case-access", case.pk).status_code == 403


def test_what_a_section_costs_does_not_grow_with_readings(world):
    hand, counts = Hand(world["lead"]), []
    for readings in (1, 30):
        for _ in range(readings):
            hand.get("case-detail", world["case"].pk)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert hand.get("case-access", world["case"].pk).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 26


def test_readings_come_page_by_page(world):
    hand = Hand(world["lead"])
    for _ in range(30):
        hand.get("case-detail", world["case"].pk)
    first = text(hand.get("case-access", world["case"].pk))
    assert first.count("Résumé consulté") == 24  # 25 a page, this opening of the accesses among them
    cursor = first.partition("?cursor=")[2].partition("#")[0]
    assert cursor, "no link to the next page"
    assert "Résumé consulté" in text(hand.get("case-access", world["case"].pk, query=f"?cursor={cursor}"))
    assert hand.get("case-access", world["case"].pk, query="?cursor=xx").status_code == 200


def test_colleague_switched_off_at_the_same_moment_is_not_assigned(world, monkeypatch):
    """The list was read before: the database asks again when the row is written."""
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=world["mate"].pk).update(active=False)
    monkeypatch.setattr(assignment, "assignable", lambda actor: Membership.objects.filter(pk=world["mate"].pk))
    with acting_as(world["lead"]), pytest.raises(NotAllowed):
        assignment.assign_member(world["lead"], world["case"].pk, world["mate"])


def test_the_last_one_assigned_stays_while_the_case_is_kept(world):
    case, lead, mate = world["case"], Hand(world["lead"]), Hand(world["mate"])
    assert mate.post("case-assign", case.pk, act="restrict").status_code == 403  # not assigned
    lead.post("case-assign", case.pk, act="mine")
    lead.post("case-assign", case.pk, act="restrict")
    assert mate.get("case-access", case.pk).status_code == 404
    assert lead.post("case-assign", case.pk, act="unassign", member=world["lead"].pk).status_code == 409
    lead.post("case-assign", case.pk, member=world["mate"].pk)
    assert mate.get("case-access", case.pk).status_code == 200
    lead.post("case-assign", case.pk, act="unassign", member=world["mate"].pk)
    assert mate.get("case-access", case.pk).status_code == 404
    lead.post("case-assign", case.pk, act="lift")
    assert mate.get("case-access", case.pk).status_code == 200
    assert mate.post("case-assign", case.pk, act="unassign", member=world["partner"].pk).status_code == 302
    with acting_as(world["lead"]):
        assert case.assignments.count() == 1


def test_emergency_access_is_written_told_and_short(world):
    case, hand = world["case"], Hand(world["stranger"])
    page = text(hand.post("emergency-access", reference=case.reference.lower().replace("-", ""), reason="trop court"))
    assert "au moins 20 caractères" in page and "trop court" in page
    answer = hand.post("emergency-access", reference=case.reference.lower().replace("-", ""), reason=WHY)
    assert answer.url == f"/dossiers/{case.pk}/"
    assert hand.get("case-detail", case.pk).status_code == 200
    assert hand.get("case-identity", case.pk).status_code == 404  # no identity, no contact
    said = text(Hand(world["lead"]).get("case-access", case.pk))
    assert "menacée cette nuit" in said and world["stranger"].user.full_name in said
    with as_role("nrm_owner"):
        event = Event.objects.get(kind="break_glass")
        assert (event.subject_id, set(event.audience)) == (case.pk, {"lead", "coordination"})
        assert Entry.objects.filter(action="break_glass", membership_id=world["stranger"].pk).count() == 1
        assert b"menac" not in bytes(EmergencyAccess.objects.values_list("reason", flat=True)[0])
        Grant.objects.filter(ground="break_glass").update(until=timezone.now() - timezone.timedelta(hours=1))
    assert hand.get("case-detail", case.pk).status_code == 404


def test_emergency_access_tells_nothing_of_a_kept_case_and_stops_guessing(world):
    case, lead, mate = world["case"], Hand(world["lead"]), Hand(world["mate"])
    lead.post("case-assign", case.pk, act="mine")
    lead.post("case-assign", case.pk, act="restrict")
    kept = text(mate.post("emergency-access", reference=case.reference, reason=WHY))
    missing = text(mate.post("emergency-access", reference="2222-3333", reason=WHY))
    said = "Aucun dossier ne répond à cette référence"
    assert said in kept and said in missing
    with acting_as(world["mate"]):
        assert not CaseAccess.objects.exists()
    for _ in range(3):
        assert mate.post("emergency-access", reference="2222-3333", reason=WHY).status_code == 200
    assert mate.post("emergency-access", reference="2222-3333", reason=WHY).status_code == 403
    teacher = Hand(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))
    assert teacher.post("emergency-access", reference=case.reference, reason=WHY).status_code == 403


def test_the_reading_of_every_section_is_shown_as_such():
    """A section added without its words would be read and leave no line in « Qui l'a consulté »."""
    read = {s.act for s in SECTIONS}
    assert not read - set(words.readings())


def test_the_count_of_who_sees_is_said_to_who_may_read_it(world):
    """A service that reads its own access alone would count itself: it is told that others see the case."""
    case, partner = world["case"], world["partner"]
    f.orientation(world["lead"], case, partner.agency, state="accepted", answerer=partner)
    head = "Votre service et le chef de file voient ce dossier"
    lead = text(Hand(world["lead"]).get("case-needs", case.pk))
    assert "2 services voient ce dossier" in lead and head not in lead
    for route in ("case-detail", "case-needs", "case-access"):
        page = text(Hand(partner).get(route, case.pk))
        assert head in page and "d'autres services peuvent le voir aussi" in page
        assert "service voit ce dossier" not in page and "services voient ce dossier" not in page


def test_who_holds_the_whole_file_reads_the_count(world):
    case, partner = world["case"], world["partner"]
    f.orientation(world["lead"], case, partner.agency, state="accepted", answerer=partner, level=Level.FILE)
    assert "2 services voient ce dossier" in text(Hand(partner).get("case-detail", case.pk))
