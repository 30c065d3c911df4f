"""The keyset helper stands in agencies.paging, where every floor reaches it; this name serves the modules above."""

from agencies.paging import CAP, PAGE, BadCursor, Keyset, Page, capped_count

__all__ = ["CAP", "PAGE", "BadCursor", "Keyset", "Page", "capped_count"]
