"""Row security of documents: the category of each; under professional secrecy, the agency that added it alone."""

from foundation.sight import By, Is, IsNot, Own
from foundation.walls import Wall
from victims.models import CaseFile
from victims.models.files import HoldsFile
from victims.models.sight import Leads, Sees

_PLAIN = Is("bit", 0) & Sees(3, lead=True)
_SECRET = Is("secret", True) & Is("bit", 0) & Sees(2)
_ADDS = _SECRET | Is("secret", False) & (_PLAIN | HoldsFile(plain=False))

WALLS = [
    Wall.of(
        CaseFile,
        # the acting member for its agency, always in quarantine: what is ready was scanned by the worker
        insert=By() & Own() & Is("state", "quarantine") & Is("ended_by_id", None) & _ADDS,
        # taken back by the agency that added it or that leads, in the name of the acting member; nothing else
        update=IsNot("state", "erased") & (Own() | Leads()) & CaseFile.sight,
        check=By("ended_by_id") & Is("state", "withdrawn"),
        rights="SELECT, INSERT, UPDATE (state, data, reason, ended_at, ended_by_id)",
        worker_rights="SELECT, INSERT, UPDATE (state, data, kept_as, reason, ended_at, ended_by_id, missed_at)",
    ),
]
