"""Row security of imports: members of the agency who see cases."""

from foundation.sight import By, Own
from foundation.walls import Wall
from referral.models import CaseImport, ImportedCase, ImportMatching
from victims.models.sight import Sees

WALLS = [
    Wall.of(
        CaseImport,
        insert=Own() & By(),
        update=CaseImport.sight,
        rights="SELECT, INSERT, UPDATE (state, content, total, good, done, only_good, ended_at)",
    ),
    Wall.of(ImportedCase, insert=Own() & Sees(3), rights="SELECT, INSERT"),
    Wall.of(ImportMatching, insert=Own(), update=Own(), rights="SELECT, INSERT, UPDATE"),
]
