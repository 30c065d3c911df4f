"""Question, answer and messages of a request; who takes charge; what every end takes back."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from agencies.models import Agency, Kind, Membership, Role
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from notifications.models import Event, Notice
from referral.inbox.operations import charge
from referral.models import Orientation, OrientationDesk, OrientationMessage, OrientationMove
from referral.orientations.operations import messages, orientations, overdue
from tests import factories as f
from tests.guarantees.stages import system_of
from tests.roles import as_role
from victims.access.tasks import end_due_grants
from victims.consents import operations as consents
from victims.models import Case, CaseAccess, Grant, Restriction

pytestmark = pytest.mark.django_db
WORDS = "MARQUEUR-QUESTION : quelle langue parle-t-elle ?"


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit, home, other = f.coordination(), f.shelter(), f.shelter()
    people = {
        "coord": f.member(unit, Role.COORDINATOR),
        "home": f.member(home),
        "mate": f.member(home),
        "front": f.member(home, Role.FRONTLINE),
        "other": f.member(other),
        "third": f.member(f.shelter()),
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
    }
    people["case"] = f.case(people["coord"], author=people["nurse"])
    return people


def sent(w, **fields) -> Orientation:
    return f.orientation(w["coord"], w["case"], w["home"].agency, **fields)


def ask(w, made):
    with acting_as(w["home"]):
        return messages.ask_orientation(w["home"], made.pk, words=WORDS)


def answer(w, made):
    with acting_as(w["coord"]):
        return messages.answer_question(w["coord"], made.pk, words="Le roumain.")


def row(made, agency=None) -> OrientationDesk:
    with as_role("nrm_owner"):
        return OrientationDesk.objects.get(orientation=made, **({"agency": agency} if agency else {"answers": True}))


def age(made, **ago):
    """As if everything about this request had happened earlier."""
    delta = timedelta(**ago)
    with as_role("nrm_owner"):
        for move in OrientationMove.objects.filter(orientation=made):
            due = move.due_at and move.due_at - delta
            OrientationMove.objects.filter(pk=move.pk).update(at=move.at - delta, due_at=due)
        desk = row(made)
        OrientationDesk.objects.filter(pk=desk.pk).update(
            received_at=desk.received_at - delta, due_at=desk.due_at and desk.due_at - delta
        )


def about(one, other) -> bool:
    return abs(one - other) < timedelta(minutes=5)


# -- the clock ---------------------------------------------------------------------------------------------------------
def test_a_question_stops_the_desks_clock_and_the_answer_gives_back_what_was_left(w):
    made, now = sent(w), timezone.now()
    age(made, hours=60)  # ordinary, 72 hours: 12 are left
    ask(w, made)
    assert about(row(made).due_at, now + timedelta(hours=72))  # the sender's clock
    age(made, hours=30)
    answer(w, made)
    assert about(row(made).due_at, now + timedelta(hours=12))


def test_two_hours_at_least_are_left_to_read_an_answer(w):
    made, now = sent(w), timezone.now()
    age(made, hours=71, minutes=50)
    ask(w, made)
    answer(w, made)
    assert about(row(made).due_at, now + timedelta(hours=2))


def test_a_second_question_stops_nothing(w):
    made, now = sent(w), timezone.now()
    age(made, hours=60)
    ask(w, made)
    answer(w, made)
    ask(w, made)
    assert about(row(made).due_at, now + timedelta(hours=12))


def test_danger_to_life_waits_for_no_answer(w):
    made, now = sent(w, urgency="vital"), timezone.now()
    ask(w, made)
    assert about(row(made).due_at, now + timedelta(minutes=10))
    answer(w, made)
    assert about(row(made).due_at, now + timedelta(minutes=10))


def test_a_question_left_without_an_answer_is_escalated_then_expires(w):
    made = sent(w)
    ask(w, made)
    system = system_of(w["home"].agency)
    said = []
    for _ in range(2):
        with as_role("nrm_worker"), acting_as(system):
            said.append(overdue.overdue_orientation(system, made.pk))
    assert said == ["escalate", "expire"]
    with acting_as(w["home"]):
        assert not OrientationMessage.objects.visible_to(w["home"]).exists()


# -- who reads, who writes ---------------------------------------------------------------------------------------------
def test_the_thread_is_between_the_two_and_who_sees_the_file(w):
    f.orientation(w["coord"], w["case"], w["third"].agency, state="accepted", answerer=w["third"], level=3)
    made = sent(w)
    ask(w, made)
    read = {}
    for name in ("coord", "home", "mate", "third", "other", "front", "nurse"):
        with acting_as(w[name]):
            read[name] = [m.words["text"] for m in OrientationMessage.objects.visible_to(w[name])]
            assert OrientationMessage.objects.count() == len(read[name])  # the policy says the same
    yes, no = [WORDS], []
    assert read == {"coord": yes, "home": yes, "mate": yes, "third": yes, "other": no, "front": no, "nurse": no}
    with acting_as(w["third"]), pytest.raises(NotAllowed):  # sees the file, and has no part in the talk
        messages.write_message(w["third"], made.pk, words="Non.")
    with acting_as(w["other"]), pytest.raises(NotFound):
        messages.write_message(w["other"], made.pk, words="Non.")
    with acting_as(w["front"]), pytest.raises(NotFound):
        messages.write_message(w["front"], made.pk, words="Non.")


@pytest.mark.parametrize("state", ["declined", "withdrawn", "completed"])
def test_after_an_end_the_moves_stay_and_the_words_go(w, state):
    made = sent(w)
    with acting_as(w["home"]):
        messages.write_message(w["home"], made.pk, words=WORDS)
        if state == "declined":
            orientations.decline_orientation(w["home"], made.pk, reason="no_place")
        if state == "completed":
            orientations.accept_orientation(w["home"], made.pk)
            messages.write_message(w["home"], made.pk, words="Elle est arrivée.")
            orientations.start_orientation(w["home"], made.pk)
            orientations.complete_orientation(w["home"], made.pk, outcome="services")
    with acting_as(w["coord"]):
        if state == "withdrawn":
            orientations.withdraw_orientation(w["coord"], made.pk)
        assert OrientationMessage.objects.visible_to(w["coord"]).count() == (2 if state == "completed" else 1)
        with pytest.raises(WrongState):
            messages.write_message(w["coord"], made.pk, words="Trop tard.")
    with acting_as(w["home"]):
        assert not OrientationMessage.objects.visible_to(w["home"]).exists()
        assert OrientationMove.objects.filter(orientation=made).exists()
        with pytest.raises(WrongState):
            messages.write_message(w["home"], made.pk, words="Trop tard.")
        with pytest.raises(WrongState):
            messages.ask_orientation(w["home"], made.pk, words="Trop tard.")


def test_a_former_lead_reads_no_more_of_the_thread(w):
    made = sent(w, state="accepted", answerer=w["home"], verb="transfer", level=3)
    with acting_as(w["home"]):
        messages.write_message(w["home"], made.pk, words=WORDS)
    with acting_as(w["coord"]):
        assert not OrientationMessage.objects.exists()
        with pytest.raises(NotAllowed):
            messages.write_message(w["coord"], made.pk, words="Et ensuite ?")


def test_notices_name_the_request_and_none_of_the_words(w):
    made = sent(w)
    ask(w, made)
    answer(w, made)
    with as_role("nrm_worker"), acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.fan_out(100, false)")
    with as_role("nrm_owner"):
        rows = Notice.objects.filter(channel="app", kind__startswith="orientation_")
        told = set(rows.values_list("kind", "membership_id"))
        assert ("orientation_question", w["coord"].pk) in told
        assert ("orientation_answered", w["home"].pk) in told
        assert ("orientation_answered", w["mate"].pk) in told
        assert not {m for kind, m in told if kind == "orientation_answered"} & {w["other"].pk, w["front"].pk}
        assert "MARQUEUR" not in repr(list(Event.objects.values()))


# -- who takes charge --------------------------------------------------------------------------------------------------
def test_a_member_of_the_desk_takes_charge_or_gives_it_to_a_colleague(w):
    made = sent(w)
    with acting_as(w["home"]):
        charge.assign_desk(w["home"], "orientation", made.pk, w["mate"])
        assert row(made).in_charge_id == w["mate"].pk
        for wrong in (w["front"], w["other"], w["coord"]):
            with pytest.raises(NotAllowed):
                charge.assign_desk(w["home"], "orientation", made.pk, wrong)
        charge.assign_desk(w["home"], "orientation", made.pk, None)
        assert row(made).in_charge_id is None
    with acting_as(w["other"]), pytest.raises(NotFound):
        charge.assign_desk(w["other"], "orientation", made.pk, w["other"])
    with acting_as(w["coord"]), pytest.raises(NotFound):  # the sender has no desk row of it
        charge.assign_desk(w["coord"], "orientation", made.pk, w["coord"])
    with acting_as(w["home"]):
        orientations.decline_orientation(w["home"], made.pk, reason="no_place")
        with pytest.raises(WrongState):
            charge.assign_desk(w["home"], "orientation", made.pk, w["mate"])


def test_a_kept_case_is_given_to_those_assigned_only(w):
    made = sent(w, state="accepted", answerer=w["home"], level=3)
    with acting_as(w["home"]):
        Restriction.objects.create(case=w["case"], agency=w["home"].agency, by=w["home"])
        charge.assign_desk(w["home"], "orientation", made.pk, w["home"])
        with pytest.raises(NotAllowed):
            charge.assign_desk(w["home"], "orientation", made.pk, w["mate"])
    with acting_as(w["mate"]), pytest.raises(NotFound):
        charge.assign_desk(w["mate"], "orientation", made.pk, w["mate"])


# -- every end takes back what it gave ---------------------------------------------------------------------------------
def holds(agency) -> bool:
    with as_role("nrm_owner"):
        return Grant.rows.filter(group=agency.pk).exists() or CaseAccess.objects.filter(agency=agency.pk).exists()


def end_by(w, made, how):
    if how == "complete":
        with acting_as(w["home"]):
            orientations.start_orientation(w["home"], made.pk)
            orientations.complete_orientation(w["home"], made.pk, outcome="services")
    elif how == "revoke":
        with acting_as(w["coord"]):
            orientations.revoke_orientation(w["coord"], made.pk, reason="unreachable")
    elif how == "consent":
        with acting_as(w["coord"]):
            consents.withdraw_consent(w["coord"], made.consent_id)
    else:
        with as_role("nrm_owner"):
            Grant.objects.filter(ground_id=made.pk).update(until=timezone.now() - timedelta(hours=1))
        with as_role("nrm_worker"), acting_as(SYSTEM):
            end_due_grants()


@pytest.mark.parametrize("disabled", ["", "person", "agency"])
@pytest.mark.parametrize(
    ("how", "state"),
    [("complete", "completed"), ("revoke", "withdrawn"), ("consent", "consent_withdrawn"), ("term", "completed")],
)
def test_every_end_takes_back_what_it_gave(w, how, state, disabled):
    if disabled and how == "complete":
        return  # it is the addressee's own act
    kept = f.orientation(w["coord"], w["case"], w["third"].agency, state="accepted", answerer=w["third"], level=3)
    made = sent(w, state="accepted", answerer=w["home"], level=3)
    with as_role("nrm_owner"):
        if disabled == "person":
            Membership.objects.filter(agency=w["home"].agency, kind="person").update(active=False)
        if disabled == "agency":
            Agency.objects.filter(pk=w["home"].agency_id).update(active=False)
    assert holds(w["home"].agency)
    end_by(w, made, how)
    assert not holds(w["home"].agency)
    assert holds(w["third"].agency)  # another request, another ground
    with as_role("nrm_owner"):
        assert Orientation.objects.get(pk=made.pk).state == state
        assert Orientation.objects.get(pk=kept.pk).state == "accepted"
        assert not OrientationDesk.objects.get(orientation=made, answers=True).live


def test_only_the_lead_revokes_and_not_a_transfer(w):
    made = sent(w, state="accepted", answerer=w["home"], level=3)
    for who in ("home", "third"):
        with acting_as(w[who]), pytest.raises((NotAllowed, NotFound)):
            orientations.revoke_orientation(w[who], made.pk, reason="not_needed")
    handed = f.orientation(
        w["coord"], w["case"], w["other"].agency, state="accepted", answerer=w["other"], verb="transfer", level=3
    )
    for who in ("coord", "other"):  # who led before, and who leads by it
        with acting_as(w[who]), pytest.raises(NotAllowed):
            orientations.revoke_orientation(w[who], handed.pk, reason="not_needed")
    with acting_as(w["other"]):  # the lead of today ends what the lead of yesterday had asked for
        orientations.revoke_orientation(w["other"], made.pk, reason="not_needed")
    assert not holds(w["home"].agency)


def test_who_hands_a_case_on_has_nothing_left_to_carry_out(w):
    first = sent(w, state="in_progress", answerer=w["home"], verb="transfer", level=3)
    second = f.orientation(
        w["home"], w["case"], w["other"].agency, state="accepted", answerer=w["other"], verb="transfer", level=3
    )
    with as_role("nrm_owner"):
        assert Orientation.objects.get(pk=first.pk).state == "completed"
        assert first.moves.get(action="hand_on").reason == "handed_on"
        assert Orientation.objects.get(pk=second.pk).state == "accepted"
        assert Case.objects.get(pk=w["case"].pk).lead_id == w["other"].agency_id


# -- exclusive and parallel --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("mine", "sibling", "need", "left"),
    [
        (True, True, "safe_housing", "withdrawn"),  # one place is enough
        (True, False, "safe_housing", "sent"),  # asked as one of several
        (False, True, "safe_housing", "sent"),
        (True, True, "legal_support", "sent"),  # another need
    ],
)
def test_an_acceptance_sets_the_other_exclusive_requests_of_this_need_free(w, mine, sibling, need, left):
    made = sent(w, exclusive=mine)
    beside = f.orientation(w["coord"], w["case"], w["other"].agency, exclusive=sibling, service=f.service(need))
    with acting_as(w["home"]):
        orientations.accept_orientation(w["home"], made.pk)
    with as_role("nrm_owner"):
        assert Orientation.objects.get(pk=beside.pk).state == left
        told = Event.objects.filter(kind="orientation_withdrawn", subject_id=beside.pk)
        assert told.count() == (left == "withdrawn")


def test_a_place_to_sleep_is_asked_for_once_and_a_lawyer_beside(w):
    assert sent(w, state="draft").exclusive is True
    assert sent(w, state="draft", service=f.service("legal_support")).exclusive is False


def test_what_a_legal_ground_opens_ends_after_a_year_unless_it_leads(w):
    ground = {"legal_ground": "vital_danger", "legal_reason": "Menace de mort rapportée par la personne."}
    helps = sent(w, state="accepted", answerer=w["home"], **ground)
    with as_role("nrm_owner"):
        (until,) = set(Grant.objects.filter(ground_id=helps.pk).values_list("until", flat=True))
        assert abs(until - timezone.now() - timedelta(days=365)) < timedelta(minutes=30)
    leads = f.orientation(w["coord"], w["case"], w["other"].agency, state="draft", verb="transfer", **ground)
    assert leads.until is None
