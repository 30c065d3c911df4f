"""Row security of what is shared without agreement, and of numbers nobody may dial."""

from foundation.walls import Wall
from victims.policies import open_to_me, sees

from .desks import ME

_SENT = f"sender_id = nrm.desk() AND {open_to_me('referral_legalshare.case_id')}"
_DRAFT = (
    "EXISTS (SELECT 1 FROM referral_alert x WHERE x.id = referral_alertoffence.alert_id"
    f" AND x.author_id = {ME} AND x.state = 'draft')"
)
_OWN_SHARE = (
    "EXISTS (SELECT 1 FROM referral_legalshare s WHERE s.orientation_id = referral_legalreason.share_id"
    " AND s.sender_id = nrm.desk() AND s.sent_at IS NULL)"
)

WALLS = [
    Wall(
        "referral_legalshare",
        select=(
            f"(nrm.sight() = 'journal' AND sent_at IS NOT NULL) OR ({_SENT})"
            f" OR {sees('referral_legalshare.case_id', 3, lead=True)}"
        ),
        insert=f"by_id = {ME} AND {_SENT} AND sent_at IS NULL",
        delete=f"{_SENT} AND sent_at IS NULL",
        rights="SELECT, INSERT, DELETE",
    ),
    Wall(
        "referral_legalreason",
        select=sees("referral_legalreason.case_id", 3, lead=True),
        insert=_OWN_SHARE,
        delete=_OWN_SHARE,
        rights="SELECT, INSERT, DELETE",
    ),
    Wall(
        "referral_alertoffence",
        select=_DRAFT,
        insert=_DRAFT,
        delete=_DRAFT,
        rights="SELECT, INSERT, DELETE",
    ),
]
