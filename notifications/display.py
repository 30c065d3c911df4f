"""Group the notices of a page, so that a busy morning is one line and not forty."""

from collections import Counter

from .models import Notice

LEAST = 3  # fewer are shown one by one


def grouped(notices: list[Notice]) -> list[list[Notice]]:
    """Return the notices newest first; three unread ones of a kind or more stand together, except urgent ones."""
    waiting = Counter(notice.kind for notice in notices if _joins(notice))
    found: dict[object, list[Notice]] = {}
    for notice in notices:
        together = _joins(notice) and waiting[notice.kind] >= LEAST
        found.setdefault(notice.kind if together else notice.pk, []).append(notice)
    return list(found.values())


def _joins(notice: Notice) -> bool:
    return notice.read_at is None and not notice.what.urgent
