"""Choices of places for the filters of lists."""

from agencies.models import Territory


def places(request=None):
    """Return départements and overseas collectivities."""
    return Territory.objects.exclude(sort=Territory.Sort.REGION)
