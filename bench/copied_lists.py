"""Do programs that copy lists lose anything while eight writers write for a minute?

    ./run test bench/copied_lists.py -s

Each writer holds its transaction open for up to 60 ms, so that transactions end in another order than they began. A
copy of each list is kept by `since`, and beside it, where the list knows it, one by time (`updated_since`), which is
known to lose. The worker that makes notices is paused from the twentieth second to the fortieth. At the end each copy
is compared with the whole list. docs/figures/copied_lists.md holds the last figures.
"""

import pytest

from tests.referral.api.copies import World, written_together

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, SECONDS, CASES = 8, 60, 40


def test_copies_are_whole(transactional_db):
    world = World(CASES)
    done = written_together(world, writers=WRITERS, seconds=SECONDS, seed=20261127)
    print(f"\nwritten: {dict(sorted(done.items()))}")
    print("| list | asked | rows given | gone told | rows in the end | wrong by `since` | wrong by time |")
    print("|---|---|---|---|---|---|---|")
    wrong = {}
    for path, copy in world.copies.items():
        wrong[path], late = copy.wrong()
        figures = (copy.asked, copy.given, copy.gone, len(copy.rows), len(wrong[path]), "" if late is None else late)
        print(f"| {path} | {' | '.join(map(str, figures))} |")
    assert not any(wrong.values()), wrong
    assert not [name for name in done if name.startswith(("copy", "database"))], done
