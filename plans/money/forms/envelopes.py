"""Define the forms of envelopes, figures, reviews and beneficiaries."""

from decimal import Decimal
from itertools import groupby

from django import forms
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import pgettext_lazy

from agencies.models import Directory, Service
from foundation.fields import field_of
from plans.models import (
    UNITS,
    BeneficiaryCorrection,
    BudgetLine,
    Commitment,
    Envelope,
    EnvelopeBeneficiary,
    LineReview,
    Measure,
    ResourceKind,
    Stage,
    Unit,
)
from plans.money.rules import typed_amounts

FIRST_YEAR, LAST_YEAR = 2000, 2060
KNOWN_STAGES = [choice for choice in Stage.choices if choice[0] != Stage.UNKNOWN]


def year_of(column, label) -> forms.IntegerField:
    """Return the field of a year of figures."""
    return field_of(
        column,
        label,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        missing=pgettext_lazy("money", "Write the year."),
        error_messages={"invalid": pgettext_lazy("money", "Write the year in four digits.")},
    )


class AmountField(forms.CharField):
    """Accept a number as written on paper; `percent=True` for a share."""

    def __init__(self, *, percent=False, **kwargs):
        self.percent = percent
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"max_length": 40, "widget": widget, **kwargs})

    def prepare_value(self, value):
        return typed_amounts.typed(value) if isinstance(value, Decimal) else value

    def clean(self, value):
        try:
            return (typed_amounts.percent if self.percent else typed_amounts.amount)(super().clean(value))
        except typed_amounts.NotAnAmount as error:
            raise forms.ValidationError(str(error)) from error


class _ByPlan(forms.models.ModelChoiceIterator):
    """Group measures by plan: there are hundreds."""

    def __iter__(self):
        yield ("", self.field.empty_label)
        for plan, measures in groupby(self.queryset, lambda measure: measure.plan):
            yield (plan.title_fr, [self.choice(measure) for measure in measures])


class MeasureChoice(forms.ModelChoiceField):
    iterator = _ByPlan

    def label_from_instance(self, measure):
        number = f"{measure.number}. " if measure.number else ""
        return Truncator(f"{number}{measure.title_fr}").chars(110)


class CommitmentChoice(forms.ModelChoiceField):
    def label_from_instance(self, commitment):
        return Truncator(f"{commitment.code} · {commitment.text_fr}").chars(110)


