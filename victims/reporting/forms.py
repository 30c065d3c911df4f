"""Form of a decision on a report to the prosecutor."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.fields import DayInput, past
from indicators.codes.forms import radios
from victims.consents.forms import line, words

from .words import Agreement, Decision, Ground, Way

OF_MADE = ("ground", "court", "way")


def _one_of(choices, label, **options):
    """Return a question with few answers that is asked of some decisions only."""
    errors = {"invalid_choice": _("Choose among the answers shown.")}
    return forms.ChoiceField(
        choices=choices, required=False, widget=forms.RadioSelect, label=label, error_messages=errors, **options
    )


class ReportDecisionForm(forms.Form):
    """Ask whether the report was made; nothing is chosen beforehand, least of all the agreement of the person.

    `child`: a child or an age in doubt, whose agreement is neither waited for nor a ground.
    """

    use_required_attribute = False

    decision = radios(Decision.choices, _("Say whether the report was made."), label=_("Was a report made?"))
    on = forms.DateField(
        label=_("On which day?"),
        help_text=_("Day of the report, or of the decision not to make one."),
        widget=DayInput,
        error_messages={"required": _("Choose a day."), "invalid": _("Write the date as 31/12/2026.")},
    )
    agreement = _one_of(
        Agreement.choices, _("Does the person agree?"), help_text=_("The person alone says it; nobody assumes it.")
    )
    ground = _one_of(Ground.choices, _("On which ground?"))
    court = line(_("To which court?"), _("The prosecutor of which place. No name of a person."), 120)
    way = _one_of(Way.choices, _("By what way?"))
    why = words(_("Why?"), _("What decided it, in a few words. No name, no story."), 500)

    def __init__(self, *args, child: bool = False, **kwargs):
        super().__init__(*args, **{"initial": {"on": timezone.localdate()}, **kwargs})
        self.child = child
        if child:
            del self.fields["agreement"]
            self.fields["ground"].choices = [one for one in Ground.choices if one[0] != Ground.AGREEMENT]

    def clean_on(self):
        return past(self.cleaned_data["on"])

    def clean(self):
        given = super().clean()
        given["why"] = given.get("why", "").strip()
        given["court"] = given.get("court", "").strip()
        agrees = self.child or given.get("agreement") == Agreement.YES
        if not self.child and not given.get("agreement") and "agreement" not in self.errors:
            self.add_error("agreement", _("Say whether the person agrees: “not asked” is an answer."))
        if given.get("decision") == Decision.MADE:
            self._made(given, agrees)
        elif given.get("decision") == Decision.NOT_MADE:
            self._not_made(given)
        return given

    def _made(self, given, agrees: bool) -> None:
        missing = {
            "ground": _("Say on which ground."),
            "court": _("Write to which court."),
            "way": _("Say by what way."),
        }
        for name, said in missing.items():
            if not given.get(name) and name not in self.errors:
                self.add_error(name, said)
        if given.get("ground") == Ground.AGREEMENT and not agrees:
            self.add_error("ground", _("The person did not agree: choose the ground on which it was made."))
        if not agrees and not given["why"] and "why" not in self.errors:
            self.add_error("why", _("Say why it was made without the agreement of the person."))

    def _not_made(self, given) -> None:
        if not given["why"] and "why" not in self.errors:
            self.add_error("why", _("Say why it was not made."))
        for name in OF_MADE:
            if given.get(name):
                self.add_error(name, _("Leave this empty: you say that no report was made."))

    def kept(self) -> dict:
        """Return what is stored, sealed as a whole."""
        kept = {name: value for name, value in self.cleaned_data.items() if value}
        return {**kept, "on": kept["on"].isoformat()}
