"""Sixty persons of one event, once asked: shared in runs among services; nobody waits for nobody."""

import itertools
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Role
from foundation.actor import acting_as
from foundation.workflow import WrongState
from referral.models import Orientation, SituationCase
from referral.orientations.operations import orientations
from referral.situations import rules
from referral.situations.operations import asking, opening, situations, split
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.consents.operations import withdraw_consent
from victims.models import Assignment

from .test_group import answered, asked, lines_of, waits
from .test_situations import QUESTION, event, opened

pytestmark = pytest.mark.django_db
Answer, Wait, Group = SituationCase.Answer, rules.Wait, opening.Group


def test_the_first_to_one_service_and_the_next_to_another_among_those_who_agreed(lou):
    near, far = (f.shelter(name=name, desk_fields={"places": 20}) for name in ("Foyer A", "Foyer B"))
    situation, hand = event(lou), Hand(lou)
    opened(lou, situation, adults=9)
    asked(lou, situation, agencies=[near.pk, far.pk], kinds=[], level=3)
    found = lines_of(lou, situation)
    said = ["yes", "no", "yes", "later", "yes", "yes", "not_asked", "yes", "yes"]
    for line, one in zip(found, said, strict=True):
        answered(lou, situation, line, one)
    only_far = {"agencies": [far.pk], "kinds": [], "level": 2, "categories": 0}
    answered(lou, situation, found[2], "part", **only_far)
    with acting_as(lou):
        runs = [split.Run(near.pk, 3), split.Run(far.pk, 2)]
        parts = split.propose(lou, situation, f.service(), runs)
        chosen = {part.line.number: part.chosen for part in parts if part.chosen}
    assert chosen == {1: near.pk, 5: near.pk, 6: near.pk, 3: far.pk, 8: far.pk}
    query = f"?service=safe_housing&count_1=3&to_1={near.pk}&count_2=2&to_2={far.pk}"
    page = text(hand.get("situation-split", situation.pk, query=query))
    assert "3 personnes à Foyer A" in page and "Numéros 1, 5 à 6" in page and "Numéros 3, 8" in page
    assert "Ont dit non (2)" in page and "Veulent réfléchir (4)" in page and "Pas encore demandé (7)" in page


def test_who_said_no_is_sent_nowhere_even_with_an_older_agreement(lou):
    home = f.shelter()
    situation = event(lou)
    opened(lou, situation, adults=1)
    (line,) = lines_of(lou, situation)
    f.consent(lou, line.known, agencies=[home.pk], level=2)
    asked(lou, situation)
    answered(lou, situation, line, "no")
    with acting_as(lou), pytest.raises(WrongState):
        split.draft_all(lou, situation.pk, service=f.service(), chosen={line.case_id: home.pk}, verb="refer", level=2)


def test_one_request_that_cannot_leave_keeps_none_of_the_others(lou, monkeypatch):
    home = f.shelter()
    situation = event(lou)
    opened(lou, situation, adults=3)
    asked(lou, situation)
    found = lines_of(lou, situation)
    for line in found:
        answered(lou, situation, line, "yes")
    send = orientations.send_orientation

    def fails_for_the_second(actor, pk):
        if Orientation.objects.get(pk=pk).case_id == found[1].case_id:
            raise WrongState("sent")
        return send(actor, pk)

    with acting_as(lou):
        chosen = {line.case_id: home.pk for line in found}
        split.draft_all(lou, situation.pk, service=f.service(), chosen=chosen, verb="refer", level=2)
        with monkeypatch.context() as broken:
            broken.setattr(orientations, "send_orientation", fails_for_the_second)
            assert split.send_covered(lou, situation.pk) == (2, 1)
    assert waits(lou, situation) == ["answer", "send", "answer"]


def test_requests_leave_twenty_at_a_time_and_the_page_goes_on(lou):
    home = f.shelter(desk_fields={"places": 30})
    situation, hand = event(lou), Hand(lou)
    opened(lou, situation, adults=25)
    asked(lou, situation)
    for line in lines_of(lou, situation):
        answered(lou, situation, line, "yes")
    with acting_as(lou):
        chosen = {line.case_id: home.pk for line in situations.lines(lou, situation)}
        split.draft_all(lou, situation.pk, service=f.service(), chosen=chosen, verb="refer", level=2)
    assert "data-press-on" not in text(hand.get("situation-drafts", situation.pk)), "the first press is a person's"
    first = hand.post("situation-drafts", situation.pk)
    assert "data-press-on" in text(hand.client.get(first.headers["Location"]))
    query = "?" + first.headers["Location"].partition("?")[2]
    last = hand.post("situation-drafts", situation.pk, query=query)
    assert last.headers["Location"].endswith(f"/evenements/{situation.pk}/")
    assert "25 demandes envoyées." in text(hand.client.get(last.headers["Location"])), "the sum, not the last batch"
    assert waits(lou, situation) == ["answer"] * 25


# whom each waits for


