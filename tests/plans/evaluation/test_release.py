"""An evaluation is released by two persons, and waits for nobody: a second member, else the coordination."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from agencies.models import Membership, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from plans.evaluation import operations as ops
from plans.models import Evaluation
from tests import factories as f
from tests.notifications.post import fan_out, told
from tests.plans import people
from tests.plans.test_access import refused
from tests.roles import as_role

from .test_evaluation import draft, signed

pytestmark = pytest.mark.django_db


def asked(author):
    made = draft(author)
    with acting_as(author):
        ops.ask_release(author, made.pk)
    return made


def state(made) -> str:
    with as_role("nrm_owner"):
        return Evaluation.objects.get(pk=made.pk).state


def waits_for(member, made) -> bool:
    with acting_as(member):
        return Evaluation.objects.to_release(member).filter(pk=made.pk).exists()


def changed(member, **fields) -> None:
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=member.pk).update(**fields)


def test_one_member_alone_releases_nothing():
    author = people.cncdh()
    people.coordination()
    made = draft(author)
    page, client = reverse("plans:evaluation-release", args=[made.pk]), signed(author)
    for before in ("draft", "proposed"):
        with acting_as(author):
            with pytest.raises((NotAllowed, WrongState)):
                ops.release_evaluation(author, made.pk)
            for fields in ({"state": "released"}, {"asked_by": None}, {"released_at": timezone.now()}):
                assert refused(
                    lambda fields=fields: Evaluation.objects.filter(pk=made.pk).update(**fields), DatabaseError
                )
        assert client.post(page, {"act": "release", **client.hat}).status_code in (403, 409)
        assert state(made) == before
        client.post(page, {"act": "ask", **client.hat})


def test_second_member_releases_what_was_asked_word_for_word():
    author = people.cncdh()
    colleague, coordination = f.member(author.agency, Role.POLICY), people.coordination()
    made = asked(author)
    with acting_as(author), pytest.raises(WrongState):
        ops.save_evaluation(author, made.pk, head={"text_fr": "changé"})
    assert waits_for(colleague, made) and not waits_for(author, made) and not waits_for(coordination, made)
    with acting_as(coordination), pytest.raises(NotFound):
        ops.release_evaluation(coordination, made.pk)
    client = signed(colleague)
    assert "À publier comme seconde personne" in client.get(reverse("plans:evaluation-list")).content.decode()
    page = reverse("plans:evaluation-release", args=[made.pk])
    assert "Publier maintenant" in client.get(page).content.decode()
    assert "Publier maintenant" not in signed(author).get(page).content.decode()
    client.post(page, {"act": "release", **client.hat})
    assert state(made) == "released"


def test_coordination_is_the_second_person_of_who_is_alone():
    author, coordination = people.cncdh(), people.coordination()
    made = draft(author)
    with acting_as(coordination):
        assert not Evaluation.objects.visible_to(coordination).filter(pk=made.pk).exists(), "before it is asked, nobody"
    with acting_as(author):
        assert ops.second_at(author, made) == ops.COORDINATION
        ops.ask_release(author, made.pk)
    assert waits_for(coordination, made)
    ministry = people.ministry()
    with acting_as(ministry), pytest.raises(NotFound):
        ops.release_evaluation(ministry, made.pk)
    with acting_as(coordination):
        assert ops.release_evaluation(coordination, made.pk).released


@pytest.mark.parametrize("lost", ["newcomer", "brought", "switched off", "other role"])
def test_member_who_does_not_count_leaves_the_release_to_the_coordination(lost):
    author, coordination = people.cncdh(), people.coordination()
    colleague = f.member(author.agency, Role.POLICY)
    made = asked(author)
    assert not waits_for(coordination, made)
    match lost:
        case "newcomer":
            changed(colleague, arrived_at=timezone.now() - timedelta(days=3))
        case "brought":
            changed(colleague, invited_by=author)
        case "switched off":
            changed(colleague, active=False)
        case "other role":
            changed(colleague, roles=[Role.FRONTLINE])
    assert waits_for(coordination, made)
    if lost != "switched off":
        with acting_as(colleague), pytest.raises((NotAllowed, NotFound)):
            ops.release_evaluation(colleague, made.pk)


def test_nothing_is_asked_of_nobody():
    author = people.coordination()
    made = draft(author)
    with acting_as(author):
        assert ops.second_at(author, made) == ""
        with pytest.raises(WrongState):
            ops.ask_release(author, made.pk)
    page = signed(author).get(reverse("plans:evaluation-release", args=[made.pk])).content.decode()
    assert "Personne ne peut être la seconde personne" in page
    assert "Demander sa publication" not in page


def test_second_person_sends_back_with_a_reason_and_the_unit_takes_back():
    author, coordination = people.cncdh(), people.coordination()
    made = asked(author)
    client = signed(coordination)
    page = reverse("plans:evaluation-release", args=[made.pk])
    assert "Dites ce qu" in client.post(page, {"act": "return", "reason": " ", **client.hat}).content.decode()
    with acting_as(coordination), pytest.raises(NotAllowed):
        ops.return_evaluation(coordination, made.pk, " ")
    client.post(page, {"act": "return", "reason": "La mesure 8 manque.", **client.hat})
    assert state(made) == "draft"
    assert client.get(page).status_code == 404, "a draft again, which its unit alone reads"
    mine = signed(author)
    assert "La mesure 8 manque." in mine.get(page).content.decode()
    mine.post(page, {"act": "ask", **mine.hat})
    assert state(made) == "proposed"
    mine.post(page, {"act": "resume", **mine.hat})
    with acting_as(author):
        assert ops.save_evaluation(author, made.pk, head={"text_fr": "repris"}).state == "draft"


def test_members_of_the_unit_and_the_second_person_are_told():
    author, coordination = people.cncdh(), people.coordination()
    newcomer, other = f.member(author.agency, Role.POLICY), people.collective()
    changed(newcomer, arrived_at=timezone.now())
    made = asked(author)
    fan_out()
    assert (told("evaluation_waiting"), told("evaluation_asked")) == ({coordination.pk}, {newcomer.pk})
    with acting_as(coordination):
        ops.release_evaluation(coordination, made.pk)
    fan_out()
    assert told("evaluation_decided") == {author.pk, newcomer.pk}
    assert other.pk in told("evaluation_released")
