"""Define the form of an anonymous signal: what was seen, where, which month; a note that names somebody is refused."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from agencies.models import Territory
from foundation.fields import field_of
from indicators.catalogue import selectors as catalogue_selectors
from plans.models import SectorGuide, Signal
from plans.participation import rules as participation_rules
from plans.participation.selectors.children import told_child

MONTHS = 12
ANY = "any"  # form of a sign that is read in each


def signs_of(sector: SectorGuide) -> list[tuple[str, str]]:
    """Return (code, label) of the signs of a sector, in the words in which sheets and alerts ask them.

    A sign of one form of exploitation that only the grid of another asks keeps the words of the catalogue: on a site,
    dangerous work is no begging among cars.
    """
    catalogue, book = catalogue_selectors.current().indicators, catalogue_selectors.grids()
    own = {
        item.indicator: item
        for grid in reversed(tuple(book.grids.values()))
        for item in grid.items
        if catalogue[item.indicator].form == grid.form
    }
    known = {**catalogue, **{code: item for code, item in book.worded.items() if catalogue[code].form == ANY}, **own}
    french = get_language() == "fr"
    shown = [(code, known[code]) for code in sector.signs if code in known]
    return [(code, sign.label_fr if french else sign.label_en or sign.label_fr) for code, sign in shown]


def months() -> list:
    """Return the first days of this month and of the eleven before."""
    day, found = timezone.localdate().replace(day=1), []
    for _month in range(MONTHS):
        found.append(day)
        day = (day - timedelta(days=1)).replace(day=1)
    return found


class SignalForm(forms.Form):
    use_required_attribute = False

    signs = forms.MultipleChoiceField(
        label=_("What did you see?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick one sign at least.")},
    )
    territory = forms.ModelChoiceField(
        queryset=None,
        label=_("In which département?"),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose the département."), "invalid_choice": _("Choose the département.")},
    )
    month = forms.DateField(
        label=_("In which month?"), widget=forms.Select, error_messages={"required": _("Choose the month.")}
    )
    persons = field_of(
        Signal.persons,
        _("How many people?"),
        widget=forms.RadioSelect,
        missing=_("Choose how many people, or “Not known”."),
    )
    done = forms.MultipleChoiceField(
        label=_("What was done?"),
        choices=Signal.Done.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what was done, or “Nothing yet”.")},
    )
    note = field_of(
        Signal.note,
        _("Note"),
        help_text=_("300 characters. No name of a person, a company or a street; no number, no e-mail, no plate."),
        rows=3,
        attrs={"autocomplete": "off"},
        error_messages={"max_length": _("Shorten the note to 300 characters.")},
    )

    def __init__(self, *args, sector: SectorGuide, reports: bool, **kwargs):
        """`reports`: the member may send alerts, and tells of a child by one. Another presses a second button."""
        super().__init__(*args, **kwargs)
        self.passed_on = self.is_bound and not reports and "as_alert" in self.data
        self.fields["signs"].choices = signs_of(sector)
        self.fields["territory"].queryset = Territory.objects.exclude(sort=Territory.Sort.REGION)
        self.fields["month"].widget.choices = [(day.isoformat(), date_format(day, "F Y")) for day in months()]

    @property
    def told_child(self) -> list[str]:
        """Return what tells a child in what was typed, whatever else is missing: such a signal is an alert."""
        return told_child(self.data.getlist("signs"), self.data.get("note")) if self.is_bound else []

    def clean(self):
        if self.told_child and not self.passed_on:
            raise forms.ValidationError(_("This speaks of a child: it is reported as an alert, not as a signal."))
        return super().clean()

    def clean_month(self):
        month = self.cleaned_data["month"]
        if month not in months():
            raise forms.ValidationError(_("Choose the month."))
        return month

    def clean_note(self) -> str:
        note = self.cleaned_data["note"]
        if found := participation_rules.found_in(note):
            words = ", ".join(f"{hit.words} ({hit.text})" for hit in found)
            raise forms.ValidationError(_("Take this out, a signal names nobody: %(found)s."), params={"found": words})
        return note
