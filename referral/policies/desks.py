"""Whose desk row it is: shared by alerts and orientations."""

ME = "nrm.membership()"

MY_DESK = (
    "agency_id = nrm.desk() AND (kept_case IS NULL OR kept_case IN"
    f" (SELECT s.case_id FROM victims_assignment s WHERE s.membership_id = {ME}))"
)
# due work acts for the agency as a whole; what it may read is given to the worker's role alone
DUE_DESK = "agency_id = nrm.desk() AND current_setting('nrm.kind', true) = 'system'"
