"""Forms of needs and of the support plan."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Category, Service
from foundation.fields import field_of, long_text
from indicators.codes.forms import radios
from indicators.codes.selectors import DECLINE_REASONS, choices
from victims.models import Need, SupportAction
from victims.models.needs import bit_of

PRIORITIES = Need.Priority.choices
# services a person may need; the others of the directory are the institutions' own work
NEEDED = (
    "emergency_shelter", "safe_housing", "child_care", "social_support", "legal_support", "health_care",
    "psychological_care", "interpreting", "residence_permit", "asylum", "reception_conditions",
    "ad_hoc_administrator", "compensation", "employment", "education", "prostitution_exit", "voluntary_return",
    "consular_protection",
)  # fmt: skip


def _readers(categories: int):
    """Yield who reads the words of a need of health or residence, and what a writer does without these categories.

    The page “Access” says which services hold them, as far as the reader may know.
    """
    yield _(
        "The words of a need of health are read only by services that see health. A need of residence or asylum is "
        "read by your organisation and by those that see residence alone. The page “Access” says which ones."
    )
    lacking = (Category.HEALTH | Category.RESIDENCE) & ~categories
    if lacking == Category.HEALTH:
        yield _("Yours does not see health on this case: record such a need without words.")
    elif lacking == Category.RESIDENCE:
        yield _("Yours does not see residence on this case: record such a need without words.")
    elif lacking:
        yield _("Yours sees neither health nor residence on this case: record such a need without words.")


class NeedForm(forms.Form):
    """Ask for a need.

    `categories`: bits the writer holds; the text of a health or residence need requires its category.
    """

    service = forms.ModelChoiceField(
        queryset=Service.objects.filter(pk__in=NEEDED),
        label=_("Which need?"),
        empty_label=_("Choose a need"),
        error_messages={"required": _("Choose a need."), "invalid_choice": _("Choose a need of the list.")},
    )
    priority = radios(PRIORITIES, _("Say when it must be met."), label=_("When must it be met?"))
    text = long_text(
        _("What exactly?"),
        _("In the words of the person."),
        required=False,
        rows=3,
    )

    def __init__(self, *args, categories=0, **kwargs):
        super().__init__(*args, **kwargs)
        self.categories = categories
        self.fields["text"].help_text = " ".join(map(str, (_("In the words of the person."), *_readers(categories))))

    def clean(self):
        given = super().clean()
        service = given.get("service")
        if service and given.get("text") and bit_of(service.pk) & ~self.categories:
            self.add_error(
                "text",
                _(
                    "Your organisation does not hold this category: record the need without words, and ask "
                    "for the agreement."
                ),
            )
        return given


class StateForm(forms.Form):
    conditional = ("reason",)
    state = radios(Need.State.choices, _("Say how the need stands."), label=_("How does it stand?"))
    priority = radios(PRIORITIES, _("Say when it must be met."), label=_("When must it be met?"))
    reason = forms.ChoiceField(required=False, label=_("If it is not met, why?"))
    seen = forms.DateTimeField(widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [("", _("Not specified")), *choices(DECLINE_REASONS)]

    def clean(self):
        given = super().clean()
        if given.get("state") == Need.State.NOT_MET and not given.get("reason"):
            self.add_error("reason", _("Say why it is not met: it counts among the needs without an answer."))
        return given


class ActionForm(forms.Form):
    text = long_text(
        _("What is to be done?"),
        "",
        limit=500,
        rows=2,
        error_messages={"required": _("Write what is to be done.")},
    )
    agency = forms.ModelChoiceField(
        queryset=None,
        label=_("By whom?"),
        empty_label=None,
        error_messages={
            "required": _("Choose who does it."),
            "invalid_choice": _("Choose a service that sees the case."),
        },
    )
    due_on = field_of(
        SupportAction.due_on, _("Until when?"), error_messages={"invalid": _("Write the date as 31/12/2026.")}
    )

    def __init__(self, *args, agencies, **kwargs):
        """Limit the choice to `agencies`: those that see the case, as far as the writer may know."""
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.filter(pk__in=agencies).order_by("name")

    def clean_due_on(self):
        due = self.cleaned_data["due_on"]
        if due and due < timezone.localdate():
            raise forms.ValidationError(_("Choose a day to come, or leave it empty."))
        return due
