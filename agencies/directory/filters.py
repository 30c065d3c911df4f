"""Choices of places for the filters of lists."""

from agencies.models import Territory
from foundation.words.reference_lists import kept


def places() -> list[tuple[str, str]]:
    """Return the codes of départements and overseas collectivities with their names."""
    return kept(_places)


def _places() -> list[tuple[str, str]]:
    return list(territories().values_list("code", "label_fr"))


def territories():
    """Return départements and overseas collectivities."""
    return Territory.objects.exclude(sort=Territory.Sort.REGION)
