"""Declare row security of public figures: loaded from the pack, read by anybody, written by no page."""

from foundation.walls import READ_ONLY, Wall

WALLS: list[Wall] = []
RIGHTS = {"plans_figureseries": READ_ONLY, "plans_publicfigure": READ_ONLY}
