"""Public figures come from the pack and are read by anybody; no page writes them."""

from foundation.walls import READ_ONLY, Wall

WALLS: list[Wall] = []
RIGHTS = {"plans_figureseries": READ_ONLY, "plans_publicfigure": READ_ONLY}
