"""What is asked of a group changes after some have answered: nobody is said to have answered what was not asked."""

import pytest
from lxml import html

from foundation.actor import acting_as
from referral.models import Orientation
from referral.situations import rules
from referral.situations.operations import asking, situations, split
from tests import factories as f
from tests.referral.pages import Hand, text
from victims.models import Consent

from .test_group import answered, asked, lines_of
from .test_situations import event, opened

pytestmark = pytest.mark.django_db


def test_who_answered_an_earlier_question_is_not_said_to_have_been_asked_this_one(lou):
    first, second = f.shelter(), f.shelter()
    situation, hand = event(lou), Hand(lou)
    opened(lou, situation, adults=3)
    asked(lou, situation, agencies=[first.pk], kinds=[])
    for line, said in zip(lines_of(lou, situation), ("yes", "no", "later"), strict=True):
        answered(lou, situation, line, said)
    assert "Tout le monde a été interrogé" in text(hand.get("situation-ask", situation.pk))
    asked(lou, situation, agencies=[first.pk], kinds=[], asked_by="Une autre interprète")
    assert "Tout le monde a été interrogé" in text(hand.get("situation-ask", situation.pk)), "the same question"
    asked(lou, situation, agencies=[first.pk, second.pk], kinds=[])
    page = text(hand.get("situation-ask", situation.pk))
    assert "Tout le monde a été interrogé" not in page and "0 réponse sur 3." in page
    assert "3 personnes ont répondu à une question précédente et n'ont pas été interrogées sur celle-ci." in page
    assert "(question précédente)" in text(hand.get("situation-intake", situation.pk))
    assert "(question précédente)" in text(hand.get("situation-detail", situation.pk))
    one, two, three = lines_of(lou, situation)
    onward = hand.post("situation-ask", situation.pk, n=one.number, said="yes")
    assert f"n={two.number}" in onward.headers["Location"], "whoever answered the earlier one comes next"
    hand.post("situation-ask", situation.pk, n=two.number, said="no")  # the same answer, to another question
    page = text(hand.get("situation-ask", situation.pk))
    assert "2 réponses sur 3." in page and "1 personne a répondu à une question précédente" in page
    last = hand.post("situation-ask", situation.pk, n=three.number, said="later")
    assert "n=" not in last.headers["Location"].replace("before=", "")
    assert "Tout le monde a été interrogé" in text(hand.get("situation-ask", situation.pk))
    with acting_as(lou):
        held = Consent.objects.filter(withdrawn_at=None)
        assert sorted(map(sorted, (one.agencies for one in held))) == sorted(
            [[first.pk], sorted([first.pk, second.pk])]
        )


def test_who_was_never_asked_comes_before_who_answered_an_earlier_question(lou):
    situation, hand = event(lou), Hand(lou)
    opened(lou, situation, adults=3)
    asked(lou, situation)
    answered(lou, situation, lines_of(lou, situation)[0], "yes")
    asked(lou, situation, purpose="record")
    page = text(hand.get("situation-ask", situation.pk))
    assert "Personne 2" in page and "0 réponse sur 3." in page
    onward = hand.post("situation-ask", situation.pk, n="3", said="no")
    assert "n=2" in onward.headers["Location"]
    with acting_as(lou):
        told = asking.asked_of(situations.visible_situation(lou, situation.pk))
        assert [rules.was_asked(line, told) for line in situations.lines(lou, situation)] == [False, False, True]


