"""Forms of an orientation: need, content, answer. Typed input is kept."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Level, Service
from foundation.fields import field_of
from indicators.codes.forms import mask, radios, ticks
from indicators.codes.selectors import DECLINE_REASONS, choices
from referral.models import Orientation
from referral.orientations.display.coverage import agreements_with_reach, categories_with_reach, nothing_covered
from referral.orientations.operations.coverage import NO_TRANSFER
from victims.consents.display import agreement_choices
from victims.consents.words import CATEGORIES, LEVELS
from victims.models.emergencies import REASON_LENGTH
from victims.statements.access import acts_of

OUTCOMES = "orientation_reasons"


def refer_alone(verb: forms.ChoiceField) -> None:
    """Offer no transfer, and say why to whose page still did."""
    verb.choices = [choice for choice in verb.choices if choice[0] == Orientation.Verb.REFER]
    verb.error_messages["invalid_choice"] = NO_TRANSFER


class OrientationForm(forms.Form):
    """Ask the request, its ground and what is shared; the need is in the address, each service has a button.

    The least is preselected: refer, summary, no category. A ground is, only when it is the single possible one.
    `reported_to`: the prosecutor's offices offered, where nobody else is: none leads by a report, and what none of them
    may hold is not asked.
    """

    conditional = ("legal_reason",)
    verb = radios(
        [
            (Orientation.Verb.REFER, _("Refer: we keep the lead, the service helps")),
            (Orientation.Verb.TRANSFER, _("Transfer: the service leads once it accepts, we keep the state only")),
        ],
        _("Say whether you refer or transfer."),
        label=_("What do you ask?"),
        initial=Orientation.Verb.REFER,
    )
    basis = radios(
        [],
        _("Choose an agreement or a legal ground."),
        label=_("On what ground?"),
        help_text=_(
            "A legal ground says why no agreement is needed. It does not change how urgent the request is: that"
            " follows the need, in “Needs and support”."
        ),
    )
    level = forms.TypedChoiceField(
        choices=LEVELS,
        coerce=int,
        widget=forms.RadioSelect,
        label=_("How far may the service see, once it accepts?"),
        help_text=_("With the summary, the service may write to you, and adds nothing to the case."),
        initial=Level.SUMMARY,
        error_messages={
            "required": _("Choose how far the service may see."),
            "invalid_choice": _("Choose among the answers shown."),
        },
    )
    legal_reason = forms.CharField(
        required=False,
        max_length=2000,
        label=_("Without the person's agreement: why?"),
        help_text=_("Required on a legal ground: at least 20 characters, kept apart, never sent to the service."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"max_length": _("2,000 characters at most: shorten your text.")},
    )
    categories = ticks(CATEGORIES, label=_("And also, only if it is needed"))
    exclusive = field_of(
        Orientation.exclusive,
        _("One service is enough"),
        help_text=_(
            "As soon as one accepts, the other requests for this need are withdrawn. Unticked: several may help."
        ),
    )

    def __init__(self, *args, case, consents, sender, reported_to: Sequence[Agency] = (), **kwargs):
        super().__init__(*args, **kwargs)
        asked = CATEGORIES
        if reported_to:
            refer_alone(self.fields["verb"])
            held = reduce(or_, (agency.may_hold for agency in reported_to))
            asked = [(bit, label) for bit, label in CATEGORIES if bit & held]
        self.sender = sender
        self.case, self.consents = case, {f"consent:{c.pk}": c for c in consents}
        self.fields["basis"].choices = [
            *agreements_with_reach(case, agreement_choices(consents), consents),
            *((f"ground:{code}", label) for code, label in self._grounds()),
        ]
        self.fields["categories"].choices = list(categories_with_reach(case, asked, consents))
        self.fields["categories"].help_text = nothing_covered(case, asked, consents)
        if case.is_minor:  # a child's agreement is no condition, and no word here says that it is missing
            self.fields["legal_reason"].label = _("Why does this service need to know?")
        agreements = list(self.consents)
        if len(agreements) == 1:
            self.initial.setdefault("basis", agreements[0])
        elif not agreements and case.is_minor:
            self.initial.setdefault("basis", f"ground:{Orientation.LegalGround.CHILD_IN_DANGER}")

    @classmethod
    def so_far(cls, data) -> dict:
        """Return the choices of the page as initial values, without validation."""
        return {name: field.widget.value_from_datadict(data, {}, name) for name, field in cls.base_fields.items()}

    @staticmethod
    def as_drafted(draft: Orientation, reason: str) -> dict:
        """Return the choices of a draft as initial values: the inverse of `chosen`."""
        return {
            "verb": draft.verb,
            "exclusive": draft.exclusive,
            "level": draft.level,
            "categories": [bit for bit, _label in CATEGORIES if draft.categories & bit],
            "basis": f"consent:{draft.consent_id}" if draft.consent_id else f"ground:{draft.legal_ground}",
            "legal_reason": reason,
        }

    def _grounds(self):
        """Yield the legal grounds possible for this person and this sender."""
        ground = Orientation.LegalGround
        closed = set() if self.case.is_minor else {ground.CHILD_IN_DANGER}
        if ground.ARTICLE_40 not in acts_of(self.sender):
            closed.add(ground.ARTICLE_40)
        told = {
            ground.ARTICLE_40: _(
                "A public official tells the prosecutor (CPP 40); the police or the gendarmerie may be chosen to pass"
                " it on"
            )
        }
        yield from ((code, told.get(code, label)) for code, label in ground.choices if code not in closed)

    def clean(self):
        """Require a reason with a legal ground, and a level within the agreement."""
        given = super().clean()
        if self.is_bound and "verb" in self.errors and len(self.fields["verb"].choices) == 1:
            # shown again with its error, the one choice left is ticked; nothing of this posting is sent
            self.data = self.data.copy()
            self.data[self.add_prefix("verb")] = Orientation.Verb.REFER.value
        basis = given.get("basis")
        if not basis:
            return given
        agreement = self.consents.get(basis)
        if agreement is None and len(given.get("legal_reason", "").strip()) < REASON_LENGTH:
            too_short = _("Write why in at least 20 characters: it is kept apart and can be checked.")
            self.add_error("legal_reason", too_short)
        if agreement and given.get("level", 0) > agreement.level:
            self.add_error("level", _("The agreement does not go as far as this level."))
        return given

    def chosen(self) -> dict:
        """Return the arguments of `draft_orientation`."""
        basis = self.cleaned_data["basis"]
        return {
            "verb": self.cleaned_data["verb"],
            "exclusive": self.cleaned_data["exclusive"],
            "level": self.cleaned_data["level"],
            "categories": mask(self.cleaned_data["categories"]),
            "consent": self.consents.get(basis),
            "legal_ground": "" if basis in self.consents else basis.partition(":")[2],
            "legal_reason": "" if basis in self.consents else self.cleaned_data["legal_reason"],
        }


class NeedForm(forms.Form):
    service = forms.ModelChoiceField(
        queryset=Service.objects.all(),
        error_messages={"required": _("Choose a need."), "invalid_choice": _("Choose a need of the list.")},
    )


class DeclineForm(forms.Form):
    reason = radios([], _("Choose the reason: the sender looks for another service at once."), label=_("Why?"))
    comment = forms.CharField(
        required=False,
        max_length=500,
        label=_("A word for the sender"),
        help_text=_("No name."),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        error_messages={"max_length": _("500 characters at most: shorten your text.")},
    )
    code_list = DECLINE_REASONS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = choices(self.code_list)


class CompleteForm(DeclineForm):
    reason = radios([], _("Say what was achieved."), label=_("What was achieved?"))
    code_list = OUTCOMES
