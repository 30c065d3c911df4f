"""A service asked for each person of a collective situation goes from one to the next, and learns of nobody else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from agencies.models import Role
from foundation.actor import acting_as
from referral.models import Orientation, OrientationSheet
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
        return situation, list(rows.select_related("case").order_by("case__situation_lines__number"))


def lot_of(actor, request) -> str:
    with acting_as(actor):
        return OrientationSheet.objects.get(orientation=request, part="summary").data.get("lot", "")


def next_link(page) -> str:
    found = page.xpath("//a[contains(., 'Demande suivante du lot')]")
    return found[0].get("href") if found else ""


def test_rows_say_of_which_lot_they_are_and_the_next_one_is_offered(lou):
    home = f.shelter(desk_fields={"places": 20})
    situation, made = sent(lou, home)
    hand, lot = Hand(f.member(home)), lot_of(lou, made[0])
    page = text(hand.get("orientation-received"))
    assert (
        f"Lot {lot}, demandes reçues ensemble" in page
        and "3 à traiter, une par personne" in page
        and page.count(f"Lot {lot}") == 4
    )
    assert "langue : " in page and situation.reference not in page
    shown = text(hand.get("orientation-detail", made[1].pk))
    assert lot in shown and situation.reference not in shown
    done = hand.post("orientation-decline", made[1].pk, reason="no_place")
    after = html.fromstring(hand.client.get(done.headers["Location"]).content)
    assert f"Demande suivante du lot {lot} (2 restantes)" in after.text_content()
    first, second = next_link(after).split("/")[-2], {str(made[0].pk), str(made[2].pk)}
    assert first in second
    done = hand.post("orientation-accept", first)
    after = html.fromstring(hand.client.get(done.headers["Location"]).content)
    assert "(1 restante)" in after.text_content() and {next_link(after).split("/")[-2]} == second - {first}
    done = hand.post("orientation-accept", next_link(after).split("/")[-2])
    assert "Demande suivante" not in text(hand.client.get(done.headers["Location"]))
    assert f"Lot {lot}" in text(hand.get("orientation-received", query="?view=current"))


def test_two_services_cannot_tell_that_they_help_persons_of_one_situation(lou):
    home, other = (f.shelter(desk_fields={"places": 20}) for _ in range(2))
    situation = event(lou)
    opened(lou, situation, adults=2)
    asked(lou, situation, agencies=[home.pk, other.pk], kinds=[])
    for line in lines_of(lou, situation):
        answered(lou, situation, line, "yes")
    one, two = lines_of(lou, situation)
    with acting_as(lou):
        chosen = {one.case_id: home.pk, two.case_id: other.pk}
        split.draft_all(lou, situation.pk, service=f.service(), chosen=chosen, verb="refer", level=2)
        split.send_covered(lou, situation.pk)
        made = list(Orientation.objects.sent_by(lou).filter(case__in=chosen))
    lots = {lot_of(lou, request) for request in made}
    assert len(lots) == 2 and "" not in lots
    summaries = OrientationSheet.objects.filter(part="summary")
    with acting_as(lou):
        said = [sheet.data for sheet in summaries]
    assert all(situation.reference not in str(data) and "number" not in str(data) for data in said)


def test_a_request_that_rests_on_something_else_says_no_lot(lou):
    """Months later, one person of the event is sent to a doctor: he reads nothing of the others."""
    home, doctor = f.shelter(desk_fields={"places": 20}), f.shelter()
    _, made = sent(lou, home, adults=2)
    f.orientation(lou, made[0].case, doctor)
    f.orientation(lou, f.case(lou), doctor)
    page = text(Hand(f.member(doctor)).get("orientation-received"))
    assert "Demandes par temps restant" in page and "Lot " not in page


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
