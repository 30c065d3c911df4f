"""Row security of exports and of saved searches. The network above a small organisation sees that something waits, and
how large it is; the order and the file it never does."""

from foundation.walls import Wall

from .desks import ME

_SEES = f"by_id = {ME} OR nrm.approves(agency_id, by_id)"
_OF_MINE = f"EXISTS (SELECT 1 FROM referral_export e WHERE e.id = export_id AND e.by_id = {ME} AND e.state = '{{}}')"
_OWN = f"membership_id = {ME}"

WALLS = [
    Wall(
        "referral_export",
        select=_SEES,
        insert=f"by_id = {ME} AND agency_id = nrm.desk() AND state = 'asked' AND done = 0 AND due_at IS NULL",
        update=f"by_id = {ME} AND state = 'building'",
        rights="SELECT, INSERT, UPDATE (done)",
        worker_select="agency_id = nrm.desk() AND current_setting('nrm.kind', true) = 'system'",
    ),
    Wall(
        "referral_exportorder",
        select="agency_id = nrm.agency() AND EXISTS (SELECT 1 FROM referral_export e WHERE e.id = export_id)",
        # before it is submitted: what was approved is what is made
        insert=f"agency_id = nrm.desk() AND {_OF_MINE.format('asked')}",
        rights="SELECT, INSERT",
    ),
    Wall(
        "referral_exportmove",
        select="EXISTS (SELECT 1 FROM referral_export e WHERE e.id = export_id)",
        insert=f"membership_id = {ME} AND agency_id = nrm.agency()"
        " AND EXISTS (SELECT 1 FROM referral_export e WHERE e.id = export_id)",
        rights="SELECT, INSERT",
    ),
    Wall(
        "referral_exportfile",
        select=_OWN,
        insert=f"{_OWN} AND {_OF_MINE.format('building')}",
        update=_OWN,
        delete=_OWN,
        rights="SELECT, INSERT, UPDATE (rows, archive, link, link_until), DELETE",
    ),
    Wall(
        "referral_savedsearch",
        select=_OWN,
        insert=f"{_OWN} AND nrm.sight() = 'case'",
        update=_OWN,
        delete=_OWN,
        rights="SELECT, INSERT, UPDATE (data), DELETE",
    ),
]
