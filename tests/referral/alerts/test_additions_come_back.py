"""What is added to an alert reaches who has the case now, and waits where somebody can end it."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.workflow import WrongState
from referral.alerts.display import kept_due
from referral.alerts.operations import additions, alerts, kept
from referral.alerts.selectors import kept_waiting
from referral.inbox.operations.alerts import close_alert
from referral.models import Alert, AlertDesk, Orientation
from referral.orientations.operations import orientations
from referral.relocation import operations as relocation
from referral.tasks import due
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case

pytestmark = pytest.mark.django_db
ADDED, TO_READ = "Il est revenu ce matin, il veut parler", "Un complément est à lire"
GROUND = {"agreement": "no", "share_anyway": True, "legal_ground": "article_40", "legal_reason": "Faits graves, essai."}


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    school, unit, there = f.agency(Kind.EDUCATION, desk=False), f.coordination(), f.coordination(territories=("13",))
    return {
        "national": f.national(), "unit": unit, "there": there, "shelter": f.shelter(),
        "nurse": f.member(school, Role.FRONTLINE), "coord": f.member(unit, Role.COORDINATOR),
        "coord_there": f.member(there, Role.COORDINATOR), "place": f.territory("13", "Bouches-du-Rhône"),
    }  # fmt: skip


def add(w, alert) -> None:
    with acting_as(w["nurse"]):
        additions.add_to_alert(w["nurse"], alert.pk, ADDED)


def waits(alert) -> dict[int, bool]:
    """By agency that has it, whether a time limit runs."""
    with as_role("nrm_owner"):
        rows = AlertDesk.objects.filter(alert=alert, live=True).values_list("agency", "due_at")
        return {pk: at is not None for pk, at in rows}


def late(alert) -> None:
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert, due_at__isnull=False).update(due_at=timezone.now() - timedelta(hours=1))
    with as_role("nrm_worker"):
        due()


def opened(w, alert) -> Case:
    with acting_as(w["coord"]):
        return alerts.open_case(w["coord"], alert.pk)


def test_silence_of_a_coordination_on_a_legal_ground_is_told_to_the_national_unit(w):
    """The person said no: the ground stands for her agreement."""
    alert = f.sent_alert(w["coord"], **GROUND)
    assert waits(alert) == {w["unit"].pk: True}
    late(alert)
    assert waits(alert) == {w["unit"].pk: True, w["national"].pk: True}


@pytest.mark.parametrize("open_case", [True, False])
def test_addition_goes_to_the_coordination_that_has_the_case(w, open_case):
    """Its place is of another unit, that the case left, and whose time limit was stopped by a request."""
    alert = f.sent_alert(w["nurse"])
    case = opened(w, alert)
    asked = f.orientation(w["coord"], case, w["shelter"], state="sent")
    assert waits(alert) == {w["unit"].pk: False}
    with acting_as(w["coord"]):
        relocation.move_case(w["coord"], case.pk, w["place"])
    assert waits(alert) == {}
    if not open_case:
        with as_role("nrm_owner"):
            Orientation.objects.filter(pk=asked.pk).update(state="completed")
            Case.objects.filter(pk=case.pk).update(status="closed", closure_reason="autonomy")
    add(w, alert)
    to, hand = (w["there"], w["coord_there"]) if open_case else (w["unit"], w["coord"])
    assert waits(alert) == {to.pk: True}
    assert ADDED in text(Hand(hand).get("inbox-alert", alert.pk))


def test_report_to_a_prosecutor_stops_nobody_and_is_no_first_step(w):
    """« Une première démarche est engagée » was told to the author, and the shelter stopped waiting."""
    alert = f.sent_alert(w["nurse"], desks=[w["shelter"].pk])
    case = opened(w, alert)
    court = f.agency(Kind.JUSTICE, services=("prosecution",), profile_id="parquet")
    ground = {"legal_ground": "vital_danger"}
    f.orientation(w["coord"], case, court, service=f.service("prosecution"), **ground)
    assert waits(alert) == {w["unit"].pk: True, w["shelter"].pk: True}
    with as_role("nrm_owner"):
        assert Alert.objects.get(pk=alert.pk).state == "acted"
    f.orientation(w["coord"], case, f.shelter(), state="sent")
    assert waits(alert) == {w["unit"].pk: False, w["shelter"].pk: False}


def test_addition_while_help_goes_on_is_to_be_read(w):
    alert = f.sent_alert(w["nurse"])
    case = opened(w, alert)
    first = f.orientation(w["coord"], case, w["shelter"], state="sent")
    hand = Hand(w["coord"])
    assert TO_READ not in text(hand.get("inbox-alert", alert.pk))
    add(w, alert)
    for page in (text(hand.get("alert-inbox")), text(hand.get("inbox-alert", alert.pk))):
        assert TO_READ in page and "Aucune aide n'est en cours" not in page
    with acting_as(w["coord"]):
        orientations.withdraw_orientation(w["coord"], first.pk)
    for page in (text(hand.get("alert-inbox")), text(hand.get("inbox-alert", alert.pk))):
        assert TO_READ not in page and "Aucune aide n'est en cours" in page, "nothing goes on any more"
    f.orientation(w["coord"], case, f.shelter(), state="sent")
    assert waits(alert) == {w["unit"].pk: False}
    add(w, alert)
    f.orientation(w["coord"], case, f.shelter(), state="sent")
    assert waits(alert) == {w["unit"].pk: False}, "one more service is asked: it was read"


def test_author_ends_what_waits_of_a_refusal_where_nobody_follows_cases(w):
    alert, hand = f.sent_alert(w["nurse"], agreement="no"), Hand(w["nurse"])
    assert "a-traiter" not in text(hand.get("alert-detail", alert.pk))
    for _again in range(2):
        add(w, alert)
        late(alert)
        with acting_as(w["nurse"]):
            assert [found.pk for found in kept_waiting(w["nurse"])] == [alert.pk]
            with pytest.raises(WrongState):
                kept.send_kept(w["nurse"], alert.pk)
        page = text(hand.get("alert-detail", alert.pk))
        assert "puisque la personne a refusé" in page and "Envoyer à la coordination" not in page
        hand.post("alert-finish", alert.pk, reason="changed_mind")
        assert waits(alert) == {w["nurse"].agency_id: False}
        assert "a-traiter" not in text(hand.get("alert-detail", alert.pk))


def test_author_ends_nothing_that_a_refusal_left_without_an_addition(w):
    alert = f.sent_alert(w["nurse"], agreement="no")
    with acting_as(w["nurse"]), pytest.raises(WrongState):
        kept.finish_kept(w["nurse"], alert.pk, reason="changed_mind")


def test_addition_to_a_refusal_that_nobody_has_comes_back_to_its_agency_alone(w):
    """It was opened again, and no service could close it."""
    mine = f.member(w["nurse"].agency)
    alert = f.sent_alert(w["nurse"], agreement="no")
    with acting_as(mine):
        close_alert(mine, alert.pk, reason="other_help")
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert).update(live=False)
    add(w, alert)
    assert waits(alert) == {mine.agency_id: True}
    with acting_as(mine):
        close_alert(mine, alert.pk, reason="other_help")
    with as_role("nrm_owner"):
        assert Alert.objects.get(pk=alert.pk).state == "closed"


def test_confirmation_of_an_alert_that_was_closed_promises_nothing(w):
    alert, hand = f.sent_alert(w["nurse"], recipients=[], desks=[]), Hand(w["nurse"])
    assert "Sans suite avant le" in text(hand.get("alert-received", alert.pk))
    with acting_as(w["nurse"]):
        kept.finish_kept(w["nurse"], alert.pk, reason="changed_mind")
    assert hand.get("alert-received", alert.pk).url == reverse("referral:alert-detail", args=[alert.pk])


@pytest.mark.parametrize("hours", [None, 1, 30])
def test_author_is_told_the_time_limit_that_an_addition_set(w, hours):
    until = hours and timezone.now() + timedelta(hours=hours)
    alert = f.sent_alert(w["nurse"], recipients=[], desks=[])
    with as_role("nrm_owner"):
        Alert.objects.filter(pk=alert.pk).update(reachable_until=until)
    with acting_as(w["nurse"]):
        kept.finish_kept(w["nurse"], alert.pk, reason="changed_mind")
    add(w, alert)
    with as_role("nrm_owner"):
        row, found = AlertDesk.objects.get(alert=alert), Alert.objects.get(pk=alert.pk)
        assert abs(kept_due(found, list(found.moves.all())) - row.due_at) < timedelta(minutes=3), (
            "one transaction: now() stands still"
        )
