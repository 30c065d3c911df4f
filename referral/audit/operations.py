"""Journal each reading of the journal."""

from agencies.models import Membership
from journal.operations import record

from .selectors import NOUNS, named


def keep_reading(reference: str = "", account: int | None = None) -> None:
    """Record that the actor read the journal, with the thing or account it asked for, if any."""
    found = named(reference) if reference else []
    if found:
        noun, key = found[0]
        record("journal.read", NOUNS[noun](pk=key))
    else:
        record("journal.read", Membership(pk=account) if account else None)
