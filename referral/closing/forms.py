"""Form to close a case: reason, wishes of the person, and what she or he says of the support."""

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.fields import long_text
from indicators.codes.forms import radios
from indicators.codes.selectors import CLOSURE_REASONS, choices


class ClosingForm(forms.Form):
    reason = radios([], _("Choose why the case is closed."), label=_("Why is it closed?"))
    wish = long_text(_("What does the person wish for what comes next?"), _("In the person's words."), required=False)
    feedback = long_text(
        _("What does the person say of the support received?"),
        _("What helped, what was missing. Read by those who see the file."),
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = choices(CLOSURE_REASONS)
