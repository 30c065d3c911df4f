"""Show a section of a case, and what an act made."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from referral.api.serializers.records import Shown


class Done(Shown):
    """Answer an act: what it made, by its id. The section is read by itself, and that reading is journalled."""

    absent = ("made",)

    made = serializers.UUIDField(help_text=_("Id of what was made, where a thing was."))
    case = serializers.UUIDField(help_text=_("Id of the case, to read its section."))


class Signed(Shown):
    """Base of what an agency wrote: who and when."""

    id = serializers.UUIDField()
    agency = serializers.IntegerField(source="agency_id", help_text=_("Id of the agency that wrote it."))
    at = serializers.DateTimeField()


class DataField(serializers.CharField):
    """Show one part of an encrypted column, "" without it."""

    def __init__(self, part: str, **kwargs):
        self.part = part
        super().__init__(read_only=True, source="data", **kwargs)

    def to_representation(self, data) -> str:
        return data.get(self.part, "")


class DataChoice(serializers.ChoiceField):
    """Show one code of an encrypted column, "" without it."""

    def __init__(self, part: str, choices, **kwargs):
        self.part = part
        super().__init__(choices, read_only=True, source="data", **kwargs)

    def to_representation(self, data) -> str:
        return data.get(self.part, "")


def section_shown(
    name: str, actions: list[str], absent: tuple[str, ...] = (), /, **fields: serializers.Field
) -> type[Shown]:
    """Return the serializer of a section: the case, what may be done there now, and its things."""
    offered = serializers.ListField(
        child=serializers.ChoiceField(choices=actions) if actions else serializers.CharField(),
        max_length=None if actions else 0,
        help_text=_("Operations of this section that you may do now."),
    )
    return type(
        f"{name}Section", (Shown,), {"absent": absent, "case": serializers.UUIDField(), "actions": offered, **fields}
    )
