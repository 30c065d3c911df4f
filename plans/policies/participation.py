"""Declare row security of participation: drafts are read by their agency only.

Confidential contributions and signals are read by their author and the coordination; the rest is public. States come
from moves; what was answered is not changed.
"""

from foundation.walls import Wall
from plans.models import Contribution, NameWithdrawal, Response, Signal

_ACTS = "agency_id = nrm.policy_agency() AND by_id = nrm.membership()"
_COORDINATION_ACTS = f"nrm.coordinates() AND {_ACTS}"
_OWN_DRAFT = "agency_id = nrm.policy_agency() AND state = 'draft'"
_SIGNALS = (
    "EXISTS (SELECT 1 FROM agencies_agency a WHERE a.group_id = nrm.policy_agency()"
    " AND a.kind IN ('employer', 'union'))"
)

# A child's sign, in any version of the catalogue, is an alert: `plans.participation.selectors.children` says so before.
# Who may send no alert files it here, and due work sends it as one (referral/alerts/operations/signals.py).
_NO_CHILD = (
    "(nrm.sight() NOT IN ('case', 'own') OR NOT EXISTS (SELECT 1 FROM indicators_indicator i, indicators_catalogue c,"
    " jsonb_array_elements(c.reading->'profiles') p WHERE i.code = ANY(signs) AND p->>'code' = i.profile"
    " AND p->>'age_group' = 'child'))"
)

_AUTHORS = (
    "EXISTS (SELECT 1 FROM plans_contribution c WHERE c.id = plans_namewithdrawal.contribution_id"
    " AND c.agency_id = nrm.policy_agency())"
)


def _contribution(table: str) -> str:
    """Select through the policy of the contribution, which alone defines who reads it."""
    return f"EXISTS (SELECT 1 FROM plans_contribution c WHERE c.id = {table}.contribution_id)"


WALLS = [
    Wall(
        "plans_consultation",
        select="opens <= nrm.today() OR nrm.coordinates()",
        insert=f"{_COORDINATION_ACTS} AND withdrawn_at IS NULL AND told_at IS NULL AND outcome = ''",
        update="nrm.coordinates()",
        rights=(
            "SELECT, INSERT, UPDATE (subject, target, title, text, questions, opens, closes, withdrawn_at,"
            " withdrawn_reason, told_at, outcome, outcome_at)"
        ),
    ),
    Wall.of(
        Contribution,
        insert=(
            f"{_ACTS} AND state = 'draft' AND NOT nrm.coordinates() AND submitted_at IS NULL AND published_at IS NULL"
            " AND due_at IS NULL AND settled_at IS NULL AND set_aside_reason = ''"
        ),
        update=_OWN_DRAFT,
        rights="SELECT, INSERT, UPDATE (author_kind, title, text, answers, confidential, saved_at)",
    ),
    Wall(
        "plans_contributionmove",
        select=(
            "agency_id = nrm.policy_agency() OR (nrm.coordinates() AND "
            f"{_contribution('plans_contributionmove')}) OR EXISTS (SELECT 1 FROM plans_contribution c WHERE c.id ="
            " plans_contributionmove.contribution_id AND c.agency_id = nrm.policy_agency())"
        ),
        insert=f"{_ACTS} AND {_contribution('plans_contributionmove')}",
        rights="SELECT, INSERT",
    ),
    Wall.of(
        Response,
        insert=f"{_COORDINATION_ACTS} AND {_contribution('plans_response')}",
        rights="SELECT, INSERT",
    ),
    Wall.of(
        NameWithdrawal,
        insert=f"{_ACTS} AND {_contribution('plans_namewithdrawal')} AND restored_at IS NULL",
        update=f"restored_at IS NULL AND {_AUTHORS}",
        check=_AUTHORS,
        rights="SELECT, INSERT, UPDATE (restored_at, passage)",
    ),
    Wall(  # encrypted, read by its author only; who removes the words writes them and cannot read them again
        "plans_withdrawnpassage",
        select=(
            "EXISTS (SELECT 1 FROM plans_namewithdrawal w JOIN plans_contribution c ON c.id = w.contribution_id"
            " WHERE w.id = plans_withdrawnpassage.withdrawal_id AND c.agency_id = nrm.policy_agency())"
        ),
        insert=(
            "EXISTS (SELECT 1 FROM plans_namewithdrawal w WHERE w.id = withdrawal_id AND w.by_id = nrm.membership()"
            " AND w.restored_at IS NULL)"
        ),
        rights="SELECT, INSERT",
    ),
    Wall(
        "plans_survivorsummary",
        select="true",
        insert=_COORDINATION_ACTS,
        rights="SELECT, INSERT",
    ),
    Wall.of(
        Signal,
        insert=(
            f"{_ACTS} AND {_SIGNALS} AND {_NO_CHILD} AND read_at IS NULL AND read_for_child = 0"
            " AND alert_reference = ''"
        ),
        update="nrm.coordinates() AND read_at IS NULL",
        check="nrm.coordinates()",
        rights="SELECT, INSERT, UPDATE (read_at)",
        worker_rights="SELECT, INSERT, UPDATE (read_for_child, alert_reference)",
    ),
]
RIGHTS = {"plans_sectorguide": "SELECT", "plans_advice": "SELECT"}
