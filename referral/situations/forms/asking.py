"""Forms of what the persons of an event are asked, and of the part of it that one of them agrees to."""

from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Category
from indicators.codes.forms import mask, radios, ticks
from referral.situations import display
from victims.consents.forms import ConsentForm, line
from victims.consents.words import AGREED_KINDS, CATEGORIES, LEVELS, kind_words
from victims.models import AgeSide, Case


class AskedForm(ConsentForm):
    """Write once what each person is asked: the form of an agreement, without any answer in it."""

    asked_by = line(
        _("Who asks, and with whom?"),
        _("Function, interpreter. For a child, it is kept with the opinion."),
    )

    def __init__(self, *args, actor, asked: dict | None, **kwargs):
        super().__init__(*args, actor=actor, case=Case(age_side=AgeSide.ADULT), initial=_initial(asked), **kwargs)
        for name in ("giver", "proxy", "decision"):
            del self.fields[name]
        own, *others = self.fields["agencies"].choices
        self.fields["agencies"].choices = [own, *display.agency_choices(pk for pk, _name in others)]
        self.fields["purpose"].label = _("What are they asked to agree to?")
        self.fields["agencies"].help_text = _(
            "To share, to inform or to be contacted again: those you will propose to each person, here or by kind, at"
            " least one. To record, to count or to evaluate: your organisation only."
        )
        self.fields["language"].label = _("Language, for a person whose own is not known")
        self.fields["proof"].label = _("How do they answer?")

    def asked(self) -> dict:
        """Return what `set_question` stores."""
        data, until = dict(self.cleaned_data), self.cleaned_data["until"]
        return {
            **data,
            "level": int(data["level"]),
            "categories": mask(data["categories"]),
            "until": until.isoformat() if until else "",
            "asked_by": data["asked_by"].strip(),
        }


def _initial(asked: dict | None) -> dict:
    if asked is None:
        return {}
    until = timezone.localtime(datetime.fromisoformat(asked["until"])).date() if asked["until"] else None
    return {**asked, "categories": [int(bit) for bit in Category.of(asked["categories"])], "until": until}


class PartForm(forms.Form):
    """Ask to which part of what was asked one person agrees. Nothing is ticked for her."""

    use_required_attribute = False

    agencies = ticks([], label=_("With which of these services?"))
    kinds = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label=_("With any service of these kinds?")
    )
    level = radios([], _("Say how far the person agrees."), label=_("How far?"))
    categories = ticks([], label=_("What else may be given?"))

    def __init__(self, *args, asked: dict, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agencies"].choices = display.agency_choices(asked["agencies"])
        self.fields["kinds"].choices = [(k.value, kind_words(k)) for k in AGREED_KINDS if k.value in asked["kinds"]]
        self.fields["level"].choices = [(level, words) for level, words in LEVELS if level <= asked["level"]]
        self.fields["categories"].choices = [(bit, words) for bit, words in CATEGORIES if bit & asked["categories"]]
        for name in ("agencies", "kinds", "categories"):
            if not self.fields[name].choices:
                del self.fields[name]

    @property
    def divisible(self) -> bool:
        """Return whether what is asked has parts at all."""
        named = sum(len(self.fields[name].choices) for name in ("agencies", "kinds") if name in self.fields)
        return named > 1 or (named == 1 and ("categories" in self.fields or len(self.fields["level"].choices) > 1))

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("agencies") and not data.get("kinds"):
            raise forms.ValidationError(
                _("Tick at least one service, or one kind of service; if none, the person said no.")
            )
        return data

    def part(self) -> dict:
        """Return what `answer` takes as the part agreed to."""
        data = self.cleaned_data
        return {
            "agencies": data.get("agencies") or [],
            "kinds": data.get("kinds") or [],
            "level": int(data["level"]),
            "categories": mask(data.get("categories") or []),
        }
