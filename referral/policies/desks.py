"""Whose desk row it is: shared by alerts and orientations. `DeskQuerySet.of` says the same to lists."""

from foundation.sight import Own, Sql

MY_DESK = Own() & Sql(
    "kept_case IS NULL OR kept_case IN"
    " (SELECT s.case_id FROM victims_assignment s WHERE s.membership_id = nrm.membership())"
)
# due work acts for the agency as a whole; what it may read is given to the worker's role alone
DUE_DESK = Own() & Sql("current_setting('nrm.kind', true) = 'system'")
