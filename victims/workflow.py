"""Moves of a case: (state, action) -> (next state, side, roles)."""

from agencies.members.rules import WORKS
from foundation.workflow import Step

# The lead moves a case. Merging, and undoing it, come from the decision on a possible duplicate; undoing restores the
# former state, which its row keeps: `open` here stands for any state but closed.
CASE: dict[tuple[str, str], Step] = {
    ("open", "start_support"): Step("in_support", "lead", WORKS),
    ("in_support", "follow_up"): Step("follow_up", "lead", WORKS),
    ("follow_up", "start_support"): Step("in_support", "lead", WORKS),
    ("closed", "reopen"): Step("open", "lead", WORKS),
    **{
        (state, action): Step("closed", side, roles)
        for state in ("open", "in_support", "follow_up")
        for action, side, roles in (("close", "lead", WORKS), ("merge", "database", ()))
    },
    ("closed", "unmerge"): Step("open", "database", ()),
}
