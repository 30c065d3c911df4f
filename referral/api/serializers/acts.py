"""Parse the input of three operations: sending, rerouting, and a statement."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agencies.models import Agency
from victims.identity.words import SEXES
from victims.models import Status

from .alerts import UNKNOWN_CODE
from .strict import Choice, Day, Number, Strict, Text


class BriefInput(Strict):
    """Parse what the sender adds to decide on, as on the page; nothing is required."""

    sex = Choice(choices=[code for code, _label in SEXES], required=False)
    children = Number(min_value=0, max_value=20, required=False, help_text=_("Children with the person."))
    pregnant = Choice(choices=["yes", "no"], required=False, help_text=_("Only where the category health is shared."))
    offered = Text(max_length=300, required=False, help_text=_("What was already offered to the person."))
    note = Text(max_length=500, required=False, help_text=_("A word for the service: no name, number or address."))


class SendInput(Strict):
    brief = BriefInput(required=False, help_text=_("Frozen with the summary of the sheet."))


class RerouteInput(Strict):
    addressee = Number(min_value=1, help_text=_("Id of the agency asked instead."))

    def validate_addressee(self, value):
        found = Agency.objects.filter(pk=value, active=True, desk__receives_orientations=True).first()
        if found is None:
            raise serializers.ValidationError(UNKNOWN_CODE, code="unknown_code")
        return found


class StatementInput(Strict):
    """Parse a statement, as on the page: dated, signed, with reasons; a judgment is named."""

    status = Choice(choices=Status.values)
    stated_on = Day()
    function = Text(max_length=120, help_text=_("In what function it is signed."))
    basis = Text(
        max_length=500,
        required=False,
        help_text=_("Needed for a recognised victim: article, report number, date of the judgment."),
    )
    motives = Text(max_length=4000, help_text=_("Read by those who read the file."))

    def validate_stated_on(self, day):
        if day > timezone.localdate() or day.year < 1990:
            raise serializers.ValidationError(_("Choose today or a day that has passed."), code="rule")
        return day

    def validate(self, given):
        if given["status"] == Status.RECOGNISED and not given.get("basis"):
            raise serializers.ValidationError(
                {"basis": _("Write which decision recognises the victim, and its date.")}, code="required"
            )
        return given
