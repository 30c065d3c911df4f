"""How long closed cases, alerts without a case and accounts are kept: each with a floor below which nothing starts."""

import os
from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured


def _number(name: str, default: int, least: int | None = None) -> int:
    """Return a number of the environment. Raises ImproperlyConfigured below `least`, by default itself."""
    least = default if least is None else least
    number = int(os.environ.get(name) or default)
    if number < least:
        raise ImproperlyConfigured(f"{name} is {least} or more.")
    return number


CASE_KEPT_YEARS = _number("CASE_KEPT_YEARS", 2)
CASE_ARCHIVED_MONTHS = _number("CASE_ARCHIVED_MONTHS", 6, least=1)
if CASE_ARCHIVED_MONTHS >= CASE_KEPT_YEARS * 12:
    raise ImproperlyConfigured("CASE_ARCHIVED_MONTHS ends before CASE_KEPT_YEARS does.")
ARCHIVED_AFTER = timedelta(days=CASE_ARCHIVED_MONTHS * 365 // 12)
ALERT_KEPT_YEARS = _number("ALERT_KEPT_YEARS", 1)
# an account with which nobody signed in is switched off, and one that is off is forgotten (decision 85)
ACCOUNT_UNUSED = timedelta(days=_number("ACCOUNT_UNUSED_MONTHS", 12, least=3) * 365 // 12)
ACCOUNT_KEPT = timedelta(days=_number("ACCOUNT_KEPT_YEARS", 5, least=2) * 365)
