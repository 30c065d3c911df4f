"""Form of a note under professional secrecy."""

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.fields import long_text
from victims.thread.forms import WORDS_LIMIT


class SecretForm(forms.Form):
    text = long_text(
        _("Your note"),
        _("Read by your organisation alone. It is never sent, exported, searched or copied."),
        limit=WORDS_LIMIT,
        rows=5,
        error_messages={"required": _("Write your note.")},
    )
