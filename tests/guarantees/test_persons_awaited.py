"""After a case is opened too, no person of a child's, a doubtful or a vital alert waits for nobody."""

import pytest

from .conditions import EVERYTHING
from .person_walk import PersonWalk

pytestmark = [pytest.mark.django_db, pytest.mark.proof]
OPENS, DECLARES = "coordination opens a case", ("coordination closes", "coordination acts")


def of(letter, *words):
    """Return acts about this case."""
    return tuple(f"{word} {letter}" for word in words)


LIFE = ("starts the support of", "closes", "reopens")
ENDS = ("the shelter declines", "silence ends", "takes back", "revokes", "time ends", "the shelter completes")
# of each walk: its acts, the desks besides the coordination, how many persons the alert tells of, requests of each case
WALKS = {
    "requests": ((OPENS, *DECLARES, "A asks", *of("A", "the shelter accepts", *ENDS, *LIFE, "only follows")), (), 1, 2),
    "merges": (
        (OPENS, "coordination closes", "A is merged into K", "K is merged into A", "the merge is undone", "A asks",
         "K asks", *of("A", "the shelter accepts", "time ends", *LIFE[1:]), *of("K", "the shelter declines", *LIFE)),
        (), 1, 1,
    ),
    "persons": (
        (OPENS, *DECLARES, "B is joined", "A asks", "B asks", *of("A", "the shelter accepts", "time ends", *LIFE[1:]),
         *of("B", "the shelter declines", *LIFE)), (), 2, 1,
    ),
    "transfers": (
        (OPENS, *DECLARES, "A asks to hand over", "the agreement is withdrawn", "A asks",
         *of("A", "the shelter accepts", "time ends", "the shelter completes", "the shelter declines", *LIFE)),
        (), 1, 1,
    ),
    "persons handed over": (
        (OPENS, "coordination closes", "A asks to hand over", "the agreement is withdrawn", "B is joined",
         *of("A", "the shelter accepts", "time ends", *LIFE[1:]), *of("B", *LIFE)), (), 2, 1,
    ),
    "desks": (
        (OPENS, *DECLARES, "crip closes", "crip acts", "crip redirects", "A asks", "A asks to hand over",
         "the agreement is withdrawn", *of("A", "the shelter accepts", "time ends", "the shelter declines", *LIFE[1:])),
        ("crip",), 1, 1,
    ),
    "stands by": (
        (OPENS, "coordination stands the others down", "crip confirms", "coordination reaches crip", "crip closes",
         "A asks", *of("A", "the shelter accepts", "the shelter declines", "loses", *LIFE)), ("crip",), 1, 1,
    ),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("kind", ["child", *(("doubt", "vital") if EVERYTHING else ())])
@pytest.mark.parametrize("name", WALKS)
def test_no_person_of_the_alert_waits_for_nobody(name, kind):
    acts, others, persons, drafts = WALKS[name]
    walk = PersonWalk(kind, acts, others, persons, drafts)
    wrong = walk.run()
    print(f"{name}, {kind}: {len(walk.states)} states, {sum(map(len, walk.edges.values()))} steps, {len(wrong)} wrong")
    assert not wrong, f"{len(wrong)} of {len(walk.states)} states:\n" + "\n".join(wrong[:5])
    done = {act for edges in walk.edges.values() for act in edges}
    assert done == {*acts}, f"never done: {sorted({*acts} - done)}"
