"""Closed lists of a request, and their text."""

from django.utils.translation import gettext_lazy, pgettext_lazy

PREGNANT = [
    ("", gettext_lazy("Not said")),
    ("yes", pgettext_lazy("pregnant", "Yes")),
    ("no", pgettext_lazy("pregnant", "No")),
]
