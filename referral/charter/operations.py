"""Accept the charter of use."""

from django.utils import timezone

from journal.operations import record

from .words import VERSION


def accept(user) -> None:
    """Note that a person accepts the charter as it stands; once more changes nothing."""
    if user.charter == VERSION:
        return
    user.charter, user.charter_at = VERSION, timezone.now()
    user.save(update_fields=["charter", "charter_at"])
    record("account.charter", user)
