"""Silent desks: what a coordination unit sees of them, the calls it notes, what it sends on in their place."""

import re
from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Desk, Kind, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.templatetags.words import moment
from foundation.workflow import NotAllowed
from notifications.models import Event
from referral.alerts.operations.alerts import open_case
from referral.inbox.operations import silent_desks
from referral.inbox.operations.alerts import close_alert, declare, escalate_alert, redirect_alert
from referral.models import Alert, AlertContent, AlertDesk, DeskCall, OrientationDesk, OrientationMove
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def older(hours: float, agency=None, model=AlertDesk) -> None:
    """As if that much time had passed for the rows of this desk (of all)."""
    by = timedelta(hours=hours)
    with as_role("nrm_owner"):
        rows = model.objects.filter(live=True, due_at__isnull=False)
        rows = rows.filter(agency=agency) if agency else rows
        rows.update(due_at=F("due_at") - by, answer_by=F("answer_by") - by, received_at=F("received_at") - by)
        if model is OrientationDesk:
            OrientationMove.objects.update(due_at=F("due_at") - by)


def row(alert, agency) -> AlertDesk:
    with as_role("nrm_owner"):
        return AlertDesk.objects.get(alert=alert, agency=agency)


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    national, unit = f.national(), f.coordination(name="Coordination d'essai")
    shelter, second = f.shelter(name="Foyer silencieux"), f.shelter(name="Foyer suppléant")
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=shelter.pk).update(second=second.pk, phone="01 99 00 00 07")
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    return {
        "national": national,
        "shelter": shelter,
        "second": second,
        "coord": f.member(unit, Role.COORDINATOR),
        "far": f.member(f.coordination(territories=("13",)), Role.COORDINATOR),
        "worker": f.member(shelter),
        "nurse": nurse,
        "send": lambda **answers: f.sent_alert(nurse, desks=[shelter.pk], **answers),
    }


def references(actor) -> list[str]:
    with acting_as(actor):
        return [item.reference for item in silent_desks.waiting(actor)]


def test_from_half_of_the_time_for_who_was_told_too(world):
    alert = world["send"]()
    assert references(world["coord"]) == []  # 72 h: nobody is silent yet
    older(35)
    assert references(world["coord"]) == []
    older(2)
    assert references(world["coord"]) == [alert.reference]
    assert references(world["far"]) == []  # a unit that was not told of it
    for actor in (world["worker"], world["nurse"]):  # no unit: refused, not empty
        with acting_as(actor), pytest.raises(NotAllowed):
            silent_desks.waiting(actor)
    # the walls alone say the same: the function asks who acts, and not what it is given
    with acting_as(world["worker"]), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM nrm.watched()")
        assert cursor.fetchone() == (0,)
    with acting_as(world["coord"]):
        close_alert(world["coord"], alert.pk, reason="other")
    assert references(world["coord"]) == []


def test_danger_then_children_then_time_left(world):
    late, child = world["send"](), world["send"](minor="yes")
    vital = world["send"](danger="yes")
    later = world["send"]()
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=late).update(answer_by=timezone.now() - timedelta(hours=9))
        AlertDesk.objects.filter(alert__in=[child, later]).update(
            received_at=timezone.now() - timedelta(hours=60), answer_by=timezone.now() + timedelta(hours=12)
        )
    with acting_as(world["coord"]):
        shelter = [i for i in silent_desks.waiting(world["coord"]) if i.agency_id == world["shelter"].pk]
    assert [i.reference for i in shelter] == [a.reference for a in (vital, child, late, later)]


def test_a_call_moves_the_clock_once_and_stops_that_of_a_danger_to_life(world):
    alert, vital = world["send"](), world["send"](danger="yes")
    older(40)
    before = row(alert, world["shelter"])
    with acting_as(world["coord"]):
        done = silent_desks.call_desk(world["coord"], world["shelter"].pk, at=timezone.now(), function="standard")
    assert done == (1, 1, 0)
    with as_role("nrm_owner"):
        told = Event.objects.filter(kind="alert_reached").values_list("subject_id", "agencies")
        assert list(told) == [(vital.pk, [world["shelter"].pk])], "who was reached is told, and may say otherwise"
    after = row(alert, world["shelter"])
    assert after.due_at - before.due_at == timedelta(hours=36)  # half of 72 h
    assert after.answer_by == after.due_at
    reached = row(vital, world["shelter"])
    assert (reached.answer, reached.due_at) == ("reached", None)
    assert row(vital, world["coord"].agency).due_at  # who called has not answered for itself
    assert row(alert, world["coord"].agency).due_at != after.due_at  # no other desk's clock
    older(40)
    with acting_as(world["coord"]):
        assert silent_desks.call_desk(world["coord"], world["shelter"].pk, at=timezone.now(), function="chef")[0] == 0
        assert DeskCall.objects.filter(until__isnull=False).count() == 1
        assert DeskCall.objects.count() == 3  # each call stands, extended or not


