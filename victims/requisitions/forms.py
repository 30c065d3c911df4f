"""Forms of a requisition: who demands what, what was handed over, or why nothing was."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.fields import DayInput, long_text
from indicators.codes.forms import radios

from .words import Authority, Check, Given, Ground, Reason

NO_DAY = _("Choose a day.")
BAD_DAY = _("Write the date as 31/12/2026.")
NOT_YET = _("Choose today or a day before.")


def _day(label, hint="", **options):
    errors = {"required": NO_DAY, "invalid": BAD_DAY}
    return forms.DateField(label=label, help_text=hint, widget=DayInput, error_messages=errors, **options)


def _line(label, hint, missing):
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": missing},
    )


class RequisitionForm(forms.Form):
    use_required_attribute = False

    received_on = _day(pgettext_lazy("requisition", "Received on"))
    authority = radios(Authority.choices, _("Say which authority demands."), label=_("Which authority demands?"))
    body = _line(
        _("Function and service"),
        _("As the paper names them: the court, the brigade. No name of a person."),
        _("Write the function and the service that the paper names."),
    )
    ground = radios(Ground.choices, _("Say on which article."), label=_("On which article?"))
    text = long_text(
        _("What is demanded?"),
        _("In the words of the paper, and its number. Only your organisation reads this."),
        limit=2000,
        rows=4,
        error_messages={"required": _("Write what is demanded.")},
    )
    due_on = _day(
        _("By which day?"),
        _("Only when the paper gives a day. Without one, the answer is due as soon as possible."),
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, initial={"received_on": timezone.localdate()}, **kwargs)

    def clean_received_on(self):
        if (day := self.cleaned_data["received_on"]) > timezone.localdate():
            raise forms.ValidationError(NOT_YET)
        return day

    def clean(self):
        given = super().clean()
        due, received = given.get("due_on"), given.get("received_on")
        if due and received and due < received:
            self.add_error("due_on", _("This day comes before the day of receipt."))
        return given


class AnswerForm(forms.Form):
    use_required_attribute = False

    given = forms.MultipleChoiceField(
        label=_("What was handed over?"),
        help_text=_(
            "Only what is demanded, of what your organisation reads of this case at this moment. The answer keeps this"
            " list, with the present date and time."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what was handed over.")},
    )
    to = _line(_("To whom?"), _("Function and service. No name of a person."), _("Write the function and the service."))
    text = long_text(
        _("Details"),
        _("Which documents, how and on which day they were handed over, what was left out and why."),
        limit=2000,
        rows=3,
        required=False,
    )
    # both may be no: what was handed over to a forger is written too, without a false word
    origin = radios(
        [
            ("yes", _("Yes, by calling back on a number found elsewhere")),
            ("no", _("No, or it turned out to be forged")),
        ],
        _("Say whether its origin was confirmed: a paper or a mail may be forged."),
        label=_("Was its origin confirmed before?"),
    )
    secrecy = radios(
        [
            ("yes", _("Yes: no legitimate ground stands against it, or the agreement that the law asks for was given")),
            ("no", _("No, or something was handed over that should not have been")),
        ],
        _(
            "Say whether secrecy was examined, with your management or a lawyer: what is handed over cannot be taken"
            " back."
        ),
        label=_("Were professional secrecy and asylum examined before?"),
    )

    def __init__(self, *args, choices: list[Given], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["given"].choices = [(one.value, one.label) for one in choices]

    def clean(self):
        said = super().clean()
        said["unchecked"] = [one for one in Check.values if said.pop(one, "") == "no"]
        return said


class RefuseForm(forms.Form):
    use_required_attribute = False

    reason = radios(Reason.choices, _("Choose why it is not followed."), label=_("Why is it not followed?"))
    text = long_text(
        _("In a few words"),
        _("What was answered to the authority, when and by whom (function)."),
        limit=2000,
        rows=3,
        error_messages={"required": _("Write what was answered to the authority.")},
    )

    def __init__(self, *args, over: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if over:
            self.fields["reason"].label = _("What is to be corrected or added?")
        else:  # nothing was said yet that may be wrong
            self.fields["reason"].choices = [one for one in Reason.choices if one[0] != Reason.MISTAKE]
