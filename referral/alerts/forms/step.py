"""Define what the pages of an alert share: their fields, and the form they extend.

Only six answers are required, none of them a free text.
"""

from django import forms
from django.utils.translation import pgettext_lazy

from agencies.directory.filters import territories
from agencies.models import Agency
from foundation.words.reference_lists import kept
from referral.alerts.rules import REQUIRED
from referral.models import Alert, AlertContent

NOTE_LENGTH = 500
LISTED = {"invalid_choice": pgettext_lazy("alert", "Choose one of the answers shown.")}


def too_long(length: int) -> dict:
    """Return the error messages of an optional text limited to `length` characters."""
    return {
        "max_length": pgettext_lazy("alert", "Shorten this answer: %(limit_value)d characters at most."),
        "required": "",
    }


def question(options, *, required="", label, hint="", inline=False):
    """Return a choice among few answers, none of them preselected; `required`: the error when nothing is chosen."""
    return forms.ChoiceField(
        choices=options,
        required=bool(required),
        label=label,
        help_text=hint,
        widget=forms.RadioSelect(attrs={"inline": True} if inline else {}),
        error_messages={**LISTED, "required": required},
    )


def ticks(options, *, label, hint=""):
    """Return a field of optional checkboxes."""
    return forms.MultipleChoiceField(
        choices=options,
        required=False,
        label=label,
        help_text=hint,
        widget=forms.CheckboxSelectMultiple,
        error_messages={**LISTED, "invalid_list": LISTED["invalid_choice"]},
    )


def short_text(length, *, label, hint="", validators=(), required=""):
    """Return a one-line text field without completion by the browser; `required`: the error when it is empty."""
    return forms.CharField(
        max_length=length,
        label=label,
        help_text=hint,
        required=bool(required),
        validators=list(validators),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={**too_long(length), "required": required},
    )


class Places(forms.models.ModelChoiceIterator):
    """List the places, kept by the version of the reference lists."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from kept(_places)


def _places() -> list[tuple[str, str]]:
    return [(place.pk, f"{place.pk} · {place}") for place in territories()]


class TerritoryField(forms.ModelChoiceField):
    """Choose a département or an overseas collectivity, listed with its number."""

    def __init__(self, **kwargs):
        errors = {"invalid_choice": REQUIRED["territory"], "required": REQUIRED["territory"]}
        super().__init__(territories(), error_messages=errors, empty_label=pgettext_lazy("alert", "Choose…"), **kwargs)

    iterator = Places


def blank(agency: Agency, answers: dict) -> Alert:
    """Return an alert of this agency with these answers that is no row yet, under the id its draft will have."""
    alert = Alert(agency=agency)
    alert.content = AlertContent(alert=alert, data=answers)
    return alert


class StepForm(forms.Form):
    """Ask the questions of one page of an alert, over the answers its draft holds.

    A field that cannot be read is not kept and stays on the page as typed; the others are kept even when the page is
    not complete.
    """

    use_required_attribute = False  # the server says what is missing, in words and beside the question
    step: int
    template: str

    def __init__(self, data, *, alert: Alert, whole=False):
        self.alert, self.answers, self.whole = alert, alert.content.data, whole
        super().__init__(data, initial=self.initial_answers())

    def initial_answers(self) -> dict:
        """Return the initial values of the fields, from the draft."""
        return self.answers

    @property
    def complete(self) -> bool:
        """Return whether the page may be left for the next one."""
        return self.is_valid()

    def kept(self) -> dict:
        """Return the answers to keep in the draft, once the form is validated."""
        return dict(self.cleaned_data)

    def kept_contact(self) -> dict | None:
        """Return the safe contact to keep; `{}` clears it, None leaves it as it is."""
        return None

    def shown(self, answers: dict) -> dict:
        """Return what the page shows beside its questions, once `answers` are kept."""
        return {}
