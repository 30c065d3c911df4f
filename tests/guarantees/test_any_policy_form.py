"""Every form of public policy, sent empty, too long, with unknown codes, with a character no text may hold, and twice
(tests/guarantees/forms_sent.py says what is then wrong). What no link of the walk shows is tried by hand."""

import re
from pathlib import Path

import pytest

from .conditions import EVERYTHING, WHOLE, share
from .forms_late import late
from .forms_sent import tried
from .forms_walk import walk
from .policy_rows import members
from .test_routes import LEDGER

pytestmark = pytest.mark.django_db
POLICY = "plans:"
TESTS = Path(__file__).resolve().parents[1]
ELSEWHERE = {
    "plans:metric-value": "plans/plan/test_plan_pages.py",  # of a measure that is published, with its metric
    "plans:plan-recorded": "plans/plan/test_recorded.py",  # of a plan whose list is said to be whole
    "plans:money-beneficiary-correct": "plans/money/test_money_pages.py",  # of an envelope with a name
}


@pytest.fixture
def found(db):
    who = members()
    starts = {member.pk: addresses for member, addresses in who.items()}
    found = walk(list(who), each=2, most=6, within="/pilotage/", starts=starts)
    return {route: shown for route, shown in found.items() if route.startswith(POLICY)}


@pytest.mark.long
@pytest.mark.proof
def test_every_form_sent_wrongly_answers_in_words_and_sent_late_is_given_back(found, subtests):
    """One walk for both questions: walking costs as much as asking one of them."""
    with subtests.test("answers anything in words and writes nothing by half"):
        wrong = tried(some := dict(share([*found.items()])))
        posted = {name for name, row in LEDGER.items() if "POST" in row["methods"] and name.startswith(POLICY)}
        how = "no walk meets this form: try it by hand, and name the test in ELSEWHERE"
        wrong += [f"{name}: {how}" for name in sorted(posted - {*found, *ELSEWHERE})]
        assert not wrong, "\n".join(wrong)
    with subtests.test("sent after its session is given back whole after sign-in"):
        sent, wrong = late(some)
        assert not wrong, "\n".join(wrong)
        assert sent > (50 if EVERYTHING else 12 if WHOLE else 3)


@pytest.mark.parametrize("route", ELSEWHERE)
def test_what_no_walk_meets_is_tried_by_hand(route):
    assert re.search(rf'"{route}"', (TESTS / ELSEWHERE[route]).read_text())
