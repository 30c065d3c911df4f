"""After a refusal, with a full service, with a safe contact agreed: what the sharing of a group proposes and sends."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Category, Desk, Role
from foundation.actor import acting_as
from referral.models import Orientation, OrientationMove
from referral.orientations.operations import orientations
from referral.situations.operations import split
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role

from .test_group import answered, asked, lines_of
from .test_situations import event, opened

pytestmark = pytest.mark.django_db


def shared(lou, situation, home, lines, **how):
    with acting_as(lou):
        chosen = {line.case_id: home.pk for line in lines}
        asks = {"service": f.service(), "verb": "refer", "level": 2, **how}
        split.draft_all(lou, situation.pk, chosen=chosen, **asks)
        split.send_covered(lou, situation.pk)


def declined(home, reason="no_place"):
    with acting_as(f.member(home, Role.CASE_WORKER)) as actor:
        for pk in list(Orientation.objects.filter(addressee=home, state="sent").values_list("pk", flat=True)):
            orientations.decline_orientation(actor, pk, reason=reason)


def test_a_service_that_refused_a_person_is_proposed_to_her_no_more(lou):
    near = f.shelter(name="Foyer A", desk_fields={"places": 20})
    far = f.shelter(name="Foyer B", desk_fields={"places": None})
    situation, hand = event(lou), Hand(lou)
    opened(lou, situation, adults=3)
    asked(lou, situation, agencies=[near.pk, far.pk], kinds=[])
    for line in lines_of(lou, situation):
        answered(lou, situation, line, "yes")
    shared(lou, situation, near, lines_of(lou, situation)[:2])
    declined(near)
    with acting_as(lou):
        parts = split.propose(lou, situation, f.service())
        assert [part.chosen for part in parts] == [far.pk, far.pk, near.pk], "a place is better than no number"
        assert [[s.agency.pk for s in part.desks] for part in parts] == [[far.pk, near.pk]] * 2 + [[near.pk, far.pk]]
        runs = [split.Run(near.pk, 3)]
        again = split.propose(lou, situation, f.service(), runs)
        assert [part.chosen for part in again] == [None, None, near.pk], "those it refused are passed over"
    page = text(hand.get("situation-split", situation.pk, query="?service=safe_housing"))
    assert page.count("Foyer A · 20 places · a refusé cette personne : ") == 2
    assert "Foyer A · 20 places · n'a pas pris 2 personnes" in page


def test_who_was_refused_by_every_service_named_stays_and_something_else_is_to_be_asked(lou):
    home = f.shelter(name="Foyer A", desk_fields={"places": 20})
    situation, hand = event(lou), Hand(lou)
    opened(lou, situation, adults=2)
    asked(lou, situation, agencies=[home.pk], kinds=[])
    for line in lines_of(lou, situation):
        answered(lou, situation, line, "yes")
    shared(lou, situation, home, lines_of(lou, situation))
    declined(home)
    page = text(hand.get("situation-split", situation.pk, query="?service=safe_housing"))
    assert "Refusées par les services que nomme leur accord" in page and "(1 à 2)" in page
    assert f"/evenements/{situation.pk}/question/" in page and " selected>Foyer A" not in page


def test_who_a_full_service_may_take_later_is_not_led_to_change_what_is_asked(lou):
    home = f.shelter(name="Foyer A", desk_fields={"places": 20, "takes_minors": True})
    full = f.shelter(name="Foyer plein", desk_fields={"places": 20, "takes_minors": True})
    situation, hand = event(lou), Hand(lou)
    opened(lou, situation, adults=1, minors=1)
    asked(lou, situation, agencies=[home.pk, full.pk], kinds=[])
    adult, child = lines_of(lou, situation)
    answered(lou, situation, adult, "yes")
    shared(lou, situation, home, [adult, child], child_reason="Un enfant seul dans la vigne, sans adulte.")
    declined(home)
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=full.pk).update(places=0)
    page = text(hand.get("situation-split", situation.pk, query="?service=safe_housing"))
    assert "Refusées, ou sans réponse ; les autres services sont complets ou ne les prennent pas (1 à 2)" in page
    assert f"/evenements/{situation.pk}/question/" not in page.split("Restent avec vous", 1)[-1].split("</section>")[0]


def test_a_child_refused_everywhere_is_not_said_to_have_agreed(lou):
    home = f.shelter(name="Foyer A", desk_fields={"places": 20, "takes_minors": True})
    situation, hand = event(lou), Hand(lou)
    opened(lou, situation, minors=1)
    shared(lou, situation, home, lines_of(lou, situation), child_reason="Un enfant seul dans la vigne, sans adulte.")
    declined(home)
    page = text(hand.get("situation-split", situation.pk, query="?service=safe_housing"))
    assert "Refusés par les services qui pourraient les prendre, ou sans réponse de ces services (1)" in page
    assert "leur accord" not in page


@pytest.mark.parametrize("again", ["completed", "declined"])
def test_a_service_that_accepted_since_it_refused_is_not_said_to_have_refused(lou, again):
    home = f.shelter(name="Foyer A", desk_fields={"places": 20})
    situation = event(lou)
    opened(lou, situation, adults=1)
    (line,) = lines_of(lou, situation)
    before = f.orientation(lou, line.known, home, state="declined")
    with as_role("nrm_owner"):
        OrientationMove.objects.filter(orientation=before).update(at=timezone.now() - timedelta(days=1))
    f.orientation(lou, line.known, home, state=again)
    with acting_as(lou):
        (part,) = split.propose(lou, situation, f.service())
    assert set(part.refused) == ({home.pk} if again == "declined" else set())


def test_a_full_service_is_said_to_be_when_asking_and_when_sharing(lou):
    full = f.shelter(name="Foyer plein", desk_fields={"places": 0})
    home = f.shelter(name="Foyer A", desk_fields={"places": 4})
    situation, hand = event(lou), Hand(lou)
    opened(lou, situation, adults=2)
    question = text(hand.get("situation-question", situation.pk))
    assert "Foyer plein · se déclare complet" in question and "Foyer A · 4 places" in question
    asked(lou, situation, agencies=[full.pk, home.pk], kinds=[])
    assert "Foyer plein · se déclare complet" in text(hand.get("situation-ask", situation.pk))
    answered(lou, situation, lines_of(lou, situation)[0], "yes")
    page = text(hand.get("situation-split", situation.pk, query="?service=safe_housing"))
    assert "Nommés par des accords, mais non proposés" in page
    assert "<strong>Foyer plein</strong><br>Se déclare complet (1)" in page


def test_a_safe_contact_goes_with_the_request_of_who_agreed_to_it(lou):
    home = f.shelter(name="Foyer A", desk_fields={"places": 20, "takes_minors": True})
    situation, hand = event(lou), Hand(lou)
    opened(lou, situation, adults=3, minors=1)
    contact, health = int(Category.CONTACT), int(Category.HEALTH)
    asked(lou, situation, agencies=[home.pk], kinds=[], categories=contact | health | int(Category.OFFENCE))
    yes, part, no, child = lines_of(lou, situation)
    answered(lou, situation, yes, "yes")
    answered(lou, situation, part, "part", agencies=[home.pk], kinds=[], level=2, categories=0)
    answered(lou, situation, no, "no")
    page = text(hand.get("situation-split", situation.pk, query="?service=safe_housing"))
    assert page.count("pour 1 personne sur 3") == 3 and "personnes sur 3" not in page, "no child is counted"
    assert "Ces demandes n'emportent rien de ce qui est coché en plus" in page
    desks = {f"desk_{line.case_id}": home.pk for line in (yes, part, child)}
    ticked = [contact, health, int(Category.OFFENCE)]
    typed = {"service": "safe_housing", "verb": "refer", "level": "2", "categories": ticked, **desks}
    hand.post("situation-split", situation.pk, **typed, child_reason="Un enfant seul dans la vigne, sans adulte.")
    hand.post("situation-drafts", situation.pk)
    with acting_as(lou):
        sent = {o.case_id: (o.state, o.categories) for o in Orientation.objects.sent_by(lou)}
    assert sent == {
        yes.case_id: ("sent", contact | health),  # the service may not hold offence
        part.case_id: ("sent", 0),
        child.case_id: ("sent", 0),  # ticked for the adults, who agreed to it; nobody chose it for this child
    }
    with acting_as(f.member(home)) as reader:
        first = Orientation.objects.visible_to(reader).get(case=yes.case_id)
        assert "contact" in set(first.sheets.values_list("part", flat=True))
