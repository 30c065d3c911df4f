"""Define the forms of questionnaires, their questions, requests and answers."""

import csv
import io

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agencies.models import Directory
from foundation.fields import field_of
from plans.models import AnswerDraft, CommitmentBody, CommitmentSource, EvidenceRequest, Question, Questionnaire
from plans.steering import selectors as bodies

from .commitments import NOBODY, Labelled, Titled, day, required


class QuestionnaireForm(forms.Form):
    use_required_attribute = False

    body = Labelled(
        queryset=CommitmentBody.objects.order_by("order"),
        label=gettext_lazy("Monitoring body"),
        error_messages=required(gettext_lazy("Choose who sends it.")),
    )
    round = Titled(
        queryset=CommitmentSource.objects.order_by("-dated"),
        label=gettext_lazy("Round it follows"),
        required=False,
        empty_label=gettext_lazy("None, or not in the register"),
    )
    title_fr = field_of(
        Questionnaire.title_fr, gettext_lazy("Title in French"), missing=gettext_lazy("Give its title.")
    )
    title_en = field_of(Questionnaire.title_en, gettext_lazy("Title in English"))
    received_on = day(Questionnaire.received_on, gettext_lazy("Received on"))
    due_on = day(Questionnaire.due_on, gettext_lazy("Reply expected by"))

    def clean(self):
        data = self.cleaned_data
        if data.get("received_on") and data.get("due_on") and data["due_on"] < data["received_on"]:
            self.add_error("due_on", _("The reply is expected before the questionnaire came: correct one of the days."))
        return data


class QuestionsForm(forms.Form):
    """Read lines « number ; French ; English », pasted from a spreadsheet or typed."""

    use_required_attribute = False

    lines = forms.CharField(
        label=gettext_lazy("Questions, one a line"),
        help_text=gettext_lazy(
            "Number ; question in French ; question in English. Pasted from a spreadsheet, it works too."
        ),
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": gettext_lazy("Write or paste at least one question.")},
    )

    def clean_lines(self) -> list[dict]:
        text = self.cleaned_data["lines"]
        delimiter = "\t" if "\t" in text else ";"
        found, faults, seen = [], [], set()
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            fault = _fault(cells, seen)
            if fault:
                faults.append(_("Line %(n)d: %(fault)s") % {"n": number, "fault": fault})
                continue
            seen.add(cells[0])
            found.append({"number": cells[0], "text_fr": cells[1], "text_en": cells[2] if len(cells) > 2 else ""})
        if faults:
            raise forms.ValidationError(faults)
        return found


def _fault(cells: list[str], seen: set[str]) -> str:
    if len(cells) < 2 or not cells[0] or not cells[1]:
        return _("give a number, then the question in French.")
    if len(cells) > 3:
        return _("more than three parts: put the question between quotes if it holds the separator.")
    if len(cells[0]) > Question.number.field.max_length:
        return _("the number is over 20 characters.")
    return _("the number %(number)s comes twice.") % {"number": cells[0]} if cells[0] in seen else ""


class RequestForm(forms.Form):
    use_required_attribute = False
    prefix = "ask"

    bodies = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Bodies asked"),
        queryset=Directory.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Those that have a member here for public policy."),
        error_messages={"required": gettext_lazy("Tick at least one body.")},
    )
    wanted = field_of(
        EvidenceRequest.wanted,
        gettext_lazy("What is wanted"),
        help_text=gettext_lazy("Figures, texts, practice; or what is missing in the last answer."),
        rows=3,
    )
    due_on = day(EvidenceRequest.due_on, gettext_lazy("Answer expected by"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["bodies"].queryset = bodies.speaking()

    def clean_due_on(self):
        if self.cleaned_data["due_on"] < timezone.localdate():
            raise forms.ValidationError(_("This day is past: give them time."))
        return self.cleaned_data["due_on"]


class AnswerForm(forms.Form):
    """Edit the answer of a body, or the final one. A draft may be empty, an answer sent may not (`sends`)."""

    use_required_attribute = False

    text_fr = field_of(AnswerDraft.text_fr, gettext_lazy("Answer in French"), help_text=NOBODY, rows=10)
    text_en = field_of(
        AnswerDraft.text_en,
        gettext_lazy("Answer in English"),
        help_text=gettext_lazy("One of the two languages is enough."),
        rows=10,
    )
    as_of = day(
        AnswerDraft.as_of,
        pgettext_lazy("answer", "State as of"),
        help_text=gettext_lazy("The day these facts and figures were so: printed with the answer."),
    )

    def __init__(self, *args, sends=False, **kwargs):
        self.sends = sends
        super().__init__(*args, **kwargs)

    def clean(self):
        data = self.cleaned_data
        if data.get("as_of") and data["as_of"] > timezone.localdate():
            self.add_error("as_of", _("This day has not come yet: give the day the facts were so."))
        if self.sends and not (data.get("text_fr") or data.get("text_en")):
            self.add_error("text_fr", _("Write the answer, in French or in English."))
        if self.sends and not data.get("as_of") and "as_of" not in self.errors:
            self.add_error("as_of", _("Give the day these facts were so."))
        return data
