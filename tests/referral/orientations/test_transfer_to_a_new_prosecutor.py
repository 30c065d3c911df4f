"""A transfer under way when its addressee becomes a prosecutor's office: nobody accepts it, and both sides read it."""

import pytest

from agencies.models import Agency, Kind, Role
from foundation.actor import acting_as
from foundation.workflow import WrongState
from referral.models import Orientation
from referral.orientations.operations import orientations
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def coord():
    return f.member(f.coordination(), Role.COORDINATOR)


@pytest.fixture
def court():
    return f.member(f.agency(Kind.JUSTICE, name="Tribunal fictif", services=("prosecution",)))


def asked(coord, court, **fields):
    child = f.case(coord, minor="yes", agreement="not_asked", recipients=[])
    values = {"consent": None, "legal_ground": "child_in_danger", "verb": "transfer"}
    return f.orientation(coord, child, court.agency, service=f.service("prosecution"), **values | fields)


def becomes_prosecutor(court, **fields):
    with as_role("nrm_owner"):
        Agency.objects.filter(pk=court.agency_id).update(**fields or {"office": Agency.Office.PROSECUTOR})


def lead_of(made) -> int:
    with as_role("nrm_owner"):
        return Case.objects.get(pk=made.case_id).lead_id


@pytest.mark.parametrize("fields", [{"office": Agency.Office.PROSECUTOR}, {"profile_id": "parquet"}])
def test_who_became_a_prosecutor_meanwhile_does_not_lead_by_accepting(coord, court, fields):
    made = asked(coord, court)
    becomes_prosecutor(court, **fields)
    with acting_as(court):
        assert "accept" not in orientations.actions(court, Orientation.objects.get(pk=made.pk))
        with pytest.raises(WrongState):
            orientations.accept_orientation(court, made.pk)
    assert lead_of(made) == coord.agency_id
    with acting_as(coord):
        assert Orientation.objects.get(pk=made.pk).state == "sent"
        orientations.withdraw_orientation(coord, made.pk)
    # near misses: a report to it is received, and a court that stayed one leads
    report = asked(coord, court, verb="refer", state="accepted", answerer=court)
    assert lead_of(report) == coord.agency_id
    other = f.member(f.agency(Kind.JUSTICE, services=("prosecution",)))
    assert lead_of(asked(coord, other, state="accepted", answerer=other)) == other.agency_id


def test_on_an_agreement_it_does_not_lead_either(coord, court):
    case = f.case(coord)
    made = f.orientation(coord, case, court.agency, service=f.service("prosecution"), verb="transfer")
    becomes_prosecutor(court)
    with acting_as(court), pytest.raises(WrongState):
        orientations.accept_orientation(court, made.pk)
    assert lead_of(made) == coord.agency_id


def test_both_sides_read_that_nobody_can_accept_it_and_what_to_do(coord, court):
    made = asked(coord, court)
    hand, sender = Hand(court), Hand(coord)
    assert f"/orientations/{made.pk}/accepter/" in text(hand.get("orientation-detail", made.pk))
    assert "est désormais un parquet" not in text(sender.get("orientation-detail", made.pk))
    becomes_prosecutor(court)
    page = text(hand.get("orientation-detail", made.pk))
    assert f"/orientations/{made.pk}/accepter/" not in page and "accuser réception" not in page.lower()
    assert "Votre organisme est un parquet : il n'est chef de file d'aucun dossier" in page
    assert f"/orientations/{made.pk}/refuser/" in page and "Un autre parquet est compétent" not in page
    page = text(sender.get("orientation-detail", made.pk))
    assert "Tribunal fictif est désormais un parquet : il ne peut pas devenir chef de file" in page
    assert "Retirer cette demande" in page
    # a page that was open before: the words, and no error page
    assert hand.post("orientation-accept", made.pk).status_code == 302
    page = text(hand.get("orientation-detail", made.pk))
    assert "Cette demande ne peut pas être acceptée : rien n'a changé" in page
    assert lead_of(made) == coord.agency_id
    hand.post("orientation-decline", made.pk, reason="out_of_scope")
    page = text(sender.get("orientation-detail", made.pk))
    assert "est désormais un parquet" not in page and "Un autre parquet est compétent" not in page
    with acting_as(coord):
        assert Orientation.objects.get(pk=made.pk).state == "declined"
    assert lead_of(made) == coord.agency_id
