"""Forms that share the persons of an event between services. Error texts say what to do; typed input is kept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Service
from indicators.codes.forms import mask, ticks
from referral.orientations.forms.orientations import OrientationForm, refer_alone
from referral.orientations.rules import reports_alone
from referral.situations import display
from referral.situations.operations.opening import MOST
from referral.situations.operations.split import Run
from victims.models.emergencies import REASON_LENGTH

RUNS = range(1, 7)  # services of one distribution


class RunsForm(forms.Form):
    """Say « the first twenty to this service, the next twenty to that one »: `count_<n>` and `to_<n>`, by GET."""

    use_required_attribute = False

    def __init__(self, *args, parts, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", _("No service")), *display.run_choices(parts)]
        for n in RUNS:
            self.fields[f"count_{n}"] = forms.IntegerField(
                required=False,
                min_value=1,
                max_value=MOST,
                label=_("The first") if n == 1 else _("The next"),
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("Write a whole number.")),
            )
            self.fields[f"to_{n}"] = forms.TypedChoiceField(
                required=False,
                coerce=int,
                empty_value=None,
                choices=choices,
                label=_("To which service?"),
                error_messages={"invalid_choice": _("Choose a desk of the list.")},
            )

    def rows(self):
        """Return (number, service) fields, each run on a row."""
        return [(self[f"count_{n}"], self[f"to_{n}"]) for n in RUNS]

    def runs(self) -> list[Run]:
        """Return the runs that are complete, in their order."""
        data = self.cleaned_data
        pairs = [(data.get(f"to_{n}"), data.get(f"count_{n}")) for n in RUNS]
        return [Run(agency_id, count) for agency_id, count in pairs if agency_id and count]

    @staticmethod
    def initial_of(runs: list[Run]) -> dict:
        """Return the fields filled from what is proposed."""
        shown = enumerate(runs[: len(RUNS)], 1)
        return {k: v for n, run in shown for k, v in ((f"count_{n}", run.count), (f"to_{n}", run.agency_id))}


class SplitForm(forms.Form):
    """Ask for all persons at once, with a desk for each: `desk_<case>`; empty leaves that person out for now."""

    use_required_attribute = False

    # in the words in which they are asked of one person
    verb = OrientationForm.base_fields["verb"]
    level = OrientationForm.base_fields["level"]
    categories = ticks([], label=OrientationForm.base_fields["categories"].label)
    child_reason = forms.CharField(
        required=False,
        max_length=1000,
        label=_("For children and ages in doubt: why protection does not wait"),
        help_text=_(
            "At least 20 characters. It is kept apart, with each child's request. These requests carry nothing of what "
            "is ticked besides: a request for one child alone can."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    def __init__(self, *args, parts, service, **kwargs):
        super().__init__(*args, **kwargs)
        self.parts = parts
        if reports_alone(service.pk, (desk.agency for part in parts for desk in part.desks)):
            refer_alone(self.fields["verb"])
        self.asked = [part for part in parts if part.free and part.desks]
        self.children = any(part.case.is_minor for part in self.asked)
        if not self.children:
            del self.fields["child_reason"]
        self.fields["categories"].choices = display.categories(self.asked)
        if not self.fields["categories"].choices:
            del self.fields["categories"]
        else:
            self.fields["categories"].help_text = _(
                "Each request carries only what the person's own agreement covers, and what the service may receive."
            )
        for part in self.asked:
            self.fields[self.name(part)] = forms.TypedChoiceField(
                required=False,
                coerce=int,
                empty_value=None,
                choices=[("", _("Later")), *display.desk_choices(part)],
                initial=part.chosen or "",
                label=_("Desk for %(reference)s") % {"reference": part.case.reference},
                error_messages={"invalid_choice": _("Choose a desk of the list.")},
            )

    @staticmethod
    def name(part) -> str:
        return f"desk_{part.case.pk}"

    def rows(self):
        """Yield each person who may be sent somewhere with the field of the desk."""
        for part in self.asked:
            yield part, self[self.name(part)]

    def clean(self):
        data = self.cleaned_data
        chosen = {part.case.pk: data[self.name(part)] for part in self.asked if data.get(self.name(part))}
        minors = {part.case.pk for part in self.asked if part.case.is_minor}
        if not self.errors and not chosen:
            raise forms.ValidationError(_("Choose a desk for at least one person."))
        if minors & set(chosen) and len((data.get("child_reason") or "").strip()) < REASON_LENGTH:
            self.add_error(
                "child_reason", _("Write why in at least 20 characters: it is kept apart and can be checked.")
            )
        data["chosen"], data["categories"] = chosen, mask(data.get("categories") or [])
        return data


class SplitNeedForm(forms.Form):
    service = forms.ModelChoiceField(queryset=Service.objects.all())
