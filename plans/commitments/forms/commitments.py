"""Define the forms of a commitment: its position, check, opinions, links, and a new one."""

import re

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from foundation.fields import field_of
from plans.models import (
    Commitment,
    CommitmentBody,
    CommitmentCheck,
    CommitmentOpinion,
    CommitmentProgress,
    CommitmentSource,
    CommitmentTheme,
    CommitmentUrgency,
    Measure,
    Plan,
)
from plans.models.coordination import coordinates
from plans.steering import selectors as steering_selectors

DATED = re.compile(r"[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
NOBODY = _("No person's name, no story of a case.")


def day(column, label, **options) -> forms.DateField:
    """Return the field of a date."""
    return field_of(
        column,
        label,
        error_messages={"required": _("Give the day."), "invalid": _("Write the date as on a calendar: 14/11/2026.")},
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        **options,
    )


def required(text) -> dict:
    return {"required": text, "invalid_choice": text}


class Labelled(forms.ModelChoiceField):
    """Choose a line of the pack, labelled in the language of the page."""

    field = "label"

    def __init__(self, queryset, **options):
        super().__init__(queryset, **{"empty_label": _("Choose"), **options})

    def label_from_instance(self, row):
        english = (get_language() or "fr").startswith("en")
        return (getattr(row, f"{self.field}_en") if english else "") or getattr(row, f"{self.field}_fr")


class Titled(Labelled):
    field = "title"


class ProgressForm(forms.Form):
    conditional = ("evidence",)
    use_required_attribute = False
    prefix = "progress"

    status = field_of(
        CommitmentProgress.status,
        _("Where it stands"),
        widget=forms.RadioSelect,
        error_messages=required(_("Choose where it stands.")),
    )
    on = day(CommitmentProgress.on, _("State as of"), help_text=_("The day the facts were so, not the day of writing."))
    text = field_of(
        CommitmentProgress.text,
        _("What was done, in a few sentences"),
        help_text=NOBODY,
        rows=5,
        missing=_("Say in a few sentences what was done, or why nothing was."),
    )
    evidence = field_of(
        CommitmentProgress.evidence,
        _("Evidence"),
        help_text=_("Needed once implemented. Law, decree, circular, report: its title, date and public address."),
        rows=3,
    )
    next_step = field_of(CommitmentProgress.next_step, _("Next step"))
    due_on = day(CommitmentProgress.due_on, _("Deadline"))
    responsible = forms.ModelChoiceField(
        label=_("Body in charge"),
        queryset=steering_selectors.responsible(),
        empty_label=_("Choose"),
        help_text=_("From then on, this body alone and the coordination state where it stands."),
        error_messages=required(_("Choose the body in charge.")),
    )

    def __init__(self, *args, actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate
        if not coordinates(actor):
            del self.fields["responsible"]  # a ministry states only its own position

    def clean_on(self):
        if self.cleaned_data["on"] > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet: give the day the facts were so."))
        return self.cleaned_data["on"]

    def clean(self):
        if self.cleaned_data.get("status") == "done" and not self.cleaned_data.get("evidence"):
            self.add_error("evidence", _("Implemented: name the text or the figure that shows it."))
        return self.cleaned_data


class CheckForm(forms.Form):
    conditional = ("text",)
    use_required_attribute = False
    prefix = "check"

    verdict = forms.ChoiceField(
        label=_("Does it hold?"),
        choices=[("confirmed", _("Yes, confirmed")), ("to_complete", _("Something is missing"))],
        widget=forms.RadioSelect,
        error_messages=required(_("Choose: confirmed, or something is missing.")),
    )
    text = field_of(
        CommitmentCheck.text, _("What is missing"), help_text=_("Read by the members, not by the public."), rows=3
    )

    def clean(self):
        if self.cleaned_data.get("verdict") == CommitmentCheck.Verdict.TO_COMPLETE and not self.cleaned_data["text"]:
            self.add_error("text", _("Say what is missing, so that the body can complete."))
        return self.cleaned_data


class OpinionForm(forms.Form):
    use_required_attribute = False
    prefix = "opinion"

    stance = field_of(
        CommitmentOpinion.stance,
        _("Do you agree with the official position?"),
        widget=forms.RadioSelect,
        error_messages=required(_("Choose one of the three.")),
    )
    text = field_of(
        CommitmentOpinion.text,
        _("Your opinion"),
        help_text=NOBODY,
        rows=5,
        missing=_("Say why, in a few sentences."),
    )
    evidence = field_of(
        CommitmentOpinion.evidence,
        _("What it rests on"),
        help_text=_("Report, survey, figures: title, date and public address."),
        rows=2,
    )

    def __init__(self, *args, stated: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if stated:
            answers = [pair for pair in CommitmentOpinion.Stance.choices if pair[0] != CommitmentOpinion.Stance.ALONE]
            self.fields["stance"].choices = answers
        else:  # no official position: nothing to agree with
            del self.fields["stance"]
            self.fields["text"].label = _("Your opinion on what France is asked")
            self.fields["text"].help_text = f"{_('There is no official position to answer for now.')} {NOBODY}"


def _shortened(text: str) -> str:
    return text if len(text) <= 110 else f"{text[:107].rstrip()}..."


class MeasureLinkForm(forms.Form):
    prefix = "measure"
    measure = forms.ChoiceField(
        label=_("Measure that carries it out"), error_messages=required(_("Choose a measure of the list."))
    )

    def __init__(self, *args, actor, commitment, **kwargs):
        super().__init__(*args, **kwargs)
        measures = Measure.objects.visible_to(actor).exclude(commitments=commitment).select_related("plan")
        groups: dict[str, list] = {}
        for measure in measures.exclude(plan__state=Plan.State.CLOSED).order_by(
            "plan__number", "axis__number", "place"
        ):
            groups.setdefault(measure.plan.title_fr, []).append((str(measure.pk), _shortened(measure.title_fr)))
        self.fields["measure"].choices = [("", _("Choose")), *groups.items()]


class RepeatLinkForm(forms.Form):
    prefix = "repeat"
    older = forms.ChoiceField(
        label=_("Older text that asked the same"), error_messages=required(_("Choose a text of the list."))
    )

    def __init__(self, *args, actor, commitment, **kwargs):
        super().__init__(*args, **kwargs)
        dated = commitment.from_text.dated
        older = Commitment.objects.public().exclude(pk=commitment.pk).exclude(repeated_by=commitment)
        groups: dict[str, list] = {}
        for found in (
            older.filter(from_text__dated__lte=dated).select_related("from_text").order_by("from_text", "order")
        ):
            label = f"{found.pk} · {_shortened(found.text_fr)}"
            groups.setdefault(_shortened(found.from_text.title_fr), []).append((found.pk, label))
        self.fields["older"].choices = [("", _("Choose")), *groups.items()]


class CommitmentForm(forms.Form):
    """Add a commitment, in a known text or in a new one."""

    use_required_attribute = False

    body = Labelled(
        queryset=CommitmentBody.objects.order_by("order"),
        label=_("Asked by"),
        error_messages=required(_("Choose who asks.")),
    )
    from_text = Titled(
        queryset=CommitmentSource.objects.order_by("-dated"),
        label=_("Report or text"),
        required=False,
        empty_label=_("Another text, named below"),
        error_messages=required(_("Choose a text of the list.")),
    )
    source_title = field_of(CommitmentSource.title_fr, _("Title of another text"), required=False)
    source_dated = field_of(
        CommitmentSource.dated, _("Its date"), help_text=_("As known: 2026, 2026-05 or 2026-05-14.")
    )
    paragraph = field_of(Commitment.paragraph, _("Paragraph"))
    urgency = Labelled(
        queryset=CommitmentUrgency.objects.order_by("order"),
        label=_("Strength of the wording"),
        error_messages=required(_("Choose how strongly it is asked.")),
    )
    theme = Labelled(
        queryset=CommitmentTheme.objects.order_by("order"),
        label=_("Theme"),
        error_messages=required(_("Choose a theme.")),
    )
    text_fr = field_of(
        Commitment.text_fr,
        _("What is asked, in French"),
        rows=5,
        missing=_("Write in one sentence what is asked."),
    )
    text_en = field_of(Commitment.text_en, _("What is asked, in English"), rows=5)
    due_date = day(Commitment.due_date, pgettext_lazy("commitment", "Deadline set by the text"))

    def clean_source_dated(self):
        dated = self.cleaned_data["source_dated"].strip()
        if dated and not DATED.fullmatch(dated):
            raise forms.ValidationError(_("Write 2026, 2026-05 or 2026-05-14, as far as it is known."))
        return dated

    def clean(self):
        data = self.cleaned_data
        if "from_text" not in self.errors and not data.get("from_text"):
            if not data.get("source_title"):
                self.add_error("source_title", _("Choose a text above, or give the title of another."))
            if not data.get("source_dated") and "source_dated" not in self.errors:
                self.add_error("source_dated", _("Give its date, the year at least: it says since when it is asked."))
        return data
