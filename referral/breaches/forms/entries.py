"""Forms of what is written in the register of a breach."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Membership
from foundation.fields import DayInput, long_text
from indicators.codes.forms import radios
from journal.models import Checkpoint
from referral.breaches.access import accounts_elsewhere, accounts_of, counts_everywhere, reads_register, untold
from referral.breaches.display import said_of
from referral.breaches.rules import Sort
from referral.breaches.words import CATEGORIES, NOT_INFORMED
from referral.models import Breach

from .report import NO_NAME, MomentForm


class EntryForm(forms.Form):
    """What is written of a breach. `said` returns the arguments of the operation."""

    use_required_attribute = False
    title = lead = ""
    button = pgettext_lazy("breach", "Write this in the register")

    def __init__(self, *args, breach: Breach, actor=None, **kwargs):
        self.breach, self.actor = breach, actor
        super().__init__(*args, **kwargs)

    def said(self) -> dict:
        return dict(self.cleaned_data)


class AssessForm(EntryForm):
    title = pgettext_lazy("breach", "Write what was found out")

    nature = long_text(
        pgettext_lazy("breach", "What happened"),
        NO_NAME,
        error_messages={"required": _("Write what is known, even if it is not all.")},
    )
    categories = forms.MultipleChoiceField(
        choices=CATEGORIES,
        label=pgettext_lazy("breach", "Categories of data"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one category."),
            "invalid_choice": _("Choose among the answers shown."),
        },
    )
    persons = forms.IntegerField(
        label=pgettext_lazy("breach", "Persons concerned, about"),
        help_text=_("Left empty while it is not known."),
        required=False,
        min_value=0,
        max_value=10_000_000,
    )
    records = forms.IntegerField(
        label=pgettext_lazy("breach", "Records concerned, about"),
        help_text=_("Left empty while it is not known."),
        required=False,
        min_value=0,
        max_value=10_000_000,
    )
    effects = long_text(
        pgettext_lazy("breach", "Likely effects"),
        _("For the persons first: found again, hurt, expelled, blackmailed, silent from now on."),
        error_messages={"required": _("Write the likely effects, even if they are not certain.")},
    )
    measures = long_text(
        pgettext_lazy("breach", "Measures taken or proposed"),
        _("What closes the way, what protects the persons, who does it and when."),
        error_messages={"required": _("Write what was done, or what will be.")},
    )


class WordsForm(EntryForm):
    """Ask for words alone."""

    hint = NO_NAME

    text = long_text(
        pgettext_lazy("breach", "In words"), "", rows=3, error_messages={"required": _("Write it in a few words.")}
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = self.hint


class EndedForm(WordsForm):
    title = pgettext_lazy("breach", "Say that it is stopped")
    hint = _("What closed the way, and how it was checked.")


class GoesOnForm(WordsForm):
    title = pgettext_lazy("breach", "Say that it goes on again")
    hint = _("What shows it, without naming anybody.")


class UndecideForm(WordsForm):
    title = pgettext_lazy("breach", "Take the decisions back")
    lead = _("The CNIL and the persons are to be decided again, and reminders go on. What was written stays.")
    button = pgettext_lazy("breach", "Take the decisions back")
    hint = _("What is wrong or missing in what was decided.")


class NoRiskForm(WordsForm):
    title = pgettext_lazy("breach", "The CNIL is not notified: no risk")
    hint = _("Why the persons risk nothing: article 33(1) asks for facts, and the CNIL may ask to read them.")


class KeepForm(WordsForm):
    title = pgettext_lazy("breach", "Refuse the closing")
    button = pgettext_lazy("breach", "Refuse the closing")
    hint = _("What is missing before it can be closed.")


class ReopenForm(WordsForm):
    title = pgettext_lazy("breach", "Open it again")
    button = pgettext_lazy("breach", "Open it again")
    hint = _("What was learned since.")


class DatedForm(EntryForm, MomentForm):
    """Ask when it was done, beside its words."""

    def clean(self):
        given = super().clean()
        moment = self.moment()
        if moment and moment < self.breach.known_at.replace(second=0, microsecond=0):
            self.add_error("on", _("This cannot come before the breach was noticed."))
        return given

    def said(self) -> dict:
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("on", "hour")}
        return {"happened_at": self.moment(), **given}


class NotifiedForm(DatedForm):
    conditional = ("late_reason",)
    title = pgettext_lazy("breach", "The CNIL was notified")
    lead = _(
        "The data protection officer of the national coordination notifies it, on notifications.cnil.fr, within 72"
        " hours, even if all is not known yet; an organisation that answers for these data as well notifies for its own"
        " part. Here it is only written in the register."
    )
    asked = pgettext_lazy("breach", "Notified on which day?")

    number = forms.CharField(
        label=pgettext_lazy("breach", "Number of the notification"),
        help_text=_("On the receipt of the CNIL."),
        max_length=60,
        error_messages={"required": _("Write the number on the receipt.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    late_reason = long_text(
        pgettext_lazy("breach", "Why after 72 hours"),
        _("Only when the 72 hours had passed: article 33(1) asks for the reason."),
        rows=3,
        required=False,
    )
    text = long_text(
        pgettext_lazy("breach", "What is still to be told"),
        _("A first notification need not be complete: what is missing follows, in phases."),
        rows=3,
        required=False,
    )

    def clean(self):
        given = super().clean()
        moment = self.moment()
        if moment and moment > self.breach.due_at and not given.get("late_reason"):
            self.add_error("late_reason", _("More than 72 hours had passed: write why."))
        return given


class MoreForm(DatedForm):
    title = pgettext_lazy("breach", "The CNIL was told more")
    asked = pgettext_lazy("breach", "Told on which day?")

    text = long_text(
        pgettext_lazy("breach", "What was told"),
        NO_NAME,
        rows=3,
        error_messages={"required": _("Write what was told.")},
    )


class InformedForm(DatedForm):
    title = pgettext_lazy("breach", "The persons were informed")
    lead = _("By the service that follows each person, in a safe way, never by this platform.")
    asked = pgettext_lazy("breach", "Informed on which day?")

    who = forms.CharField(
        label=pgettext_lazy("breach", "Informed by"),
        help_text=_("Name the services that follow the persons; name no person."),
        max_length=300,
        error_messages={"required": _("Write which services informed the persons.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = long_text(
        pgettext_lazy("breach", "How, and whom"),
        _("How many persons, by what safe way, and who could not be informed yet. Name nobody."),
        rows=3,
        error_messages={"required": _("Write how the persons were informed.")},
    )


class NotInformedForm(EntryForm):
    title = pgettext_lazy("breach", "The persons are not informed")

    reason = radios(NOT_INFORMED, _("Choose a reason."), label=_("Why are the persons not informed?"))
    text = long_text(
        pgettext_lazy("breach", "In words"),
        _("The facts on which this rests: the CNIL may ask to read them."),
        rows=3,
        error_messages={"required": _("Write the facts on which this rests.")},
    )


class ReadingsForm(EntryForm):
    """Ask for an account of the agency that reported, or by its number, and for a period of whole days."""

    conditional = ("account",)
    title = pgettext_lazy("breach", "Count the cases that an account has read")
    lead = _(
        "From the journal, which holds 328 days at least. When somebody else has the account, switch it off first,"
        " under “Members”, or have it switched off by whoever manages the access of its organisation. Lists, searches,"
        " exported tables and possible duplicates are not counted."
    )
    button = pgettext_lazy("breach", "Count")

    account = forms.ModelChoiceField(
        queryset=Membership.objects.none(),
        label=_("Which account?"),
        help_text=_("Of the organisation that reported the breach."),
        empty_label=_("Choose an account"),
        required=False,
    )
    number = forms.IntegerField(
        label=_("Account number, when it is of another organisation"),
        help_text=_("The auditor reads it in the journal."),
        required=False,
        min_value=1,
        max_value=2**63 - 1,
    )
    since = forms.DateField(
        label=_("From which day?"),
        widget=DayInput,
        error_messages={"required": _("Choose a day."), "invalid": _("Write the date as 31/12/2026.")},
    )
    until = forms.DateField(
        label=_("Until which day?"),
        help_text=_("To the end of this day."),
        widget=DayInput,
        error_messages={"required": _("Choose a day."), "invalid": _("Write the date as 31/12/2026.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = accounts_of(self.breach)
        if not counts_everywhere(self.actor):
            del self.fields["number"]
            self.fields["account"].required = True
            self.fields["account"].help_text = _(
                "Of your organisation. For an account of another one, ask the national coordination."
            )

    def clean_number(self):
        number = self.cleaned_data["number"]
        if number and not accounts_elsewhere().filter(pk=number).exists():
            raise forms.ValidationError(_("No account has this number."))
        return number

    def clean(self):
        given = super().clean()
        since, until = given.get("since"), given.get("until")
        if not self.errors and bool(given.get("account")) == bool(given.get("number")):
            self.add_error("account", _("Choose one account."))
        if since and until and until < since:
            self.add_error("until", _("The last day cannot come before the first one."))
        self._check_days(since, until)
        if not self.errors and reads_register(self._account(), self.breach):
            self.add_error(
                "account",
                _(
                    "This account reads this register: switch it off first, under “Members”, or have it switched off by"
                    " whoever manages the access of its organisation."
                ),
            )
        return given

    def _check_days(self, since, until):
        today = timezone.localdate()
        if until and until > today:
            self.add_error("until", _("This day is still to come."))
        if since and since <= today - Checkpoint.KEPT_AT_LEAST:
            self.add_error("since", _("The journal may no longer hold this day: it keeps 328 days at least."))

    def _account(self) -> Membership:
        given = self.cleaned_data
        return given["account"] or accounts_elsewhere().get(pk=given["number"])

    def said(self) -> dict:
        given = self.cleaned_data
        start, end = (
            timezone.make_aware(datetime.combine(day, time.min))
            for day in (given["since"], given["until"] + timedelta(days=1))
        )
        return {"account": self._account(), "period": (start, end)}


class ToldForm(EntryForm):
    """Name the readings whose leads are told."""

    title = pgettext_lazy("breach", "Tell the services that lead these cases")
    lead = _(
        "Each one is told once, by the reference of its case, without a word of this breach: it judges how the person"
        " is protected and informed. The account itself is not told; where nobody else of the service reads the case,"
        " its coordination is. Cases led by other organisations: by the national coordination alone."
    )
    button = pgettext_lazy("breach", "Tell these services")

    answered = radios((), _("Choose the readings."), label=_("Which readings?"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answered"].choices = [(entry.pk, said_of(entry)) for entry in untold(self.actor, self.breach)]


class CloseForm(EntryForm):
    """Ask nothing: what stands above is what a second person confirms."""

    title = pgettext_lazy("breach", "Ask to close this breach")
    lead = _("A second person confirms what is written above. Whatever is written afterwards takes this request back.")
    button = pgettext_lazy("breach", "Ask to close it")


class ConfirmForm(EntryForm):
    """Name the request to close that the page showed."""

    title = pgettext_lazy("breach", "Confirm the closing")
    lead = _("You have read the register above: both decisions and their reasons stand.")
    button = pgettext_lazy("breach", "Close this breach")

    answered = forms.UUIDField(widget=forms.HiddenInput)


class AgreeForm(ConfirmForm):
    """Name the last decision that the page showed."""

    title = pgettext_lazy("breach", "Agree to what another person decided")
    lead = _("You have read the decision above and its reasons, or the receipt of the CNIL. Reminders then stop.")
    button = pgettext_lazy("breach", "Agree")


FORMS: dict[str, type[EntryForm]] = {
    Sort.ASSESS: AssessForm,
    Sort.ENDED: EndedForm,
    Sort.GOES_ON: GoesOnForm,
    Sort.NOTIFIED: NotifiedForm,
    Sort.MORE: MoreForm,
    Sort.NO_RISK: NoRiskForm,
    Sort.INFORMED: InformedForm,
    Sort.NOT_INFORMED: NotInformedForm,
    Sort.READINGS: ReadingsForm,
    Sort.TOLD: ToldForm,
    Sort.AGREE: AgreeForm,
    Sort.UNDECIDE: UndecideForm,
    Sort.CLOSE: CloseForm,
    Sort.KEEP: KeepForm,
    Sort.CONFIRM: ConfirmForm,
    Sort.REOPEN: ReopenForm,
}
