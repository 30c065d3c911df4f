"""Sixty persons of one event: opened in batches, asked one by one, shared in runs; nobody waits for nobody."""

import itertools
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from referral.models import AlertDesk, Orientation, SituationBatch, SituationCase
from referral.orientations.operations import orientations
from referral.situations import display, rules
from referral.situations.operations import asking, opening, situations, split
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.consents.operations import withdraw_consent
from victims.models import Assignment, ChildOpinion, Consent

from .test_situations import QUESTION, event, opened

pytestmark = pytest.mark.django_db
Answer, Wait, Group = SituationCase.Answer, rules.Wait, opening.Group


def lines_of(actor, situation):
    with acting_as(actor):
        return situations.lines(actor, situation)


def asked(actor, situation, **fields):
    with acting_as(actor):
        asking.set_question(actor, situation.pk, QUESTION | fields)


def answered(actor, situation, line, said, **part):
    with acting_as(actor):
        return asking.answer(actor, situation.pk, line.pk, said, part=part or None)


def waits(actor, situation) -> list[str]:
    with acting_as(actor):
        found = situations.lines(actor, situation)
        split.follow(actor, found)
        display.show_waits(found)
        return [str(line.wait) for line in found]


# opening, in batches


def test_sixty_persons_of_several_languages_are_opened_in_batches(lou):
    situation, hand = event(lou), Hand(lou)
    counted = {"adults": "38", "language": "vi", "minors": "2", "adults_2": "15", "language_2": "ro", "doubts_2": "5"}
    first = hand.post("situation-persons", situation.pk, token=str(uuid.uuid4()), **counted)
    assert first.headers["Location"].endswith("/ouverture/")
    page = text(hand.get("situation-opening", situation.pk))
    assert "20 dossiers ouverts sur 60." in page and "data-press-on" in page
    assert "40 dossiers restent à ouvrir." in text(hand.get("situation-detail", situation.pk))
    hand.post("situation-opening", situation.pk, first="21")
    hand.post("situation-opening", situation.pk, first="21")  # pressed twice
    done = hand.post("situation-opening", situation.pk, first="41")
    assert done.headers["Location"].endswith(f"/evenements/{situation.pk}/")
    assert "60 dossiers sont ouverts, un par personne." in text(hand.get("situation-detail", situation.pk))
    found = lines_of(lou, situation)
    assert [line.number for line in found] == list(range(1, 61))
    told = [(line.known.age_side, line.known.language) for line in found]
    assert told == [("adult", "vi")] * 38 + [("minor", "vi")] * 2 + [("adult", "ro")] * 15 + [("doubt", "ro")] * 5
    with acting_as(lou):
        assert Assignment.objects.filter(case__in=[line.case_id for line in found], membership=lou).count() == 60
    assert hand.get("situation-opening", situation.pk).status_code == 302, "nothing is left to open"


def test_a_batch_that_fails_changes_nothing_of_the_others_and_is_resumed(lou, monkeypatch):
    situation, hand = event(lou), Hand(lou)
    hand.client.raise_request_exception = False
    hand.post("situation-persons", situation.pk, token=str(uuid.uuid4()), adults="60")
    with monkeypatch.context() as broken:
        broken.setattr(opening, "_copy_signs", lambda *_: 1 / 0)
        assert hand.post("situation-opening", situation.pk, first="21").status_code == 500
    assert len(lines_of(lou, situation)) == 20
    page = text(hand.get("situation-detail", situation.pk))
    assert "40 dossiers restent à ouvrir." in page, "what was ordered is kept"
    for first in ("41", "21"):  # any order: numbers are those of the order
        hand.post("situation-opening", situation.pk, first=first)
    assert [line.number for line in lines_of(lou, situation)] == list(range(1, 61))


