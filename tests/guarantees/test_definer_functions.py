"""Functions above the walls, called as `expected/definers_*.csv` says, and without each of their conditions in turn.

Row security does not correct a SECURITY DEFINER function: what it checks itself is all that holds. The files are
written by hand from the design; each condition dropped must change an answer of a line.
"""

import pytest
from django.db import connection

from tests.roles import as_role

from . import definers
from .definers_archives import archives
from .definers_breaches import breaches
from .definers_coverage import coverage
from .definers_due import due
from .definers_erasure import erasure
from .definers_journal import journal
from .definers_matches import matches
from .definers_members import members
from .definers_powers import powers
from .definers_programs import programs
from .definers_records import records
from .definers_shares import shares
from .definers_unused import unused
from .definers_world import doors
from .test_policy_definers import STAGES as POLICY

pytestmark = pytest.mark.django_db
# The world and the calls of each subject, beside its file expected/definers_<subject>.csv.
STAGES = {
    "archives": archives,
    "breaches": breaches,
    "cases": doors,
    "coverage": coverage,
    "due": due,
    "erasure": erasure,
    "journal": journal,
    "matches": matches,
    "members": members,
    "powers": powers,
    "programs": programs,
    "records": records,
    "shares": shares,
    "unused": unused,
}
# Functions above the walls, and guards, that no file calls: each with its reason.
UNCALLED = {
    "capacity_declared": "it asks nothing: it keeps what a desk declared",
    "references_changed": "it asks nothing: it draws another version of lists that everybody reads",
    "entry_waits": "tests/journal/test_months.py tries it, with an id of another month",
    "positioned": "it asks nothing: it numbers a row with its transaction",
    "take_turn": "tests/foundation/test_turns.py tries it, with two transactions",
    "await_turn": "tests/foundation/test_turns.py tries it, with two transactions",
    "end_holders": "tests/foundation/test_holders.py tries it, with sessions that hold and others that wait",
    "signed": "tests/guarantees/test_stolen_password.py tries it, with signatures that a file cannot hold",
    "signed_context": "tests/guarantees/test_stolen_password.py tries it, with signatures that a file cannot hold",
}
# Conditions that change no answer when they are dropped: of each function, the condition and why.
ONE_AGENCY = "an assignment is its member's agency's (nrm.assignment_guard)"
LOCK = "says which row waits for another transaction, and nobody's right"
THIS_TABLE = "no other table's permission has the name of a level or of a category"
IDLE = "without it a row is written again as it stands"
AGAIN = "other cases are counted again as they stand"
IDEMPOTENT = "what could be copied already was, when it was joined or granted"
EQUIVALENT = {
    # an office by which a request is accepted no more returns it at once (office_changed, tried in « powers »)
    ("accept", "office <> 'prefecture'"): "no request to a préfecture is left that a kind alone brought there",
    ("orientation_moved", "ends"): LOCK,
    ("orientation_moved", "id = NEW.case_id"): LOCK,
    ("consent_withdrawn", "case_id = c.id"): "an agreement and its requests are the ground of grants of one case alone",
    ("alert_linked", "(a.employer_immunity OR s.kind = 'asylum')"): IDLE,
    ("offences_reach", "l.case_id = ANY(ids)"): IDEMPOTENT,
    ("offence_granted", "p.id = g.permission_id"): IDEMPOTENT,
    ("offence_granted", "nrm.bit_of(p.codename) = 8"): IDEMPOTENT,
    ("place_known", "g.case_id = target"): "a move is the ground of grants of its own case alone",
    ("grants_touched", "NOT EXISTS (SELECT 1 FROM touched)"): IDLE,
    ("refresh", "id = ANY(ids)"): LOCK,
    (
        "refresh",
        "(a.level, a.categories, a.until, a.restricted, a.lead, a.territory_id) IS DISTINCT FROM (excluded.level,"
        " excluded.categories, excluded.until, excluded.restricted, excluded.lead, excluded.territory_id)",
    ): IDLE,
    ("note_who_works", "id = ANY(ids)"): LOCK,
    ("note_who_works", "a.case_id = ANY(ids)"): AGAIN,
    ("member_came_or_left", "s.membership_id = NEW.id"): AGAIN,
    ("give", "t.id = p.content_type_id"): THIS_TABLE,
    ("give", "t.app_label = 'victims'"): THIS_TABLE,
    ("give", "t.model = 'case'"): THIS_TABLE,
    ("restriction_changed", "id = r.case_id"): LOCK,
    ("restriction_changed", "id = ANY(linked)"): LOCK,
    ("restriction_changed", "l.case_id = r.case_id"): IDLE,
    ("kept_out", "s.agency_id = agency"): ONE_AGENCY,
    ("demand_kept", "s.agency_id = q.agency_id"): ONE_AGENCY,
    ("kept_by_alone", "s.agency_id = kept_by_alone.agency"): ONE_AGENCY,
    ("member_load", "s.agency_id = mine"): ONE_AGENCY,
    ("match_moved", "NEW.action IN ('merge', 'undo')"): LOCK,
    ("match_moved", "c.id IN (x.first_id, x.second_id)"): LOCK,
    ("match_moved", "x.id = NEW.match_id"): LOCK,
    ("match_merge", "id IN (m.first_id, m.second_id)"): LOCK,
    ("open_archive", "id = who"): LOCK,
    ("archive_case", "c.id = target"): LOCK,
    ("out_of_archive", "l.case_id = NEW.id"): AGAIN,
    ("undo_import", "id = ANY(ids)"): LOCK,
    ("statement_made", "id = NEW.case_id"): LOCK,
    ("desk_called", "id = NEW.orientation_id"): LOCK,
    ("desk_called", "(alert_id, agency_id) = (NEW.alert_id, NEW.called_id)"): LOCK,
    ("desk_called", "(orientation_id, agency_id) = (NEW.orientation_id, NEW.called_id)"): LOCK,
    ("recompute", "id = ANY(ids)"): LOCK,
    ("member_kept", "group_id = nrm.agency()"): LOCK,
    ("program_kept", "group_id = nrm.agency()"): LOCK,
    ("member_kept", "id = m.user_id"): LOCK,
    ("forget_entries", "ids <> '{}'"): IDLE,
    ("unused_member", "group_id = nrm.agency()"): LOCK,
    ("forget_account", "id = target"): LOCK,
    ("is_needed", "x.agency_id = m.agency_id"): "a case of another agency came before nobody here",
    ("erase_rows", "id = target"): LOCK,
    ("open_archive", "id = target"): LOCK,
    ("erase_rows", "case_status IS DISTINCT FROM nrm.followed_status(id)"): IDLE,
    ("erase_rows", "case_id = target"): "a situation of other cases is not empty after",
    ("erase_rows", "alert_id = ANY(alerts)"): "a situation of other alerts is not empty after",
    ("hook_kept", "NOT FOUND"): "deleted by another administrator between two statements; the next act finds nothing",
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


def test_every_function_above_the_walls_is_called():
    left = definers.uncalled([*STAGES, *POLICY], UNCALLED)
    assert not left, "\n".join(left)


def test_a_forgotten_function_is_named_with_what_to_do():
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("CREATE FUNCTION nrm.forgotten() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'")
        cursor.execute("CREATE FUNCTION public.beside() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'")
    beside, forgotten = definers.uncalled([*STAGES, *POLICY], UNCALLED)
    assert beside.startswith("beside: ") and "schema nrm" in beside
    assert forgotten.startswith("forgotten: ") and "expected/definers_" in forgotten and "UNCALLED" in forgotten
    assert definers.uncalled([*STAGES, *POLICY], UNCALLED | {"forgotten": "it asks nothing"}) == [beside]
    (gone,) = definers.uncalled([*STAGES, *POLICY], UNCALLED | {"forgotten": "x", "accept": "x"})[:-1]
    assert gone.startswith("accept: ") and "take it out of UNCALLED" in gone
    with pytest.raises(AssertionError, match="definers_due.csv is run by no test"):
        definers.uncalled([name for name in [*STAGES, *POLICY] if name != "due"], UNCALLED)
