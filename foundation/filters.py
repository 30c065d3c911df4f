"""Define base classes for the filters of lists, shared by pages and API."""

import re

import django_filters
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.choices import flatten_choices
from django.utils.translation import gettext_lazy as _

NOT_A_SIGN = re.compile(r"[^0-9A-Z]")
# parameters of pages that are not filters
PAGE_PARAMETERS = {"cursor", "limit", "view", "format"}


def reference_prefix(rows, name, value):
    """Keep rows whose reference begins with what was typed: « k7mx 2 » finds K7MX-2…"""
    signs = NOT_A_SIGN.sub("", value.upper())[:8]
    if not signs:
        return rows.none()
    return rows.filter(**{f"{name}__startswith": f"{signs[:4]}-{signs[4:]}" if len(signs) > 4 else signs})


class ReferenceFilter(django_filters.CharFilter):
    """Filter rows by the beginning of their reference."""

    def __init__(self, **kwargs):
        kwargs = {"field_name": "reference", "method": reference_prefix, "max_length": 20, **kwargs}
        super().__init__(label=_("Reference"), **kwargs)


class ListFilter(django_filters.FilterSet):
    """Add the list of active filters and the detection of unknown ones to a FilterSet."""

    @classmethod
    def narrows(cls, query) -> bool:
        """Return whether a query string names a filter of this list, even without a value."""
        return any(name in cls.base_filters for name in query)

    @property
    def active(self) -> list[dict]:
        """Return the filters in use: name, label, value in words, and the query string without it."""
        if not self.is_bound:
            return []
        found = []
        self.form.full_clean()  # invalid values are left out, the others apply
        for name, value in self.form.cleaned_data.items():
            if value in (None, "", []):
                continue
            rest = self.data.copy()
            for gone in (name, "cursor"):
                rest.pop(gone, None)
            label = self.form.fields[name].label
            found.append({"name": name, "label": label, "value": self._words(name, value), "rest": rest.urlencode()})
        return found

    def _words(self, name, value) -> str:
        for key, label in flatten_choices(iter(getattr(self.form.fields[name], "choices", ()))):
            if str(key) == str(getattr(value, "pk", value)):
                return str(label)
        return str(_("yes")) if value is True else str(value)

    def unknown(self) -> list[str]:
        """Return the query parameters that are not filters of this list.

        The API refuses them: a typing error must not widen a list.
        """
        return sorted(set(self.data) - set(self.filters) - PAGE_PARAMETERS)


class LateFilter(django_filters.FilterSet):
    """Keep rows past the time of the first promise (`answer_by`): escalation does not reset it."""

    late = django_filters.BooleanFilter(method="keep_late", label=_("Overdue only"))

    def keep_late(self, rows, name, value):
        late = Q(due_at__isnull=False, answer_by__lt=Now())  # the clock of the database: a kept statement has no time
        return rows.filter(late) if value else rows.exclude(late)
