"""Show what a coordination unit watches, what was shared without an agreement, and an organisation's own figures."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from referral.api.serializers.records import AgencyRef, Shown
from referral.api.serializers.sections.follow_up import EntryShown
from referral.api.serializers.sections.sharing import ShareShown
from referral.models import Alert, Orientation, UnmetNeed
from victims.models import Urgency


class WaitingShown(Shown):
    noun = serializers.ChoiceField(choices=["alert", "orientation"])
    id = serializers.UUIDField(source="subject_id")
    reference = serializers.CharField()
    urgency = serializers.ChoiceField(choices=Urgency.values)
    child = serializers.BooleanField(help_text=_("Or a doubtful age."))
    state = serializers.ChoiceField(choices=sorted({*Alert.State.values, *Orientation.State.values}))
    received_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(allow_null=True)
    answer_by = serializers.DateTimeField()
    late = serializers.BooleanField()


class TakerShown(AgencyRef):
    alerts = serializers.IntegerField(help_text=_("How many of the alerts that wait there it can take."))


class SilentDesk(Shown):
    agency = AgencyRef()
    back_at = serializers.DateTimeField(allow_null=True, help_text=_("When somebody is there again; null: now."))
    waits = WaitingShown(many=True)
    takers = TakerShown(many=True, help_text=_("Services that may be given its alerts (`readdress_alerts`)."))


class SilentDesks(Shown):
    results = SilentDesk(many=True)
    more = serializers.BooleanField(help_text=_("More wait than are shown: the most urgent come first."))
    actions = serializers.ListField(
        child=serializers.ChoiceField(choices=["readdress_alerts"]), help_text=_("Operations that you may do now.")
    )


class UnmetRow(Shown):
    absent = ("situations", "refusals")

    month = serializers.DateField(help_text=_("Its first day."))
    service = serializers.CharField(source="service_id", help_text=_("Code of `services`."))
    territory = serializers.CharField(source="territory_id")
    profile = serializers.ChoiceField(choices=UnmetNeed.Profile.values)
    situations = serializers.SerializerMethodField(help_text=_("Absent under three."))
    refusals = serializers.SerializerMethodField(help_text=_("Absent under three situations."))

    def get_situations(self, row) -> int | None:
        return None if row.few else row.situations

    def get_refusals(self, row) -> int | None:
        return None if row.few else row.refusals


class SupplyRow(Shown):
    service = serializers.CharField(source="service.pk")
    region = serializers.CharField(source="where.pk", default=None, allow_null=True)
    takes = serializers.CharField(source="taken", help_text=_("Whom, in words."))
    known = serializers.IntegerField(allow_null=True, help_text=_("Places declared in the last seven days."))
    old = serializers.IntegerField(allow_null=True, help_text=_("Places declared before."))


class UnmetShown(Shown):
    since = serializers.DateField()
    needs = UnmetRow(many=True)
    supply = SupplyRow(many=True)


class LegalShareShown(ShareShown):
    id = serializers.UUIDField(source="orientation_id", help_text=_("Of the request."))
    reference = serializers.CharField(help_text=_("Of the request."))
    case = serializers.UUIDField(source="case_id")
    reason = serializers.CharField(source="words", help_text=_("Empty where you may not read it."))
    updated_at = serializers.DateTimeField(source="changed_at")


class CountShown(Shown):
    question = serializers.CharField()
    code = serializers.CharField()
    persons = serializers.IntegerField()


class FiguresShown(Shown):
    """Show the figures of an organisation's own cases; small counts too: they are its own."""

    absent = ("handed_over_at",)

    year = serializers.IntegerField()
    years = serializers.ListField(child=serializers.IntegerField(), help_text=_("Years with cases received."))
    received = serializers.IntegerField()
    persons = serializers.IntegerField(help_text=_("Counted, with their agreement."))
    supported = serializers.IntegerField()
    left_out = serializers.ListField(child=serializers.UUIDField(), help_text=_("Cases without that agreement."))
    counts = CountShown(many=True)
    handed_over_at = serializers.DateTimeField(help_text=_("Absent before it is handed over."))
    actions = serializers.ListField(
        child=serializers.ChoiceField(choices=["hand_over_survey"]), help_text=_("Operations that you may do now.")
    )


class FoundShown(Shown):
    """Show entries of a thread that hold the words."""

    case = serializers.UUIDField()
    entries = EntryShown(many=True)
    searched = serializers.IntegerField(help_text=_("Entries read for it."))
    next = serializers.CharField(help_text=_("Cursor to search older entries, empty at the end."))


class FactShown(Shown):
    title = serializers.CharField()
    words = serializers.ListField(child=serializers.CharField())


class SheetShown(Shown):
    """Show the sheet for the person, in words, without a name."""

    case = serializers.UUIDField()
    first = serializers.CharField()
    facts = FactShown(many=True, help_text=_("Empty on the discreet slip."))
    advice = serializers.ListField(child=serializers.CharField())
    last = serializers.CharField()
