"""Journal that what was shared without an agreement was listed."""

from journal.operations import record


def record_listing() -> None:
    """Record that a page of these shares is shown."""
    record("legal_shares.list")
