"""Figures pushed by the mechanism: everybody reads, the worker's system mode alone writes."""

from agencies.walls import Wall

WALLS = [Wall("plans_pushedfigure", select="true", worker_rights="SELECT, INSERT, UPDATE")]
