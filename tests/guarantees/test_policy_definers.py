"""Call the functions above the walls of plans/sql and agencies/sql as `expected/definers_*.csv` says, and without each
of their conditions in turn (see test_definer_functions.py, which says of them too that none is left out)."""

import pytest

from . import definers, definers_accounts, definers_policy, definers_voices

pytestmark = pytest.mark.django_db
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


@pytest.mark.proof
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
