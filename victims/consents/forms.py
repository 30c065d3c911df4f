"""Forms of agreements and of a child's opinion. Error texts say what to do; typed input is kept."""

from datetime import datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Level
from foundation.fields import DayInput, field_of
from indicators.codes.forms import mask, radios, ticks
from indicators.codes.selectors import CONSENT_PURPOSES, choices
from victims.cases.words import EXPLAINED_OF_AGREEMENT
from victims.models import ChildOpinion, Consent

from .operations import givers, nameable
from .words import AGREED_KINDS, CATEGORIES, INTERPRETERS, LEVELS, PROOFS, SPOKEN, TELLS_NOBODY, kind_words

COURT_NAMED = (Consent.Giver.COURT, Consent.Giver.GUARDIAN, Consent.Giver.AD_HOC, Consent.Giver.DELEGATE)
SERVICES_OF = _(
    "To share, to inform or to be contacted again: those the person named, here or by kind, at least one. To record, to"
    " count or to evaluate: your organisation only."
)
SERVICES_FOR_CHILD = _(
    "To share, to inform or to be contacted again: those that the person who agrees named, here or by kind, at least"
    " one. To record, to count or to evaluate: your organisation only."
)
HOW_LONG = 20  # minimum length of « vérifié par… », in characters


def line(label, hint="", most=200):
    """Return a one-line text field that the browser does not remember."""
    return forms.CharField(
        required=False,
        max_length=most,
        label=label,
        help_text=hint,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _("Shorten your text.")},
    )


def words(label, hint="", most=2000, rows=4):
    """Return a multi-line text field that the browser does not remember."""
    return forms.CharField(
        required=False,
        max_length=most,
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows, "autocomplete": "off"}),
        error_messages={"max_length": _("Shorten your text.")},
    )


def optional_choice(choices_, label):
    """Return an optional choice field."""
    return forms.ChoiceField(required=False, choices=[("", _("Not specified")), *choices_], label=label)


