"""Show documents of a case."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agencies.models import Category
from foundation.files.cleaning import ANSWERS
from victims.models import CaseFile

from .base import Signed


class FileShown(Signed):
    sort = serializers.ChoiceField(choices=CaseFile.Sort.values)
    title = serializers.CharField(help_text=_("Empty once it was taken back."))
    place = serializers.SerializerMethodField(help_text=_("The category it is behind, `file` for none."))
    state = serializers.ChoiceField(choices=CaseFile.State.values, help_text=_("Its content is read when `ready`."))
    reason = serializers.ChoiceField(
        ["", *CaseFile.Reason.values], help_text=_("Why it was refused or taken back; else empty.")
    )
    media_type = serializers.ChoiceField(sorted(ANSWERS))
    size = serializers.IntegerField(help_text=_("Bytes."))
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_place(self, found) -> str:
        return Category(found.bit).name.lower() if found.bit else "file"
