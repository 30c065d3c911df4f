"""Which rows of the database belong to a case, and go with it; row security of the register of erasures.

`ERASED` names the tables, under what their rows belong to; `$1` is the ids of that (references, for what was told). A
table that reaches a case and is not named here fails `tests/referral/erasure/test_erasing.py`, and `nrm.erase_rows` by
its foreign key.
"""

from foundation.sight import By, Is, Own, Rule, column
from foundation.walls import Wall
from referral.models import CaseTerm, Erasure, LegalHold
from victims.models.sight import Demanded, Sees

CASE = "case_id = ANY($1)"
BOTH = "one_id = ANY($1) OR other_id = ANY($1)"
ALERT, REQUEST, MATCH = "alert_id = ANY($1)", "orientation_id = ANY($1)", "match_id = ANY($1)"
NOTICES = "SELECT n.id FROM notifications_notice n JOIN notifications_event e ON e.id = n.event_id"
# by references: some events name their case by nothing else
TOLD = {
    "notifications_hookdelivery": f"notice_id IN ({NOTICES} WHERE e.reference = ANY($1))",
    "notifications_notice": "event_id IN (SELECT id FROM notifications_event WHERE reference = ANY($1))",
    "notifications_event": "reference = ANY($1)",
}
MADE = {"referral_clientkey": "made = ANY($1)"}  # what a program made
MATCHES = {
    "referral_matchmove": MATCH,
    "referral_matchfinding": MATCH,
    "referral_match": "id = ANY($1)",
}
REQUESTS = {
    "referral_deskcall": REQUEST,
    "referral_legalreason": "case_id IN (SELECT case_id FROM referral_orientation WHERE id = ANY($1))",
    "referral_legalshare": REQUEST,
    "referral_orientationdesk": REQUEST,
    "referral_orientationmessage": REQUEST,
    "referral_orientationmove": REQUEST,
    "referral_orientationsheet": REQUEST,
    "referral_orientation": "id = ANY($1)",
}
# alerts that led to this case alone
ALERTS = {
    "referral_deskcall": ALERT,
    "referral_alertaddition": ALERT,
    "referral_alertcontact": ALERT,
    "referral_alertcontent": ALERT,
    "referral_alertdesk": ALERT,
    "referral_alertmove": ALERT,
    "referral_alertoffence": ALERT,
    "referral_deskanswer": ALERT,
    "referral_situationalert": ALERT,
    "referral_alertlink": ALERT,
    "referral_alert": "id = ANY($1)",
}
# the row of the case goes before its grants: their end is then no reason to give the case back to its coordination
CASES = {
    "referral_alertlink": CASE,
    "referral_situationcase": CASE,
    "referral_importedcase": CASE,
    "referral_caseterm": CASE,
    "referral_legalhold": CASE,
    "referral_reflectionoffer": CASE,
    "referral_stepact": CASE,
    "referral_clockmove": CASE,
    "referral_clock": CASE,
    "referral_checklist": CASE,
    "referral_caseoutcome": CASE,
    "referral_casemove": CASE,
    "referral_legalreason": CASE,
    "referral_legalshare": CASE,
    "victims_matchtoken": "identity_id IN (SELECT id FROM victims_identity WHERE case_id = ANY($1))",
    "victims_identity": CASE,
    "victims_identityentry": CASE,
    "victims_identityversion": CASE,
    "victims_contact": CASE,
    "victims_contactversion": CASE,
    "victims_profile": CASE,
    "victims_profileversion": CASE,
    "victims_needtext": CASE,
    "victims_supportaction": CASE,
    "victims_need": CASE,
    "victims_needversion": CASE,
    "victims_healthnote": CASE,
    "victims_offencefact": CASE,
    "victims_reportdecision": CASE,
    "victims_residencefact": CASE,
    "victims_identificationview": CASE,
    "victims_statement": CASE,
    "victims_linkedpersonname": CASE,
    "victims_linkedperson": CASE,
    "victims_episode": CASE,
    "victims_timelineentry": CASE,
    "victims_secretnote": CASE,
    "victims_paperdocument": CASE,
    "victims_casefile": CASE,  # its bytes: victims/files/operations.py, erase_files
    "victims_casetext": CASE,
    "victims_observation": CASE,
    "victims_assessment": CASE,
    "victims_agreementtext": CASE,
    "victims_childopinion": CASE,
    "victims_consent": CASE,
    "victims_emergencyaccess": CASE,
    "victims_archiveopening": CASE,
    "victims_archive": CASE,
    "victims_ownlabel": CASE,
    "victims_relocation": CASE,
    "victims_datarequest": CASE,
    "victims_limitation": CASE,
    "victims_requisitionmove": "requisition_id IN (SELECT id FROM victims_requisition WHERE case_id = ANY($1))",
    "victims_requisition": CASE,
    "victims_caselink": BOTH,
    "victims_caseversion": "pgh_obj_id = ANY($1)",
    "victims_case": "id = ANY($1)",
    "victims_assignment": CASE,
    "victims_restriction": CASE,
    "victims_grant": CASE,
    "victims_caseaccess": CASE,
    "victims_grantlog": CASE,
}
# collective situations that nothing is left of
SITES = {
    "referral_situationbatch": "situation_id = ANY($1)",
    "referral_situation": "id = ANY($1)",
}
ERASED = {
    "told": TOLD,
    "made": MADE,
    "match": MATCHES,
    "request": REQUESTS,
    "alert": ALERTS,
    "case": CASES,
    "site": SITES,
}
# Tables that reach a case and keep their rows, each with its reason.
KEPT = {
    "journal_entry": "an act, its hour and ids; nothing about the person. Forgotten within a year (Checkpoint.KEPT)",
}


def _erased() -> str:
    """Return the SQL of nrm.erased(noun): the tables of `ERASED` with the condition of their rows, in order."""
    rows = [(noun, table, rows) for noun, tables in ERASED.items() for table, rows in tables.items()]
    values = ", ".join(f"({n}, '{noun}', '{table}', '{rows}')" for n, (noun, table, rows) in enumerate(rows))
    return (
        "CREATE FUNCTION nrm.erased(noun text) RETURNS TABLE (tab text, rows text) LANGUAGE sql IMMUTABLE AS"
        f" $$ SELECT v.tab, v.rows FROM (VALUES {values}) v (n, noun, tab, rows) WHERE v.noun = $1 ORDER BY v.n $$"
    )


class HeldBefore(Rule):
    """The acting agency has kept the case of the row before. A function, since the policy would ask its own table."""

    word = ""

    def sql(self, model):
        return f"{self.word}nrm.held_before({model._meta.db_table}.{column(model, 'case_id')})"


class NeverHeld(HeldBefore):
    """The acting agency never kept this case."""

    word = "NOT "


FUNCTIONS = [_erased()]
NEW_HOLD = Is("state", "asked") & Is("confirmed_by_id", None)
NEW_HOLD &= Is("end_by_id", None) & Is("end_asked_at", None)
WALLS = [
    Wall.of(Erasure, worker_rights="SELECT, UPDATE (outside)"),
    Wall.of(CaseTerm, worker_rights="SELECT, INSERT, UPDATE, DELETE"),
    # who has a demand of justice to answer may keep the case, of which its access may be gone: once, since nobody else
    # sees that demand or ends it
    Wall.of(
        LegalHold,
        insert=By() & Own() & NEW_HOLD & (Sees(2) | HeldBefore() & Sees(1) | Demanded() & NeverHeld()),
        rights="SELECT, INSERT",
    ),
]
