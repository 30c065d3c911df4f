"""Row security of the comparison of identities: inserted by authors of identities, read by the worker only."""

from foundation.sight import By
from foundation.walls import Wall
from victims.models import IdentityEntry, MatchToken
from victims.models.sight import Leads

WALLS = [
    Wall.of(IdentityEntry, insert=By() & Leads(), rights="INSERT", worker_rights="SELECT, INSERT, DELETE"),
    Wall.of(MatchToken, rights="", worker_rights="SELECT, INSERT, DELETE"),
]
