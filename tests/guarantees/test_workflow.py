"""Every state, action, role and side of alerts and orientations, against a file written by hand from the design.

The file lists what is allowed and the refusals worth naming; whatever it does not list must be refused and change
nothing. Walked twice: by the operations, and by bare inserts of a move that the database alone judges.
"""

import csv
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404

from agencies.actor import acting_as
from referral.models import Alert, AlertMove, Orientation, OrientationMove
from referral.operations import agreements, alerts, desks, orientation_talk, orientations
from referral.workflow import NotAllowed, WrongState
from tests.guarantees.stages import ALERT_STATES, ORIENTATION_STATES, Stages
from tests.roles import as_role

pytestmark = pytest.mark.django_db
ROWS = list(csv.DictReader((Path(__file__).parent / "expected" / "workflow.csv").open()))
EXPECTED = {(r["thing"], r["state"], r["action"], r["role"], r["side"]): r["expected"] for r in ROWS}
REFUSED = {"not_allowed", "wrong_state", "hidden", "no_move"}
ONLY_THE_DATABASE_WRITES = {"accept", "withdraw_consent"}  # nrm.accept, and the withdrawal of the agreement

DO = {
    ("alert", "send"): lambda s, a, t: alerts.send_alert(a, t.pk),
    ("alert", "open"): lambda s, a, t: alerts.open_alert(a, t.pk),
    ("alert", "act"): lambda s, a, t: alerts.open_case(a, t.pk),
    ("alert", "redirect"): lambda s, a, t: alerts.redirect_alert(a, t.pk, [s.third.pk], reason="not_ours"),
    ("alert", "readdress"): lambda s, a, t: desks.readdress_alert(a, t.pk, s.third.pk, instead_of=s.desk.pk),
    ("alert", "close"): lambda s, a, t: alerts.close_alert(a, t.pk, reason="other"),
    ("alert", "escalate"): lambda s, a, t: alerts.escalate_alert(a, t.pk),
    ("orientation", "send"): lambda s, a, t: orientations.send_orientation(a, t.pk),
    ("orientation", "open"): lambda s, a, t: orientations.open_orientation(a, t.pk),
    ("orientation", "accept"): lambda s, a, t: orientations.accept_orientation(a, t.pk),
    ("orientation", "decline"): lambda s, a, t: orientations.decline_orientation(a, t.pk, reason="no_place"),
    ("orientation", "withdraw"): lambda s, a, t: orientations.withdraw_orientation(a, t.pk),
    ("orientation", "ask"): lambda s, a, t: orientation_talk.ask_orientation(a, t.pk, words="Quelle langue ?"),
    ("orientation", "answer"): lambda s, a, t: orientation_talk.answer_question(a, t.pk, words="Le roumain."),
    ("orientation", "revoke"): lambda s, a, t: orientations.revoke_orientation(a, t.pk, reason="not_needed"),
    ("orientation", "start"): lambda s, a, t: orientations.start_orientation(a, t.pk),
    ("orientation", "complete"): lambda s, a, t: orientations.complete_orientation(a, t.pk, outcome="services"),
    # silence: which of the two follows from whether it was escalated before
    ("orientation", "escalate"): lambda s, a, t: orientations.overdue_orientation(a, t.pk),
    ("orientation", "expire"): lambda s, a, t: orientations.overdue_orientation(a, t.pk),
    ("orientation", "withdraw_consent"): lambda s, a, t: agreements.withdraw_consent(a, t.consent_id),
}
MODELS = {"alert": (Alert, AlertMove), "orientation": (Orientation, OrientationMove)}
STATES = {"alert": ALERT_STATES, "orientation": ORIENTATION_STATES}


class Undo(Exception):
    """Rolls back what an attempt did."""


def attempt(noun, thing, actor, act) -> tuple[str, str, int]:
    """What came out, the state it left, and how many moves it added; everything is rolled back.

    A refusal is an exception, and what raises one leaves nothing: its savepoint is gone.
    """
    model, moves = MODELS[noun]
    found = None
    try:
        with transaction.atomic():
            with ExitStack() as stack:
                if actor.kind == "system":
                    stack.enter_context(as_role("nrm_worker"))
                stack.enter_context(acting_as(actor))
                before = moves.objects.filter(**{noun: thing}).count()
                act()
                added = moves.objects.filter(**{noun: thing}).count() - before
            with as_role("nrm_owner"):
                found = ("done", model.objects.get(pk=thing.pk).state, added)
            raise Undo
    except Undo:
        return found
    except NotAllowed:
        return "not_allowed", "", 0
    except WrongState:
        return "wrong_state", "", 0
    except Http404:
        return "hidden", "", 0
    except DatabaseError as error:
        return error.__cause__.pgcode, "", 0


