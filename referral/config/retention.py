"""How long a closed case is kept, and an alert without a case: each with a floor below which nothing starts."""

import os

from django.core.exceptions import ImproperlyConfigured


def _years(name: str, least: int) -> int:
    years = int(os.environ.get(name) or least)
    if years < least:
        raise ImproperlyConfigured(f"{name} is {least} or more.")
    return years


CASE_KEPT_YEARS = _years("CASE_KEPT_YEARS", 2)
ALERT_KEPT_YEARS = _years("ALERT_KEPT_YEARS", 1)