def test_a_no_to_an_earlier_question_is_no_answer_to_the_next_one(lou):
    first, second = f.shelter(), f.shelter()
    situation, hand = event(lou), Hand(lou)
    opened(lou, situation, adults=1)
    asked(lou, situation, agencies=[first.pk], kinds=[])
    (line,) = lines_of(lou, situation)
    answered(lou, situation, line, "no")
    detail = text(hand.get("situation-detail", situation.pk))
    assert "?attend=stays" in detail and "?attend=ask" not in detail
    asked(lou, situation, agencies=[first.pk, second.pk], kinds=[])
    detail = text(hand.get("situation-detail", situation.pk))
    assert "?attend=ask" in detail and "?attend=stays" not in detail
    assert f"/evenements/{situation.pk}/accords/?n={line.number}#personne" in detail
    page = text(hand.get("situation-split", situation.pk, query="?service=safe_housing"))
    assert "Ont dit non à une question précédente (1) · <a " in page
    hand.post("situation-ask", situation.pk, n=line.number, said="no")
    assert "?attend=stays" in text(hand.get("situation-detail", situation.pk))
    page = text(hand.get("situation-split", situation.pk, query="?service=safe_housing"))
    assert "Ont dit non (1)</li>" in page


@pytest.mark.parametrize(
    ("wider", "said", "goes_on"),
    [
        (True, "yes", True),  # to the same service, and one more
        (True, "later", True),  # wants time to think of the other one
        (True, "no", False),  # everything agreed to was asked again, and refused
        (False, "no", True),  # refuses another service alone
    ],
)
def test_who_is_helped_goes_on_being_helped_while_asked_something_else(lou, wider, said, goes_on):
    home, other = f.shelter(desk_fields={"places": 3}), f.shelter()
    situation = event(lou)
    opened(lou, situation, adults=1)
    asked(lou, situation, agencies=[home.pk], kinds=[])
    (line,) = lines_of(lou, situation)
    answered(lou, situation, line, "yes")
    with acting_as(lou):
        split.draft_all(lou, situation.pk, service=f.service(), chosen={line.case_id: home.pk}, verb="refer", level=2)
        split.send_covered(lou, situation.pk)
    asked(lou, situation, agencies=[home.pk, other.pk] if wider else [other.pk], kinds=[])
    answered(lou, situation, line, said)
    with acting_as(lou):
        assert Orientation.objects.sent_by(lou).get().state == ("sent" if goes_on else "consent_withdrawn")
    answered(lou, situation, line, "no")
    with acting_as(lou):
        assert Consent.objects.filter(withdrawn_at=None).exists() is not wider


def test_an_answer_is_kept_for_the_question_that_was_read_to_her_alone(lou):
    """A colleague adds a service while the page of the first question is open: her « yes » does not name it."""
    first, second = f.shelter(), f.shelter()
    situation, hand = event(lou), Hand(lou)
    opened(lou, situation, adults=1)
    asked(lou, situation, agencies=[first.pk], kinds=[])
    shown = html.fromstring(hand.get("situation-ask", situation.pk).content)
    read = shown.xpath("//input[@name='since']")[0].get("value")
    asked(lou, situation, agencies=[first.pk, second.pk], kinds=[])
    done = hand.post("situation-ask", situation.pk, n="1", said="yes", since=read)
    page = text(hand.client.get(done.headers["Location"].split("#")[0]))
    assert "La question a changé entre-temps : rien n'a été enregistré." in page
    with acting_as(lou):
        assert not Consent.objects.exists()
    shown = html.fromstring(hand.get("situation-ask", situation.pk).content)
    hand.post(
        "situation-ask", situation.pk, n="1", said="yes", since=shown.xpath("//input[@name='since']")[0].get("value")
    )
    with acting_as(lou):
        assert sorted(Consent.objects.get().agencies) == sorted([first.pk, second.pk])


@pytest.mark.parametrize("said", ["no", "part"])
def test_the_opinion_of_a_child_ends_no_agreement_of_its_guardian(lou, said):
    home = f.shelter()
    situation = event(lou)
    opened(lou, situation, minors=1)
    asked(lou, situation, agencies=[home.pk], kinds=[])
    (line,) = lines_of(lou, situation)
    given = f.consent(lou, line.known, agencies=[home.pk], kinds=[], level=2)
    answered(lou, situation, line, said)
    with acting_as(lou):
        assert Consent.objects.get(pk=given.pk).withdrawn_at is None
