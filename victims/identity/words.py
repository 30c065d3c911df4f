"""Closed list of sexes, and its text."""

from django.utils.translation import gettext_lazy

SEXES = [
    ("woman", gettext_lazy("Woman")),
    ("man", gettext_lazy("Man")),
    ("other", gettext_lazy("Another answer")),
]
