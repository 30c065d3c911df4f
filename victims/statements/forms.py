"""Form of a statement by an entitled body."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.fields import field_of
from indicators.codes.forms import radios
from victims.models import Statement, Status


class StatementForm(forms.Form):
    conditional = ("basis",)
    status = radios([], _("Say what you state."), label=_("What does your service state?"))
    stated_on = field_of(
        Statement.stated_on,
        _("On what day?"),
        missing=_("Write the day."),
        error_messages={"invalid": _("Write the date as 31/12/2026.")},
    )
    function = field_of(
        Statement.function,
        _("In what function do you sign?"),
        missing=_("Write your function: a statement is signed."),
        attrs={"autocomplete": "organization-title"},
        error_messages={"max_length": _("120 characters at most: shorten your text.")},
    )
    basis = forms.CharField(
        required=False,
        max_length=500,
        label=_("Legal basis or decision"),
        help_text=_("Needed for a recognised victim: article, report number, date of the judgment."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _("500 characters at most: shorten your text.")},
    )
    motives = forms.CharField(
        max_length=4000,
        label=_("Why?"),
        help_text=_("What makes you state it. Encrypted, read by those who read the file. No score decides."),
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
        error_messages={
            "required": _("Write why: whoever reads another view must be able to compare."),
            "max_length": _("4,000 characters at most: shorten your text."),
        },
    )

    def __init__(self, *args, actor, statuses, **kwargs):
        initial = {"stated_on": timezone.localdate(), "function": actor.title, **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["status"].choices = [(s, Status(s).label) for s in statuses]
        if Status.RECOGNISED not in statuses:
            self.conditional = ()
            self.fields["basis"].help_text = _("Article, or number of a report.")

    def clean_stated_on(self):
        day = self.cleaned_data["stated_on"]
        if day > timezone.localdate() or day.year < 1990:
            raise forms.ValidationError(_("Choose today or a day that has passed."))
        return day

    def clean(self):
        given = super().clean()
        if given.get("status") == Status.RECOGNISED and not given.get("basis") and "basis" not in self.errors:
            self.add_error("basis", _("Write which decision recognises the victim, and its date."))
        return given
