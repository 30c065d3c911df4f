"""Forms of the lists: find by reference, name a search."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FindForm(forms.Form):
    reference = forms.CharField(
        max_length=60,
        label=_("Reference"),
        help_text=_(
            "Of a case, an alert or a request: 7KQ2-M4XD. You can also enter your own reference or the nickname "
            "given to a case, in full. You cannot search by a person's name."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Enter a reference.")},
    )


class NameForm(forms.Form):
    name = forms.CharField(
        max_length=60,
        label=_("Name of this filter"),
        help_text=_("No name of a person."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Give this filter a name."),
            "max_length": _("Shorten the name to 60 characters."),
        },
    )
