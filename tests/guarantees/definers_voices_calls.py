"""What the lines of `expected/definers_voices.csv` run: contributions, answers, names taken out, signals."""

from .definers import Call

LOOKS = {
    "contributions": """
        SELECT format('%s %s%s%s%s%s%s', id, state, CASE WHEN submitted_at IS NOT NULL THEN ', sent' END,
               CASE WHEN due_at IS NOT NULL THEN ', due in ' || extract(day FROM due_at - now()) END,
               CASE WHEN published_at IS NOT NULL THEN ', public' END,
               CASE WHEN settled_at IS NOT NULL THEN ', settled' END,
               CASE WHEN set_aside_reason <> '' THEN ' because ' || set_aside_reason END) FROM plans_contribution""",
    "authors": """
        SELECT format('%s by %s%s', title, author_kind, CASE WHEN confidential THEN ', confidential' END)
        FROM plans_contribution""",
    "texts": """
        SELECT format('%s: %s / %s / %s', id, title, text, array_to_string(answers, ', ')) FROM plans_contribution
        UNION ALL SELECT format('answer to %s: %s', contribution_id, text) FROM plans_response""",
    "marks": "SELECT format('mark %s of %s: %s%s', number, contribution_id, passage,"
    " CASE WHEN restored_at IS NOT NULL THEN ', put back' END) FROM plans_namewithdrawal",
}
_BY = {"unit": "@coordination_unit", "by": "@coordination.member"}
CALLS = {
    "contribution_stamped": Call(
        "INSERT INTO plans_contribution (id, reference, subject, target, agency_id, by_id, author_kind, title, text,"
        " answers, confidential, state, created_at, saved_at, set_aside_reason) VALUES (gen_random_uuid(), 'C-9',"
        " 'plan', 'p3', %(unit)s, %(by)s, %(kind)s, 'New', '', '{}', false, 'draft', now(), now(), '')",
        looks=("authors",),
        words={"kind": "", **_BY},
        role="nrm_owner",
    ),
    "contribution_changed": Call(
        "UPDATE plans_contribution SET title = 'Changed', author_kind = %(kind)s WHERE id = %(contribution)s",
        looks=("authors",),
        words={"contribution": "@contribution_draft", "kind": "union"},
        role="nrm_owner",
    ),
    "contribution_moved": Call(
        "INSERT INTO plans_contributionmove (id, contribution_id, action, before, after, reason, due_at, agency_id,"
        " by_id, at) VALUES (gen_random_uuid(), %(contribution)s, %(action)s, %(state)s, %(after)s, %(why)s,"
        " now() + %(due)s::interval + interval '1 hour', %(unit)s, %(by)s, now())",
        looks=("contributions",),
        words={
            "contribution": "@contribution_draft", "action": "submit", "state": "draft", "after": "submitted",
            "why": "", "due": "30d", **_BY,
        },
        role="nrm_owner",
    ),
    "contribution_answered": Call(
        "INSERT INTO plans_response (contribution_id, verdict, text, agency_id, by_id, at)"
        " VALUES (%(contribution)s, 'partly', 'Essai', %(unit)s, %(by)s, now())",
        looks=("contributions",),
        words={"contribution": "@contribution_published", **_BY},
        role="nrm_owner",
    ),
    "consultation_kept": Call(
        "UPDATE plans_consultation SET title = COALESCE(%(title)s, title), closes = closes + %(later)s::int,"
        " outcome = COALESCE(%(outcome)s, outcome),"
        " withdrawn_at = CASE WHEN %(back)s = 'y' THEN NULL ELSE withdrawn_at END"
        " WHERE id = %(consultation)s",
        words={
            "consultation": "@consultation_open", "title": "@nothing", "later": "0", "outcome": "@nothing", "back": "",
        },
        role="nrm_owner",
    ),
    "participation_figures": Call(
        "SELECT array_to_string(ARRAY[received, confidential, answered, set_aside, waiting, late, unread_late, due,"
        " settled, median_days, unread], ' ') FROM nrm.participation_figures()"
    ),
    "attendance_figures": Call(
        "SELECT college, presence, seats FROM nrm.attendance_figures() WHERE meeting_id = %(meeting)s",
        words={"meeting": "@meeting_held"},
    ),
    "signal_figures": Call(
        "SELECT sector_id, quarter = date_trunc('quarter', now() - interval '3 months')::date,"
        " COALESCE(signals::text, 'masked') FROM nrm.signal_figures()"
    ),
    "name_withdrawn": Call(
        "INSERT INTO plans_namewithdrawal (id, contribution_id, number, reason, passage, agency_id, by_id, at)"
        " VALUES (gen_random_uuid(), %(contribution)s, 0, 'name', %(passage)s, %(unit)s, %(by)s, now())",
        looks=("texts", "marks"),
        words={"contribution": "@named", "passage": "@jean", **_BY},
        role="nrm_owner",
    ),
    "name_restored": Call(
        "UPDATE plans_namewithdrawal SET restored_at = %(when)s, passage = %(passage)s WHERE id = %(withdrawal)s",
        looks=("texts", "marks"),
        words={"withdrawal": "@marked", "passage": "Paul", "when": "2026-11-01"},
        role="nrm_owner",
    ),
}  # fmt: skip
