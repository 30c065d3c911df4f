"""Define the forms of a plan, its axes and its moves."""

from datetime import datetime

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from foundation.fields import field_of
from plans.models import Axis, Plan, PlanMove
from plans.steering import selectors as steering_selectors

NAMED = _("Choose a body of the list.")
OFF = {"autocomplete": "off"}


def day(column, label, **options) -> forms.DateField:
    """Return the field of a date."""
    messages = {"invalid": _("Write the date as 31/12/2026."), "required": _("Write a date.")}
    return field_of(column, label, attrs=OFF, error_messages=messages, **options)


def line(column, label, rows=0, **options) -> forms.CharField:
    """Return the field of a text; `rows`: lines of a text area, 0 for one line."""
    missing = format_lazy(_("“{what}”: write it in a few words."), what=label)
    attrs = None if rows else OFF
    return field_of(column, label, rows=rows, attrs=attrs, error_messages={"required": missing}, **options)


def whole(column, label, **options) -> forms.IntegerField:
    """Return the field of a whole number up to 999."""
    return field_of(
        column,
        label,
        max_value=999,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": _("Write a whole number.")},
        **options,
    )


class Named:
    """Show a body by its whole name, then by its letters."""

    def label_from_instance(self, body):
        return body.in_full


class BodiesField(Named, forms.ModelMultipleChoiceField):
    """Choose several bodies."""


class BodyField(Named, forms.ModelChoiceField):
    def __init__(self, **options):
        messages = {"required": NAMED, "invalid_choice": NAMED}
        given = {"queryset": steering_selectors.leading(), "empty_label": _("Choose"), **options}
        super().__init__(error_messages=messages, **given)


class Ordered(forms.Form):
    """Check that the start precedes the end."""

    def clean(self):
        given = super().clean()
        if given.get("start") and given.get("end") and given["end"] < given["start"]:
            self.add_error("end", _("The end comes before the beginning: correct one of them."))
        return given


class SeenField(forms.CharField):
    """Carry the time of the last edit known to this form, to detect an edit made since by somebody else."""

    def __init__(self):
        super().__init__(required=False, widget=forms.HiddenInput)

    def clean(self, value):
        try:
            return datetime.fromisoformat(value) if value else None
        except ValueError as error:
            raise forms.ValidationError(_("Open this form again from its page.")) from error


class PlanForm(Ordered):
    title_fr = line(Plan.title_fr, _("Title"))
    title_en = line(Plan.title_en, _("Title in English"))
    summary_fr = line(Plan.summary_fr, _("In a few sentences"), rows=4)
    summary_en = line(Plan.summary_en, _("In a few sentences, in English"), rows=4)
    lead = BodyField(label=_("Leading body"), queryset=steering_selectors.possible_coordinators())
    start = day(Plan.start, _("Begins"))
    end = day(Plan.end, _("Ends"))
    measures_announced = whole(
        Plan.measures_announced,
        _("Measures announced"),
        help_text=_("The number that the official text gives, when not all are entered here."),
    )
    axes_announced = whole(Plan.axes_announced, _("Axes announced"))
    seen = SeenField()

    @staticmethod
    def initial_of(plan) -> dict:
        """Return the initial values of the form, from the stored row."""
        found = {name: getattr(plan, name) for name in PlanForm.base_fields if name != "seen"}
        return {**found, "seen": plan.edited_at.isoformat() if plan.edited_at else ""}


class NewPlanForm(PlanForm):
    kind = field_of(Plan.kind, _("Which kind of plan?"), widget=forms.RadioSelect)
    number = whole(
        Plan.number, _("Number of the national plan"), help_text=_("5 for the fifth; leave it empty for another plan.")
    )
    seen = None

    def clean_number(self):
        number = self.cleaned_data["number"]
        if number and Plan.objects.public().filter(kind="national", number=number).exists():
            raise forms.ValidationError(_("This number is taken: choose the next one."))
        return number


class AxisForm(forms.Form):
    title_fr = line(Axis.title_fr, _("Title of the axis"))
    title_en = line(Axis.title_en, _("Title in English"))


class MoveForm(forms.Form):
    reason = line(PlanMove.reason, _("Why?"), rows=3)

    def __init__(self, *args, needed: bool, published: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needed
        self.fields["reason"].help_text = (
            _("Published with the version: no name of a person.")
            if published
            else _("Read by the bodies that take part in the policy: no name of a person.")
        )


class CarryForm(forms.Form):
    codes = forms.MultipleChoiceField(
        label=_("Measures to carry over"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one measure."), "invalid_choice": _("Choose in the list.")},
    )

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["codes"].choices = [(measure.code, measure.title_fr) for measure in offered]
