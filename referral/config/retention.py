"""How long a closed case is kept: one number, with a floor below which the installation does not start."""

import os

from django.core.exceptions import ImproperlyConfigured

FLOOR = 2  # years

CASE_KEPT_YEARS = int(os.environ.get("CASE_KEPT_YEARS", "2"))
if CASE_KEPT_YEARS < FLOOR:
    raise ImproperlyConfigured(f"CASE_KEPT_YEARS is {FLOOR} or more.")
