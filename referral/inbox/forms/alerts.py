"""Forms of a desk that received an alert: redirect, join to a case."""

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agencies.models import Level
from foundation.filters import NOT_A_SIGN
from indicators.codes.forms import radios
from referral.inbox.display import cases_in_words
from referral.models import Alert
from referral.routing.selectors.desks import alert_desks
from referral.routing.words import RedirectReason
from victims.models import AgeSide, Case, CaseAccess


class RedirectForm(forms.Form):
    desks = forms.ModelMultipleChoiceField(
        queryset=None,
        label=_("Which services?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one service."),
            "invalid_choice": _("This service no longer receives alerts: choose another one."),
            "invalid_pk_value": _("Choose among the services shown."),
        },
    )
    reason = radios(RedirectReason.choices, _("Say why you send it on."), label=_("Why?"))

    def __init__(self, *args, actor, offered, held=(), **kwargs):
        """Limit the choice to `offered`, the desks the answers allow. Another desk is refused, not only hidden.

        `held`: agencies that have the alert already, which is said beside their name.
        """
        super().__init__(*args, **kwargs)
        desks = alert_desks().filter(pk__in=[desk.pk for desk in offered]).exclude(pk=actor.agency_id)
        self.fields["desks"].queryset = desks.select_related("agency")
        has = _("%(agency)s (has this alert already)")
        named = {desk.pk: str(desk.agency) for desk in offered}
        self.fields["desks"].choices = [
            (pk, has % {"agency": said} if pk in held else said) for pk, said in named.items()
        ]


AGES = {
    AgeSide.ADULT: pgettext_lazy("told of somebody", "of age"),
    AgeSide.MINOR: pgettext_lazy("told of somebody", "a child"),
    AgeSide.DOUBT: pgettext_lazy("told of somebody", "age in doubt"),
}


class _OfCase(forms.MultipleChoiceField):
    """Take the reference of the case of which something was asked, whichever: the form compares."""

    def valid_value(self, value):
        return True


class JoinForm(forms.Form):
    """Choose a case that the agency leads, from those nearby or by reference.

    The error is the same for a case not visible and for one not led. Where the places of alert and case differ, or one
    is of an adult and the other not, it is asked once whether they are about one person: joined by mistake, an alert
    tells the readers of the case of somebody else.
    """

    NEAR = 6
    case = forms.ChoiceField(
        required=False,
        widget=forms.RadioSelect,
        label=_("Open cases of the same place"),
        error_messages={"invalid_choice": _("This case is no longer yours to join: write a reference.")},
    )
    reference = forms.CharField(
        required=False,
        max_length=20,
        label=_("Reference of the case"),
        help_text=_("A case your organisation leads, for example K7MX-2PQR, or an alert that led to one."),
        error_messages={"required": _("Write the reference of the case.")},
    )
    # ticked of a case by its reference: the tick holds for no other one
    same = _OfCase(required=False, widget=forms.CheckboxSelectMultiple, label=_("Same person"))

    def __init__(self, *args, actor, alert, **kwargs):
        super().__init__(*args, **kwargs)
        self.actor, self.alert, self.differs = actor, alert, ""
        led = CaseAccess.objects.of(actor, Level.SUMMARY).filter(lead=True)
        rows = led.filter(territory=alert.territory_id).exclude(status=Case.Status.CLOSED)
        rows = list(rows.select_related("territory", "case").order_by("-received_at", "-case")[: self.NEAR + 1])
        self.near = list(cases_in_words(actor, rows[: self.NEAR]).items())
        self.fields["case"].choices = self.near
        if len(rows) > self.NEAR:
            self.fields["case"].label = _("Open cases of the same place (the %(n)s newest)") % {"n": self.NEAR}
        if self.near:
            self.fields["reference"].label = _("Reference of another case")
        self.fields["reference"].required = not self.near  # the one way to say which case, where none is listed

    def clean(self):
        given = super().clean()
        signs = NOT_A_SIGN.sub("", (given.get("reference") or given.get("case") or "").upper())
        if not signs:
            if not self.errors:
                self.add_error("reference", _("Write the reference of the case."))
            return given
        wanted = f"{signs[:4]}-{signs[4:]}"
        row = self._found(wanted)
        if row is None:
            self.add_error("reference", self._why_not(wanted))
        elif row.status == Case.Status.CLOSED:
            said = _("Case %(reference)s is closed: open it again first. The alert waits here meanwhile.")
            self.add_error("reference", said % {"reference": wanted})
        else:
            self.case = row.case
            self._compare()
            if self.differs and self.case.reference not in (given.get("same") or ()):
                self.add_error("same", _("Tick that it is the same person, or choose another case."))
        return given

    def _found(self, wanted: str) -> CaseAccess | None:
        """Return the case of this reference that the agency leads, or the only one that the alert of it led to."""
        led = CaseAccess.objects.of(self.actor, Level.SUMMARY).filter(lead=True).select_related("case__territory")
        if row := led.filter(reference=wanted).first():
            return row
        alerts = Alert.objects.visible_to(self.actor).filter(reference=wanted).exclude(pk=self.alert.pk)
        rows = list(led.filter(case__alert_links__alert__in=alerts)[:2])
        return rows[0] if len(rows) == 1 else None

    def _why_not(self, wanted: str) -> str:
        """Return in words why this reference is of no case: of one that is not led, as of none."""
        if Alert.objects.visible_to(self.actor).filter(reference=wanted).exists():
            return _(
                "This is the reference of an alert. That of a case stands at the top of its page, and in “My cases”."
            )
        return _("No case led by your organisation has this reference: check it.")

    def _compare(self) -> None:
        """Set `differs`, what differs in words, and offer the tick; neither where both may be of one person."""
        place = self.alert.territory_id != self.case.territory_id
        age = self.alert.age_side != self.case.age_side
        if not place and not (age and AgeSide.ADULT in (self.alert.age_side, self.case.age_side)):
            return  # an age in doubt is treated as a child's
        told, held = (_said(one, place, age) for one in (self.alert, self.case))
        self.differs = gettext("The alert says: %(alert)s. The case: %(case)s.") % {"alert": told, "case": held}
        self.fields["same"].choices = [(self.case.reference, _("It is the same person, I have checked it"))]


def _said(one, place: bool, age: bool) -> str:
    """Return in words the place, the age or both of an alert or a case."""
    said = [f"{one.territory} ({one.territory_id})"] if place else []
    return ", ".join([*said, str(AGES[one.age_side])] if age else said)
