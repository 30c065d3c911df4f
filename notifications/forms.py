"""Form to choose which notices also come by mail."""

from django import forms

from . import words
from .models import Preference


class MailForm(forms.Form):
    """Offer one group of boxes per subject. A danger to life is not offered: it always comes."""

    def __init__(self, actor, data=None):
        muted = set(Preference.objects.filter(membership=actor, mail=False).values_list("kind", flat=True))
        super().__init__(data)
        for group, kinds in words.offered(actor):
            boxes = [(kind.code, kind.label) for kind in kinds if kind.can_be_muted]
            self.fields[group.code] = forms.MultipleChoiceField(
                label=group.label,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                choices=boxes,
                initial=[code for code, _label in boxes if code not in muted],
            )

    @property
    def offered(self) -> set[str]:
        return {code for field in self.fields.values() for code, _label in field.choices}

    @property
    def wanted(self) -> set[str]:
        return {code for codes in self.cleaned_data.values() for code in codes}
