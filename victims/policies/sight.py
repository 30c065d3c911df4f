"""The sentences of sight that policies are made of. Each asks one derived table, never one whose policy asks again."""

# Ends an EXISTS that a list asks of each of its rows. PostgreSQL may answer such a question by gathering beforehand all
# the rows that could answer it, for instance every access of the agency; with an OFFSET it asks one row at a time, by
# the index, and a page costs what a page shows.
ROW_BY_ROW = " OFFSET 0"


def sees(case: str, level: int = 1, bit: int = 0, lead: bool = False, end: str = "") -> str:
    """The acting agency sees this case: at `level`, with the category `bit`, or as its lead when `lead`.

    Level 1 asks nothing more: an access row is at least that. Restriction is not repeated here: the access table's own
    policy applies inside the EXISTS.
    """
    held = [f"a.level >= {level}"] if level > 1 else []
    held += [f"a.categories & {bit} <> 0"] if bit else []
    wanted = " AND ".join(held)
    if lead:
        wanted = f"(a.lead OR ({wanted}))"
    return (
        f"EXISTS (SELECT 1 FROM victims_caseaccess a WHERE a.case_id = {case} AND a.agency_id = nrm.desk()"
        f"{' AND ' + wanted if wanted else ''} AND (a.until IS NULL OR a.until > now()){end})"
    )


def leads(case: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM victims_caseaccess a WHERE a.case_id = {case} AND a.agency_id = nrm.desk() AND a.lead"
        " AND (a.until IS NULL OR a.until > now()))"
    )


def open_to_me(case: str) -> str:
    """Not a case that the acting agency keeps to its assigned members, this one not among them.

    For rows one sees without asking the access table: a sender's orientations, one's own agency's grants.
    """
    return (
        f"NOT EXISTS (SELECT 1 FROM victims_restriction r WHERE r.case_id = {case} AND r.agency_id = nrm.desk()"
        " AND r.case_id NOT IN (SELECT s.case_id FROM victims_assignment s WHERE s.membership_id = nrm.membership()))"
    )
