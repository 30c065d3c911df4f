"""Functions of the database that answer with the durations, numbers and lists that Python declares."""

from foundation.sql_values import by_code, constant
from referral.models import APPROVERS, WITHOUT_APPROVAL
from referral.models.alerts import BEFORE_LEAVING, FIRST, VITAL_AGAIN
from referral.models.erasures import AFTER_A_HOLD, AFTER_AN_ANSWER, END_UNANSWERED, KEPT_AT_LEAST
from referral.models.exports import ADDED_UP
from referral.routing.words import NEVER_PRETICKED, NEVER_TOLD, SUPPORT


def _never_told() -> str:
    """Return the SQL of nrm.never_told(): `NEVER_TOLD` as rows, NULL for any kind or any service."""
    rows = (", ".join(f"'{code}'" if code else "NULL" for code in row) for row in NEVER_TOLD)
    return (
        "CREATE FUNCTION nrm.never_told() RETURNS TABLE (why text, kind text, service text) LANGUAGE sql IMMUTABLE"
        f" AS $$ VALUES {', '.join(f'({row})' for row in rows)} $$"
    )


FUNCTIONS = [
    by_code("nrm.first_limit", FIRST),
    constant("nrm.vital_again", VITAL_AGAIN),
    constant("nrm.before_leaving", BEFORE_LEAVING),
    constant("nrm.approvers", APPROVERS),
    constant("nrm.without_approval", WITHOUT_APPROVAL),
    constant("nrm.added_up", ADDED_UP),
    constant("nrm.kept_at_least", KEPT_AT_LEAST),
    constant("nrm.after_a_hold", AFTER_A_HOLD),
    constant("nrm.after_an_answer", AFTER_AN_ANSWER),
    constant("nrm.end_unanswered", END_UNANSWERED),
    constant("nrm.never_preticked", sorted(NEVER_PRETICKED)),
    constant("nrm.kinds_that_help", sorted(SUPPORT)),
    _never_told(),
]