def cells(noun):
    """(state, action, (role, side), actor, thing): the whole product of this noun."""
    stages = Stages()
    actors = stages.alert_actors if noun == "alert" else stages.orientation_actors
    names = [action for kind, action in DO if kind == noun]
    for state in STATES[noun]:
        plain = stages.alert(state) if noun == "alert" else stages.orientation(state)
        silent = (
            stages.orientation(state, escalated=True)
            if noun == "orientation" and state in ("sent", "opened", "question")
            else plain
        )
        for action in names:
            for (role, side), actor in actors.items():
                thing = silent if action == "expire" or side == "watcher" else plain
                if noun == "alert" and side == "author" and role != "frontline":
                    if state != "draft":
                        continue  # another author's alert is another alert; sending is what differs
                    thing = stages.alert(state, author=actor)
                yield stages, state, action, role, side, actor, thing


def differs(noun, key, said, state, added) -> str | None:
    """A sentence when the outcome is not the file's."""
    before, expected = key[1], EXPECTED.get(key)
    words = " ".join(key)
    if expected is None or expected in REFUSED:
        if state not in ("", before) or added:
            return f"{words}: must be refused, and moved to {state}"
        if expected in ("not_allowed", "wrong_state", "hidden") and said != expected:
            return f"{words}: expected {expected}, found {said}"
        return None
    if (said, state) != ("done", expected) or not added:
        return f"{words}: expected {expected}, found {said} and {state}"
    return None


@pytest.mark.parametrize("noun", ["alert", "orientation"])
def test_the_operations_walk_the_file(noun):
    wrong, walked = [], set()
    for stages, state, action, role, side, actor, thing in cells(noun):
        key = (noun, state, action, role, side)
        walked.add(key)
        act = DO[noun, action]
        outcome = attempt(noun, thing, actor, lambda: act(stages, actor, thing))  # noqa: B023
        if sentence := differs(noun, key, *outcome):
            wrong.append(sentence)
    assert not wrong, "\n".join(["The operations differ from workflow.csv:", *wrong])
    assert {key for key in EXPECTED if key[0] == noun} <= walked, "lines of workflow.csv that nothing walked"


@pytest.mark.parametrize("noun", ["alert", "orientation"])
def test_the_database_alone_refuses_illegal_moves(noun):
    """The application inserts a move by itself, with each state it could claim to lead to."""
    moves, wrong = MODELS[noun][1], []
    targets: dict[str, set] = {}
    for (thing, state, action, _, _), expected in EXPECTED.items():
        if thing == noun and expected not in REFUSED:
            targets.setdefault(action, set()).add(expected if action != "escalate" else state)
    for stages, state, action, role, side, actor, thing in cells(noun):
        instead = {"instead_of": stages.desk} if action == "readdress" else {}
        allowed = EXPECTED.get((noun, state, action, role, side))
        for after in sorted(targets[action]):

            def insert(after=after, action=action, actor=actor, thing=thing, state=state, instead=instead):
                moves.objects.create(
                    **{noun: thing},
                    action=action,
                    before=state,
                    after=after,
                    membership=actor,
                    agency_id=actor.agency_id,
                    **instead,
                )

            said, left, added = attempt(noun, thing, actor, insert)
            legal = allowed == after and action not in ONLY_THE_DATABASE_WRITES
            if legal != (said == "done" and left == after and added == 1) or (
                not legal and said not in ("42501", "NRM01")
            ):
                wrong.append(f"{role} {side} inserts {noun} {state} --{action}--> {after}: {said}, left in {left}")
    assert not wrong, "\n".join(["The database differs from workflow.csv:", *wrong])


@pytest.mark.parametrize("action", ["hand_on", "lapse"])
@pytest.mark.parametrize("state", ["accepted", "in_progress"])
def test_only_the_database_ends_what_ran_out(action, state):
    """The lead's moving on and the end of an access are written by triggers; nobody inserts them by hand."""
    stages = Stages()
    made = stages.orientation(state)
    for actor in stages.orientation_actors.values():

        def insert(actor=actor):
            OrientationMove.objects.create(
                orientation=made,
                action=action,
                before=state,
                after="completed",
                membership=actor,
                agency_id=actor.agency_id,
            )

        assert attempt("orientation", made, actor, insert)[0] == "42501", actor


def test_the_file_says_enough():
    allowed = [row for row in ROWS if row["expected"] not in REFUSED]
    assert len(ROWS) == len(EXPECTED)
    assert all(row["reason"] for row in ROWS)
    assert len(allowed) > 100
