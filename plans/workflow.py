"""Moves of a plan (design, section 5). Publication and amendment pass the gate (plans/operations)."""

from agencies.models import Role
from foundation.workflow import Step

POLICY = (Role.POLICY,)
COORDINATION = "coordination"  # the side of whoever holds the mandate today

PLAN: dict[tuple[str, str], Step] = {
    ("draft", "consult"): Step("consultation", COORDINATION, POLICY),
    ("consultation", "arbitrate"): Step("arbitration", COORDINATION, POLICY),
    ("arbitration", "consult"): Step("consultation", COORDINATION, POLICY),  # asked again
    ("arbitration", "publish"): Step("published", COORDINATION, POLICY),
    **{
        (state, action): Step(after, COORDINATION, POLICY)
        for state in ("published", "amended")
        for action, after in (
            ("prepare", state),  # opens the plan for an amendment; the public keeps reading the last version
            ("abandon", state),  # what was prepared is put back to the last version
            ("amend", "amended"),
            ("review", state),  # a dated snapshot half-way
            ("close", "closed"),
        )
    },
    # the official list brings what was missing here: open, written and closed again in one transaction
    **{
        (state, action): Step(state, COORDINATION, POLICY)
        for state in ("published", "amended", "closed")
        for action in ("complete", "completed")
    },
}

# A contribution: its author sends it, an independent body publishes it so; the coordination moderates the others.
AUTHOR, INDEPENDENT = "author", "independent"
CONTRIBUTION: dict[tuple[str, str], Step] = {
    ("draft", "submit"): Step("submitted", AUTHOR, POLICY),
    ("draft", "release"): Step("published", INDEPENDENT, POLICY),  # CNCDH, Defender of Rights: never moderated
    ("draft", "withdraw"): Step("withdrawn", AUTHOR, POLICY),
    ("submitted", "take_back"): Step("draft", AUTHOR, POLICY),  # to correct it: the clock starts again when it is sent
    ("submitted", "withdraw"): Step("withdrawn", AUTHOR, POLICY),
    ("submitted", "publish"): Step("published", COORDINATION, POLICY),
    ("submitted", "set_aside"): Step("set_aside", COORDINATION, POLICY),
    ("published", "set_aside"): Step("set_aside", COORDINATION, POLICY),  # a name that nobody had seen
}
