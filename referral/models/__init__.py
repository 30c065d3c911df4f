"""The mechanism: alerts and orientations, their desks, their moves, and the contents kept apart.

State changes only by inserting a move: a trigger checks it against the workflow table, sets the state and derives
the desk rows. Contents are encrypted and stand in tables of their own, each with its own policy.
"""

from .alerts import Alert, AlertContact, AlertContent, AlertDesk, AlertLink, AlertMove, AlertQuerySet
from .clients import ClientKey
from .moves import DeskQuerySet, Move
from .orientations import Orientation, OrientationDesk, OrientationMove, OrientationQuerySet, OrientationSheet

__all__ = [
    "Alert",
    "AlertContact",
    "AlertContent",
    "AlertDesk",
    "AlertLink",
    "AlertMove",
    "AlertQuerySet",
    "ClientKey",
    "DeskQuerySet",
    "Move",
    "Orientation",
    "OrientationDesk",
    "OrientationMove",
    "OrientationQuerySet",
    "OrientationSheet",
]