class EnvelopeForm(forms.Form):
    """Edit an envelope: what it is, and for what."""

    use_required_attribute = False

    label_fr = field_of(
        Envelope.label_fr,
        pgettext_lazy("money", "What is this money or these means?"),
        help_text=pgettext_lazy("money", "As in your budget papers: “Appel à projets pour les mineurs victimes”."),
        missing=pgettext_lazy("money", "Name this envelope."),
    )
    unit = field_of(
        Envelope.unit,
        pgettext_lazy("money", "In which unit is it counted?"),
        choices=[(kind.label, [(unit.value, unit.label) for unit in units]) for kind, units in UNITS.items()],
    )
    funder = forms.ModelChoiceField(
        queryset=Directory.objects.none(),
        label=pgettext_lazy("money", "Who provides it?"),
        empty_label=pgettext_lazy("money", "Choose the body"),
        error_messages={"required": pgettext_lazy("money", "Choose the body that provides it.")},
    )
    measure = MeasureChoice(
        queryset=Measure.objects.none(),
        required=False,
        label=pgettext_lazy("money", "For which measure?"),
        empty_label=pgettext_lazy("money", "No measure in particular"),
        help_text=pgettext_lazy("money", "Only envelopes tied each to its own measure can be added up."),
    )
    scope_fr = field_of(
        Envelope.scope_fr,
        pgettext_lazy("money", "What exactly does it count?"),
        help_text=pgettext_lazy(
            "money", "Trafficking alone, or prostitution too? The whole country? Grants only, or salaries as well?"
        ),
        rows=3,
        missing=pgettext_lazy("money", "Say what it counts: figures are read with it."),
    )
    programme = field_of(Envelope.programme, pgettext_lazy("money", "Budget programme"), help_text="P137")
    action = field_of(Envelope.action, pgettext_lazy("money", "Action of the programme"))
    money_source = field_of(Envelope.money_source, pgettext_lazy("money", "Where does it come from?"))
    beneficiary = field_of(Envelope.beneficiary, pgettext_lazy("money", "Who receives it?"))
    knowledge = field_of(Envelope.knowledge, pgettext_lazy("money", "Is it for knowledge or training?"))
    service = forms.ModelChoiceField(
        queryset=Service.objects.none(),
        required=False,
        label=pgettext_lazy("money", "For which service to people?"),
        empty_label=pgettext_lazy("money", "None in particular"),
    )
    commitment = CommitmentChoice(
        queryset=Commitment.objects.none(),
        required=False,
        label=pgettext_lazy("money", "For which commitment of France?"),
        empty_label=pgettext_lazy("money", "None in particular"),
    )

    FIXED = ("funder", "unit")  # figures depend on them: chosen once

    def __init__(self, *args, envelope=None, funders, measures, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["funder"].queryset = funders
        self.fields["measure"].queryset = measures.select_related("plan").order_by(
            "plan__kind", "-plan__number", "plan__code", "place", "code"
        )
        self.fields["service"].queryset = Service.objects.order_by("label_fr")
        self.fields["commitment"].queryset = Commitment.objects.public().order_by("order")
        if envelope is not None:
            for name in self.FIXED:
                del self.fields[name]

    def words(self) -> dict:
        """Return the arguments of the operation."""
        found = dict(self.cleaned_data)
        if "unit" in found:
            found["resource_kind"] = next(kind for kind, units in UNITS.items() if found["unit"] in units)
        return found


class AmountForm(forms.Form):
    """Edit the values of one figure, new or corrected."""

    use_required_attribute = False

    exactness = field_of(
        BudgetLine.exactness,
        pgettext_lazy("money", "How sure is the figure?"),
        choices=[choice for choice in BudgetLine.Exactness.choices if choice[0] != "withdrawn"],
        widget=forms.RadioSelect,
    )
    amount = AmountField(
        required=False,
        label=pgettext_lazy("money", "Amount"),
        help_text=pgettext_lazy(
            "money",
            "What goes to trafficking: the share already worked out, not the total of the action. 1 250 000, 1.25 M€ or"
            " 450 k€. Use spaces, not commas, for thousands. Nothing if it cannot be isolated.",
        ),
    )
    share = AmountField(
        percent=True,
        required=False,
        label=pgettext_lazy("money", "Estimated share, in per cent of the total"),
        help_text=pgettext_lazy("money", "For an estimate: 25 if a quarter of the action goes to trafficking."),
    )
    evidence = field_of(
        BudgetLine.evidence,
        pgettext_lazy("money", "Supporting document"),
        help_text=pgettext_lazy(
            "money",
            "The paper where it can be read: finance bill, yearly report, order, grant."
            " Of a figure that cannot be isolated: say why; without it, the measure stays incomplete.",
        ),
    )

    def ask_in(self, envelope) -> None:
        """Ask for a quantity where the envelope is not counted in euros."""
        if envelope.unit != Unit.EUR:
            self.fields["amount"].label = pgettext_lazy("money", "How many?")
            self.fields["amount"].help_text = envelope.get_unit_display()

    def clean(self):
        found = super().clean()
        exactness, amount = found.get("exactness"), found.get("amount")
        if exactness in ("exact", "estimated") and amount is None and "amount" not in self.errors:
            self.add_error("amount", pgettext_lazy("money", "Write the amount, or say that it cannot be isolated."))
        if exactness in ("not_isolable", "withdrawn") and amount is not None:
            self.add_error(
                "amount", pgettext_lazy("money", "Take the amount out, or say that it is exact or estimated.")
            )
        if exactness in ("exact", "estimated") and not found.get("evidence"):
            self.add_error("evidence", pgettext_lazy("money", "Say where this figure can be read."))
        return found


class LineForm(AmountForm):
    """Add a figure: year and stage, then amount."""

    year = year_of(BudgetLine.year, pgettext_lazy("money", "Year"))
    stage = field_of(
        BudgetLine.stage,
        pgettext_lazy("money", "At which stage?"),
        choices=KNOWN_STAGES,
        widget=forms.RadioSelect,
        missing=pgettext_lazy("money", "Choose the stage: they never add up."),
    )
    nature = field_of(BudgetLine.nature, pgettext_lazy("money", "AE or CP?"), widget=forms.RadioSelect)
    on = field_of(
        BudgetLine.on,
        pgettext_lazy("money", "On which day was it decided or paid?"),
        error_messages={"invalid": pgettext_lazy("money", "Write the date as day/month/year.")},
    )
    period_fr = field_of(
        BudgetLine.period_fr,
        pgettext_lazy("money", "Period, when it is not the year"),
        help_text=pgettext_lazy("money", "“trois ans”, “18 mois à partir de novembre 2026”"),
    )
    field_order = ("year", "stage", "nature", "exactness", "amount", "share", "evidence", "on", "period_fr")

    def __init__(self, *args, envelope, **kwargs):
        kwargs["initial"] = {"year": timezone.localdate().year, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        if envelope.resource_kind != ResourceKind.FINANCIAL:
            del self.fields["nature"]
        self.ask_in(envelope)


class CorrectionForm(AmountForm):
    """Replace a figure; a `published` one needs a reason."""

    reason = field_of(
        BudgetLine.reason,
        pgettext_lazy("money", "Why is it corrected?"),
        help_text=pgettext_lazy("money", "The former figure stays readable beside it, with this reason."),
    )

    def __init__(self, *args, envelope, published: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.ask_in(envelope)
        self.fields["exactness"].choices = BudgetLine.Exactness.choices
        self.fields["reason"].required = published
        self.fields["reason"].error_messages["required"] = pgettext_lazy(
            "money", "This figure is public: say why it is corrected."
        )


class ReviewForm(forms.Form):
    """Choose an act of review among `acts`; to return a figure needs a text."""

    conditional = ("text",)
    use_required_attribute = False

    act = forms.ChoiceField(
        choices=[], widget=forms.RadioSelect, label=pgettext_lazy("money", "What do you say of it?")
    )
    text = field_of(LineReview.text, pgettext_lazy("money", "In words"), rows=2)
    ACTS = {
        "check": pgettext_lazy("money", "It is right: the public may read it"),
        "return": pgettext_lazy("money", "To be looked at again by the body that entered it"),
        "sign": pgettext_lazy("money", "I sign: it agrees with the evidence"),
    }

    def __init__(self, *args, acts: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["act"].choices = [(act, self.ACTS[act]) for act in acts]
        if len(acts) == 1:  # nothing to choose: the button says it
            self.fields["act"].initial = acts[0]
            self.fields["act"].widget = forms.HiddenInput()
        self.fields["act"].error_messages["required"] = pgettext_lazy("money", "Choose what you say of it.")

    def clean(self):
        found = super().clean()
        if found.get("act") == "return" and not found.get("text", "").strip():
            self.add_error("text", pgettext_lazy("money", "Say what is to be looked at: its body reads it."))
        return found


class BeneficiaryForm(forms.Form):
    use_required_attribute = False

    name = field_of(
        EnvelopeBeneficiary.name,
        pgettext_lazy("money", "Name of the association"),
        missing=pgettext_lazy("money", "Write the name of the association."),
    )
    public_source = field_of(
        EnvelopeBeneficiary.public_source,
        pgettext_lazy("money", "Where is its grant already public?"),
        help_text=pgettext_lazy(
            "money",
            "Address or title of the document. Without it, only you, the coordination and auditors read the name.",
        ),
    )


class BeneficiaryCorrectionForm(BeneficiaryForm):
    """Remove a wrong name, with or without another in its place."""

    reason = field_of(
        BeneficiaryCorrection.reason,
        pgettext_lazy("money", "What was wrong?"),
        widget=forms.RadioSelect,
        help_text=pgettext_lazy("money", "The public reads this reason and the date, never the name taken out."),
        missing=pgettext_lazy("money", "Say what was wrong."),
    )
    instead = forms.ChoiceField(
        choices=(
            ("nobody", pgettext_lazy("money", "Nobody: the name is taken out")),
            ("another", pgettext_lazy("money", "The name below")),
        ),
        widget=forms.RadioSelect,
        label=pgettext_lazy("money", "Who stands in its place?"),
        error_messages={"required": pgettext_lazy("money", "Say whether another name stands in its place.")},
    )
    field_order = ("reason", "instead", "name", "public_source")

    def __init__(self, *args, wrong, **kwargs):
        super().__init__(*args, initial={"name": wrong.name, "public_source": wrong.public_source}, **kwargs)
        self.wrong = wrong
        self.fields["name"].required = False

    def clean(self):
        given = super().clean()
        if given.get("instead") == "nobody":
            return {**given, "name": "", "public_source": ""}
        if given.get("instead") == "another" and "name" in given:
            corrected = (given["name"], given.get("public_source", ""))
            if not corrected[0]:
                self.add_error("name", pgettext_lazy("money", "Write the name of the association."))
            elif corrected == (self.wrong.name, self.wrong.public_source):
                self.add_error("name", pgettext_lazy("money", "Nothing is changed: correct the name or the document."))
        return given
