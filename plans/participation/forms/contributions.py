"""Define the forms of consultations, contributions and answers."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Kind
from foundation.fields import field_of
from plans.models import Consultation, Contribution, NameWithdrawal, Plan, Response, SurvivorSummary

QUESTIONS = 10
OFF = {"autocomplete": "off"}


def _day(column, label, missing, help_text) -> forms.DateField:
    """Return the field of a required date."""
    invalid = {"invalid": _("Write the date as day/month/year.")}
    return field_of(column, label, missing=missing, help_text=help_text, error_messages=invalid)


def _text(column, label, missing="", *, rows=6, **options) -> forms.CharField:
    """Return the field of a text of several lines. `missing`: the error when it is empty; none: the column decides."""
    too_long = {"max_length": _("This text is too long: shorten it.")}
    return field_of(column, label, missing=missing, rows=rows, attrs=OFF, error_messages=too_long, **options)


def _title(column, label, missing) -> forms.CharField:
    """Return the field of a title."""
    too_long = {"max_length": _("This title is too long: shorten it.")}
    return field_of(column, label, missing=missing, attrs=OFF, error_messages=too_long)


class ConsultationForm(forms.Form):
    use_required_attribute = False

    subject = field_of(
        Consultation.subject,
        _("What is it about?"),
        widget=forms.RadioSelect,
        missing=_("Choose what it is about."),
    )
    plan = forms.ModelChoiceField(
        queryset=Plan.objects.none(), required=False, label=_("Which plan?"), empty_label=_("None in particular")
    )
    title = _title(Consultation.title, _("Title"), _("Give the consultation a title."))
    text = _text(Consultation.text, _("What you ask, and what will be done with it"), _("Say what you ask."), rows=8)
    questions = forms.CharField(
        label=_("Questions"),
        required=False,
        max_length=4000,
        help_text=_("One a line, ten at most. Each gets an answer of its own; without any, a free text is asked."),
        widget=forms.Textarea({"rows": 5, **OFF}),
        error_messages={"max_length": _("This text is too long: shorten it.")},
    )
    opens = _day(Consultation.opens, _("Opens on"), _("Choose the first day."), _("Members are told on that day."))
    closes = _day(Consultation.closes, _("Closes on"), _("Choose the last day."), _("This day included."))

    def __init__(self, *args, actor, consultation=None, **kwargs):
        if consultation is not None:
            kwargs["initial"] = {
                "subject": consultation.subject,
                "plan": Plan.objects.visible_to(actor).filter(code=consultation.target).first(),
                "title": consultation.title,
                "text": consultation.text,
                "questions": "\n".join(consultation.questions),
                "opens": consultation.opens,
                "closes": consultation.closes,
            }
        super().__init__(*args, **kwargs)
        self.before = consultation
        self.fields["plan"].queryset = Plan.objects.visible_to(actor).exclude(state=Plan.State.CLOSED)
        self.fields["plan"].label_from_instance = lambda plan: plan.title
        if consultation is not None and consultation.is_open:  # the question no longer changes
            for name in [name for name in self.fields if name != "closes"]:
                del self.fields[name]

    def clean_questions(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["questions"].splitlines() if line.strip()]
        if len(lines) > QUESTIONS:
            raise forms.ValidationError(_("Ten questions at most: keep the most useful ones."))
        if any(len(line) > Consultation.questions.field.base_field.max_length for line in lines):
            raise forms.ValidationError(_("A question is too long: 400 characters at most."))
        return lines

    def clean(self):
        data = super().clean()
        opens = data.get("opens") or (self.before.opens if self.before else None)
        closes, today = data.get("closes"), timezone.localdate()
        if "opens" in self.fields and data.get("opens") and data["opens"] < today:
            self.add_error("opens", _("This day is past: choose today or later."))
        if opens and closes and closes < opens:
            self.add_error("closes", _("It would close before it opens: choose a later day."))
        elif self.before is not None and self.before.is_open and closes and closes < self.before.closes:
            self.add_error("closes", _("An open consultation is only put off: choose a later day, or withdraw it."))
        return data

    def arguments(self) -> dict:
        """Return the arguments of the operation."""
        data = dict(self.cleaned_data)
        if "subject" not in self.fields:
            return {"closes": data["closes"]}
        plan = data.pop("plan", None)
        data["target"] = plan.code if plan and data["subject"] == Consultation.Subject.PLAN else ""
        return data


class ContributionForm(forms.Form):
    """Write a contribution: to a consultation, one field per question; on its own, a title and a text."""

    use_required_attribute = False

    voice = forms.ChoiceField(
        label=_("In whose name?"),
        choices=[
            ("", _("My association")),
            ("survivor_with_support", _("One or several survivors, whom we support")),
        ],
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "For survivors: the coordination alone reads these words, and publishes a summary of its own. Write nothing"
            " by which somebody could recognise a person: no name, place, date or case."
        ),
    )
    title = _title(Contribution.title, _("Title"), _("Give your contribution a title."))
    text = _text(
        Contribution.text, _("Your contribution"), _("Write your contribution."), rows=10,
        help_text=_("No person's name, no case: what you write will be public."),
    )  # fmt: skip
    confidential = field_of(
        Contribution.confidential,
        _("Confidential"),
        help_text=_(
            "Read by your organisation and the coordination only, never published. That it exists is counted; it gets"
            " an answer too."
        ),
    )

    def __init__(self, *args, actor, consultation=None, contribution=None, survivors=False, **kwargs):
        self.questions = list(consultation.questions) if consultation else []
        if contribution is not None:
            survivor = contribution.author_kind == Contribution.AuthorKind.SURVIVOR
            kwargs["initial"] = {
                "voice": "survivor_with_support" if survivor else "",
                "title": contribution.title,
                "text": contribution.text,
                "confidential": contribution.confidential and not survivor,
                **{f"answer_{n}": answer for n, answer in enumerate(contribution.answers)},
            }
        elif survivors:
            kwargs["initial"] = {"voice": Contribution.AuthorKind.SURVIVOR}
        super().__init__(*args, **kwargs)
        for n, question in enumerate(self.questions):
            self.fields[f"answer_{n}"] = _text(Contribution.answers.field.base_field, question, rows=5)
        if self.questions:
            self.fields["text"].required = False
            self.fields["text"].label = _("Anything else")
        if actor.agency.kind not in (Kind.NGO, Kind.NGO_NETWORK):
            del self.fields["voice"]
        order = ["voice", "title", *self.answer_names, "text", "confidential"]
        self.order_fields(order)

    @property
    def answer_names(self) -> list[str]:
        return [f"answer_{n}" for n in range(len(self.questions))]

    def clean(self):
        data = super().clean()
        if self.questions and not any(data.get(name) for name in [*self.answer_names, "text"]):
            self.add_error("answer_0", _("Answer one question at least."))
        return data

    def arguments(self) -> dict:
        """Return the arguments of the operation."""
        data = self.cleaned_data
        return {
            "title": data["title"],
            "text": data["text"],
            "answers": [data[name] for name in self.answer_names],
            "confidential": data["confidential"] or bool(data.get("voice")),
            "author_kind": data.get("voice") or "",
        }


class ReasonForm(forms.Form):
    use_required_attribute = False
    reason = _text(
        Contribution.set_aside_reason, pgettext_lazy("moderation", "Reason"), _("Say why: the author reads it."),
        rows=3,
    )  # fmt: skip


class NameForm(forms.Form):
    use_required_attribute = False
    passage = field_of(
        NameWithdrawal.passage,
        _("Words to take out, as they stand in the text"),
        attrs=OFF,
        missing=_("Copy the words to take out."),
        error_messages={"max_length": _("Copy the name or the number alone: 2 to 80 characters.")},
    )
    reason = field_of(
        NameWithdrawal.reason, _("What they are"), widget=forms.RadioSelect, missing=_("Choose what they are.")
    )


class OutcomeForm(forms.Form):
    use_required_attribute = False
    outcome = _text(
        Consultation.outcome, _("What was heard, and what becomes of it"),
        _("Say what was heard, and what becomes of it."),
        rows=8, help_text=_("Public at once, dated, and not rewritten."),
    )  # fmt: skip


class WithdrawForm(forms.Form):
    use_required_attribute = False
    reason = _text(
        Consultation.withdrawn_reason, pgettext_lazy("consultation", "Reason"), _("Say why: it is public."),
        rows=3,
    )  # fmt: skip


class AnswerForm(forms.Form):
    use_required_attribute = False
    verdict = field_of(
        Response.verdict,
        pgettext_lazy("answer", "What is done with it"),
        widget=forms.RadioSelect,
        missing=_("Choose what is done with it."),
    )
    text = _text(
        Response.text, pgettext_lazy("answer", "What you answer"), _("Say what is followed, or why it is not.")
    )


class SummaryForm(forms.Form):
    use_required_attribute = False
    title = _title(SurvivorSummary.title, _("Title"), _("Give the summary a title."))
    consultation = forms.ModelChoiceField(
        queryset=Consultation.objects.none(), required=False, label=_("About a consultation"), empty_label=_("None")
    )
    text = _text(
        SurvivorSummary.text, _("What survivors said, in your words"), _("Write the summary."), rows=8,
        help_text=_("No quotation, no case, no place: nobody must be recognised, not even by whoever exploited them."),
    )  # fmt: skip

    def __init__(self, *args, actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["consultation"].queryset = Consultation.objects.public()
        self.fields["consultation"].label_from_instance = lambda found: found.title
