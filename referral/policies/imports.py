"""Row security of imports: members of the agency who see cases."""

from foundation.sight import By, Is, Own, Sql
from foundation.walls import Wall
from referral.models import CaseImport, ImportedCase, ImportMatching, ImportPiece
from victims.models.sight import Sees

# lines are added while the table is brought, to an import that one sees
_BROUGHT = Sql("EXISTS (SELECT 1 FROM referral_caseimport i WHERE i.id = origin_id AND i.state = 'uploaded')")

WALLS = [
    Wall.of(
        CaseImport,
        insert=Own() & By() & Is("asked_by_id", None),
        update=CaseImport.sight,
        # the worker acts as who asked last: nobody asks in the name of a colleague
        check=By("asked_by_id"),
        rights="SELECT, INSERT, UPDATE (state, content, total, checked, good, done, only_good, asked_by_id, left_out,"
        " ended_at)",
    ),
    Wall.of(
        ImportPiece,
        insert=Own() & _BROUGHT,
        update=Own(),
        delete=Own(),
        rights="SELECT, INSERT, UPDATE (rows, faults, faulty, keys), DELETE",
    ),
    Wall.of(ImportedCase, insert=Own() & Sees(3), rights="SELECT, INSERT"),
    Wall.of(ImportMatching, insert=Own(), update=Own(), rights="SELECT, INSERT, UPDATE"),
]
