"""Linked cases, linked persons, papers: what two cases have in common is known to who sees both, and to nobody else."""

from copy import deepcopy

import pytest
from django.db import DatabaseError, transaction

from agencies.models import Category, Kind
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, restrict_case
from victims.links.operations import cases as cases_operations
from victims.links.operations.persons_and_papers import add_person, correct_paper, correct_person
from victims.models import Case, CaseLink, LinkedPerson, LinkedPersonName, PaperDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    lead = f.member(f.shelter())
    one, other, third = f.own_case(lead), f.own_case(lead), f.own_case(lead)
    both, single = f.member(f.shelter()), f.member(f.shelter())
    for who, case in ((both, one), (both, other), (single, one)):
        f.orientation(lead, case, who.agency, state="accepted", answerer=who, level=3)
    foreign = f.own_case(f.member(f.shelter()))
    return {
        "lead": lead,
        "one": one,
        "other": other,
        "third": third,
        "both": both,
        "single": single,
        "foreign": foreign,
        "stranger": f.member(f.shelter()),
    }


def link(actor, case, reference, sort="family"):
    with acting_as(actor):
        return cases_operations.link_cases(actor, case.pk, reference=reference, sort=sort)


def test_a_link_is_shown_only_to_who_sees_both(world):
    lead, one, other = world["lead"], world["one"], world["other"]
    link(lead, one, other.reference)
    for who, seen in (("lead", True), ("both", True), ("single", False)):
        page = text(Hand(world[who]).get("case-links", one.pk))
        assert (other.reference in page, "Même famille" in page.split("Lier un autre dossier")[0]) == (seen, seen)
        with acting_as(world[who]):
            assert CaseLink.objects.exists() == seen == CaseLink.objects.visible_to(world[who]).exists()
    with acting_as(world["both"]):
        assign_member(world["both"], other.pk, world["both"])
        restrict_case(world["both"], other.pk)
    mate = f.member(world["both"].agency)
    assert other.reference not in text(Hand(mate).get("case-links", one.pk))  # one of the two is kept from it


@pytest.mark.parametrize("reference", ["foreign", "one", "nothing"])
def test_not_seen_not_existing_and_itself_answer_alike(world, reference):
    """Same sentence, same status, and nothing written."""
    asked = world[reference].reference if reference in world else "2222-2222"
    page = Hand(world["lead"]).post("case-links", world["one"].pk, act="link", reference=asked, sort="family")
    assert page.status_code == 200
    assert "Aucun autre dossier vu par votre service n'a cette référence" in text(page) and asked in text(page)
    assert "<title>Erreur" in text(page)
    with as_role("nrm_owner"):
        assert not CaseLink.objects.exists()


def test_who_links(world):
    lead, one, other = world["lead"], world["one"], world["other"]
    with pytest.raises(NotAllowed):
        link(world["both"], one, other.reference)
    assert Hand(lead).post("case-links", one.pk, act="link", reference=other.reference, sort="event").status_code == 302
    again = Hand(lead).post("case-links", other.pk, act="link", reference=one.reference, sort="event")
    assert again.status_code == 200 and "déjà liés" in text(again)
    with pytest.raises(cases_operations.NoSuchCase):
        link(lead, one, other.reference, "same_person")
    first, second = sorted((one.pk, world["foreign"].pk))
    for values in (
        {"one_id": first, "other_id": second, "sort": "family"},
        {"one_id": min(one.pk, other.pk), "other_id": max(one.pk, other.pk), "sort": "same_person"},
    ):
        with acting_as(lead), pytest.raises(DatabaseError), transaction.atomic():
            CaseLink.objects.create(**values, agency=lead.agency, by=lead)


def test_who_takes_a_link_away(world):
    made = link(world["lead"], world["one"], world["other"].reference)
    address = ("case-links", world["one"].pk)
    assert Hand(world["single"]).post(*address, act="unlink", link=made.pk).status_code == 404
    assert Hand(world["both"]).post(*address, act="unlink", link=made.pk).status_code == 403
    assert Hand(world["lead"]).post(*address, act="unlink", link="x").status_code == 404
    assert Hand(world["lead"]).post(*address, act="unlink", link=made.pk).status_code == 302
    with as_role("nrm_owner"):
        assert not CaseLink.objects.exists()


