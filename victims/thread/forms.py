"""Forms of the thread: entries, filter, search."""

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.fields import long_text
from indicators.codes.forms import radios
from victims.models import TimelineEntry

from .display import SORTS

WORDS_LIMIT = 6000


class EntryForm(forms.Form):
    sort = radios(TimelineEntry.Sort.choices, _("Say what you write."), label=_("What is it?"))
    text = long_text(
        _("Your text"),
        _(
            "The facts, what was said, what comes next. An internal note is read by your organisation alone; what "
            "falls under professional secrecy goes to the notes under secrecy. A question has no time limit: only "
            "the lead of the case asks for the help of a service; others propose it here."
        ),
        limit=WORDS_LIMIT,
        rows=5,
        error_messages={"required": _("Write your text.")},
    )


class CorrectionForm(forms.Form):
    text = long_text(
        _("The text, corrected"),
        _("The former text stays readable."),
        limit=WORDS_LIMIT,
        rows=8,
        error_messages={"required": _("Write the corrected text.")},
    )


class ThreadFilter(forms.Form):
    """Filter by GET: codes only. The words searched for are posted: they may be a name."""

    sort = forms.ChoiceField(required=False, label=_("Kind of entry"), choices=[("", _("All")), *SORTS])
    agency = forms.TypedChoiceField(required=False, label=_("Service"), coerce=int, empty_value=None)

    def __init__(self, *args, writers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [("", _("All")), *writers]

    def chosen(self) -> dict:
        """Return the valid values; unknown ones are ignored."""
        self.is_valid()
        return {name: self.cleaned_data[name] for name in ("sort", "agency") if self.cleaned_data.get(name)}


class SearchForm(forms.Form):
    words = forms.CharField(
        min_length=2,
        max_length=100,
        label=_("Words to search for"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Write the words to search for."),
            "min_length": _("Write at least two letters."),
        },
    )
