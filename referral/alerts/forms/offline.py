"""Build the questions that a device keeps for the days without network: those of danger and of an alert, for nobody.

No answer of anybody is in them, nor a token: the page of the device is the same for all.
"""

from dataclasses import dataclass

from django import forms
from django.utils.translation import pgettext_lazy

from agencies.models import Agency
from indicators.codes.selectors import FORMS, choices

from .agreement import AgreementForm
from .signs import SignsForm
from .situation import DangerForm, SituationForm
from .step import blank


class OfflineAgreementForm(forms.Form):
    """Ask for the agreement: services are chosen by rule when the alert arrives, a contact is asked with network."""

    agreement = AgreementForm.base_fields["agreement"]
    recipients = AgreementForm.base_fields["recipients"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # no service is listed here, and no next page says the time limit
        self.fields["recipients"].help_text = pgettext_lazy(
            "alert",
            "What the person asked for. Nothing ticked: the alert stays in your organisation, except for a child, "
            "an age in doubt or a danger. Without anything done before its time limit, it goes to the coordination.",
        )


@dataclass(frozen=True)
class Grid:
    """Hold a short grid, and for which answers it is shown: « form minor », both as posted."""

    form: SignsForm
    shown_for: list[str]


def _named(form: forms.Form, prefix: str) -> forms.Form:
    """Return the form with ids of its own: a page holds several forms with fields of one name."""
    form.auto_id = f"{prefix}-%s"
    return form


def offline_forms() -> dict:
    """Return the forms of the device's page by name; `grids`: each short grid once."""
    grids: dict[str, Grid] = {}
    for kind, _label in [("", ""), *choices(FORMS)]:
        for minor in ("yes", "no", "doubt"):
            form = SignsForm(None, alert=blank(Agency(), {"form": kind, "minor": minor}))
            grids.setdefault(form.grid.code, Grid(form, [])).shown_for.append(f"{kind} {minor}")
    return {
        "danger": _named(DangerForm(None), "d"),
        "situation": _named(SituationForm(None, alert=blank(Agency(), {})), "s"),
        "signs": _named(SignsForm(None, alert=blank(Agency(), {})), "g"),
        "agreement": _named(OfflineAgreementForm(None), "a"),
        "grids": list(grids.values()),
    }
