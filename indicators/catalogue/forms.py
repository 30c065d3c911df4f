"""Filter the list of indicators."""

from django import forms
from django.utils.translation import pgettext_lazy

from indicators.models import Code

SIDES = [
    ("", pgettext_lazy("catalogue", "Any age")),
    ("adult", pgettext_lazy("catalogue", "Adult")),
    ("child", pgettext_lazy("catalogue", "Child")),
]


class IndicatorFilter(forms.Form):
    """Filter by age side, form and text, kept in the address so that a filtered list can be sent to a colleague."""

    age = forms.ChoiceField(label=pgettext_lazy("catalogue", "Age group"), choices=SIDES, required=False)
    form = forms.ChoiceField(label=pgettext_lazy("catalogue", "Form of exploitation"), required=False)
    text = forms.CharField(label=pgettext_lazy("catalogue", "Word or code"), max_length=60, required=False)

    def __init__(self, *args, language, **kwargs):
        super().__init__(*args, **kwargs)
        codes = Code.objects.of("forms_of_exploitation")
        self.fields["form"].choices = [
            ("", pgettext_lazy("catalogue", "Any form")),
            *((code.code, getattr(code, f"label_{language}")) for code in codes),
        ]

    def keeps(self, indicator) -> bool:
        """Return whether an indicator is shown; one for any age or form is shown under each of them."""
        wanted = self.cleaned_data
        words = f"{indicator.code} {indicator.label_fr} {indicator.label_en}".casefold()
        return (
            (not wanted["age"] or indicator.age_group in ("any", wanted["age"]))
            and (not wanted["form"] or indicator.form in ("any", wanted["form"]))
            and wanted["text"].casefold() in words
        )
