"""Figures pushed by the mechanism: everybody reads, the worker's system mode alone writes. What associations said of a
year is never said again."""

from foundation.walls import Wall

WALLS = [
    Wall("plans_pushedfigure", select="true", worker_rights="SELECT, INSERT, UPDATE"),
    Wall("plans_surveyfigure", select="true", worker_rights="SELECT, INSERT"),
]
