"""Filter the register: the working list, the public one and the report."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agencies.models import Directory
from plans.models import (
    Commitment,
    CommitmentBody,
    CommitmentProgress,
    CommitmentSource,
    CommitmentStatus,
    CommitmentTheme,
    CommitmentUrgency,
)

UNSTATED = "unstated"
SORTS = [
    ("", _("As in the register")),
    ("age", _("Longest asked first")),
    ("times", _("Most often asked first")),
    ("due", _("Nearest deadline first")),
    ("urgency", _("Most pressing wording first")),
]


def _labelled(model, field="label"):
    """Return a callable giving choices in the language of the page, read when the form is built."""

    def choices():
        english = (get_language() or "fr").startswith("en")
        for row in model.objects.filter(commitments__active=True).distinct():
            label = (getattr(row, f"{field}_en") if english else "") or getattr(row, f"{field}_fr")
            yield row.pk, label if len(label) <= 72 else f"{label[:71].rstrip()}…"

    return choices


def _urgencies():
    english = (get_language() or "fr").startswith("en")
    return [(u.pk, (u.label_en if english else "") or u.label_fr) for u in CommitmentUrgency.objects.order_by("order")]


class Tick(forms.CheckboxInput):
    """Filter when ticked; do nothing otherwise."""

    def value_from_datadict(self, data, files, name):
        return True if data.get(name) in ("on", "true", "True", "1") else None


def _in_charge():
    """Return the bodies in charge of a commitment."""
    stated = CommitmentProgress.objects.filter(commitment__active=True).values("responsible")
    return [(body.pk, str(body)) for body in Directory.objects.filter(pk__in=stated).order_by("name")]


class CommitmentFilter(django_filters.FilterSet):
    """Filter and sort commitments read by `register.rows`."""

    q = django_filters.CharFilter(method="search", label=_("Words"), max_length=80)
    body = django_filters.ChoiceFilter(choices=_labelled(CommitmentBody), label=_("Asked by"))
    text = django_filters.ChoiceFilter(
        field_name="from_text", choices=_labelled(CommitmentSource, "title"), label=_("Report or text")
    )
    theme = django_filters.ChoiceFilter(choices=_labelled(CommitmentTheme), label=_("Theme"))
    urgency = django_filters.ChoiceFilter(choices=_urgencies, label=_("Strength of the wording"))
    status = django_filters.ChoiceFilter(
        method="of_status",
        choices=[(UNSTATED, pgettext_lazy("commitment", "Nothing stated")), *CommitmentStatus.choices],
        label=pgettext_lazy("commitment", "Status"),
    )
    late = django_filters.BooleanFilter(widget=Tick, method="only", label=_("Past its deadline"))
    repeated = django_filters.BooleanFilter(widget=Tick, method="only", label=_("Asked several times"))
    unmeasured = django_filters.BooleanFilter(widget=Tick, method="without_measure", label=_("No measure entered here"))
    unfunded = django_filters.BooleanFilter(widget=Tick, method="only", label=_("A measure without means entered here"))
    sort = django_filters.ChoiceFilter(
        method="sorted_after", choices=SORTS[1:], empty_label=SORTS[0][1], label=_("Sort")
    )

    def __init__(self, *args, recorded: bool = True, **kwargs):
        """Take away the filters on what is missing while it is not known (`answers_are_recorded`)."""
        super().__init__(*args, **kwargs)
        for name in () if recorded else ("unmeasured", "unfunded"):
            del self.filters[name]

    class Meta:
        model = Commitment
        fields = [
            "q",
            "body",
            "text",
            "theme",
            "urgency",
            "status",
            "late",
            "repeated",
            "unmeasured",
            "unfunded",
            "sort",
        ]

    def search(self, found, name, value):
        """Keep commitments with each word, in either language, in the text, paragraph, source or code."""
        for word in value.split():
            found = found.filter(
                Q(text_fr__icontains=word)
                | Q(text_en__icontains=word)
                | Q(paragraph__icontains=word)
                | Q(from_text__title_fr__icontains=word)
                | Q(code__iexact=word)
            )
        return found

    def of_status(self, found, name, value):
        if value == CommitmentStatus.CONTESTED:
            return found.filter(contested=True)
        return found.filter(status=None if value == UNSTATED else value)

    def only(self, found, name, value):
        return found.filter(**{name: True}) if value else found

    def without_measure(self, found, name, value):
        return found.filter(has_measure=False) if value else found

    def sorted_after(self, found, name, value):
        """Do nothing: ages are known once chains are read, so `register.arranged` sorts."""
        return found

    @property
    def words(self) -> list[dict]:
        """Return the filters in use: label, value in words, and the query string without it."""
        if not self.is_bound:
            return []
        self.form.full_clean()
        found = []
        for name, value in self.form.cleaned_data.items():
            if value in (None, "", False) or name == "sort":
                continue
            rest = self.data.copy()
            for gone in (name, "page"):
                rest.pop(gone, None)
            named = dict(getattr(self.form.fields[name], "choices", ()))
            words = named.get(value, value) if value is not True else _("yes")
            found.append({"label": self.form.fields[name].label, "value": words, "rest": rest.urlencode()})
        return found


class WorkingFilter(CommitmentFilter):
    """Add filters for the working list: body in charge, unchecked positions."""

    charge = django_filters.ChoiceFilter(field_name="in_charge", choices=_in_charge, label=_("Body in charge"))
    unchecked = django_filters.BooleanFilter(widget=Tick, method="only", label=_("Position to be checked"))

    class Meta(CommitmentFilter.Meta):
        fields = [*CommitmentFilter.Meta.fields[:6], "charge", "unchecked", *CommitmentFilter.Meta.fields[6:]]
