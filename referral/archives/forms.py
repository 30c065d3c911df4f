"""Form that opens an archived case."""

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.fields import long_text
from indicators.codes.forms import radios
from victims.models import ArchiveOpening
from victims.models.emergencies import REASON_LENGTH


class OpeningForm(forms.Form):
    conditional = ("reason",)
    why = radios(ArchiveOpening.Why.choices, _("Choose why you open it."), label=_("Why do you open this case?"))
    reason = long_text(
        _("Your reason, in words"),
        _("For a danger or another reason: one sentence, at least 20 characters. No name of anybody."),
        limit=1000, rows=3, required=False,
    )  # fmt: skip

    def clean(self):
        said = super().clean()
        told = said.get("why") in (ArchiveOpening.Why.OTHER, ArchiveOpening.Why.DANGER)
        if told and len(said.get("reason", "").strip()) < REASON_LENGTH:
            self.add_error("reason", _("Write which reason: at least 20 characters."))
        return said
