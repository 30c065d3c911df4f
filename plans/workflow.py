"""Moves of a plan (design, section 5). Publication and amendment pass the gate (plans/operations)."""

from agencies.models import Role
from agencies.workflow import Step

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
}