def test_a_call_never_goes_past_the_moment_the_person_leaves(world):
    leaves = timezone.now() + timedelta(hours=60)
    alert = world["send"](reachable_until=leaves.isoformat())  # due 2 h before: in 58 h
    older(30)
    with acting_as(world["coord"]):
        assert silent_desks.call_desk(world["coord"], world["shelter"].pk, at=timezone.now(), function="chef") == (
            1,
            0,
            0,
        )
    assert abs(row(alert, world["shelter"]).due_at - (leaves - timedelta(hours=2))) < timedelta(seconds=2)


def test_only_who_watches_the_desk_notes_a_call(world):
    alert = world["send"]()
    older(40)
    call = {"called_id": world["shelter"].pk, "at": timezone.now(), "function": "x", "alert": alert}
    for who in ("far", "worker"):
        actor = world[who]
        with acting_as(actor), pytest.raises(DatabaseError) as refused, transaction.atomic():
            DeskCall.objects.create(by=actor, agency_id=actor.agency_id, **call)
        assert refused.value.__cause__.pgcode == "42501"
    with acting_as(world["far"]), pytest.raises(NotFound):
        silent_desks.call_desk(world["far"], world["shelter"].pk, at=timezone.now(), function="x")
    # the desk that was called reads it; the author's side does not
    with acting_as(world["coord"]):
        silent_desks.call_desk(world["coord"], world["shelter"].pk, at=timezone.now(), function="standard")
    with acting_as(world["worker"]):
        assert DeskCall.objects.get().function == "standard"
    with acting_as(world["far"]):
        assert DeskCall.objects.count() == 0


def test_everything_that_waits_is_sent_on_in_one_act(world):
    first, second = world["send"](), world["send"]()
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=world["second"].pk).update(takes_minors=False)
    child = world["send"](minor="yes")
    older(80)
    with acting_as(world["coord"]):
        done = silent_desks.readdress_all(world["coord"], world["shelter"].pk, world["second"].pk)
    assert set(done.sent) == {first.reference, second.reference}
    assert [reference for reference, _why in done.left] == [child.reference]  # the target takes no minors
    for alert in (first, second):
        assert (row(alert, world["shelter"]).live, row(alert, world["second"]).live) == (False, True)
        left = row(alert, world["second"]).due_at - timezone.now()
        assert timedelta(hours=71) < left <= timedelta(hours=72)  # a clock of its own
        assert row(alert, world["coord"].agency).live  # the unit keeps its own
    with acting_as(world["worker"]):
        assert set(AlertContent.objects.values_list("alert_id", flat=True)) == {child.pk}
    with acting_as(f.member(world["second"])):
        assert AlertContent.objects.filter(alert__in=[first, second]).count() == 2
    with acting_as(world["far"]), pytest.raises(NotFound):
        silent_desks.readdress_all(world["far"], world["shelter"].pk, world["second"].pk)


def test_one_that_the_police_may_not_read_stays_and_the_others_leave(world):
    """One alert of a person who was not asked stopped all those of the silent desk, with a page of refusal."""
    police = f.agency(Kind.INTERIOR)
    agreed, unasked = world["send"](), world["send"](agreement="not_asked")
    older(80)
    with acting_as(world["coord"]):
        done = silent_desks.readdress_all(world["coord"], world["shelter"].pk, police.pk)
    assert done.sent == [agreed.reference] and [reference for reference, _why in done.left] == [unasked.reference]
    assert row(unasked, world["shelter"]).live and row(agreed, police).live


def test_requests_that_wait_are_listed_and_called_about(world):
    case = f.case(world["coord"], author=world["nurse"])
    made = f.orientation(world["coord"], case, world["shelter"])
    older(40, model=OrientationDesk)
    with acting_as(world["coord"]):
        (item,) = silent_desks.waiting(world["coord"])
        assert (item.noun, item.reference) == ("orientation", made.reference)
        assert silent_desks.call_desk(world["coord"], world["shelter"].pk, at=timezone.now(), function="chef") == (
            1,
            0,
            0,
        )
    assert references(world["far"]) == []


