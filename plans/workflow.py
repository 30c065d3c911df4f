"""Define the moves of plans and contributions (design, section 5).

Publication and amendment pass the gate (plans/plan/operations/moves.py).
"""

from agencies.models import Role
from foundation.workflow import Step

POLICY = (Role.POLICY,)
COORDINATION = "coordination"  # side of the body that holds the mandate today

PLAN: dict[tuple[str, str], Step] = {
    ("draft", "consult"): Step("consultation", COORDINATION, POLICY),
    ("consultation", "arbitrate"): Step("arbitration", COORDINATION, POLICY),
    ("arbitration", "consult"): Step("consultation", COORDINATION, POLICY),  # consulted again
    ("arbitration", "publish"): Step("published", COORDINATION, POLICY),
    **{
        (state, action): Step(after, COORDINATION, POLICY)
        for state in ("published", "amended")
        for action, after in (
            ("prepare", state),  # opens the plan for an amendment; the public still reads the last version
            ("abandon", state),  # restores the last version
            ("amend", "amended"),
            ("review", state),  # a dated mid-term snapshot
            ("close", "closed"),
        )
    },
    # import of an official list: opened, written and closed again in one transaction
    **{
        (state, action): Step(state, COORDINATION, POLICY)
        for state in ("published", "amended", "closed")
        for action in ("complete", "completed")
    },
}

# Contributions: an independent body publishes its own; the coordination moderates those of the others.
AUTHOR, INDEPENDENT = "author", "independent"
CONTRIBUTION: dict[tuple[str, str], Step] = {
    ("draft", "submit"): Step("submitted", AUTHOR, POLICY),
    ("draft", "release"): Step("published", INDEPENDENT, POLICY),  # CNCDH, Defender of Rights: never moderated
    ("draft", "withdraw"): Step("withdrawn", AUTHOR, POLICY),
    ("submitted", "take_back"): Step(
        "draft", AUTHOR, POLICY
    ),  # to correct it: the time to answer starts again when it is sent
    ("submitted", "withdraw"): Step("withdrawn", AUTHOR, POLICY),
    ("submitted", "publish"): Step("published", COORDINATION, POLICY),
    ("submitted", "set_aside"): Step("set_aside", COORDINATION, POLICY),
    ("published", "set_aside"): Step("set_aside", COORDINATION, POLICY),  # e.g. a name overlooked before
}
