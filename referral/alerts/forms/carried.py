"""Read what a nameless signal carries to an alert, when it told a child: nothing typed is lost, nothing is refused."""

from django import forms

from agencies.models import Territory
from referral.alerts.operations.signals import answers_of


class CarriedForm(forms.Form):
    """Keep each field that can be read; the pages of the alert ask for the others."""

    territory = forms.ModelChoiceField(Territory.objects.exclude(sort=Territory.Sort.REGION), required=False)
    month = forms.DateField(required=False)
    persons = forms.CharField(required=False)
    note = forms.CharField(required=False)

    def answers(self) -> dict:
        """Return the answers of the draft."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        if territory := found.pop("territory", None):
            found["territory"] = territory.pk
        return answers_of(signs=self.data.getlist("signs"), done=self.data.getlist("done"), **found)
