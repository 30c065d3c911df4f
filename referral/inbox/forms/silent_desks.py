"""Forms of a coordinator about a silent desk: call, readdressing."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

NAMED = 3  # alerts named beside a desk that cannot take all; counted above


class CallForm(forms.Form):
    """Note a call « Joint par téléphone »: time, and function of who answered, never a name."""

    at = forms.TimeField(
        label=_("At what time?"),
        help_text=_("A time later than now is counted as yesterday's."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Write the hour of the call."), "invalid": _("Write the hour as 14:30.")},
    )
    function = forms.CharField(
        max_length=80,
        label=_("Whom did you reach? Job title only"),
        help_text=_(
            "The job title of who undertakes to answer, for instance: head of unit, person on duty. No name. An "
            "answering machine or a switchboard does not count."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Write the job title of whom you reached."),
            "max_length": _("80 characters at most: shorten your text."),
        },
    )

    def called_at(self) -> datetime:
        """Return the last moment at that time of day, in the reader's time zone."""
        now = timezone.localtime()
        at = timezone.make_aware(datetime.combine(now.date(), self.cleaned_data["at"]))
        return at if at <= now else at - timedelta(days=1)


class ReaddressForm(forms.Form):
    target = forms.TypedChoiceField(
        coerce=int,
        label=_("To which service?"),
        error_messages={
            "required": _("Choose the service that takes over."),
            "invalid_choice": _("This service takes none of these alerts: choose another one."),
        },
    )

    def __init__(self, *args, offered, alerts, second=None, **kwargs):
        """Offer desks, and name the alerts that each can take when it cannot take all.

        `offered`: {desk: references that it can take of these `alerts`}. `second`: id of the stand-in, preselected when
        it can take all.
        """
        super().__init__(*args, **kwargs)
        names = [(desk.pk, _words(desk, taken, alerts)) for desk, taken in offered.items()]
        self.fields["target"].choices = [("", _("Choose…")), *names]
        all_taken = (desk.pk for desk, taken in offered.items() if desk.pk == second and len(taken) == alerts)
        self.initial["target"] = next(all_taken, "")


def _words(desk, taken: list[str], alerts: int) -> str:
    """Return the name of a desk, and which of these `alerts` it can take unless it can take all."""
    if len(taken) == alerts:
        return desk.agency.name
    if len(taken) <= NAMED:
        return _("%(service)s: only %(references)s") % {"service": desk.agency, "references": ", ".join(taken)}
    return _("%(service)s: %(n)d of %(all)d") % {"service": desk.agency, "n": len(taken), "all": alerts}
