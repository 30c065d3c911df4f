"""Forms of the hours of a desk and of its duty list."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from agencies.models import DutyHours

ROWS_A_DAY = 2  # morning and afternoon; a night closes on the next day
DUTY_PHONE = RegexValidator(
    r"^\+?[0-9][0-9 .-]{5,22}$", _("Write a phone number: digits and spaces, 24 characters at most.")
)
LABELS = (
    (("opens", _("opens")), ("closes", _("closes"))),
    (("opens", _("then opens")), ("closes", _("then closes"))),
)
HOUR = _("Write the hour as 08:30.")


def _hour(label):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(required=False, label=label, widget=widget, error_messages={"invalid": HOUR})


class HoursForm(forms.Form):
    """Enter two periods per day. An empty one is left out; all empty means always open."""

    def __init__(self, *args, hours, **kwargs):
        super().__init__(*args, **kwargs)
        stands: dict[int, list] = {}
        for row in hours:
            stands.setdefault(row.weekday, []).append(row)
        for day, _label in DutyHours.Day.choices:
            for n in range(ROWS_A_DAY):
                row = stands.get(day, [])[n : n + 1]
                for name, label in LABELS[n]:
                    made = self.fields[f"{name}_{day}_{n}"] = _hour(label)
                    made.initial = getattr(row[0], name) if row else None

    def days(self):
        """Yield each day with its pairs of fields."""
        for day, label in DutyHours.Day.choices:
            yield label, [(self[f"opens_{day}_{n}"], self[f"closes_{day}_{n}"]) for n in range(ROWS_A_DAY)]

    def clean(self):
        given = super().clean()
        for day, _label in DutyHours.Day.choices:
            for n in range(ROWS_A_DAY):
                opens, closes = f"opens_{day}_{n}", f"closes_{day}_{n}"
                if (given.get(opens) is None) != (given.get(closes) is None) and not {opens, closes} & set(self.errors):
                    lacking = closes if given.get(closes) is None else opens
                    self.add_error(lacking, _("Write both hours, or none."))
            first, second = given.get(f"opens_{day}_0"), given.get(f"opens_{day}_1")
            if first is not None and first == second:
                self.add_error(f"opens_{day}_1", _("These hours stand twice: take one away."))
        return given

    def hours(self) -> list:
        """Return (weekday, opens, closes) for each period, Monday 0."""
        found = []
        for day, _label in DutyHours.Day.choices:
            for n in range(ROWS_A_DAY):
                opens, closes = self.cleaned_data[f"opens_{day}_{n}"], self.cleaned_data[f"closes_{day}_{n}"]
                if opens is not None:
                    found.append((day, opens, closes))
        return found


class DutyListForm(forms.Form):
    """Choose who is called: a box and a duty phone for each member who sees alerts."""

    def __init__(self, *args, members, listed: dict, **kwargs):
        super().__init__(*args, **kwargs)
        self.members = list(members)
        for member in self.members:
            self.fields[f"on_{member.pk}"] = forms.BooleanField(
                required=False, label=member.user.full_name, initial=member.pk in listed
            )
            self.fields[f"phone_{member.pk}"] = forms.CharField(
                required=False,
                max_length=24,
                label=_("Duty phone of %(name)s") % {"name": member.user.full_name},
                initial=listed.get(member.pk, ""),
                validators=[DUTY_PHONE],
                widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
                error_messages={"max_length": _("24 characters at most.")},
            )

    def rows(self):
        for member in self.members:
            yield member, self[f"on_{member.pk}"], self[f"phone_{member.pk}"]

    def called(self) -> dict[int, str]:
        """Return {membership id: duty phone} of the chosen members."""
        return {m.pk: self.cleaned_data[f"phone_{m.pk}"] for m in self.members if self.cleaned_data[f"on_{m.pk}"]}