def test_nobody_waits_for_nobody():
    """Every state of a case, of its requests and of an answer: somebody acts, or the case is closed."""
    states = [None, *Orientation.State.values]
    pairs = itertools.combinations_with_replacement(states, 2)
    for status, led, (first, second), late, drafted, agreed, child, said in itertools.product(
        ("open", "closed"), (True, False), pairs, *[(True, False)] * 4, Answer.values
    ):
        asked_of = frozenset({first, second} - {None})
        person = rules.Person(status, led, asked_of, late, drafted, agreed, child, agreement=said)
        wait = rules.wait_of(person)
        assert (wait == Wait.CLOSED) == (status == "closed"), person
        assert (wait in rules.OURS) + (wait in rules.THEIRS) + (wait == Wait.CLOSED) == 1, person
        if wait in rules.THEIRS and led:
            assert {first, second} & {"sent", "opened", "accepted", "in_progress"}, person


@pytest.mark.parametrize(
    ("states", "fields", "expected"),
    [
        ((), {}, Wait.ASK),
        ((), {"agreement": "later"}, Wait.AGAIN),
        ((), {"agreement": "no"}, Wait.STAYS),
        ((), {"agreement": "no", "child": True}, Wait.SHARE),
        ((), {"agreement": "yes", "agreed": True}, Wait.SHARE),
        ((), {"agreement": "yes"}, Wait.AGAIN),
        ((), {"agreed": True}, Wait.SHARE),
        ((), {"drafted": True}, Wait.SEND),
        (("sent",), {}, Wait.ANSWER),
        (("opened",), {"late": True}, Wait.LATE),
        (("question", "accepted"), {}, Wait.QUESTION),
        (("declined", "accepted"), {}, Wait.REFUSED),
        (("expired",), {}, Wait.REFUSED),
        (("accepted",), {"drafted": True}, Wait.SEND),
        (("in_progress",), {}, Wait.WITH),
        (("completed",), {}, Wait.DONE),
        (("withdrawn",), {"agreement": "no"}, Wait.STAYS),
        (("consent_withdrawn",), {"agreement": "yes"}, Wait.AGAIN),
    ],
)
def test_what_comes_next_follows_requests_then_the_answer(states, fields, expected):
    assert rules.wait_of(rules.Person("open", True, frozenset(states), **fields)) == expected


def test_the_page_names_who_acts_for_each_person_and_one_press_takes_charge(unit, lou):
    home = f.shelter(name="Foyer Horizon (fictif)")
    situation, colleague = event(lou), f.member(unit, Role.COORDINATOR)
    opened(lou, situation, adults=3)
    asked(lou, situation)
    first, second, third = lines_of(lou, situation)
    f.orientation(lou, first.known, home)
    f.orientation(lou, second.known, home, state="declined")
    with as_role("nrm_owner"):
        Assignment.objects.all().delete()
    assert waits(lou, situation) == ["answer", "refused", "ask"]
    hand = Hand(colleague)
    page = text(hand.get("situation-detail", situation.pk))
    assert "Aucun agent de votre service n'est chargé de 2 personnes." in page
    hand.post("situation-charge", situation.pk)
    page = text(hand.get("situation-detail", situation.pk))
    assert colleague.user.full_name in page and "n'est chargé de" not in page and "Foyer Horizon (fictif)" in page
    with acting_as(colleague):
        assert Assignment.objects.filter(membership=colleague).count() == 3


def test_an_alert_that_speaks_of_more_persons_says_how_many_have_no_case(lou):
    alert = f.sent_alert(f.member(f.agency("education"), Role.FRONTLINE), persons=60)
    situation = event(lou)
    with acting_as(lou):
        situations.add_alert(lou, situation.pk, alert.pk)
    opened(lou, situation, adults=2)
    page = text(Hand(lou).get("situation-detail", situation.pk))
    assert f"L'alerte {alert.reference} parle de 60 personnes : 58 n'ont pas encore de dossier." in page


# what it costs


def test_statements_grow_with_persons_by_a_small_constant(lou):
    home = f.shelter(desk_fields={"places": 60})
    costs = {}
    for count in (2, 12):
        situation = event(lou)
        with acting_as(lou):
            with CaptureQueriesContext(connection) as opening_cost:
                opening.open_persons(lou, situation.pk, token=uuid.uuid4(), groups=[Group("adult", "", count)])
            asking.set_question(lou, situation.pk, QUESTION)
            found = situations.lines(lou, situation)
            with CaptureQueriesContext(connection) as asking_cost:
                for line in found:
                    asking.answer(lou, situation.pk, line.pk, "yes")
            chosen = {line.case_id: home.pk for line in found}
            how = {"service": f.service(), "verb": "refer", "level": 2}
            with CaptureQueriesContext(connection) as drafting_cost:
                split.draft_all(lou, situation.pk, chosen=chosen, **how)
            with CaptureQueriesContext(connection) as sending_cost:
                split.send_covered(lou, situation.pk)
        costs[count] = [len(c) for c in (opening_cost, asking_cost, drafting_cost, sending_cost)]
    each = [(many - few) / 10 for few, many in zip(costs[2], costs[12], strict=True)]
    assert [cost <= most for cost, most in zip(each, (2, 30, 30, 40), strict=True)] == [True] * 4, each


def test_an_agreement_that_ended_is_asked_again(lou):
    situation = event(lou)
    opened(lou, situation, adults=1)
    asked(lou, situation)
    (line,) = lines_of(lou, situation)
    consent = answered(lou, situation, line, "yes").consent
    with acting_as(lou):
        withdraw_consent(lou, consent.pk)
    assert waits(lou, situation) == ["again"]
    answered(lou, situation, line, "yes")
    assert waits(lou, situation) == ["share"]
