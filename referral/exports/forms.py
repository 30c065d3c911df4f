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
    content = field_of(
        Export.content,
        _("What should each row say?"),
        required=False,
        initial=Export.Content.LIST,
        widget=forms.RadioSelect,
        help_text=_(
            "In the HTCDS standard of the IOM: the cases that your organisation leads, of the people who agreed, as "
            "far as they agreed. With identity and contact, a second person always decides."
        ),
    )
    file_format = field_of(
        Export.format,
        _("Kind of file"),
        missing=_("Choose the kind of file."),
        initial=Export.Format.XLSX,
        widget=forms.RadioSelect,
    )

    def clean(self):
        given = super().clean()
        given["content"] = given.get("content") or Export.Content.LIST
        if given.get("file_format") == Export.Format.JSON and given["content"] == Export.Content.LIST:
            self.add_error(
                "file_format", _("JSON is for the HTCDS standard: choose another kind of file for the list.")
            )
        return given


class RefuseForm(forms.Form):
    comment = forms.CharField(
        required=False,
        max_length=300,
        label=_("Message to the person who asked for the export"),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        error_messages={"max_length": _("Shorten the text to 300 characters.")},
    )