def test_an_alert_no_longer_read_stops_the_batch_until_it_is_left_out(lou):
    alert = f.sent_alert(f.member(f.agency("education"), Role.FRONTLINE), persons=25)
    situation, hand = event(lou), Hand(lou)
    with acting_as(lou):
        situations.add_alert(lou, situation.pk, alert.pk)
    hand.post("situation-persons", situation.pk, token=str(uuid.uuid4()), adults="25", alerts=str(alert.pk))
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert).update(live=False)
    page = text(hand.get("situation-opening", situation.pk))
    assert "Ouvrir les 5 suivants sans ses signes" in page and "data-press-on" not in page
    with acting_as(lou), pytest.raises(WrongState):
        opening.open_batch(lou, opening.planned(lou, situation.pk).get().pk)
    hand.post("situation-opening", situation.pk, first="21", without="1")
    assert len(lines_of(lou, situation)) == 25


def test_what_is_not_wanted_is_given_up_and_leaves_no_gap(lou):
    situation, hand = event(lou), Hand(lou)
    hand.post("situation-persons", situation.pk, token=str(uuid.uuid4()), adults="45")
    hand.post("situation-opening", situation.pk, drop="1")
    with acting_as(lou):
        assert set(SituationBatch.objects.values_list("state", flat=True)) == {"opened", "dropped"}
        assert not opening.planned(lou, situation.pk).exists()
        dropped = SituationBatch.objects.filter(state="dropped").first()
        with pytest.raises(WrongState):
            opening.open_batch(lou, dropped.pk)
    opened(lou, situation, adults=1)
    assert [line.number for line in lines_of(lou, situation)] == list(range(1, 22))


@pytest.mark.parametrize("count", [0, opening.MOST + 1])
def test_an_order_has_one_to_five_hundred_persons(lou, count):
    with pytest.raises(ValueError):
        opened(lou, event(lou), groups=[Group("adult", "", count)])
    page = Hand(lou).post("situation-persons", event(lou).pk, token=str(uuid.uuid4()), adults=str(count))
    assert page.status_code == 200 and f'value="{count}"' in text(page)


def test_a_batch_of_another_unit_is_not_found_and_a_worker_is_refused(lou):
    situation = event(lou)
    Hand(lou).post("situation-persons", situation.pk, token=str(uuid.uuid4()), adults="21")
    for stranger, status in ((f.coordination(territories=("13",)), 404), (f.shelter(), 403)):
        hand = Hand(f.member(stranger, Role.COORDINATOR if status == 404 else Role.CASE_WORKER))
        assert hand.get("situation-opening", situation.pk).status_code == status
        assert hand.post("situation-opening", situation.pk, first="21").status_code == status
        assert hand.get("situation-ask", situation.pk).status_code == status
        assert hand.post("situation-charge", situation.pk).status_code == status
    assert len(lines_of(lou, situation)) == 20


# asking, one by one


def test_each_answer_is_a_record_of_its_own_and_nobody_answers_for_another(lou):
    home = f.shelter()
    situation = event(lou)
    opened(lou, situation, adults=4, language="vi")
    asked(lou, situation, agencies=[home.pk], kinds=[])
    yes, no, later, silent = lines_of(lou, situation)
    answered(lou, situation, yes, "yes")
    answered(lou, situation, yes, "yes")  # tapped twice
    answered(lou, situation, no, "no")
    answered(lou, situation, later, "later")
    with acting_as(lou):
        (consent,) = Consent.objects.all()
        assert (consent.case_id, consent.agencies, consent.level, consent.obtained_by_id) == (
            yes.case_id, [home.pk], 2, lou.pk,
        )  # fmt: skip
        assert (consent.language, consent.interpreter, consent.proof) == ("vi", "phone", "oral")
    kept = {line.pk: (line.agreement, line.answered_by_id) for line in lines_of(lou, situation)}
    assert kept == {
        yes.pk: ("yes", lou.pk), no.pk: ("no", lou.pk), later.pk: ("later", lou.pk), silent.pk: ("not_asked", None),
    }  # fmt: skip
    with as_role("nrm_owner"):
        told = Entry.objects.filter(action="situation.answer").values_list("case_id", flat=True)
        assert sorted(told) == sorted([yes.case_id, no.case_id, later.case_id])


