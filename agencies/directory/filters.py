"""Choices of places for the filters of lists."""

from agencies.models import Territory
from foundation.words.reference_lists import kept


def places() -> list[tuple[str, str]]:
    """Return the codes of départements and overseas collectivities with their names."""
    return kept(_places)


def _places() -> list[tuple[str, str]]:
    return list(Territory.objects.exclude(sort=Territory.Sort.REGION).values_list("code", "label_fr"))
