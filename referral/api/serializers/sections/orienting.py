"""Show the services that a request may be sent to, and a request as its service would be shown it."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from referral.api.serializers.contents import SheetParts, as_it_is
from referral.api.serializers.records import Shown


class ServiceShown(Shown):
    """Show one service of the ranked list."""

    agency = serializers.IntegerField(source="agency.pk")
    name = serializers.CharField(source="agency.name")
    reasons = serializers.ListField(child=serializers.CharField(), help_text=_("Why it stands there, in words."))
    blocked = serializers.CharField(help_text=_("Why it cannot take the person; empty where it can."))
    km = serializers.IntegerField(allow_null=True, help_text=_("Between chief towns: far may be what safety asks for."))


class PreviewShown(Shown):
    """Show what sending would freeze."""

    orientation = serializers.UUIDField()
    sheet = as_it_is(
        SheetParts,
        help_text=_("Part by part, as its service would read it; `{sealed: true}`: you may not read it yourself."),
    )
    lacking = serializers.CharField(help_text=_("Why it cannot be sent now; empty where it can."))
