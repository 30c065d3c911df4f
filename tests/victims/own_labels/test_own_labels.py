"""The agency's own reference and the nickname chosen with the person: shown, searched, and nobody else's."""

from copy import deepcopy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Role
from foundation.actor import acting_as
from referral.orientations.operations import orientations
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, restrict_case
from victims.own_labels.selectors import own_labels

pytestmark = pytest.mark.django_db
OWN = {"reference": "2026-114", "nickname": "Étoile"}


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit, shelter, other = f.coordination(), f.shelter(), f.shelter()
    f.territory()
    return {
        "lead": f.member(shelter),
        "mate": f.member(shelter),
        "front": f.member(shelter, Role.FRONTLINE),
        "other": f.member(other),
        "unit": f.member(unit, Role.COORDINATOR),
    }


def shared(lead, case, to):
    return f.orientation(lead, case, to.agency, state="in_progress", answerer=to)


def keep(member, case):
    with acting_as(member):
        assign_member(member, case.pk, member)
        restrict_case(member, case.pk)


def named(member, case, **own):
    done = Hand(member).post("case-label", case.pk, **{**OWN, **own})
    assert done.status_code == 302, text(done)
    return done


def test_own_reference_and_nickname_stand_in_the_case_and_its_lists(world):
    case = f.own_case(world["lead"])
    named(world["lead"], case)
    hand = Hand(world["mate"])
    for page in (hand.get("case-detail", case.pk), hand.get("case-needs", case.pk), hand.get("case-list")):
        assert "Étoile" in text(page) and "2026-114" in text(page)


@pytest.mark.parametrize("typed", ["2026-114", " 2026/114 ", "étoile", "ETOILE", "Etoile "])
def test_own_reference_or_nickname_finds_the_case_whatever_the_accents(world, typed):
    case = f.own_case(world["lead"])
    named(world["lead"], case)
    page = text(Hand(world["mate"]).post("search", reference=typed))
    assert case.reference in page and "Étoile · 2026-114" in page


@pytest.mark.parametrize("typed", ["2026-11", "toile", "2026114"])
def test_search_is_exact(world, typed):
    case = f.own_case(world["lead"])
    named(world["lead"], case)
    assert case.reference not in text(Hand(world["lead"]).post("search", reference=typed))


def test_another_agency_of_the_case_reads_and_finds_nothing(world):
    case = f.own_case(world["lead"])
    shared(world["lead"], case, world["other"])
    named(world["lead"], case)
    hand = Hand(world["other"])
    for page in (hand.get("case-detail", case.pk), hand.get("case-list")):
        assert case.reference in text(page)
        assert "Étoile" not in text(page) and "2026-114" not in text(page)
    for typed in OWN.values():
        assert case.reference not in text(hand.post("search", reference=typed))
    named(world["other"], case, reference="L-7", nickname="Lune")
    assert "Lune" in text(hand.get("case-detail", case.pk))
    mine = text(Hand(world["lead"]).get("case-detail", case.pk))
    assert "Étoile" in mine and "Lune" not in mine, "each agency has its own"


def test_member_outside_a_kept_case_neither_reads_nor_finds(world):
    case = f.own_case(world["lead"])
    named(world["lead"], case)
    keep(world["lead"], case)
    hand = Hand(world["mate"])
    assert "Étoile" not in text(hand.get("case-list"))
    assert case.reference not in text(hand.post("search", reference="Étoile"))
    assert hand.get("case-label", case.pk).status_code == 404


def test_same_own_reference_is_refused_with_the_link(world):
    first, second = f.own_case(world["lead"]), f.own_case(world["lead"])
    named(world["lead"], first)
    page = Hand(world["mate"]).post("case-label", second.pk, reference="2026 114", nickname="")
    assert page.status_code == 200
    assert "Votre organisme a un dossier sous cette référence" in text(page)
    assert f'href="/dossiers/{first.pk}/"' in text(page) and first.reference in text(page)


def test_same_own_reference_on_a_case_kept_from_the_member_is_refused_without_naming_it(world):
    first, second = f.own_case(world["lead"]), f.own_case(world["mate"])
    named(world["lead"], first)
    keep(world["lead"], first)
    page = text(Hand(world["mate"]).post("case-label", second.pk, **OWN))
    assert "Votre organisme a un dossier sous cette référence" in page
    assert first.reference not in page and str(first.pk) not in page


def test_same_nickname_is_kept_and_said(world):
    first, second = f.own_case(world["lead"]), f.own_case(world["lead"])
    named(world["lead"], first)
    done = named(world["lead"], second, reference="2026-115")
    page = text(Hand(world["lead"]).client.get(done.url))
    assert "Étoile" in page
    hand = Hand(world["lead"])
    hand.post("case-label", second.pk, reference="2026-115", nickname="Etoile")
    assert f"« Etoile » est aussi le surnom du dossier {first.reference}" in text(hand.client.get(done.url))


def test_another_agency_may_use_the_same_reference(world):
    named(world["lead"], f.own_case(world["lead"]))
    named(world["other"], f.own_case(world["other"]))


def test_emptied_label_finds_nothing_and_frees_the_reference(world):
    first, second = f.own_case(world["lead"]), f.own_case(world["lead"])
    named(world["lead"], first)
    named(world["lead"], first, reference="", nickname="")
    assert first.reference not in text(Hand(world["lead"]).post("search", reference="2026-114"))
    named(world["lead"], second)


@pytest.mark.parametrize(("field", "value"), [("reference", "06 12 34 56 78"), ("nickname", "a.b@exemple.fr")])
def test_contact_is_no_label(world, field, value):
    page = Hand(world["lead"]).post("case-label", f.own_case(world["lead"]).pk, **{**OWN, field: value})
    assert page.status_code == 200 and "Ni numéro de téléphone ni adresse" in text(page)


def test_frontline_member_changes_nothing(world):
    case = f.own_case(world["lead"])
    assert Hand(world["front"]).post("case-label", case.pk, **OWN).status_code in (403, 404)


def test_table_holds_no_word_in_clear(world):
    case = f.own_case(world["lead"])
    named(world["lead"], case)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT l::text FROM victims_ownlabel l")
        ((row,),) = cursor.fetchall()
        cursor.execute("SELECT string_agg(j::text, ' ') FROM journal_entry j")
        journal = cursor.fetchone()[0]
    for word in ("2026-114", "2026 114", "toile", "\\x746f696c65"):
        assert word not in row and word not in journal
    assert "case.label" in journal


def test_list_asks_labels_once(world):
    hand = Hand(world["lead"])
    for number in range(3):
        named(world["lead"], f.own_case(world["lead"]), reference=f"A-{number}", nickname="")

    def asked() -> int:
        with CaptureQueriesContext(connection) as asked:
            hand.get("case-list")
        return sum("victims_ownlabel" in q["sql"] for q in asked.captured_queries)

    assert asked() == 1


def test_access_that_ends_closes_the_label(world):
    case = f.own_case(world["lead"])
    request = shared(world["lead"], case, world["other"])
    named(world["other"], case)
    with acting_as(world["other"]) as actor:
        orientations.complete_orientation(actor, request.pk, outcome="services")
    with acting_as(world["other"]) as actor:
        assert not own_labels(actor, [case.pk])
    assert case.reference not in text(Hand(world["other"]).post("search", reference="Étoile"))
