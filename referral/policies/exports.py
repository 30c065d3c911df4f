"""Row security of exports and saved searches.

The network above a small organisation sees that an export waits, and its size; never the order or the file.
"""

from foundation.sight import By, Follows, Is, Own, SightIs, Sql
from foundation.walls import Wall
from referral.models import Export, ExportFile, ExportMove, ExportOrder, ExportPiece, SavedSearch

from .desks import DUE_DESK


def _of_mine(state: str) -> Sql:
    return Sql(
        "EXISTS (SELECT 1 FROM referral_export e WHERE e.id = export_id AND e.by_id = nrm.membership()"
        f" AND e.state = '{state}')"
    )


_OF_EXPORT = Follows("export_id", Export)
_FROM_HERE = Sql("agency_id = nrm.agency()")

WALLS = [
    Wall.of(
        Export,
        select=By() | Sql("nrm.approves(agency_id, by_id)"),
        insert=By() & Own() & Is("state", "asked") & Is("done", 0) & Is("due_at", None),
        update=By() & Is("state", "building"),
        rights="SELECT, INSERT, UPDATE (done)",
        worker_select=DUE_DESK,
    ),
    Wall.of(
        ExportOrder,
        select=_FROM_HERE & _OF_EXPORT,
        # only before it is submitted: exactly what was approved is exported
        insert=Own() & _of_mine("asked"),
        rights="SELECT, INSERT",
    ),
    Wall.of(ExportMove, insert=By("membership_id") & _FROM_HERE & _OF_EXPORT, rights="SELECT, INSERT"),
    Wall.of(
        ExportFile,
        insert=ExportFile.sight & _of_mine("building"),
        update=ExportFile.sight,
        delete=ExportFile.sight,
        rights="SELECT, INSERT, UPDATE (link, link_until), DELETE",
    ),
    Wall.of(
        ExportPiece,
        insert=ExportPiece.sight & _of_mine("building"),
        update=ExportPiece.sight,
        rights="SELECT, INSERT, UPDATE (rows, archive)",
    ),
    Wall.of(
        SavedSearch,
        insert=SavedSearch.sight & SightIs("case"),
        update=SavedSearch.sight,
        delete=SavedSearch.sight,
        rights="SELECT, INSERT, UPDATE (data), DELETE",
    ),
]
