"""Define the forms of an evaluation. A field with an error is reported beside it; the others are saved."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.fields import field_of
from plans.models import Evaluation, EvaluationNote, MeasureOpinion, MeasureStatus

SCORES = [("", _("No score")), *[(n, f"{n}/4") for n in range(5)]]


def words(column, label, **options) -> forms.CharField:
    """Return the field of a text; the error of a text too long says how long it may be and how long it is."""
    too_long = _("Too long: %(limit_value)d characters at most, %(show_value)d typed.")
    return field_of(column, label, error_messages={"max_length": too_long}, **options)


class StartForm(forms.Form):
    kind = field_of(Evaluation.kind, _("Kind of evaluation"))


class HeadForm(forms.Form):
    kind = field_of(Evaluation.kind, _("Kind of evaluation"))
    on = field_of(
        Evaluation.on,
        _("Date of the evaluation"),
        missing=_("Give the day."),
        error_messages={"invalid": _("Write the date as 31/12/2026.")},
    )
    title_fr = words(Evaluation.title_fr, _("Title"))
    text_fr = words(Evaluation.text_fr, _("General text"), rows=8, help_text=_("What you say of the plan as a whole."))
    title_en = words(Evaluation.title_en, _("Title in English"))
    text_en = words(Evaluation.text_en, _("General text in English"), rows=5)

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Choose today or a day in the past."))
        return day


class OpinionForm(forms.Form):
    """Edit the opinion on one measure of the grid; the prefix is the code of the measure."""

    status = field_of(
        MeasureOpinion.status,
        pgettext_lazy("measure", "Where it stands"),
        choices=[("", _("No opinion yet")), *MeasureStatus.choices],
    )
    score = forms.TypedChoiceField(
        choices=SCORES,
        required=False,
        coerce=int,
        empty_value=None,
        label=_("Score"),
    )
    evidence = words(MeasureOpinion.evidence, _("Evidence"))
    comment = words(MeasureOpinion.comment, _("Comment"), rows=2)


class TextForm(forms.Form):
    """Write a correction or a reply."""

    text = words(EvaluationNote.text, _("Your text"), rows=6, missing=_("Write your text before sending it."))


class ReturnForm(forms.Form):
    """Say why a draft is sent back to its unit."""

    reason = words(Evaluation.returned, _("Why you send it back"), rows=3, missing=_("Say what to change."))


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


def valid_fields(form) -> dict:
    """Return the valid fields of a bound form."""
    form.is_valid()
    return dict(form.cleaned_data)
