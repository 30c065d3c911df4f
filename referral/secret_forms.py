"""A note under professional secrecy."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .life_forms import words
from .timeline_forms import WORDS_LIMIT


class SecretForm(forms.Form):
    text = words(
        _("Your note"),
        _("Read by your unit alone. It is never sent, exported, searched or copied."),
        limit=WORDS_LIMIT,
        rows=5,
        error_messages={"required": _("Write your note.")},
    )
