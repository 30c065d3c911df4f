"""Row security of the journal: actors insert; read by auditors, by the author, and at level 3 of the case."""

from foundation.walls import Wall

WALLS = [
    Wall(
        "journal_entry",
        select=(
            "nrm.sight() = 'journal' OR membership_id = nrm.membership() OR"
            " EXISTS (SELECT 1 FROM victims_caseaccess a WHERE a.case_id = journal_entry.case_id"
            " AND a.agency_id = nrm.desk() AND a.level >= 3 AND (a.until IS NULL OR a.until > now()))"
        ),
        insert=(
            "membership_id IS NOT DISTINCT FROM NULLIF(current_setting('nrm.membership', true), '')::bigint"
            " AND agency_id IS NOT DISTINCT FROM NULLIF(current_setting('nrm.agency', true), '')::int"
        ),
        # not the month, which says in which partition an entry stands: the database's alone (journal/operations.py)
        rights="SELECT, INSERT (id, at, membership_id, agency_id, action, outcome, subject, subject_id, case_id)",
    ),
    # the worker seals; whoever reads the journal may read how far it is sealed
    Wall("journal_unsealed", select="nrm.sight() = 'journal'", rights="", worker_rights="SELECT, DELETE"),
    Wall(
        "journal_checkpoint",
        select="nrm.sight() = 'journal'",
        rights="SELECT",
        worker_rights="SELECT, INSERT, UPDATE (written_at, digests, xacts)",
    ),
    # names of kinds of work, times and numbers: asked by /readyz and /metrics, without an actor
    Wall("journal_keyprobe", select="true", rights="SELECT"),
    Wall("journal_figure", select="true", rights="SELECT", worker_rights="SELECT, INSERT, UPDATE"),
    Wall("journal_heartbeat", select="true", rights="SELECT", worker_rights="SELECT, INSERT, UPDATE"),
]
