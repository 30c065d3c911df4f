"""Say of the fields of a body, and of the filters of a list, what they refuse beyond their type."""

from django.core.validators import RegexValidator
from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.extensions import OpenApiSerializerFieldExtension

from referral.api.serializers.strict import Codes, Text

BLANK = r"\s\u001c-\u001f\u0085"  # what the server cuts off at both ends
WRITTEN = rf"^[{BLANK}]*[^{BLANK}]"


def _plain(auto_schema, field, direction) -> dict:
    """Return what the generator says of a field, without the null that it adds to it afterwards."""
    found = auto_schema._map_serializer_field(field, direction, bypass_extensions=True)
    return {**found, "type": found["type"][0] if isinstance(found["type"], list) else found["type"]}


def _written(least: int) -> str:
    return WRITTEN if least == 1 else rf"{WRITTEN}[\s\S]{{{least - 2},}}[^{BLANK}]"


class WrittenText(OpenApiSerializerFieldExtension):
    target_class = Text
    match_subclasses = True

    def map_serializer_field(self, auto_schema, direction):
        found = _plain(auto_schema, self.target, direction)
        if self.target.allow_blank:
            return found
        least = self.target.min_length or 1
        shaped = any(isinstance(one, RegexValidator) for one in self.target.validators)  # its pattern comes afterwards
        return {**found, "minLength": least} | ({} if shaped else {"pattern": _written(least)})


class EachOnce(OpenApiSerializerFieldExtension):
    target_class = Codes
    match_subclasses = True

    def map_serializer_field(self, auto_schema, direction):
        found = _plain(auto_schema, self.target, direction)
        return {**found, "uniqueItems": True}


class BoundedFilters(DjangoFilterExtension):
    """Say how long a filter may be."""

    priority = 1  # in place of the generator's own

    def resolve_filter_field(self, auto_schema, model, filterset_class, field_name, filter_field):
        found = super().resolve_filter_field(auto_schema, model, filterset_class, field_name, filter_field)
        if most := filter_field.extra.get("max_length"):
            for parameter in found:
                parameter["schema"] = {**parameter["schema"], "maxLength": most}
        return found
