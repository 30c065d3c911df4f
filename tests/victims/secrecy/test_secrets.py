"""Notes under professional secrecy: their agency's alone, whoever leads, whatever the level, whatever ends."""

from copy import deepcopy

import pytest
from django.db import DatabaseError, connection, transaction

from agencies.models import Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from referral.models import OrientationSheet
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, restrict_case
from victims.consents import operations as consents
from victims.models import SecretNote
from victims.secrecy.operations import correct_secret, write_secret

pytestmark = pytest.mark.django_db
MARK = "MARQUEUR-SECRET"


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    lead, partner = f.member(f.shelter()), f.member(f.shelter())
    case = f.own_case(lead)
    sent = f.orientation(lead, case, partner.agency, state="accepted", answerer=partner, level=3)
    with acting_as(partner):
        note = write_secret(partner, case.pk, text=MARK)
    return {
        "lead": lead,
        "partner": partner,
        "mate": f.member(partner.agency),
        "admin": f.member(partner.agency, Role.AGENCY_ADMIN),
        "front": f.member(partner.agency, Role.FRONTLINE),
        "auditor": f.member(f.shelter(), Role.AUDITOR),
        "stranger": f.member(f.shelter()),
        "case": case,
        "sent": sent,
        "note": note,
    }


def count(actor) -> tuple[int, int]:
    """By bare SQL, where the database alone stands; and by the first wall."""
    with acting_as(actor), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM victims_secretnote")
        return cursor.fetchone()[0], SecretNote.objects.visible_to(actor).count()


@pytest.mark.parametrize(
    ("who", "seen"),
    [("partner", 1), ("mate", 1), ("lead", 0), ("admin", 0), ("front", 0), ("auditor", 0), ("stranger", 0)],
)
def test_its_agency_alone_reads_it(world, who, seen):
    assert count(world[who]) == (seen, seen)
    page = Hand(world[who]).get("secret-note", world["note"].pk)
    assert page.status_code == (200 if seen else 403 if who in ("admin", "front", "auditor") else 404)
    assert (MARK in text(page)) == bool(seen)


def test_no_other_page_of_the_case_holds_it(world):
    for who in ("lead", "partner"):
        for route in ("case-detail", "case-timeline", "case-signs", "case-history", "case-access", "case-life"):
            assert MARK not in text(Hand(world[who]).get(route, world["case"].pk)), route
        assert "0 texte trouvé" in text(Hand(world[who]).post("timeline-search", world["case"].pk, words=MARK))
    assert MARK not in text(Hand(world["lead"]).get("case-secrets", world["case"].pk))
    assert MARK in text(Hand(world["mate"]).get("case-secrets", world["case"].pk))


def test_it_never_travels(world):
    """A sheet, an acceptance, a transfer: the note of the former lead stays with it, the new one finds none."""
    lead, case = world["lead"], world["case"]
    with acting_as(lead):
        write_secret(lead, case.pk, text=MARK)
    heir = f.member(f.shelter())
    f.orientation(lead, case, heir.agency, state="accepted", answerer=heir, verb="transfer", level=3)
    assert count(heir) == (0, 0) and count(lead) == (1, 1)
    with as_role("nrm_owner"):
        assert all(MARK not in str(sheet.data) for sheet in OrientationSheet.objects.filter(case_id=case.pk))
        assert SecretNote.objects.count() == 2
    assert Hand(lead).get("case-secrets", case.pk).status_code == 404  # it keeps the state only…
    kept = text(Hand(lead).get("secret-list"))
    assert MARK in kept and case.reference in kept  # …and its own notes


def test_the_agency_keeps_its_notes_when_its_access_ends(world):
    partner, case = world["partner"], world["case"]
    with acting_as(world["lead"]):
        consents.withdraw_consent(world["lead"], world["sent"].consent_id)
    assert Hand(partner).get("case-secrets", case.pk).status_code == 404
    assert count(partner) == (1, 1) and count(world["lead"]) == (0, 0)
    page = text(Hand(partner).get("secret-list"))
    assert MARK in page and "n'est plus vu" in page
    with acting_as(partner):
        with pytest.raises(NotFound):
            write_secret(partner, case.pk, text="plus de nouvelle note")
        made = correct_secret(partner, world["note"].pk, text="corrigée")
    assert made.reference == "" or made.reference == case.reference
    assert Hand(partner).get("secret-note", made.pk).status_code == 200


def test_a_restricted_case_keeps_its_notes_to_those_assigned(world):
    partner, case = world["partner"], world["case"]
    with acting_as(partner):
        assign_member(partner, case.pk, partner)
        restrict_case(partner, case.pk)
    assert count(partner) == (1, 1) and count(world["mate"]) == (0, 0)
    assert MARK not in text(Hand(world["mate"]).get("secret-list"))
    with acting_as(world["lead"]):
        consents.withdraw_consent(world["lead"], world["sent"].consent_id)
    assert count(partner) == (1, 1) and count(world["mate"]) == (0, 0)  # after the end too


def test_corrections_are_versions_and_others_correct_nothing(world):
    partner, note = world["partner"], world["note"]
    assert Hand(world["mate"]).post("secret-note", note.pk, text="MARQUEUR-APRES").status_code == 302
    late = Hand(partner).post("secret-note", note.pk, text="MARQUEUR-TARD")
    assert late.status_code == 409 and "MARQUEUR-TARD" in text(late) and "MARQUEUR-APRES" in text(late)
    page = text(Hand(partner).get("secret-note", note.pk))
    assert "MARQUEUR-APRES" in page and MARK in page
    with acting_as(partner), pytest.raises(WrongState):
        correct_secret(partner, note.pk, text="x")
    with acting_as(world["lead"]), pytest.raises(NotFound):
        correct_secret(world["lead"], note.pk, text="x")
    values = {"case": world["case"], "data": {"text": "x"}}
    for who, agency in (("lead", "partner"), ("stranger", "stranger")):
        actor = world[who]
        with acting_as(actor), pytest.raises(DatabaseError), transaction.atomic():
            SecretNote.objects.create(**values, agency=world[agency].agency, by=actor)
    with acting_as(world["lead"]), pytest.raises(DatabaseError), transaction.atomic():
        SecretNote.objects.create(**values, agency=world["lead"].agency, by=world["lead"], replaces_id=note.pk)


def test_nobody_outside_learns_that_one_was_written(world):
    with acting_as(world["lead"]):
        assert not Entry.objects.filter(action="secret.write").exists()
    with acting_as(world["partner"]):
        assert Entry.objects.get(action="secret.write").case_id is None
    assert Hand(world["partner"]).post("case-secrets", world["case"].pk, text="").status_code == 200


def test_only_who_works_on_cases_writes(world):
    with acting_as(world["front"]), pytest.raises((NotAllowed, NotFound)):
        write_secret(world["front"], world["case"].pk, text="x")
