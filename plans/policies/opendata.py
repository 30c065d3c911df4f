"""What was released is for anybody and never changes; the worker alone adds to it."""

from foundation.walls import Wall

WALLS = [
    Wall("plans_datasetrelease", select="true", rights="SELECT", worker_rights="SELECT, INSERT"),
]
