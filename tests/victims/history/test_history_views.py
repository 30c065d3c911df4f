"""Versions of a case: who, when, from what to what; under the policy of what they copy; never written by the app."""

from copy import deepcopy

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from agencies.models import Category, Kind, Role
from foundation.actor import acting_as
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.identity.operations import enter_identity
from victims.models import Case, CaseVersion, Identity, IdentityVersion, Urgency
from victims.path import operations as path

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    lead = f.member(f.shelter(name="Foyer Horizon (fictif)"))
    return {
        "lead": lead,
        "partner": f.member(f.shelter(name="Les Calanques (fictif)")),
        "stranger": f.member(f.shelter()),
        "case": f.own_case(lead),
    }


def change(actor, case, **fields):
    with acting_as(actor):
        found = Case.objects.visible_to(actor).get(pk=case.pk)
        for name, value in fields.items():
            setattr(found, name, value)
        found.save(update_fields=list(fields))


def test_who_when_from_what_to_what(world):
    lead, case = world["lead"], world["case"]
    change(lead, case, urgency=Urgency.HIGH, persons=2)
    f.orientation(lead, case, world["partner"].agency, state="accepted", answerer=world["partner"])
    page = text(Hand(lead).get("case-history", case.pk))
    assert (
        "avant : <del>Ordinaire</del> ; après : <ins>Urgent</ins>" in page
        and "avant : <del>1</del> ; après : <ins>2</ins>" in page
    )
    assert lead.user.full_name in page and "Dossier créé" in page
    theirs = text(Hand(world["partner"]).get("case-history", case.pk))  # summary: the fields of the case are theirs too
    assert "<ins>Urgent</ins>" in theirs and "Foyer Horizon (fictif)" in theirs
    assert lead.user.full_name not in theirs
    assert Hand(world["stranger"]).get("case-history", case.pk).status_code == 404


def test_the_application_reads_versions_and_writes_none(world):
    lead, case = world["lead"], world["case"]
    change(lead, case, urgency=Urgency.HIGH)
    with acting_as(world["stranger"]):
        assert not CaseVersion.objects.exists()
    for statement in (
        "UPDATE victims_caseversion SET urgency = 'normal'",
        "DELETE FROM victims_caseversion",
        "INSERT INTO victims_caseversion SELECT * FROM victims_caseversion",
    ):
        with acting_as(lead), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with acting_as(lead):
        rows = list(CaseVersion.objects.order_by("pgh_id").values_list("urgency", "membership", "agency"))
    assert rows == [("normal", lead.pk, lead.agency_id), ("high", lead.pk, lead.agency_id)]


def test_a_safe_contact_is_in_the_history_of_who_holds_it(world):
    """The contact that came with the alert, copied by the acceptance that carried it."""
    f.national()
    unit, home = f.member(f.coordination(), Role.COORDINATOR), f.member(f.shelter())
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    contact = {"channel": "sms", "value": "MARQUEUR-CONTACT", "whose": "self"}
    alert = f.sent_alert(nurse, contact=contact, recipients=["association", "contact"])
    case, carried = f.case(unit, alert=alert), {"level": 3, "categories": int(Category.CONTACT)}
    f.orientation(unit, case, home.agency, state="accepted", answerer=home, verb="transfer", **carried)
    hand = Hand(home)
    assert "MARQUEUR" not in text(hand.get("case-history", case.pk))
    assert "MARQUEUR-CONTACT" in text(hand.post("case-history", case.pk))
    partner = f.member(f.shelter())
    f.orientation(home, case, partner.agency, state="accepted", answerer=partner, level=3)
    assert "MARQUEUR" not in text(Hand(partner).post("case-history", case.pk))


def test_a_sealed_version_stays_sealed_and_behind_its_category(world):
    lead, case = world["lead"], world["case"]
    f.orientation(lead, case, world["partner"].agency, level=3, state="accepted", answerer=world["partner"])
    agreed = f.consent(lead, case, agencies=[lead.agency_id], categories=Category.IDENTITY)
    with acting_as(lead):
        for name in ("MARQUEUR-UN", "MARQUEUR-DEUX"):
            enter_identity(lead, case.pk, consent=agreed, data={"family_name": name, "given_names": "Essai"})
    hand, other = Hand(lead), Hand(world["partner"])
    closed = text(hand.get("case-history", case.pk))
    assert "MARQUEUR" not in closed and "Afficher" in closed
    shown = text(hand.post("case-history", case.pk))
    assert "avant : <del>MARQUEUR-UN</del> ; après : <ins>MARQUEUR-DEUX</ins>" in shown
    assert "MARQUEUR" not in text(other.post("case-history", case.pk))  # level 3 without the category
    with acting_as(world["partner"]):
        assert not IdentityVersion.objects.exists() and not Identity.objects.exists()
    with as_role("nrm_owner"):
        assert not any(b"MARQUEUR" in bytes(data) for data in IdentityVersion.objects.values_list("data", flat=True))


def test_what_the_page_costs_does_not_grow(world):
    lead, case, counts = world["lead"], world["case"], []
    for times in (1, 40):
        for n in range(times):
            change(lead, case, persons=2 + n % 2, urgency=(Urgency.HIGH, Urgency.NORMAL)[n % 2])
        with CaptureQueriesContext(connection) as seen:
            page = text(Hand(lead).get("case-history", case.pk))
        counts.append(len(seen))
    assert page.count("rp-timeline__item") == 25 and "Suivants" in page
    assert counts[0] + 1 >= counts[1]  # the version before the last line is read only when there is one


def test_what_the_survey_was_told_is_read_by_who_reads_the_file(world):
    """Who, from what to what; the partner at level 3 reads it, who sees the summary or nothing does not."""
    lead, case = world["lead"], world["case"]
    summary = f.member(f.shelter())
    f.orientation(lead, case, summary.agency, state="accepted", answerer=summary, level=2)
    f.orientation(lead, case, world["partner"].agency, level=3, state="accepted", answerer=world["partner"])
    assert "Pour l'enquête annuelle" not in text(Hand(lead).get("case-history", case.pk))
    with acting_as(lead):
        path.record_profile(lead, case.pk, data={"sex": "female", "nationality": "RO"})
        path.record_profile(lead, case.pk, data={"sex": "male", "nationality": "RO"})
    page = text(Hand(lead).get("case-history", case.pk)).partition("Pour l'enquête annuelle")[2]
    assert "avant : <del>Femme</del> ; après : <ins>Homme</ins>" in page and "<ins>Roumanie</ins>" in page
    assert page.count("<ins>Roumanie</ins>") == 1 and lead.user.full_name in page
    theirs = text(Hand(world["partner"]).get("case-history", case.pk)).partition("Pour l'enquête annuelle")[2]
    assert "<ins>Homme</ins>" in theirs and lead.user.full_name not in theirs.partition("</main>")[0]
    assert "enquête" not in text(Hand(summary).get("case-history", case.pk))
