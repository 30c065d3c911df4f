"""Define the forms of a measure: itself, its metrics, its yearly steps, its progress."""

from decimal import Decimal
from textwrap import shorten

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.fields import field_of
from indicators.models import Procedure
from plans.models import Axis, Commitment, FigureCode, Measure, MeasureProgress, Metric, MetricValue, YearStep
from plans.money.rules import typed_amounts
from plans.steering import selectors as steering_selectors

from .plans import OFF, BodiesField, BodyField, Ordered, SeenField, day, line, whole

boxes = forms.CheckboxSelectMultiple
BEFORE = _("Needed before the plan is published.")
CHECKABLE = _("A public text, a figure, an address: anybody can check it.")
IN_LIST = {"invalid_choice": _("Choose in the list.")}


class PlainDecimal(forms.DecimalField):
    """Show « 40 » instead of « 40,00 »; accept « 1 200 000 »."""

    def to_python(self, value):
        return super().to_python(typed_amounts.SPACES.sub("", value) if isinstance(value, str) else value)

    def prepare_value(self, value):
        return typed_amounts.typed(value) if isinstance(value, Decimal) else value


def decimal(column, label, **options) -> PlainDecimal:
    """Return the field of a number, shown and read as it is written."""
    return field_of(
        column,
        label,
        form_class=PlainDecimal,
        localize=True,
        attrs={"inputmode": "decimal", "autocomplete": "off"},
        error_messages={"invalid": _("Write a number."), "required": _("Write a number.")},
        **options,
    )


class MeasureForm(Ordered):
    """Edit a measure. Only the `coordination` edits lead, number and commitments."""

    title_fr = line(Measure.title_fr, _("Title"))
    title_en = line(Measure.title_en, _("Title in English"))
    text_fr = line(Measure.text_fr, _("What will be done"), rows=5)
    axis = forms.ModelChoiceField(
        queryset=Axis.objects.none(), label=_("Axis"), required=False, empty_label=_("No axis"), error_messages=IN_LIST
    )
    number = whole(Measure.number, _("Official number"))
    lead = BodyField(label=_("Leading body"), required=False, empty_label=_("Not known yet"), help_text=BEFORE)
    partners = BodiesField(
        queryset=steering_selectors.joining(), label=_("Partners"), required=False, widget=boxes, error_messages=IN_LIST
    )
    start = day(Measure.start, _("Begins"))
    end = day(Measure.end, _("Ends"), help_text=BEFORE)
    not_funded = field_of(Measure.not_funded, _("No money is planned for it"))
    not_funded_reason = line(
        Measure.not_funded_reason,
        _("Why it has no money"),
        help_text=_("To be said when the box above is ticked: published with the measure."),
    )
    commitments = forms.ModelMultipleChoiceField(
        queryset=Commitment.objects.filter(active=True), label=_("Commitments it answers"), required=False,
        widget=boxes,        error_messages=IN_LIST,
    )  # fmt: skip
    procedures = forms.MultipleChoiceField(
        label=_("Procedures it changes"), required=False, widget=boxes, error_messages=IN_LIST
    )
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        max_length=200,
        help_text=_("Words separated by commas: training, housing."),
        widget=forms.TextInput(OFF),
    )
    seen = SeenField()

    def __init__(self, *args, plan, coordination: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["axis"].queryset = plan.axes.order_by("number")
        self.fields["axis"].label_from_instance = lambda axis: f"{axis.number}. {axis.title_fr}"
        self.fields["commitments"].label_from_instance = lambda c: (
            f"{c.code} · {shorten(c.text_fr, 140, placeholder=' …')}"
        )
        self.fields["procedures"].choices = list(Procedure.objects.order_by("order").values_list("code", "label_fr"))
        if not coordination:
            for name in ("lead", "number", "commitments"):
                del self.fields[name]

    def clean_tags(self):
        words = [word.strip().lower() for word in self.cleaned_data["tags"].split(",")]
        if any(len(word) > Measure.tags.field.base_field.max_length for word in words):
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
    def initial_of(measure) -> dict:
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
    label_fr = line(Metric.label_fr, _("What is measured?"), help_text=_("Places open on 31 December, delay in days…"))
    label_en = line(Metric.label_en, _("What is measured, in English"))
    unit = line(Metric.unit, _("Unit"), help_text=_("places, days, people, %"))
    baseline = decimal(Metric.baseline, _("Where it starts"))
    baseline_on = day(Metric.baseline_on, _("On which day"))
    target = decimal(Metric.target, _("Target"))
    target_on = day(Metric.target_on, _("By when"))
    feed = forms.ChoiceField(
        label=_("Where do the values come from?"),
        required=False,
        choices=[
            ("", _("The leading body enters them")),
            (_("The referral mechanism counts, each quarter"), FigureCode.choices),
        ],
        help_text=_("What the mechanism counts is not entered; small numbers are masked."),
        error_messages=IN_LIST,
    )

    @classmethod
    def initial_of(cls, metric) -> dict:
        return {name: getattr(metric, name) for name in cls.base_fields}


class StepForm(forms.Form):
    year = field_of(
        YearStep.year,
        _("Year"),
        min_value=2010,
        max_value=2060,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Write the year in four digits.")
        ),
    )
    text = line(YearStep.text, _("What is done that year"), rows=3)
    cost = decimal(
        YearStep.cost,
        _("Cost in euros"),
        min_value=0,
        help_text=_("Leave it empty when it is not known: never 0 for that."),
    )


def past(given):
    if given and given > timezone.localdate():
        raise forms.ValidationError(_("Choose today or a day in the past."))
    return given


class ProgressForm(forms.Form):
    status = field_of(
        MeasureProgress.status,
        _("Where does it stand?"),
        widget=forms.RadioSelect,
        missing=_("Choose where the measure stands."),
    )
    on = day(MeasureProgress.on, _("On which day"))
    text = line(MeasureProgress.text, _("In a few sentences"), rows=4)
    evidence = line(MeasureProgress.evidence, _("Evidence"), help_text=CHECKABLE)

    def clean_on(self):
        return past(self.cleaned_data["on"])


class ValueForm(forms.Form):
    value = decimal(MetricValue.value, _("Value"))
    on = day(MetricValue.on, _("On which day"))
    evidence = line(MetricValue.evidence, _("Evidence"), help_text=CHECKABLE)

    def clean_on(self):
        return past(self.cleaned_data["on"])


class WithdrawForm(forms.Form):
    reason = line(Measure.withdrawn_reason, _("Why is it taken out?"), required=True)