class ConsentForm(forms.Form):
    """Ask what the person agreed to. Nothing is preselected.

    An adult agrees alone unless a court decided otherwise; for a child somebody else must agree (`givers`).
    """

    conditional = ("level", "decision")
    giver = radios([], _("Say who agrees."), label=_("Who agrees for the child?"))
    proxy = line(_("Who is it?"), _("Function or office; a name only if it is needed."))
    decision = line(_("Which decision appoints them?"), _("Court, date, number."))
    parent_verified = field_of(Consent.parent_verified, _("We verified that this person is the parent"))
    verified = line(_("How was the tie verified?"), _("Which document, seen by whom, on what day."), 500)
    parent_cleared = field_of(Consent.parent_cleared, _("We verified that this parent takes no part in it"))
    cleared = line(
        _("How was it found that this parent takes no part in it?"),
        _("Who assessed it: child protection, prosecutor, police; on what day."),
        500,
    )
    purpose = radios([], _("Say what the person agrees to."), label=_("What does the person agree to?"))
    agencies = ticks([], label=_("With which services?"), help_text=SERVICES_OF)
    kinds = forms.MultipleChoiceField(
        choices=[(kind.value, kind_words(kind)) for kind in AGREED_KINDS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Or with any service of this kind"),
        error_messages={"invalid_choice": _("Choose among the answers shown.")},
    )
    level = radios(
        LEVELS,
        _("Say how far the agreement goes."),
        required=False,
        label=_("How far?"),
        help_text=_("When a service is ticked."),
    )
    categories = ticks(CATEGORIES, label=_("What else may be given?"))
    explained = forms.MultipleChoiceField(
        choices=EXPLAINED_OF_AGREEMENT,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("What was explained?"),
    )
    proof = radios(PROOFS, _("Say how the person agreed."), label=_("How did the person agree?"))
    language = optional_choice(SPOKEN, _("Language it was explained in"))
    interpreter = optional_choice(INTERPRETERS, _("Interpreter"))
    until = forms.DateField(
        required=False,
        label=_("Until when?"),
        help_text=_("Left empty: until the person changes their mind."),
        widget=DayInput(),
        error_messages={"invalid": _("Write the date as 31/12/2026.")},
    )

    def __init__(self, *args, actor, case, **kwargs):
        super().__init__(*args, **kwargs)
        self.case, self.own_agency = case, actor.agency_id
        self.fields["purpose"].choices = choices(CONSENT_PURPOSES)
        own = _("Our own service: %(name)s") % {"name": actor.agency.name}
        named = nameable(actor).exclude(pk=actor.agency_id)
        self.fields["agencies"].choices = [(actor.agency_id, own), *named.values_list("pk", "name")]
        able = givers(case)
        giver = self.fields["giver"]
        giver.choices = [(code, Consent.Giver(code).label) for code in able]
        if not case.is_minor:
            giver.required = False
            giver.label = _("Does somebody else decide for the person?")
            giver.help_text = _("Only when a court has said so. Left empty: the person agrees.")
            giver.choices = [(code, label) for code, label in giver.choices if code != Consent.Giver.PERSON]
            for name in ("parent_verified", "verified", "parent_cleared", "cleared"):
                del self.fields[name]
        else:
            self.fields["purpose"].label = _("What is agreed to for the child?")
            self.fields["agencies"].help_text = SERVICES_FOR_CHILD
            self.fields["proof"].label = _("How was the agreement given?")

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until is None:
            return None
        if until <= timezone.localdate():
            raise forms.ValidationError(_("Choose a day to come, or leave it empty."))
        if until.year > timezone.localdate().year + 30:
            raise forms.ValidationError(_("Choose a day within thirty years."))
        return timezone.make_aware(datetime.combine(until, time(23, 59)))

    def clean(self):
        given = super().clean()
        if "agencies" in given and "kinds" in given:
            self._check_services(given)
        if not given.get("level") and "level" not in self.errors:
            self.add_error("level", _("Say how far the agreement goes."))
        self._check_giver(given)
        return given

    def _check_services(self, given) -> None:
        named = [*given["agencies"], *given["kinds"]]
        if given.get("purpose") not in TELLS_NOBODY:
            if not named:
                self.add_error("agencies", _("Tick at least one service, or one kind of service."))
        elif set(named) - {self.own_agency}:
            self.add_error("agencies", _("This agreement tells no other service: untick them, or choose to share."))
        elif not named:
            given["level"] = given.get("level") or str(int(Level.SUMMARY))

    def _check_giver(self, given) -> None:
        giver = given.get("giver")
        if giver in COURT_NAMED and len(given.get("decision", "").strip()) < 5:
            self.add_error("decision", _("Write the decision that appoints them: nobody else may agree for a child."))
        if giver != Consent.Giver.PARENT:
            return
        both = (("parent_verified", "verified"), ("parent_cleared", "cleared"))
        for tick, how in both:
            if not given.get(tick):
                self.add_error(tick, _("A parent agrees only once verified and found not implicated. Tick it, or choose"
                                       " “child in danger” when you refer: protection does not wait."))  # fmt: skip
            elif len(given.get(how, "").strip()) < HOW_LONG:
                self.add_error(how, _("Write how it was verified, in at least 20 characters."))

    def fields_of_consent(self) -> dict:
        """Return the arguments of `record_consent`, free texts in `text`."""
        given = dict(self.cleaned_data)
        text = {name: given.pop(name, "").strip() for name in ("proxy", "decision", "verified", "cleared")}
        return {
            **given,
            "giver": given["giver"] or Consent.Giver.PERSON,
            "level": int(given["level"]),
            "categories": mask(given["categories"]),
            "text": {name: value for name, value in text.items() if value},
        }


class OpinionForm(forms.Form):
    """Ask for « Avis de l'enfant »: what the child thinks, in the child's words. It grants and blocks nothing."""

    conditional = ("heard_by",)
    stance = radios(
        ChildOpinion.Stance.choices,
        _("Say what the child thinks."),
        label=_("What does the child think of what is proposed?"),
    )
    said = words(_("In the child's words"), _("What was asked and what the child answered. No name."))
    heard_by = line(_("Who heard the child?"), _("Function, alone or with whom."))
    language = optional_choice(SPOKEN, _("Language spoken with the child"))
    interpreter = optional_choice(INTERPRETERS, _("Interpreter"))

    def clean(self):
        given = super().clean()
        heard = given.get("stance") not in (None, ChildOpinion.Stance.NOT_HEARD)
        if heard and not given.get("heard_by", "").strip() and "heard_by" not in self.errors:
            self.add_error("heard_by", _("Write who heard the child: an opinion is taken by somebody."))
        return given

    def fields_of_opinion(self) -> dict:
        """Return the arguments of `record_opinion`, free texts in `text`."""
        given = self.cleaned_data
        text = {"words": given["said"].strip(), "heard_by": given["heard_by"].strip()}
        return {
            **{name: given[name] for name in ("stance", "language", "interpreter")},
            "text": {name: value for name, value in text.items() if value},
        }
