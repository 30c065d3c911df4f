"""Fields that answers show: warnings and limitation of a case, its own label, addressees of an alert."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from referral.alerts.display import ANSWERS
from victims.models import Case
from victims.own_labels.selectors import labelled


class WarningsField(serializers.ListField):
    child = serializers.ChoiceField(choices=list(Case.WARNINGS))


class LimitedField(serializers.DateTimeField):
    """Show since when the person had the use of a case limited."""

    def __init__(self, **kwargs):
        said = _(
            "Since when the person had the use limited (article 18 GDPR): protect, act on an agreement or for a right"
            " before the courts, and nothing else. Null: it is not."
        )
        super().__init__(read_only=True, allow_null=True, help_text=said, **kwargs)


class LabelField(serializers.CharField):
    """Show one part of the own label of an access row, "" without one. Lists set `label` on all their rows at once."""

    def __init__(self, part: str, **kwargs):
        self.part = part
        super().__init__(read_only=True, source="*", **kwargs)

    def to_representation(self, row) -> str:
        if not hasattr(row, "label"):
            labelled(self.context["request"].auth, [row])
        return row.label.data[self.part] if row.label else ""


class Addressee(serializers.Serializer):
    """Show to who alerted what one agency did with the alert: nothing of the person."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    since = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(source="opened", allow_null=True)
    did = serializers.ChoiceField(
        choices=list(ANSWERS),
        allow_blank=True,
        help_text=_("What it said last: with_person, somebody is with the person; empty while it said nothing."),
    )
    at = serializers.DateTimeField(allow_null=True, help_text=_("When it said so."))
