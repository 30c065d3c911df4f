"""Declare row security of pushed figures: read by everybody, written by the system mode of the worker only.

The figures of a yearly survey are never replaced.
"""

from foundation.walls import Wall

WALLS = [
    Wall("plans_pushedfigure", select="true", worker_rights="SELECT, INSERT, UPDATE"),
    Wall("plans_surveyfigure", select="true", worker_rights="SELECT, INSERT"),
]
