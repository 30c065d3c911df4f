"""Call the functions above the walls of plans/sql and agencies/sql as `expected/definers_*.csv` says, and without each
of their conditions in turn (see test_definer_functions.py)."""

import re
from pathlib import Path

import pytest
from django.db import connection

from . import definers, definers_accounts, definers_policy, definers_voices

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
# The world and the calls of each subject, beside its file expected/definers_<subject>.csv.
STAGES = {
    "accounts": definers_accounts.accounts,
    "policy": definers_policy.policy,
    "voices": definers_voices.voices,
}
# Conditions that change no answer when they are dropped: of each function, the condition and why.
EQUIVALENT: dict[tuple[str, str], str] = {
    ("use_code", "found_id IS NULL"): "nobody has the key NULL: nothing is written",
}
# Functions above the walls that no file calls: each with its reason.
UNCALLED = {"capacity_declared": "it asks nothing: it keeps what a desk declared"}


@pytest.mark.parametrize("subject", STAGES)
def test_each_call_gives_what_the_file_says_and_no_condition_is_idle(subject):
    stage, asked = STAGES[subject](), definers.lines(subject)
    wrong = list(definers.differences(stage, asked))
    assert not wrong, "\n".join([f"Differs from expected/definers_{subject}.csv:", *wrong])
    count, found = definers.unnoticed(stage, asked, EQUIVALENT)
    assert not found, "\n".join(
        [
            f"{len(found)} of {count} conditions were dropped and expected/definers_{subject}.csv answers the same:",
            *found,
            "Add a call that would, take out a condition that says nothing, or give a reason in EQUIVALENT.",
        ]
    )


def guards() -> set[str]:
    """Return the functions that triggers run: of those above the walls too, what they ask is all that holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'nrm'::regnamespace AND prorettype = 'trigger'::regtype"
        )
        return {name for (name,) in cursor.fetchall()}


def test_every_guard_and_function_above_the_walls_is_called():
    folders = (ROOT / "plans", ROOT / "agencies")
    texts = "".join(path.read_text() for folder in folders for path in sorted(folder.rglob("*.sql")))
    written = set(re.findall(r"CREATE FUNCTION nrm\.(\w+)", texts))
    assert written, "no SQL was found below plans/ and agencies/"
    called = {line["function"] for subject in STAGES for line in definers.lines(subject)}
    missing = sorted(written & (definers.definers() | guards()) - called - UNCALLED.keys())
    how = "call it in tests/guarantees/definers_*.py and say in expected/definers_*.csv what it answers"
    assert not missing, f"{missing}: {how}, or give a reason in UNCALLED"
