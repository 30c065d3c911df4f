"""Choose the member in charge of what a desk received."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Membership
from referral.inbox.operations.charge import colleagues


class ChargeForm(forms.Form):
    """Ask « Qui s'en charge »: oneself, a colleague, or nobody."""

    member = forms.ModelChoiceField(
        queryset=Membership.objects.none(),
        required=False,
        empty_label=_("Nobody yet"),
        label=_("Who takes charge of it?"),
        error_messages={"invalid_choice": _("Choose a colleague of the list.")},
    )

    def __init__(self, *args, actor, row, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = colleagues(actor, row)
        self.fields["member"].label_from_instance = lambda member: member.user.full_name
        self.initial["member"] = row.in_charge_id
