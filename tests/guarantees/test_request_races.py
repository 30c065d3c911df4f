"""Sender, desk and clock at the same moment about one request: one serial order of legal steps, no deadlock, and no
access left behind. Real connections, behind a barrier; both orders of starting."""

import pytest

from agencies.models import Role
from referral.inbox.operations import charge
from referral.models import Orientation, OrientationDesk, OrientationMove
from referral.organisations.operations import organisation
from referral.orientations.operations import messages, orientations
from tests import factories as f
from tests.roles import as_role
from victims.models import Case, CaseAccess, Grant

from .matrices import moves
from .test_races import differences, p, together  # noqa: F401 the second is a fixture

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 12
LEGAL = {(state, action, after) for (state, action), after in moves("orientation").steps.items()}
GIVES = {"accepted", "in_progress"}
ENDS = {"completed", "declined", "withdrawn", "expired", "consent_withdrawn"}


def lawful(made, *, lead=False) -> str:
    """Its moves make one chain of steps of the file, and state, desk row and grants say what the last one left."""
    with as_role("nrm_owner"):
        moves = list(OrientationMove.objects.filter(orientation=made).values_list("before", "action", "after"))
        now = Orientation.objects.get(pk=made.pk)
        row = OrientationDesk.objects.get(orientation=made, answers=True)
        given = Grant.objects.filter(ground="orientation", ground_id=made.pk).exists()
    assert len({before for before, _a, _s in moves}) == len(moves), moves  # no state was left twice
    state, left = "draft", {before: (action, after) for before, action, after in moves}
    while state in left:
        action, after = left.pop(state)
        assert (state, action, after) in LEGAL, (state, action, after)
        state = after
    assert not left, moves
    assert (now.state, row.state, row.live) == (state, state, state not in ENDS)
    assert given == (state in GIVES and not lead)
    return state


def raced(turn, one, other):
    """How each ended, in the order given, whichever was started first."""
    ends = together(*((one, other) if turn % 2 else (other, one)))
    return tuple(ends if turn % 2 else ends[::-1])


def test_accepted_or_taken_back(p):  # noqa: F811
    for turn in range(ROUNDS):
        made = f.orientation(p["coord"], p["case"], p["home"].agency)
        ends = raced(
            turn,
            (p["home"], lambda: orientations.accept_orientation(p["home"], made.pk)),  # noqa: B023
            (p["coord"], lambda: orientations.withdraw_orientation(p["coord"], made.pk)),  # noqa: B023
        )
        assert sorted(ends) == ["done", "wrong_state"]
        assert lawful(made) == ("accepted" if ends[0] == "done" else "withdrawn")
    assert differences() == []


def test_asked_while_it_is_taken_back(p):  # noqa: F811
    for turn in range(ROUNDS):
        made = f.orientation(p["coord"], p["case"], p["home"].agency)
        ends = raced(
            turn,
            (p["home"], lambda: messages.ask_orientation(p["home"], made.pk, words="Une place ?")),  # noqa: B023
            (p["coord"], lambda: orientations.withdraw_orientation(p["coord"], made.pk)),  # noqa: B023
        )
        # asked then taken back is legal; of two that read the same state one is told that it moved on
        assert ends in {("done", "done"), ("done", "wrong_state"), ("wrong_state", "done")}
        assert lawful(made) == ("withdrawn" if ends[1] == "done" else "question")
        with as_role("nrm_owner"):
            assert made.messages.count() == (ends[0] == "done")


def test_answered_while_it_is_accepted(p):  # noqa: F811
    for turn in range(ROUNDS):
        made = f.orientation(p["coord"], p["case"], p["home"].agency)
        together((p["home"], lambda: messages.ask_orientation(p["home"], made.pk, words="?")))  # noqa: B023
        ends = raced(
            turn,
            (p["coord"], lambda: messages.answer_question(p["coord"], made.pk, words="Oui.")),  # noqa: B023
            (p["home"], lambda: orientations.accept_orientation(p["home"], made.pk)),  # noqa: B023
        )
        assert ends in {("done", "done"), ("wrong_state", "done")}  # nrm.accept takes it from either state
        assert lawful(made) == "accepted"


