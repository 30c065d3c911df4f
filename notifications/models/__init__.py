"""Store what happened, who is told of it, and the addresses of programs to which it is posted."""

from .hooks import Hook, HookDelivery, HookSecret
from .notices import UNREAD_CAP, Event, Installation, Notice, NoticeQuerySet, Preference

__all__ = [
    "UNREAD_CAP",
    "Event",
    "Hook",
    "HookDelivery",
    "HookSecret",
    "Installation",
    "Notice",
    "NoticeQuerySet",
    "Preference",
]
