"""Define the forms of a campaign: opening, pasting a table, handing it to a colleague."""

from django import forms
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from foundation.fields import field_of
from plans.models import Campaign, CampaignDraft

from .envelopes import KNOWN_STAGES, year_of

PASTED = 100_000


class CampaignForm(forms.Form):
    use_required_attribute = False

    year = year_of(Campaign.year, pgettext_lazy("money", "Figures of which year?"))
    stage = field_of(
        Campaign.stage, pgettext_lazy("money", "At which stage?"), choices=KNOWN_STAGES, widget=forms.RadioSelect
    )
    opens = field_of(
        Campaign.opens, pgettext_lazy("money", "Opens on"), missing=pgettext_lazy("money", "Choose the day.")
    )
    closes = field_of(
        Campaign.closes,
        pgettext_lazy("money", "Closes on"),
        help_text=pgettext_lazy("money", "That day included."),
        missing=pgettext_lazy("money", "Choose the day."),
    )
    note = field_of(Campaign.note, pgettext_lazy("money", "A word to the bodies"), rows=2)

    def __init__(self, *args, **kwargs):
        today = timezone.localdate()
        super().__init__(*args, initial={"year": today.year + 1, "opens": today}, **kwargs)

    def clean(self):
        found = super().clean()
        if found.get("opens") and found.get("closes") and found["closes"] < found["opens"]:
            self.add_error("closes", pgettext_lazy("money", "It closes before it opens: choose a later day."))
        return found


class PasteForm(forms.Form):
    use_required_attribute = False

    table = forms.CharField(
        max_length=PASTED,
        strip=False,
        label=pgettext_lazy("money", "Your table, with its line of titles"),
        help_text=pgettext_lazy("money", "Copied from a spreadsheet, or the content of a CSV file."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": pgettext_lazy("money", "Paste the table here.")},
    )
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)


class _Colleague(forms.ModelChoiceField):
    def label_from_instance(self, membership):
        """Label by function and unit, never by a person's name."""
        return f"{membership.title or pgettext_lazy('money', 'Member')} · {membership.agency}"


class DelegateForm(forms.Form):
    use_required_attribute = False

    colleague = _Colleague(
        queryset=None,
        label=pgettext_lazy("money", "To whom?"),
        empty_label=pgettext_lazy("money", "Choose the colleague"),
        error_messages={"required": pgettext_lazy("money", "Choose the colleague.")},
    )
    note = field_of(CampaignDraft.given_note, pgettext_lazy("money", "A word to your colleague"))

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["colleague"].queryset = colleagues
        if not colleagues.exists():
            self.fields["colleague"].help_text = pgettext_lazy(
                "money",
                "Nobody else answers for your organisation here: its administration gives a member the role “Public "
                "policy”.",
            )