@pytest.mark.long
def test_two_places_found_at_once_and_one_kept(p):  # noqa: F811
    for turn in range(ROUNDS):
        case = f.case(p["coord"], author=p["nurse"])
        made = [f.orientation(p["coord"], case, p[who].agency, exclusive=True) for who in ("home", "other")]
        ends = raced(
            turn,
            (p["home"], lambda: orientations.accept_orientation(p["home"], made[0].pk)),  # noqa: B023
            (p["other"], lambda: orientations.accept_orientation(p["other"], made[1].pk)),  # noqa: B023
        )
        assert sorted(ends) == ["done", "wrong_state"]
        assert sorted(lawful(one) for one in made) == ["accepted", "withdrawn"]
        with as_role("nrm_owner"):
            holders = CaseAccess.objects.filter(case=case, agency__in=[p["home"].agency_id, p["other"].agency_id])
            assert holders.count() == 1
    assert differences() == []


def test_completed_or_revoked(p):  # noqa: F811
    for turn in range(ROUNDS):
        made = f.orientation(p["coord"], p["case"], p["home"].agency, state="in_progress", answerer=p["home"])
        ends = raced(
            turn,
            (p["home"], lambda: orientations.complete_orientation(p["home"], made.pk, outcome="services")),  # noqa: B023
            (p["coord"], lambda: orientations.revoke_orientation(p["coord"], made.pk, reason="person")),  # noqa: B023
        )
        assert sorted(ends) == ["done", "wrong_state"]
        assert lawful(made) == ("completed" if ends[0] == "done" else "withdrawn")
        with as_role("nrm_owner"):
            assert not CaseAccess.objects.filter(agency=p["home"].agency_id).exists()
    assert differences() == []


def test_handed_on_while_it_is_completed(p):  # noqa: F811
    for turn in range(ROUNDS // 2):
        case = f.case(p["coord"], author=p["nurse"])
        first = f.orientation(
            p["coord"], case, p["home"].agency, state="in_progress", answerer=p["home"], verb="transfer", level=3
        )
        onward = f.orientation(p["home"], case, p["other"].agency, verb="transfer", level=3)
        ends = raced(
            turn,
            (p["home"], lambda: orientations.complete_orientation(p["home"], first.pk, outcome="services")),  # noqa: B023
            (p["other"], lambda: orientations.accept_orientation(p["other"], onward.pk)),  # noqa: B023
        )
        assert ends in {("done", "done"), ("wrong_state", "done")}
        assert (lawful(first, lead=True), lawful(onward, lead=True)) == ("completed", "accepted")
        with as_role("nrm_owner"):
            assert Case.objects.get(pk=case.pk).lead_id == p["other"].agency_id
    assert differences() == []


def test_one_draft_changed_by_two_hands(p):  # noqa: F811
    """Edit against edit: one draft stands, wholly as one of the two wrote it."""
    service, mate = f.service(), f.member(p["coord"].agency, Role.COORDINATOR)
    for turn in range(ROUNDS):
        case = f.case(p["coord"], author=p["nurse"])
        consent = f.consent(p["coord"], case)

        def write(who, case=case, consent=consent, **terms):
            orientations.draft_orientation(
                who,
                case,
                addressee=p["home"].agency,
                service=service,
                consent=consent,
                **terms,
            )

        ends = raced(
            turn,
            (p["coord"], lambda: write(p["coord"], verb="refer", level=2, exclusive=True)),  # noqa: B023
            (mate, lambda: write(mate, verb="transfer", level=3, exclusive=False)),  # noqa: B023
        )
        assert ends == ("done", "done")
        with as_role("nrm_owner"):
            draft = Orientation.objects.get(case=case)
        assert (draft.verb, draft.level, draft.exclusive) in {("refer", 2, True), ("transfer", 3, False)}


def test_two_colleagues_take_charge_and_declare_places(p):  # noqa: F811
    """Edit against edit at a desk: the last written stands, whole, and each declaration is in the history."""
    made = f.orientation(p["coord"], p["case"], p["home"].agency)
    for turn in range(ROUNDS):

        def act(who, places):
            charge.assign_desk(who, "orientation", made.pk, who)
            organisation.declare_places(who, places)

        ends = raced(
            turn,
            (p["home"], lambda: act(p["home"], 1)),  # noqa: B023
            (p["home2"], lambda: act(p["home2"], 2)),  # noqa: B023
        )
        assert ends == ("done", "done")
        with as_role("nrm_owner"):
            row = OrientationDesk.objects.get(orientation=made)
            places = p["home"].agency.desk.__class__.objects.get(pk=p["home"].agency_id).places
        assert (row.in_charge_id, places) in {(p["home"].pk, 1), (p["home2"].pk, 2)}
    with as_role("nrm_owner"):
        assert p["home"].agency.desk.capacities.count() == 2 * ROUNDS
