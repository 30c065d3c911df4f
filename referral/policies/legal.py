"""Row security of shares without agreement, and of numbers that nobody may dial."""

from foundation.sight import By, Is, Sql
from foundation.walls import Wall
from referral.models import AlertOffence, LegalReason, LegalShare

_UNSENT = LegalShare.sent & Is("sent_at", None)
_DRAFT = Sql(
    "EXISTS (SELECT 1 FROM referral_alert x WHERE x.id = referral_alertoffence.alert_id"
    " AND x.author_id = nrm.membership() AND x.state = 'draft')"
)
_OWN_SHARE = Sql(
    "EXISTS (SELECT 1 FROM referral_legalshare s WHERE s.orientation_id = referral_legalreason.share_id"
    " AND s.sender_id = nrm.desk() AND s.sent_at IS NULL)"
)

WALLS = [
    Wall.of(LegalShare, insert=By() & _UNSENT, delete=_UNSENT, rights="SELECT, INSERT, DELETE"),
    Wall.of(LegalReason, insert=_OWN_SHARE, delete=_OWN_SHARE, rights="SELECT, INSERT, DELETE"),
    Wall.of(AlertOffence, select=_DRAFT, insert=_DRAFT, delete=_DRAFT, rights="SELECT, INSERT, DELETE"),
]
