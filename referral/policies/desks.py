"""Share conditions on desk rows between alerts and orientations, as `DeskQuerySet.of` for lists."""

from foundation.sight import Own, Sql

MY_DESK = Own() & Sql(
    "kept_cases IS NULL OR kept_cases <@"
    " ARRAY(SELECT s.case_id FROM victims_assignment s WHERE s.membership_id = nrm.membership())"
)
# due work acts for the whole agency; only the worker's role may read that much
DUE_DESK = Own() & Sql("current_setting('nrm.kind', true) = 'system'")
