"""The closing of a case: why, what the person wishes, what she or he says of the support."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .case_forms import radios
from .code_labels import CLOSURE_REASONS, choices


def words(label, hint, limit=2000, rows=4, **options):
    """A free text: never completed by the browser, cut nowhere."""
    return forms.CharField(
        max_length=limit,
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows, "autocomplete": "off"}),
        error_messages={
            "max_length": _("%(limit_value)s characters at most: shorten your text."),
            **options.pop("error_messages", {}),
        },
        **options,
    )


class ClosingForm(forms.Form):
    reason = radios([], _("Choose why the case is closed."), label=_("Why is it closed?"))
    wish = words(_("What does the person wish for what comes next?"), _("In her or his words."), required=False)
    feedback = words(
        _("What does the person say of the support received?"),
        _("What helped, what was missing. Read by those who see the file."),
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = choices(CLOSURE_REASONS)
