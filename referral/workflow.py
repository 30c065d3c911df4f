"""Define the moves: (state, action) -> (next state, side, roles).

Operations, buttons, `actions` of the API, the generated page and the guard of the database read this table; the test
that checks it does not.
"""

from agencies.members.rules import WORKS, WRITES
from agencies.models import Role
from foundation.workflow import Step
from plans.workflow import CONTRIBUTION, PLAN
from referral.models import APPROVERS
from victims.workflow import CASE

# where an alert waits for the answers of its desks; each answers for itself
WAITING = ("sent", "opened", "redirected")
UNDER_WAY = ("acted", "taken_up")
ALERT: dict[tuple[str, str], Step] = {
    ("draft", "send"): Step("sent", "author", WRITES),
    # kept by its author's agency with the person's agreement: the author sends it on, or closes it with a reason
    **{(state, "address"): Step("sent", "author", WRITES) for state in ("sent", "opened")},
    **{(state, "finish"): Step("closed", "author", WRITES) for state in ("sent", "opened")},
    # each live desk opens it, whatever the others did
    **{(state, "open"): Step("opened", "desk", WORKS) for state in WAITING},
    **{(state, "open"): Step(state, "desk", WORKS) for state in UNDER_WAY},
    **{
        (state, action): Step(after or state, side, roles)
        for state in (*WAITING, *UNDER_WAY)
        for action, after, side, roles in (
            ("act", "taken_up" if state == "taken_up" else "acted", "desk", WORKS),
            ("declare", "taken_up", "desk", WORKS),
            ("redirect", "redirected" if state in WAITING else "", "desk", WORKS),
            ("close", "", "desk", WORKS),  # its own share of it
            # a coordination unit acts instead of a silent desk
            ("readdress", "redirected" if state in WAITING else "", "desk", (Role.COORDINATOR,)),
            # silence: one more desk is notified, and the state stays
            ("escalate", "", "system", ()),
            ("reach", "", "database", ()),  # reached by phone, noted by another desk
            ("settle", "closed", "database", ()),  # every desk has closed its share
        )
    },
    # a desk that acts tells the others that they have nothing to do; each confirms it
    **{(state, action): Step(state, "desk", WORKS) for state in UNDER_WAY for action in ("stand_down", "confirm")},
    # a desk whose case is followed, and that owes nothing else, has read what the author added
    ("taken_up", "take_note"): Step("taken_up", "desk", WORKS),
    # something follows the case that was opened
    **{(state, "follow"): Step("taken_up", "database", ()) for state in UNDER_WAY},
    ("closed", "resume"): Step("acted", "database", ()),  # its case is open again
    # its author added to it: the services that had closed it have it again, as before a case or as with one
    ("closed", "add"): Step("opened", "database", ()),
    ("closed", "add_on"): Step("acted", "database", ()),
    # the same of one that is over without being closed: nobody acts, and no time limit runs
    **{(state, "add_on"): Step("acted", "database", ()) for state in UNDER_WAY},
    # what its author added tells of a child, of whom it said nothing
    **{(state, "doubt"): Step(state, "author", WRITES) for state in (*WAITING, *UNDER_WAY)},
    # a desk that disagrees with the closing takes it up
    ("closed", "act"): Step("acted", "desk", WORKS),
    ("closed", "declare"): Step("taken_up", "desk", WORKS),
}