def test_a_name_is_behind_the_identity_category(world):
    lead, case = world["lead"], world["one"]
    named = f.member(f.shelter())
    f.orientation(lead, case, named.agency, state="accepted", answerer=named, level=3, categories=Category.IDENTITY)
    hand = Hand(lead)
    done = hand.post(
        "case-links",
        case.pk,
        act="person",
        relation="child",
        age_side="minor",
        name="MARQUEUR-NOM",
        text="MARQUEUR-LIEU",
    )
    assert done.status_code == 302
    for who, reads in ((lead, True), (named, True), (world["both"], False)):
        page = text(Hand(who).get("case-links", case.pk))
        assert "MARQUEUR-LIEU" in page and "Son enfant" in page and "MARQUEUR-NOM" not in page
        shown = text(Hand(who).post("case-links", case.pk, act="reveal"))
        assert ("MARQUEUR-NOM" in shown) == reads
        with acting_as(who):
            assert LinkedPersonName.objects.exists() == reads
    with acting_as(world["both"]), pytest.raises(NotAllowed):
        add_person(world["both"], case.pk, relation="child", age_side="minor", name="x")
    summary = f.member(f.shelter())
    f.orientation(lead, case, summary.agency, state="accepted", answerer=summary, level=2)
    assert "MARQUEUR-LIEU" not in text(Hand(summary).get("case-links", case.pk))
    with acting_as(summary):
        assert not LinkedPerson.objects.exists()
    kept = hand.post("case-links", case.pk, act="person", text="MARQUEUR-GARDE")
    assert kept.status_code == 200 and "MARQUEUR-GARDE" in text(kept) and "Indiquez de qui il s'agit" in text(kept)


def test_papers_say_where_they_are_and_a_correction_keeps_the_former(world):
    lead, case = world["lead"], world["one"]
    given = {"sort": "complaint", "label": "PV 2026/114", "place": "MARQUEUR-COFFRE"}
    assert Hand(lead).post("case-papers", case.pk, sort="complaint").status_code == 200
    assert Hand(lead).post("case-papers", case.pk, **given).status_code == 302
    page = text(Hand(world["both"]).get("case-papers", case.pk))
    assert "MARQUEUR-COFFRE" in page
    # a file has its own page, which this one names
    assert f'Pour déposer un fichier : <a class="fr-link" href="/dossiers/{case.pk}/documents/">' in page
    with acting_as(lead):
        paper = PaperDocument.objects.visible_to(lead).get()
        correct_paper(lead, paper.pk, label="PV 2026/114", place="Rendu à la personne")
    page = text(Hand(lead).get("case-papers", case.pk))
    assert "Rendu à la personne" in page and "MARQUEUR-COFFRE" not in page
    with as_role("nrm_owner"):
        assert PaperDocument.objects.count() == 2


def test_the_certificate_of_a_child_is_not_left_for_the_child_to_pass_on(world):
    """One would wait for the child to bring it, or hand it to the parent who beats the child."""
    page = text(Hand(world["lead"]).get("case-papers", world["one"].pk))
    assert "que si elle vous l'a remis pour cela" in page and "représente l'enfant" not in page
    with as_role("nrm_owner"):
        Case.objects.filter(pk=world["one"].pk).update(age_side="minor")
    page = text(Hand(world["lead"]).get("case-papers", world["one"].pk))
    assert "va à qui représente l'enfant, jamais à une personne mise en cause" in page and "226-14" in page
    assert "que si elle vous l'a remis" not in page


def test_a_paper_is_corrected_from_its_page_by_who_noted_it(world):
    """Read with its versions by who sees the file; corrected by its own unit; nothing to who sees no file."""
    lead, case = world["lead"], world["one"]
    Hand(lead).post("case-papers", case.pk, sort="complaint", label="PV 2026/114", place="MARQUEUR-COFFRE")
    with acting_as(lead):
        first = PaperDocument.objects.visible_to(lead).get()
    address = f'href="/pieces/{first.pk}/"'
    assert address in text(Hand(lead).get("case-papers", case.pk))
    assert address not in text(Hand(world["both"]).get("case-papers", case.pk))  # nothing to correct, no former version
    kept = Hand(lead).post("paper-detail", first.pk, label="MARQUEUR-GARDE", place="")
    assert kept.status_code == 200 and "MARQUEUR-GARDE" in text(kept) and "Écrivez où" in text(kept)
    new = {"label": "PV 2026/114", "place": "Rendu à la personne"}
    assert Hand(world["both"]).post("paper-detail", first.pk, **new).status_code == 403
    assert Hand(world["stranger"]).get("paper-detail", first.pk).status_code == 404
    assert Hand(world["stranger"]).post("paper-detail", first.pk, **new).status_code == 404
    with as_role("nrm_owner"):
        assert PaperDocument.objects.count() == 1
    done = Hand(lead).post("paper-detail", first.pk, **new)
    assert done.status_code == 302 and done.url.endswith(f"/dossiers/{case.pk}/pieces/")
    late = Hand(lead).post("paper-detail", first.pk, label="MARQUEUR-TARD", place="Ailleurs")
    assert late.status_code == 409 and "MARQUEUR-TARD" in text(late) and "Rendu à la personne" in text(late)
    with as_role("nrm_owner"):
        second = PaperDocument.objects.get(current=True)
        assert PaperDocument.objects.count() == 2 and second.sort == "complaint"
    assert f'action="/pieces/{second.pk}/"' in text(late)
    shown = text(Hand(world["both"]).get("paper-detail", second.pk))
    assert shown.index("Rendu à la personne") < shown.index("MARQUEUR-COFFRE") and "<textarea" not in shown
    assert f'href="/pieces/{second.pk}/"' in text(Hand(world["both"]).get("case-papers", case.pk))


