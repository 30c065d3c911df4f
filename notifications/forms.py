"""Which notices also come by mail."""

from django import forms
from django.utils.translation import gettext_lazy as _

from . import catalogue
from .models import Preference


class MailForm(forms.Form):
    """One box a kind; a danger to life is not among them, since it always comes."""

    mails = forms.MultipleChoiceField(
        label=_("Also send me by mail"),
        help_text=_("A mail gives a reference and nothing else. Everything stays in your notices here."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(known.code, known.label) for known in catalogue.KINDS.values() if known.can_be_muted],
    )

    @classmethod
    def of(cls, actor, data=None):
        muted = set(Preference.objects.filter(membership=actor, mail=False).values_list("kind", flat=True))
        return cls(data, initial={"mails": [code for code in catalogue.KINDS if code not in muted]})
