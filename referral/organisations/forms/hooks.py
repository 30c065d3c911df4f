"""Forms of the webhooks of a program."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.fields import field_of
from notifications.models import Hook
from notifications.operations import addresses


class HookForm(forms.Form):
    url = field_of(
        Hook.url,
        pgettext_lazy("webhook", "Address"),
        help_text=_("Where your software listens: “https://software.example.org/repere”."),
        missing=_("Write the address."),
        attrs={"autocomplete": "off", "inputmode": "url"},
        error_messages={"max_length": _("500 characters at most.")},
    )

    def clean_url(self):
        url = self.cleaned_data["url"]
        try:
            addresses.parsed(url)
        except addresses.NotAnAddress as error:
            raise forms.ValidationError(
                _("Write an address that begins with https://, without account, space or accent.")
            ) from error
        return url


class ReplayForm(forms.Form):
    position = forms.IntegerField(
        label=_("From this position"),
        required=False,
        min_value=1,
        max_value=2**62,
        error_messages={
            "invalid": _("Write a number."),
            "min_value": _("1 at least."),
            "max_value": _("Write a smaller number."),
        },
    )
    since = forms.DateTimeField(
        label=_("Or from this moment"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        error_messages={"invalid": _("Write a day and a time.")},
    )

    def clean(self):
        given = super().clean()
        if not self.errors and (given.get("position") is None) == (given.get("since") is None):
            self.add_error("position", _("Give a position or a moment: one of both."))
        return given
