"""Define the forms of a measure: itself, its metrics, its yearly steps, its progress."""

from decimal import Decimal

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from indicators.models import Procedure
from plans.models import Axis, Commitment, FigureCode, MeasureStatus
from plans.money.rules import typed_amounts
from plans.steering import selectors as steering_selectors

from .plans import BodyField, Ordered, SeenField, day, line, whole

boxes = forms.CheckboxSelectMultiple
IN_LIST = {"invalid_choice": _("Choose in the list.")}


class PlainDecimal(forms.DecimalField):
    """Show « 40 » instead of « 40,00 »; accept « 1 200 000 »."""

    def to_python(self, value):
        return super().to_python(typed_amounts.SPACES.sub("", value) if isinstance(value, str) else value)

    def prepare_value(self, value):
        return typed_amounts.typed(value) if isinstance(value, Decimal) else value


def decimal(label, required=False, **options):
    """Return a field for a number with two decimals."""
    return PlainDecimal(
        label=label,
        required=required,
        max_digits=14,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": _("Write a number."), "required": _("Write a number.")},
        **options,
    )


class MeasureForm(Ordered):
    """Edit a measure. Only the `coordination` edits lead, number and commitments."""

    title_fr = line(_("Title"), 300)
    title_en = line(_("Title in English"), 300, required=False)
    text_fr = line(_("What will be done"), 6000, required=False, rows=5)
    axis = forms.ModelChoiceField(
        queryset=Axis.objects.none(), label=_("Axis"), required=False, empty_label=_("No axis"), error_messages=IN_LIST
    )
    number = whole(_("Official number"))
    lead = BodyField(label=_("Leading body"), required=False, empty_label=_("Not known yet"))
    partners = forms.ModelMultipleChoiceField(
        queryset=steering_selectors.leading(), label=_("Partners"), required=False, widget=boxes, error_messages=IN_LIST
    )
    start = day(_("Begins"))
    end = day(_("Ends"))
    not_funded = forms.BooleanField(label=_("No money is planned for it"), required=False)
    not_funded_reason = line(
        _("Why it has no money"),
        300,
        required=False,
        help_text=_("To be said when the box above is ticked: published with the measure."),
    )
    commitments = forms.ModelMultipleChoiceField(
        queryset=Commitment.objects.filter(active=True), label=_("Commitments it answers"), required=False,
        widget=boxes,        error_messages=IN_LIST,
    )  # fmt: skip
    procedures = forms.MultipleChoiceField(
        label=_("Procedures it changes"), required=False, widget=boxes, error_messages=IN_LIST
    )
    tags = line(_("Tags"), 200, required=False, help_text=_("Words separated by commas: training, housing."))
    seen = SeenField()

    def __init__(self, *args, plan, coordination: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["axis"].queryset = plan.axes.order_by("number")
        self.fields["axis"].label_from_instance = lambda axis: f"{axis.number}. {axis.title_fr}"
        self.fields["commitments"].label_from_instance = lambda c: f"{c.code} · {c.text_fr[:140]}"
        self.fields["procedures"].choices = list(Procedure.objects.order_by("order").values_list("code", "label_fr"))
        if not coordination:
            for name in ("lead", "number", "commitments"):
                del self.fields[name]

    def clean_tags(self):
        words = [word.strip().lower() for word in self.cleaned_data["tags"].split(",")]
        if any(len(word) > 30 for word in words):
            raise forms.ValidationError(_("A tag is 30 letters at most."))
        return list(dict.fromkeys(word for word in words if word))

    def clean(self):
        given = super().clean()
        if given.get("not_funded") and not given.get("not_funded_reason"):
            self.add_error("not_funded_reason", _("Say why: the public reads it."))
        if not given.get("not_funded"):
            given["not_funded_reason"] = ""
        return given

    @staticmethod
    def stands(measure) -> dict:
        """Return the initial values of the form, from the stored row."""
        plain = ("title_fr", "title_en", "text_fr", "axis", "number", "lead", "start", "end", "not_funded")
        return {
            **{name: getattr(measure, name) for name in (*plain, "not_funded_reason", "procedures")},
            "partners": list(measure.partners.all()),
            "commitments": list(measure.commitments.all()),
            "tags": ", ".join(measure.tags),
            "seen": measure.edited_at.isoformat() if measure.edited_at else "",
        }


class MetricForm(forms.Form):
    label_fr = line(_("What is measured?"), 250, help_text=_("Places open on 31 December, delay in days…"))
    label_en = line(_("The same in English"), 250, required=False)
    unit = line(_("Unit"), 40, help_text=_("places, days, persons, %"))
    baseline = decimal(_("Where it starts"))
    baseline_on = day(_("On which day"))
    target = decimal(_("Target"))
    target_on = day(_("By when"))
    feed = forms.ChoiceField(
        label=_("Who gives the figures?"),
        required=False,
        choices=[("", _("The leading body enters them")), *FigureCode.choices],
        help_text=_("The referral mechanism counts some by itself, each quarter, small numbers masked."),
        error_messages=IN_LIST,
    )

    @classmethod
    def stands(cls, metric) -> dict:
        return {name: getattr(metric, name) for name in cls.base_fields}


class StepForm(forms.Form):
    year = forms.IntegerField(
        label=_("Year"),
        min_value=2010,
        max_value=2060,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Write the year in four digits."),
            "invalid": _("Write the year in four digits."),
            "min_value": _("Write the year in four digits."),
            "max_value": _("Write the year in four digits."),
        },
    )
    text = line(_("What is done that year"), 2000, rows=3)
    cost = decimal(
        _("Cost in euros"), min_value=0, help_text=_("Leave it empty when it is not known: never 0 for that.")
    )


def past(given):
    if given and given > timezone.localdate():
        raise forms.ValidationError(_("Choose today or a day in the past."))
    return given


class ProgressForm(forms.Form):
    status = forms.ChoiceField(
        label=_("Where does it stand?"),
        choices=MeasureStatus.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where the measure stands.")},
    )
    on = day(_("On which day"), required=True)
    text = line(_("In a few sentences"), 2000, required=False, rows=4)
    evidence = line(
        _("Evidence"), 300, required=False, help_text=_("A public text, a figure, an address: anybody can check it.")
    )

    def clean_on(self):
        return past(self.cleaned_data["on"])


class ValueForm(forms.Form):
    value = decimal(_("Value"), required=True)
    on = day(_("On which day"), required=True)
    evidence = line(_("Evidence"), 300, help_text=_("A public text, a figure, an address: anybody can check it."))

    def clean_on(self):
        return past(self.cleaned_data["on"])


class WithdrawForm(forms.Form):
    reason = line(_("Why is it taken out?"), 300)
