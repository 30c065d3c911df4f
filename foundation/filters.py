"""Base classes of the filters of lists, the same for pages and API."""

import re

import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.choices import flatten_choices
from django.utils.translation import gettext_lazy as _

NOT_A_SIGN = re.compile(r"[^0-9A-Z]")
# a page's own parameters, which are no filters
PAGE_PARAMETERS = {"cursor", "limit", "view", "format"}


def reference_prefix(rows, name, value):
    """Typed as one reads it aloud: « k7mx 2 » finds K7MX-2…"""
    signs = NOT_A_SIGN.sub("", value.upper())[:8]
    if not signs:
        return rows.none()
    return rows.filter(**{f"{name}__startswith": f"{signs[:4]}-{signs[4:]}" if len(signs) > 4 else signs})


class ReferenceFilter(django_filters.CharFilter):
    def __init__(self, **kwargs):
        kwargs = {"field_name": "reference", "method": reference_prefix, "max_length": 20, **kwargs}
        super().__init__(label=_("Reference"), **kwargs)


class ListFilter(django_filters.FilterSet):
    """A FilterSet that knows which of its filters are in use."""

    @property
    def active(self) -> list[dict]:
        """Filters in use: name, label, the value in words, and the address's query without it."""
        if not self.is_bound:
            return []
        found = []
        self.form.full_clean()  # values that cannot be read are left out, the others count
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
        """Names in the address that are no filter of this list: the API refuses them, a typo must not widen a list."""
        return sorted(set(self.data) - set(self.filters) - PAGE_PARAMETERS)


class LateFilter(django_filters.FilterSet):
    """Of rows with a clock, those past what was promised: escalating what waits makes it no less late."""

    late = django_filters.BooleanFilter(method="keep_late", label=_("Late only"))

    def keep_late(self, rows, name, value):
        late = Q(due_at__isnull=False, answer_by__lt=timezone.now())
        return rows.filter(late) if value else rows.exclude(late)
