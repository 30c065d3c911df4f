"""Define the forms of an evaluation. A field with an error is reported beside it; the others are saved."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plans.models import Evaluation, MeasureStatus

SCORES = [("", _("No score")), *[(n, f"{n}/4") for n in range(5)]]
LONG = 20_000


def words(label, limit, *, rows=4, required="", **options):
    """Return a text field of one or more lines. `required`: the message when it is empty; none: optional."""
    return forms.CharField(
        label=label,
        max_length=limit,
        required=bool(required),
        widget=forms.Textarea(attrs={"rows": rows}) if rows > 1 else forms.TextInput(),
        error_messages={
            "required": required,
            "max_length": _("Too long: %(limit_value)d characters at most, %(show_value)d typed."),
        },
        **options,
    )


class StartForm(forms.Form):
    kind = forms.ChoiceField(choices=Evaluation.Kind.choices, label=_("Kind of evaluation"))


class HeadForm(forms.Form):
    kind = forms.ChoiceField(choices=Evaluation.Kind.choices, label=_("Kind of evaluation"))
    on = forms.DateField(
        label=_("Date of the evaluation"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Give the day."), "invalid": _("Write the date as 31/12/2026.")},
    )
    title_fr = words(_("Title"), 250, rows=1)
    text_fr = words(_("General text"), LONG, rows=8, help_text=_("What you say of the plan as a whole."))
    title_en = words(_("Title in English"), 250, rows=1)
    text_en = words(_("General text in English"), LONG, rows=5)

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Choose today or a day in the past."))
        return day


class OpinionForm(forms.Form):
    """Edit the opinion on one measure of the grid; the prefix is the code of the measure."""

    status = forms.ChoiceField(
        choices=[("", _("No opinion yet")), *MeasureStatus.choices],
        required=False,
        label=pgettext_lazy("measure", "Where it stands"),
    )
    score = forms.TypedChoiceField(
        choices=SCORES,
        required=False,
        coerce=int,
        empty_value=None,
        label=_("Score"),
    )
    evidence = words(_("Evidence"), 500, rows=1)
    comment = words(_("Comment"), 5000, rows=2)


class TextForm(forms.Form):
    """Write a correction or a reply."""

    text = words(_("Your text"), 5000, rows=6, required=_("Write your text before sending it."))


def opinion_forms(measures, opinions, data=None) -> list[tuple[dict, OpinionForm]]:
    """Return a form for each measure of the version, with the stored opinion."""
    stored = {row.measure: {name: getattr(row, name) for name in OpinionForm.base_fields} for row in opinions}
    return [
        (
            measure,
            OpinionForm(
                data, prefix=measure["code"], initial=stored.get(measure["code"], {}), use_required_attribute=False
            ),
        )
        for measure in measures
    ]


def kept(form) -> dict:
    """Return the valid fields of a bound form."""
    form.is_valid()
    return dict(form.cleaned_data)