def test_the_page(world):
    hand = Hand(world["coord"])
    assert "Aucune réponse n'est en retard, ni près de l'être" in text(hand.get("silent-desks"))
    alert = world["send"]()
    older(80, agency=world["shelter"].pk)
    page = text(hand.get("silent-desks"))
    home = text(hand.client.get("/"))
    assert """Services qui n'ont pas répondu</a></h3><p class="fr-tile__start fr-h3">1</p>""" in home
    assert "Premier délai à expirer" in home and "1 réponse attendue à une alerte ou à une demande" in home
    for words in ("Foyer silencieux", "01 99 00 00 07", "Foyer suppléant", alert.reference, "pas encore lue",
                  "préviendra de lui-même un service de plus", "l'alerte reçue par Foyer silencieux",
                  "L'alerte est adressée au service choisi", ">Réadresser au service choisi<"):  # fmt: skip
        assert words in page, words
    wrong = hand.post("silent-call", world["shelter"].pk, at="", function="Cheffe de service")
    assert wrong.status_code == 200
    assert "Écrivez l'heure de l'appel." in text(wrong)
    assert 'value="Cheffe de service"' in text(wrong)  # what was typed stays
    done = hand.client.post(
        f"/bureaux-silencieux/{world['shelter'].pk}/appel/",
        {"_membership": hand.member.pk, "at": "09:15", "function": "Cheffe de service"},
        follow=True,
    )
    assert "Appel noté : un délai est prolongé" in text(done)
    assert "Joint par téléphone" in text(done)
    sent = hand.client.post(
        f"/bureaux-silencieux/{world['shelter'].pk}/readresser/",
        {"_membership": hand.member.pk, "target": world["second"].pk},
        follow=True,
    )
    assert "Une alerte est réadressée." in text(sent)
    for who in ("worker", "nurse"):
        assert Hand(world[who]).get("silent-desks").status_code == 403
    assert alert.reference not in text(Hand(world["far"]).get("silent-desks"))


def test_only_services_that_take_some_of_the_alerts_are_offered(world):
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=world["second"].pk).update(forms=["labour_exploitation"])
    labour = world["send"](form="labour_exploitation")
    world["send"](form="sexual_exploitation")
    world["send"](form="sexual_exploitation")
    older(80, agency=world["shelter"].pk)
    page = text(Hand(world["coord"]).get("silent-desks"))
    # named, and not chosen beforehand
    assert re.search(rf"<option value=\"\d+\">Foyer suppléant : seulement {labour.reference}</option>", page)
    assert "les autres restent ici" in page and ">Réadresser au service choisi<" in page, (
        "the button promises no number"
    )
    # more than three are counted
    for _ in range(3):
        world["send"](form="labour_exploitation")
    older(80, agency=world["shelter"].pk)
    page = text(Hand(world["coord"]).get("silent-desks"))
    assert re.search(r"<option value=\"\d+\">Foyer suppléant : pour 4 des 6 alertes</option>", page)
    assert "pas lui être réadressée" not in page
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=world["second"].pk).update(forms=["begging"])
    page = text(Hand(world["coord"]).get("silent-desks"))
    assert ">Foyer suppléant</option>" not in page and "Foyer suppléant :" not in page
    assert "ces alertes ne peuvent pas lui être réadressées" in page, (
        "sent to call a stand-in that can be given nothing"
    )
    refused = Hand(world["coord"]).post("silent-readdress", world["shelter"].pk, target=world["second"].pk)
    assert "Ce service ne prend aucune de ces alertes" in text(refused)


def test_a_service_that_has_the_alert_and_did_not_answer_is_not_offered_it_again(world):
    alert = f.sent_alert(world["nurse"], desks=[world["shelter"].pk, world["second"].pk])
    other = world["send"]()
    older(80, agency=world["shelter"].pk)
    page = text(Hand(world["coord"]).get("silent-desks"))
    assert f">Foyer suppléant : seulement {other.reference}</option>" in page, "the other one may still go there"
    assert "Réponse aussi attendue de : Foyer suppléant" in page, "who was told is not told again, and is named"
    with acting_as(world["coord"]):
        done = silent_desks.readdress_all(world["coord"], world["shelter"].pk, world["second"].pk)
    assert (done.sent, [reference for reference, _why in done.left]) == ([other.reference], [alert.reference])
    page = text(Hand(world["coord"]).get("silent-desks"))
    assert ">Foyer suppléant</option>" not in page and "a déjà reçu cette alerte" in page
    # near miss: it closed its share, so that it may be asked again
    stand_in = f.member(world["second"])
    with acting_as(stand_in):
        close_alert(stand_in, alert.pk, reason="other")
    page = text(Hand(world["coord"]).get("silent-desks"))
    assert ">Foyer suppléant</option>" in page and "a déjà reçu" not in page