def test_no_answer_speaks_for_several_persons(lou):
    """There is no way to say « the next twenty said yes »: one answer names one person."""
    situation, hand = event(lou), Hand(lou)
    opened(lou, situation, adults=3)
    asked(lou, situation)
    hand.post("situation-ask", situation.pk, n=["1", "2", "3"], said=["yes", "yes"])
    assert [line.agreement for line in lines_of(lou, situation)].count("yes") == 1


def test_a_part_goes_no_further_than_what_was_asked(lou):
    home, other, third = f.shelter(), f.shelter(), f.shelter()
    situation = event(lou)
    opened(lou, situation, adults=1)
    asked(lou, situation, agencies=[home.pk, other.pk], kinds=[], level=3, categories=2)
    (line,) = lines_of(lou, situation)
    part = {"agencies": [other.pk], "kinds": [], "level": 2, "categories": 0}
    for beyond in ({"agencies": [third.pk]}, {"kinds": ["ngo"]}, {"level": 4}, {"categories": 4}, {"agencies": []}):
        with pytest.raises(ValueError):
            answered(lou, situation, line, "part", **part | beyond)
    with pytest.raises(ValueError):
        answered(lou, situation, line, "part")
    answered(lou, situation, line, "part", **part)
    with acting_as(lou):
        consent = Consent.objects.get()
        assert (consent.agencies, consent.level, consent.categories) == ([other.pk], 2, 0)


def test_another_answer_ends_the_agreement_of_the_first_and_what_was_prepared(lou):
    home = f.shelter(desk_fields={"places": 3})
    situation = event(lou)
    opened(lou, situation, adults=2)
    asked(lou, situation)
    line, sent = lines_of(lou, situation)
    answered(lou, situation, line, "yes")
    answered(lou, situation, sent, "yes")
    how = {"service": f.service(), "verb": "refer", "level": 2}
    with acting_as(lou):
        split.draft_all(lou, situation.pk, chosen={sent.case_id: home.pk}, **how)
        split.send_covered(lou, situation.pk)
        split.draft_all(lou, situation.pk, chosen={line.case_id: home.pk}, **how)
    for one in (line, sent):
        answered(lou, situation, one, "no")
    with acting_as(lou):
        assert not Consent.objects.filter(withdrawn_at=None).exists()
        states = dict(Orientation.objects.sent_by(lou).values_list("case_id", "state"))
    assert states[sent.case_id] == "consent_withdrawn" and states[line.case_id] in ("withdrawn", "consent_withdrawn")
    assert waits(lou, situation) == ["stays", "stays"]
    answered(lou, situation, line, "not_asked")  # noted by mistake
    assert waits(lou, situation) == ["ask", "stays"]


def test_a_child_gives_an_opinion_and_never_an_agreement(lou):
    situation = event(lou)
    opened(lou, situation, minors=4)
    asked(lou, situation)
    for line, said in zip(lines_of(lou, situation), ("yes", "part", "no", "later"), strict=True):
        answered(lou, situation, line, said)
    with acting_as(lou):
        assert not Consent.objects.exists()
        stances = {o.case_id: o.stance for o in ChildOpinion.objects.all()}
        found = situations.lines(lou, situation)
    assert [stances[line.case_id] for line in found] == ["favourable", "mixed", "unfavourable", "silent"]
    assert waits(lou, situation) == ["share"] * 4, "protection waits for no agreement"


def test_who_leads_alone_answers_and_nothing_before_it_is_asked(unit, lou):
    situation = event(lou)
    opened(lou, situation, adults=1)
    (line,) = lines_of(lou, situation)
    with pytest.raises(WrongState):
        answered(lou, situation, line, "yes")
    asked(lou, situation)
    with pytest.raises(ValueError):
        answered(lou, situation, line, "unheard-of")
    f.orientation(lou, line.known, f.shelter(), state="accepted", verb="transfer", level=2)
    with pytest.raises((NotAllowed, NotFound)):
        answered(lou, situation, line, "no")


def test_a_question_names_only_services_that_receive_requests(lou):
    closed = f.agency("ngo", desk=False)
    with pytest.raises(NotAllowed):
        asked(lou, event(lou), agencies=[closed.pk])


# sharing, in runs


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
    assert "Personne de votre unité n'est chargé de 2 personnes." in page
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
