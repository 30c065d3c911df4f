"""A report to a prosecutor helps nobody: of a person of an event, the unit is still told to act."""

import pytest

from agencies.models import Kind
from foundation.actor import acting_as
from referral.models import Orientation
from referral.orientations.operations import messages, orientations
from referral.orientations.operations.coverage import Uncovered
from referral.situations.operations import split
from tests import factories as f
from tests.referral.pages import Hand, text

from .test_group import answered, asked, lines_of, waits
from .test_situations import event, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def prosecutor():
    return f.agency(Kind.JUSTICE, name="Parquet fictif", services=("prosecution",), profile_id="parquet")


def reported(lou, line, prosecutor, state):
    ground = {"consent": None, "legal_ground": "vital_danger"}
    return f.orientation(lou, line.known, prosecutor, service=f.service("prosecution"), state=state, **ground)


@pytest.mark.parametrize("state", ["sent", "opened", "accepted"])
def test_who_is_reported_alone_is_still_the_units_to_help(lou, prosecutor, state):
    situation = event(lou)
    opened(lou, situation, adults=2)
    asked(lou, situation)
    agreed, other = lines_of(lou, situation)
    answered(lou, situation, agreed, "yes")
    for line in (agreed, other):
        reported(lou, line, prosecutor, state)
    assert waits(lou, situation) == ["share", "ask"], "not « the service is to answer », nor « has accepted »"
    page = text(Hand(lou).get("situation-detail", situation.pk))
    assert "Parquet fictif" not in page and "?attend=with" not in page and "?attend=answer" not in page


def test_a_report_hides_no_service_that_helps(lou, prosecutor):
    home = f.shelter(name="Foyer fictif")
    situation = event(lou)
    opened(lou, situation, adults=1)
    (line,) = lines_of(lou, situation)
    f.orientation(lou, line.known, home, state="accepted")
    reported(lou, line, prosecutor, "sent")
    assert waits(lou, situation) == ["with"]
    assert "Foyer fictif" in text(Hand(lou).get("situation-detail", situation.pk))


def test_what_a_prosecutor_asks_or_sends_back_is_for_the_unit(lou, prosecutor):
    situation = event(lou)
    opened(lou, situation, adults=2)
    one, two = lines_of(lou, situation)
    desk = f.member(prosecutor)
    made = [reported(lou, line, prosecutor, "opened") for line in (one, two)]
    with acting_as(desk):
        messages.ask_orientation(desk, made[0].pk, words="Où la personne se trouve-t-elle ?")
        orientations.decline_orientation(desk, made[1].pk, reason="out_of_scope")
    assert waits(lou, situation) == ["question", "refused"]


def test_persons_of_an_event_are_not_transferred_to_a_prosecutor(lou, prosecutor):
    situation = event(lou)
    opened(lou, situation, adults=1)
    asked(lou, situation, agencies=[prosecutor.pk], kinds=[])
    (line,) = lines_of(lou, situation)
    answered(lou, situation, line, "yes")
    page = Hand(lou).get("situation-split", situation.pk, query="?service=prosecution").content.decode()
    assert 'value="refer"' in page and 'value="transfer"' not in page
    asks = {"service": f.service("prosecution"), "chosen": {line.case_id: prosecutor.pk}, "level": 2}
    with acting_as(lou):
        with pytest.raises(Uncovered):
            split.draft_all(lou, situation.pk, verb="transfer", **asks)
        assert not Orientation.objects.exists()
        assert split.draft_all(lou, situation.pk, verb="refer", **asks) == 1