def test_a_linked_person_is_corrected_by_a_new_version(world):
    """By the unit that wrote it; the name stays unless another is given; behind its category all along."""
    lead, case = world["lead"], world["one"]
    Hand(lead).post("case-links", case.pk, act="person", relation="child", age_side="minor", name="MARQUEUR-NOM",
                    text="MARQUEUR-LIEU")  # fmt: skip
    with acting_as(lead):
        first = LinkedPerson.objects.visible_to(lead).get()
    address = f'href="/personnes-liees/{first.pk}/"'
    assert address in text(Hand(lead).get("case-links", case.pk))
    assert address not in text(Hand(world["both"]).get("case-links", case.pk))
    kept = Hand(lead).post("linked-person", first.pk, relation="child", age_side="", text="MARQUEUR-GARDE")
    assert kept.status_code == 200 and "MARQUEUR-GARDE" in text(kept)
    assert "MARQUEUR-NOM" not in text(kept)
    new = {"relation": "child", "age_side": "minor", "text": "Retrouvé"}
    for who, code in (("both", 403), ("single", 403), ("stranger", 404)):
        assert Hand(world[who]).post("linked-person", first.pk, **new).status_code == code, who
    assert Hand(world["stranger"]).get("linked-person", first.pk).status_code == 404
    assert Hand(lead).post("linked-person", first.pk, **new).url.endswith(f"/dossiers/{case.pk}/liens/")
    late = Hand(lead).post("linked-person", first.pk, **new | {"text": "MARQUEUR-TARD"})
    assert late.status_code == 409 and "MARQUEUR-TARD" in text(late) and "Retrouvé" in text(late)
    with as_role("nrm_owner"):
        second = LinkedPerson.objects.get(current=True)
        assert LinkedPerson.objects.count() == 2
    page = text(Hand(lead).get("case-links", case.pk))
    assert "Retrouvé" in page and "MARQUEUR-LIEU" not in page
    shown = text(Hand(world["both"]).get("linked-person", second.pk))
    assert shown.index("Retrouvé") < shown.index("MARQUEUR-LIEU") and "<textarea" not in shown
    assert "MARQUEUR-NOM" in text(Hand(lead).post("case-links", case.pk, act="reveal"))
    assert Hand(lead).post("linked-person", second.pk, **new, name="MARQUEUR-AUTRE").status_code == 302
    names = text(Hand(lead).post("case-links", case.pk, act="reveal"))
    assert "MARQUEUR-AUTRE" in names and "MARQUEUR-NOM" not in names
    assert "MARQUEUR" not in text(Hand(world["both"]).post("case-links", case.pk, act="reveal"))


def test_a_name_is_not_written_by_a_correction_without_its_category(world):
    writer, case = world["both"], world["one"]
    with acting_as(writer):
        made = add_person(writer, case.pk, relation="sibling", age_side="adult", text="x")
        with pytest.raises(NotAllowed):
            correct_person(writer, made.pk, relation="sibling", age_side="adult", name="MARQUEUR")
        again = correct_person(writer, made.pk, relation="sibling", age_side="doubt", text="y")
    assert again.replaces_id == made.pk
    assert 'name="name"' not in text(Hand(writer).get("linked-person", again.pk))


def test_the_crip_is_not_told_to_tell_the_crip(world):
    crip = f.member(f.agency(Kind.CHILD_PROTECTION, profile_id="crip", supports_people=True))
    for member, told in ((world["lead"], True), (crip, False)):
        case = f.own_case(member)
        with acting_as(member):
            add_person(member, case.pk, relation="child", age_side="minor")
        page = text(Hand(member).get("case-links", case.pk))
        assert ("prévenez par écrit la cellule" in page) == told and ("Vous êtes la CRIP" in page) == (not told)
