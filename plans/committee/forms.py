"""Define the forms of the coordination: mandate, committee, focal points."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Territory
from foundation.fields import field_of
from plans.evaluation.forms import words
from plans.models import (
    AgendaItem,
    Attendance,
    Commitment,
    Decision,
    DecisionFollowUp,
    FocalContact,
    FocalPoint,
    Mandate,
    Measure,
    Meeting,
    Minutes,
    Seat,
)
from plans.steering import selectors as steering_selectors


def day(column, label, **options) -> forms.DateField:
    """Return the field of a date."""
    return field_of(column, label, error_messages={"invalid": _("Write the date as 31/12/2026.")}, **options)


class BodyField(forms.ModelChoiceField):
    def __init__(self, **options):
        options = {"queryset": steering_selectors.acting(), "empty_label": _("Choose an organisation"), **options}
        super().__init__(**options)

    def label_from_instance(self, body):
        return f"{body.acronym} – {body.name}" if body.acronym else body.name


# -- mandate ----------------------------------------------------------------------------------------------------------
class EndForm(forms.Form):
    end = day(Mandate.end, _("Last day"), missing=_("Give the last day."))

    def __init__(self, *args, mandate=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.mandate = mandate

    def clean_end(self):
        end = self.cleaned_data["end"]
        if self.mandate and end < self.mandate.start:
            raise forms.ValidationError(_("Choose a day after the mandate began."))
        return end


class AnnulForm(forms.Form):
    reason = words(
        Mandate.annulled_reason,
        pgettext_lazy("mandate", "Why was it a mistake?"),
        missing=pgettext_lazy("mandate", "Say why: the public reads it in the history."),
    )


class GiveForm(forms.Form):
    body = BodyField(
        queryset=steering_selectors.possible_coordinators(),
        label=_("Who takes the coordination"),
        error_messages={"required": _("Choose the organisation.")},
    )
    function_fr = words(
        Mandate.function_fr,
        _("Function"),
        missing=_("Name the function, never a person."),
        help_text=_("No name of a person."),
    )
    legal_basis_fr = words(
        Mandate.legal_basis_fr,
        pgettext_lazy("policy", "Legal basis"),
        missing=_("Name the text that gives the mandate."),
        help_text=_("Decree, order, mission letter, with its date."),
    )
    contact = words(
        Mandate.contact, _("Public contact"), help_text=_("A function's address or a page, never a person's.")
    )
    start = day(Mandate.start, _("First day"), missing=_("Give the first day."))
    end = day(Mandate.end, _("Last day, if it is known"))

    def clean(self):
        given = super().clean()
        start, end = given.get("start"), given.get("end")
        if not start:
            return given
        if end and end < start:
            self.add_error("end", _("Choose a day after the first one."))
        overlapping = Mandate.objects.standing().filter(start__gte=start)
        if end:
            overlapping = overlapping.filter(start__lte=end)
        if overlapping.exists():
            self.add_error("start", _("Another mandate begins that day or later: choose a later day, or end it first."))
        return given


# -- committee --------------------------------------------------------------------------------------------------------
class SeatForm(forms.Form):
    body = BodyField(label=_("Organisation"), error_messages={"required": _("Choose the organisation.")})
    college = field_of(
        Seat.college,
        _("College"),
        help_text=_("Survivors sit with the association that supports them; no person is named."),
    )
    start = day(Seat.start, _("First day"), missing=_("Give the first day."))


class MeetingForm(forms.Form):
    on = day(Meeting.on, _("Day of the meeting"), missing=_("Give the day of the meeting."))
    title_fr = words(Meeting.title_fr, _("Title"), missing=_("Give the meeting a title."))
    title_en = words(Meeting.title_en, _("Title in English"))


class SettleForm(forms.Form):
    conditional = ("reason_fr", "new_on")
    state = field_of(
        Meeting.state,
        _("What became of the meeting?"),
        choices=[choice for choice in Meeting.State.choices if choice[0] != Meeting.State.PLANNED],
        initial=None,
        widget=forms.RadioSelect,
        missing=_("Say what became of it."),
        error_messages={"invalid_choice": _("This meeting is still to come: it can be postponed or cancelled.")},
    )
    reason_fr = words(
        Meeting.reason_fr,
        _("Why"),
        help_text=_("To be said when the meeting is postponed or cancelled, and published then."),
    )
    new_on = day(Meeting.on, _("New day, if it is postponed and the day is known"), required=False)

    def __init__(self, *args, meeting=None, **kwargs):
        super().__init__(*args, **kwargs)
        if meeting and meeting.on > timezone.localdate():  # still to come
            states = (Meeting.State.POSTPONED, Meeting.State.CANCELLED)
            self.fields["state"].choices = [(state.value, state.label) for state in states]
            self.fields["state"].label = _("What becomes of the meeting?")

    def clean(self):
        given = super().clean()
        state = given.get("state")
        if state and state != Meeting.State.HELD and not given.get("reason_fr"):
            self.add_error("reason_fr", _("Say why: the public reads it."))
        if given.get("new_on") and given["new_on"] <= timezone.localdate():
            self.add_error("new_on", _("Choose a day to come."))
        return given


class ItemForm(forms.Form):
    text = words(
        AgendaItem.text,
        _("Item"),
        rows=2,
        missing=_("Write the item in a sentence."),
        help_text=_("No name of a person."),
    )


class AnswerForm(forms.Form):
    conditional = ("answer",)
    accept = forms.ChoiceField(
        choices=[("yes", _("Put it on the agenda")), ("no", _("Not take it"))],
        widget=forms.RadioSelect(attrs={"inline": True}),
        label=_("Your answer"),
        error_messages={"required": _("Choose an answer.")},
    )
    answer = words(AgendaItem.answer, _("Reason, if it is not taken"))

    def clean(self):
        given = super().clean()
        if given.get("accept") == "no" and not given.get("answer"):
            self.add_error("answer", _("Say why: who proposed it reads it."))
        return given


class DecisionForm(forms.Form):
    text = words(Decision.text, _("Decision"), rows=3, missing=_("Write the decision."))
    responsible = BodyField(label=_("Who is responsible"), required=False)
    due = day(Decision.due, _("To be done by"))
    measure = forms.ModelChoiceField(
        queryset=Measure.objects.none(), required=False, label=_("Measure of a plan"), empty_label=_("None")
    )
    commitment = forms.ModelChoiceField(
        queryset=Commitment.objects.none(), required=False, label=_("Commitment"), empty_label=_("None")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["measure"].queryset = Measure.objects.filter(plan__kind="national").order_by(
            "-plan__number", "place"
        )
        self.fields["commitment"].queryset = Commitment.objects.filter(active=True)
        self.fields["measure"].label_from_instance = lambda row: f"{row.code} – {row.title_fr[:90]}"
        self.fields["commitment"].label_from_instance = lambda row: f"{row.code} – {row.text_fr[:90]}"


class FollowForm(forms.Form):
    state = field_of(
        DecisionFollowUp.state,
        _("Where does it stand?"),
        widget=forms.RadioSelect(attrs={"inline": True}),
        missing=_("Say where it stands."),
    )
    text = words(
        DecisionFollowUp.text,
        _("In a few words"),
        rows=3,
        help_text=_("Published with the decision. No name of a person."),
    )


class MinutesForm(forms.Form):
    text = words(
        Minutes.text,
        _("Minutes"),
        rows=14,
        missing=_("Write the minutes."),
        help_text=_("No name of a person: bodies and functions."),
    )
    reason = words(Minutes.reason, _("Why they are corrected"))

    def __init__(self, *args, correction=False, **kwargs):
        super().__init__(*args, **kwargs)
        if correction:
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = _(
                "Say why the minutes are corrected: the public reads it."
            )
        else:
            del self.fields["reason"]


class AttendanceForm(forms.Form):
    """Ask the presence of each seat."""

    def __init__(self, *args, seats=(), **kwargs):
        super().__init__(*args, **kwargs)
        for seat in seats:
            self.fields[f"seat-{seat.pk}"] = forms.ChoiceField(
                choices=Attendance.Presence.choices,
                widget=forms.RadioSelect(attrs={"inline": True}),
                required=False,
                label=f"{seat.body} · {seat.get_college_display()}",
            )

    def presences(self) -> dict[int, str]:
        """Return key of seat -> presence, empty when unknown."""
        return {int(name.removeprefix("seat-")): presence for name, presence in self.cleaned_data.items()}


# -- focal points -----------------------------------------------------------------------------------------------------
class FocalForm(forms.Form):
    conditional = ("territories",)
    national = forms.BooleanField(required=False, label=_("For the whole country"))
    territories = forms.CharField(
        required=False,
        max_length=600,
        label=_("In which départements"),
        help_text=_("Their numbers, separated by spaces: 75 92 2A. The same function is entered in each."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    function = words(
        FocalContact.function,
        _("Function"),
        missing=_("Name the function, never a person."),
        help_text=_("Seen by your organisation and the coordination. No name of a person."),
    )
    email = field_of(
        FocalContact.email,
        _("Address of the function"),
        help_text=_("Internal, never published."),
        error_messages={"invalid": _("Write the address as nom@service.fr.")},
    )
    phone = words(
        FocalContact.phone,
        _("Phone of the function"),
        help_text=_("Internal, never published."),
        attrs={"type": "tel"},
    )
    start = day(FocalPoint.start, _("First day"), missing=_("Give the first day."))
    end = day(FocalPoint.end, _("Last day, if it is known"))

    def clean_territories(self) -> list[Territory]:
        """Return the territories typed as « 75, 2a »: a list of a hundred is unusable on a phone."""
        codes = self.cleaned_data["territories"].upper().replace(",", " ").split()
        found = {t.pk: t for t in Territory.objects.filter(~Q(sort="region"), pk__in=codes)}
        if unknown := [code for code in codes if code not in found]:
            raise forms.ValidationError(_("No département has this number: %(codes)s.") % {"codes": ", ".join(unknown)})
        return list(found.values())

    def clean(self):
        given = super().clean()
        if not given.get("national") and not given.get("territories") and "territories" not in self.errors:
            self.add_error("territories", _("Write at least one département, or tick the whole country."))
        if given.get("start") and given.get("end") and given["end"] < given["start"]:
            self.add_error("end", _("Choose a day after the first one."))
        return given

    def arguments(self) -> dict:
        """Return the arguments of the operation; None among `territories` means the whole country."""
        given = dict(self.cleaned_data)
        chosen = list(given.pop("territories"))
        if given.pop("national"):
            chosen.insert(0, None)
        return {**given, "territories": chosen}
