"""Say how long before the day that an authority gave its end is told."""

from datetime import timedelta

SOON = timedelta(days=7)
