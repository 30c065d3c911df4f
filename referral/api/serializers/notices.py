"""Show what a program is told."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from notifications.words import KINDS
from referral.api.serializers.records import Shown


class NoticeShown(Shown):
    """Show a notice: no content, only what to read next."""

    absent = ("subject_id",)

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=[code for code, kind in KINDS.items() if not kind.persons])
    subject = serializers.ChoiceField(choices=["alert", "case", "orientation", "none"])
    subject_id = serializers.SerializerMethodField()
    reference = serializers.CharField()
    at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField(source="changed_at")
    read_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.UUIDField())
    def get_subject_id(self, notice):
        return None if notice.subject == "none" else notice.subject_id
