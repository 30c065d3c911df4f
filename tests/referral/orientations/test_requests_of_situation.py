"""A service asked for each person of a collective situation tells them apart, and goes from one to the next."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Role
from foundation.actor import acting_as
from referral.models import Orientation
from referral.situations.operations import split
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.referral.situations.test_group import answered, asked, lines_of
from tests.referral.situations.test_situations import event, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def lou():
    f.national()
    return f.member(f.coordination(), Role.COORDINATOR)


def sent(lou, home, *, adults=3):
    situation = event(lou)
    opened(lou, situation, adults=adults, language="ro")
    asked(lou, situation, agencies=[home.pk], kinds=[])
    for line in lines_of(lou, situation):
        answered(lou, situation, line, "yes")
    with acting_as(lou):
        chosen = {line.case_id: home.pk for line in lines_of(lou, situation)}
        split.draft_all(lou, situation.pk, service=f.service(), chosen=chosen, verb="refer", level=2)
        split.send_covered(lou, situation.pk)
        rows = Orientation.objects.sent_by(lou).filter(case__in=chosen)
        return situation, list(rows.order_by("case__situation_lines__number"))


def test_rows_say_which_person_of_which_situation_and_the_next_one_is_offered(lou):
    home = f.shelter(desk_fields={"places": 20})
    situation, (first, second, third) = sent(lou, home)
    hand = Hand(f.member(home))
    page = text(hand.get("orientation-received"))
    assert f"3 demandes à traiter, une par personne, de la situation collective {situation.reference}" in page
    assert all(f"Personne {n} de la situation {situation.reference}" in page for n in (1, 2, 3)) and "langue : " in page
    shown = text(hand.get("orientation-detail", second.pk))
    assert f"{situation.reference}, personne 2" in shown
    done = hand.post("orientation-decline", second.pk, reason="no_place")
    after = text(hand.client.get(done.headers["Location"]))
    said = f"Demande suivante de la situation {situation.reference} : personne 3 (2 restantes)"
    assert said in after and str(third.pk) in after
    done = hand.post("orientation-accept", third.pk)
    after = text(hand.client.get(done.headers["Location"]))
    assert "personne 1 (1 restante)" in after and str(first.pk) in after
    done = hand.post("orientation-accept", first.pk)
    assert "Demande suivante" not in text(hand.client.get(done.headers["Location"]))
    assert "Personne 3 de la situation" in text(hand.get("orientation-received", query="?view=current"))


def test_a_request_of_no_situation_says_nothing_of_one(lou):
    home = f.shelter()
    f.orientation(lou, f.case(lou), home)
    page = text(Hand(f.member(home)).get("orientation-received"))
    assert "de la situation" not in page and "situation collective" not in page


def test_a_lot_costs_the_list_the_same_for_two_and_for_twelve(lou):
    home, costs = f.shelter(desk_fields={"places": 40}), []
    hand = Hand(f.member(home))
    for adults in (2, 10):
        sent(lou, home, adults=adults)
        hand.get("orientation-received")
        with CaptureQueriesContext(connection) as found:
            hand.get("orientation-received")
        costs.append(len(found))
    assert costs[0] == costs[1]
