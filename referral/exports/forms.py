"""Forms to ask for an export and to refuse one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.fields import field_of
from referral.models import Export


class ExportForm(forms.Form):
    purpose = field_of(
        Export.purpose, _("What is it for?"), missing=_("Say what this export is for."), widget=forms.RadioSelect
    )
    reason = forms.CharField(
        min_length=15,
        max_length=600,
        label=_("In your words"),
        help_text=_("Who will read it, and what for. No name of a person."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={
            "required": _("Write who will read this export, and what for."),
            "min_length": _("Write at least 15 characters: a colleague must understand why."),
            "max_length": _("Shorten the text to 600 characters."),
        },
    )
    file_format = field_of(
        Export.format,
        _("Kind of file"),
        missing=_("Choose the kind of file."),
        initial=Export.Format.XLSX,
        widget=forms.RadioSelect,
    )


class RefuseForm(forms.Form):
    comment = forms.CharField(
        required=False,
        max_length=300,
        label=_("Message to the person who asked for the export"),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        error_messages={"max_length": _("Shorten the text to 300 characters.")},
    )
