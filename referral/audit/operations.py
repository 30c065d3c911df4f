"""Record each reading of the journal in the journal."""

from agencies.models import Membership
from journal.operations import record

from .selectors import NOUNS, named


def keep_reading(reference: str = "", account: int | None = None) -> None:
    """Who read the journal, and about what when one thing or one account was asked for."""
    found = named(reference) if reference else []
    if found:
        noun, key = found[0]
        record("journal.read", NOUNS[noun](pk=key))
    else:
        record("journal.read", Membership(pk=account) if account else None)