ORIENTATION: dict[tuple[str, str], Step] = {
    ("draft", "send"): Step("sent", "sender", WORKS),
    ("sent", "open"): Step("opened", "desk", WORKS),
    **{
        (state, action): Step(after, side, roles)
        for state in ("sent", "opened", "question")
        for action, after, side, roles in (
            ("accept", "accepted", "desk", WORKS),
            ("decline", "declined", "desk", WORKS),
            ("withdraw", "withdrawn", "sender", WORKS),
            ("escalate", state, "system", ()),
            ("expire", "expired", "system", ()),
            ("withdraw_consent", "consent_withdrawn", "consent", ()),
        )
    },
    ("sent", "ask"): Step("question", "desk", WORKS),
    ("opened", "ask"): Step("question", "desk", WORKS),
    ("question", "answer"): Step("opened", "sender", WORKS),
    ("accepted", "start"): Step("in_progress", "desk", WORKS),
    ("in_progress", "complete"): Step("completed", "desk", WORKS),
    ("accepted", "withdraw_consent"): Step("consent_withdrawn", "consent", ()),
    ("in_progress", "withdraw_consent"): Step("consent_withdrawn", "consent", ()),
    **{
        (state, action): Step(after, side, roles)
        for state in ("accepted", "in_progress")
        for action, after, side, roles in (
            # the lead of the case ends what an acceptance granted, even if the addressee can no longer sign in
            ("revoke", "withdrawn", "lead", WORKS),
            # hand_on: the agency that led by it handed the case on; lapse: the time of its access is over
            ("hand_on", "completed", "database", ()),
            ("lapse", "completed", "database", ()),
        )
    },
    ("draft", "withdraw"): Step("withdrawn", "sender", WORKS),
    ("draft", "withdraw_consent"): Step("consent_withdrawn", "consent", ()),
}

# A possible duplicate: the unit decides, and may change its decision; the worker finds pairs, and lapses those no
# longer alike. The worker never undoes a decision, except « two persons » contradicted by new data.
MATCH: dict[tuple[str, str], Step] = {
    ("apart", "find"): Step("open", "system", ()),
    ("lapsed", "find"): Step("open", "system", ()),
    ("open", "lapse"): Step("lapsed", "system", ()),
    ("open", "contact"): Step("contact", "unit", (Role.COORDINATOR,)),
    **{
        (state, action): Step(after, "unit", (Role.COORDINATOR,))
        for state in ("open", "contact", "linked")
        for action, after in (("dismiss", "apart"), ("link", "linked"), ("merge", "merged"))
        if (state, action) != ("linked", "link")
    },
    ("apart", "reopen"): Step("open", "unit", (Role.COORDINATOR,)),
    ("merged", "undo"): Step("open", "unit", (Role.COORDINATOR,)),
}

# An export: a second person approves more than twenty rows; the worker makes it in the name of the asker; the system
# ends those out of time, or whose asker may no longer act.
EXPORT: dict[tuple[str, str], Step] = {
    ("asked", "queue"): Step("queued", "asker", WORKS),
    ("asked", "submit"): Step("waiting", "asker", WORKS),
    ("waiting", "approve"): Step("queued", "second", APPROVERS),
    ("waiting", "refuse"): Step("refused", "second", APPROVERS),
    ("queued", "build"): Step("building", "asker", WORKS),
    ("building", "build"): Step("building", "asker", WORKS),  # restarted: its worker was lost
    ("building", "finish"): Step("ready", "asker", WORKS),
    ("ready", "fetch"): Step("fetched", "asker", WORKS),
    **{(state, "cancel"): Step("cancelled", "asker", WORKS) for state in ("waiting", "queued", "building", "ready")},
    **{(state, "stop"): Step("stopped", "system", ()) for state in ("queued", "building", "ready")},
    **{(state, "expire"): Step("expired", "system", ()) for state in ("waiting", "ready")},
}


TABLES = {
    "alert": ALERT,
    "orientation": ORIENTATION,
    "match": MATCH,
    "case": CASE,
    "export": EXPORT,
    "plan": PLAN,
    "contribution": CONTRIBUTION,
}


def as_sql() -> str:
    """Return the SQL of nrm.step_side(noun, before, action, after) -> side or NULL, for the guard of the database."""
    rows = [
        f"('{noun}', '{before}', '{action}', '{s.after}', '{s.side}')"
        for noun, table in TABLES.items()
        for (before, action), s in table.items()
    ]
    return (
        "CREATE FUNCTION nrm.step_side(noun text, before text, action text, after text) RETURNS text"
        " LANGUAGE sql IMMUTABLE AS $$ SELECT side FROM (VALUES " + ",\n".join(rows) + ") AS"
        " steps (noun, before, action, after, side) WHERE steps.noun = $1 AND steps.before = $2"
        " AND steps.action = $3 AND steps.after = $4 $$"
    )
