"""What an answer in a collective situation ends: nothing agreed to elsewhere, nothing that is still agreed to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from foundation.actor import acting_as
from foundation.workflow import WrongState
from notifications.models import Event
from referral.models import Orientation
from referral.situations.operations import asking, split
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import CaseAccess, Consent

from .test_group import answered, asked, lines_of
from .test_situations import event, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    return f.shelter(name="Foyer fictif", desk_fields={"places": 3})


@pytest.fixture
def situation(lou):
    made = event(lou)
    opened(lou, made, adults=1)
    return made


@pytest.fixture
def line(lou, situation):
    (one,) = lines_of(lou, situation)
    return one


def state(lou, request) -> str:
    with acting_as(lou):
        return Orientation.objects.visible_to(lou).get(pk=request.pk).state


@pytest.mark.parametrize("giver", ["person", "guardian"])
@pytest.mark.parametrize("said", ["no", "part"])
def test_a_refusal_takes_no_bed_that_was_agreed_to_elsewhere(lou, situation, line, home, said, giver):
    """She agreed to the shelter by herself and sleeps there: « Non » to a question that names it ended her place."""
    other, worker = f.shelter(), f.member(home)
    given = f.consent(lou, line.known, agencies=[home.pk], kinds=[], level=2, giver=giver)
    bed = f.orientation(lou, line.known, home, state="accepted", answerer=worker, consent=given)
    asked(lou, situation, agencies=[home.pk, other.pk], kinds=[])
    part = {"agencies": [other.pk], "kinds": [], "level": 2, "categories": 0} if said == "part" else {}
    answered(lou, situation, line, said, **part)
    with acting_as(lou):
        assert Consent.objects.get(pk=given.pk).withdrawn_at is None
    assert state(lou, bed) == "accepted"
    with acting_as(worker):
        assert CaseAccess.objects.of(worker).filter(case=line.case_id).exists()


def test_the_page_says_that_an_agreement_of_the_case_goes_on(lou, situation, line, home):
    asked(lou, situation, agencies=[home.pk], kinds=[])
    said = "Un autre accord, enregistré dans son dossier, continue quelle que soit la réponse donnée ici"
    assert said not in text(Hand(lou).get("situation-ask", situation.pk, query="?n=1"))
    f.consent(lou, line.known, agencies=[home.pk], kinds=[], level=2)
    page = text(Hand(lou).get("situation-ask", situation.pk, query="?n=1"))
    assert said in page and f"/dossiers/{line.case_id}/accords/" in page
    after = Hand(lou).post("situation-ask", situation.pk, n="1", said="no").url
    assert "continue avec les services qu'il nomme" in text(Hand(lou).client.get(after))
    answered(lou, situation, line, "yes")  # near miss: the one that this page made ends by this page
    with as_role("nrm_owner"):
        Consent.objects.filter(case=line.case_id).exclude(pk=lines_of(lou, situation)[0].consent_id).update(
            until=timezone.now() - timedelta(minutes=1)
        )
    assert said not in text(Hand(lou).get("situation-ask", situation.pk, query="?n=1"))


@pytest.mark.parametrize(("said", "kept"), [("no", False), ("part", False), ("later", True)])
def test_what_was_prepared_for_a_service_that_she_refuses_is_not_sent(lou, situation, line, home, said, kept):
    other = f.shelter()
    given = f.consent(lou, line.known, agencies=[home.pk], kinds=[], level=2)
    draft = f.orientation(lou, line.known, home, state="draft", consent=given)
    asked(lou, situation, agencies=[home.pk, other.pk], kinds=[])
    part = {"agencies": [other.pk], "kinds": [], "level": 2, "categories": 0} if said == "part" else {}
    answered(lou, situation, line, said, **part)
    assert state(lou, draft) == ("draft" if kept else "withdrawn")


def test_a_refusal_ends_each_agreement_that_this_situation_made(lou, situation, line, home):
    other = f.shelter()
    asked(lou, situation, agencies=[home.pk], kinds=[])
    answered(lou, situation, line, "yes")
    asked(lou, situation, agencies=[home.pk, other.pk], kinds=[])
    answered(lou, situation, line, "later")  # the line no longer leads to the first agreement
    asked(lou, situation, agencies=[other.pk, home.pk], kinds=[], level=3)
    answered(lou, situation, line, "no")
    with acting_as(lou):
        assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_who_still_agrees_to_a_kind_of_service_keeps_her_place_in_one(lou, situation, line, home):
    """Named at first, covered by its kind now: the first agreement ended, and her place with it."""
    worker = f.member(home)
    asked(lou, situation, agencies=[home.pk], kinds=[])
    answered(lou, situation, line, "yes")
    with acting_as(lou):
        split.draft_all(lou, situation.pk, service=f.service(), chosen={line.case_id: home.pk}, verb="refer", level=2)
        split.send_covered(lou, situation.pk)
        sent = Orientation.objects.sent_by(lou).get()
    asked(lou, situation, agencies=[home.pk], kinds=[home.kind])
    part = {"agencies": [], "kinds": [home.kind], "level": 2, "categories": 0}
    answered(lou, situation, line, "part", **part)
    assert state(lou, sent) == "sent"
    with acting_as(worker):
        assert Orientation.objects.visible_to(worker).filter(pk=sent.pk).exists()


def test_a_prefecture_that_is_no_longer_named_is_not_covered_by_its_kind(lou, situation, line):
    prefecture = f.agency("interior", profile_id="prefecture")
    asked(lou, situation, agencies=[prefecture.pk], kinds=[])
    first = answered(lou, situation, line, "yes").consent
    asked(lou, situation, agencies=[prefecture.pk], kinds=["interior"])
    answered(lou, situation, line, "part", agencies=[], kinds=["interior"], level=2, categories=0)
    with acting_as(lou):
        assert Consent.objects.get(pk=first.pk).withdrawn_at is not None


def test_an_agreement_whose_time_is_over_is_not_withdrawn_again(lou, situation, line, home):
    asked(lou, situation, agencies=[home.pk], kinds=[])
    first = answered(lou, situation, line, "yes").consent
    with as_role("nrm_owner"):
        Consent.objects.filter(pk=first.pk).update(until=timezone.now() - timedelta(minutes=1))
        before = Event.objects.filter(kind="consent_withdrawn").count()
    answered(lou, situation, line, "no")
    with as_role("nrm_owner"):
        assert Consent.objects.get(pk=first.pk).withdrawn_at is None
        assert Event.objects.filter(kind="consent_withdrawn").count() == before


def test_an_answer_is_kept_whole_or_not_at_all(lou, situation, line, home, monkeypatch):
    """One agreement was withdrawn, the next one could not be: the page said that nothing was kept."""
    other, hand = f.shelter(), Hand(lou)
    for named in ([home.pk], [home.pk, other.pk]):
        asked(lou, situation, agencies=named, kinds=[])
        answered(lou, situation, line, "yes")
    withdraw, done = asking.withdraw_consent, []

    def once(actor, pk):
        if done:
            raise WrongState("withdrawn")
        done.append(withdraw(actor, pk))

    monkeypatch.setattr(asking, "withdraw_consent", once)
    since = asking.asked_of(situation_of(lou, situation))["since"]
    refused = hand.post("situation-ask", situation.pk, n="1", said="no", since=since)
    assert done and refused.status_code == 409
    assert "La question a changé entre-temps" not in refused.content.decode(), "it did not"
    with acting_as(lou):
        assert Consent.objects.filter(withdrawn_at=None).count() == 2
    assert lines_of(lou, situation)[0].agreement == "yes"


def situation_of(lou, situation):
    with acting_as(lou):
        return asking.visible_situation(lou, situation.pk)