def test_only_services_that_have_not_answered_are_named_beside_one_that_is_silent(world):
    """A child: each desk answers for itself, and who answered is not awaited, though it has the alert still."""
    coord, second = world["coord"], f.member(world["second"])
    alert = f.sent_alert(world["nurse"], minor="yes", desks=[world["shelter"].pk, world["second"].pk])
    older(80)
    page = text(Hand(coord).get("silent-desks"))
    assert "Réponse aussi attendue de : Foyer suppléant et votre service" in page
    with acting_as(second):
        declare(second, alert.pk, what="acting", words="MARQUEUR-DIT")
    page = text(Hand(coord).get("silent-desks"))
    assert "Réponse aussi attendue de : votre service" in page
    with acting_as(coord):
        open_case(coord, alert.pk)  # near miss: a case, which nothing has followed, is not an answer
    assert "Réponse aussi attendue de : votre service" in text(Hand(coord).get("silent-desks"))
    with acting_as(coord):
        declare(coord, alert.pk, what="acting", words="MARQUEUR-DIT")
    page = text(Hand(coord).get("silent-desks"))
    assert alert.reference in page and "Réponse aussi attendue" not in page


def test_the_service_that_sent_an_alert_is_not_offered_it(world):
    worker = f.member(world["second"])
    alert = f.sent_alert(worker, desks=[world["shelter"].pk])
    older(80, agency=world["shelter"].pk)
    page = text(Hand(world["coord"]).get("silent-desks"))
    assert alert.reference in page and ">Foyer suppléant</option>" not in page
    assert "cette alerte ne peut pas lui être réadressée" in page
    refused = Hand(world["coord"]).post("silent-readdress", world["shelter"].pk, target=world["second"].pk)
    assert "Ce service ne prend aucune de ces alertes" in text(refused)
    other = world["send"]()
    older(80, agency=world["shelter"].pk)
    with acting_as(world["coord"]):
        done = silent_desks.readdress_all(world["coord"], world["shelter"].pk, world["second"].pk)
    assert done.sent == [other.reference] and done.left[0][0] == alert.reference
    assert done.left[0][1] == "Ce service a lui-même envoyé l'alerte"


def test_a_unit_that_stands_in_reads_that_it_is_the_one(world):
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=world["shelter"].pk).update(second=world["coord"].agency_id)
    world["send"]()
    older(80, agency=world["shelter"].pk)
    page = text(Hand(world["coord"]).get("silent-desks"))
    assert "<dd>votre service, qui a déjà cette alerte dans sa boîte</dd>" in page


def test_who_is_told_of_a_silence_reads_whose_it_was(world):
    """Two days: that of the sending, and that on which it came to this desk."""
    alert = world["send"](danger="no")
    sent = timezone.now() - timedelta(days=4)
    older(80, agency=world["shelter"].pk)
    with as_role("nrm_owner"):
        Alert.objects.filter(pk=alert.pk).update(sent_at=sent)
        AlertDesk.objects.filter(alert=alert).update(received_at=sent)
        system = world["shelter"].memberships.get(kind="system")
    with as_role("nrm_worker"), acting_as(system):
        assert escalate_alert(system, alert.pk) == [world["second"].pk]
    stand_in = Hand(f.member(world["second"]))
    for page in (stand_in.get("alert-inbox"), stand_in.get("inbox-alert", alert.pk)):
        assert "transmise à votre service le" in text(page) and "faute de réponse d'un service alerté" in text(page)
    assert "Envoyée le " + moment(sent).replace("\xa0", " ") in text(stand_in.get("alert-inbox"))
    # near miss: who had it from the start reads one day
    assert "transmise à votre service" not in text(Hand(world["coord"]).get("alert-inbox"))


def test_who_gave_an_alert_to_a_desk_that_is_silent_is_told_and_watches_it_again(world):
    """Else that desk alone was rung, for ever, and no coordination saw that the person waits."""
    coord, shelter = world["coord"], world["shelter"]
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=shelter.pk).update(second=None)
        system = shelter.memberships.get(kind="system")
    alert = f.sent_alert(world["nurse"], desks=[coord.agency_id])
    with acting_as(coord):
        redirect_alert(coord, alert.pk, [shelter.pk], reason="competence")
    assert alert.reference not in text(Hand(coord).get("silent-desks"))
    older(80, agency=shelter.pk)
    with as_role("nrm_worker"), acting_as(system):
        assert escalate_alert(system, alert.pk) == [coord.agency_id]
    given = row(alert, coord.agency)
    assert given.live and given.due_at is not None and row(alert, shelter).due_at is not None
    assert alert.reference in text(Hand(coord).get("alert-inbox"))


def test_its_statements_do_not_grow(world):
    hand = Hand(world["coord"])

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert hand.get("silent-desks").status_code == 200
        return len(seen)

    world["send"]()
    older(40)
    hand.get("silent-desks")
    few = count()
    for _ in range(4):
        other = f.shelter()
        f.sent_alert(world["nurse"], desks=[world["shelter"].pk, other.pk])
    older(40)
    assert len(references(world["coord"])) == 9
    assert count() == few
