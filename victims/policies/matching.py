"""What the comparison of identities stands on: written blindly by whoever types, read by the worker alone."""

from foundation.sight import By
from foundation.walls import Wall
from victims.models import IdentityEntry, MatchToken
from victims.models.sight import Leads

WALLS = [
    Wall.of(IdentityEntry, insert=By() & Leads(), rights="INSERT", worker_rights="SELECT, INSERT, DELETE"),
    Wall.of(MatchToken, rights="", worker_rights="SELECT, INSERT, DELETE"),
]
