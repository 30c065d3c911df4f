"""No state is reachable in which the alert of a child, of a doubtful age or of a danger to life waits for nobody."""

import pytest

from .clock_walk import ClockWalk
from .conditions import EVERYTHING

pytestmark = [pytest.mark.django_db, pytest.mark.proof]
# acts that three desks, or another kind, do as two desks about a danger to life: walked once here, everywhere in
# `./run proof`
ONCE = ("opens it", "redirects", "reaches", "shelter")
WALKS = {
    "vital": (("crip",), ()),
    "child": (("crip", "prosecutor"), (*ONCE, "stands", "confirms")),
    "doubt": (("crip",), ONCE),
    "adult": (("crip",), ONCE),
    "kept": (("home",), (*ONCE, "asks a shelter")),
}


@pytest.mark.long
@pytest.mark.parametrize("kind", WALKS)
def test_somebody_is_always_awaited_or_with_the_person(kind):
    others, without = WALKS[kind]
    walk = ClockWalk(kind, others, () if EVERYTHING else without)
    wrong = walk.run()
    assert not wrong, f"{len(wrong)} of {len(walk.states)} states:\n" + "\n".join(wrong[:5])
    assert len(walk.states) > 60
