"""Form to choose the place a case moves to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.directory.filters import territories


class MoveForm(forms.Form):
    use_required_attribute = False

    territory = forms.ModelChoiceField(
        queryset=None,
        label=_("Where does the person live or sleep now?"),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose the département."), "invalid_choice": _("Choose the département.")},
    )

    def __init__(self, *args, case, **kwargs):
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["territory"].queryset = territories()

    def clean_territory(self):
        place = self.cleaned_data["territory"]
        if place.pk == self.case.territory_id:
            raise forms.ValidationError(_("The case is there already: choose another département."))
        return place
