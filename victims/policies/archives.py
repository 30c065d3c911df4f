"""Row security of the archive: written by the worker and by `nrm.open_archive` only."""

from foundation.sql_values import constant
from foundation.walls import Wall
from victims.models import Archive, ArchiveOpening
from victims.models.emergencies import ARCHIVED_AT_LEAST, ATTEMPTS_AN_HOUR, OPEN_FOR

FUNCTIONS = [
    constant("nrm.archived_at_least", ARCHIVED_AT_LEAST),
    constant("nrm.archive_open_for", OPEN_FOR),
    constant("nrm.dangers_an_hour", ATTEMPTS_AN_HOUR),
    constant("nrm.archive_reasons", list(ArchiveOpening.Why.values)),
]
WALLS = [
    Wall.of(Archive, worker_rights="SELECT, UPDATE (erased_on), DELETE"),
    Wall.of(ArchiveOpening),
]
