"""Show needs, what is done about them, the thread, and documents kept elsewhere."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from referral.api.serializers.records import Shown
from victims.models import Need, PaperDocument, TimelineEntry

from .base import DataField, Signed


class ActionShown(Shown):
    id = serializers.UUIDField()
    text = DataField("text")
    agency = serializers.IntegerField(source="agency_id", help_text=_("Id of the agency that does it."))
    due_on = serializers.DateField(allow_null=True)
    done_on = serializers.DateField(allow_null=True)


class NeedShown(Signed):
    absent = ("text",)

    service = serializers.CharField(source="service_id", help_text=_("Code of `services`."))
    priority = serializers.ChoiceField(choices=Need.Priority.values)
    state = serializers.ChoiceField(choices=Need.State.values)
    reason = serializers.CharField(help_text=_("Why it is not met: code of `decline_reasons`."))
    changed_at = serializers.DateTimeField(help_text=_("Give it back as `seen` to change its state."))
    text = serializers.CharField(source="said", help_text=_("Absent without words, or without its category."))
    plan = ActionShown(many=True, help_text=_("What is to be done for it, as far as you may read it."))


class EntryShown(Signed):
    """Show the current version of an entry of the thread."""

    sort = serializers.ChoiceField(choices=TimelineEntry.Sort.values)
    text = DataField("text")
    placed_at = serializers.DateTimeField(help_text=_("When its first version was written."))
    replaces = serializers.UUIDField(source="replaces_id", allow_null=True)


class PaperShown(Signed):
    sort = serializers.ChoiceField(choices=PaperDocument.Sort.values)
    label = DataField("label")
    place = DataField("place", help_text=_("Who holds the original."))
    placed_at = serializers.DateTimeField()
    replaces = serializers.UUIDField(source="replaces_id", allow_null=True)
