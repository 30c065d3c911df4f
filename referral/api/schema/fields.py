"""Say of the fields of a body what they refuse beyond their type."""

from django.core.validators import RegexValidator
from drf_spectacular.extensions import OpenApiSerializerFieldExtension

from referral.api.serializers.strict import Codes, Text

WRITTEN = r"\S"  # more than blanks: they are cut off at both ends


def _written(least: int) -> str:
    return WRITTEN if least == 1 else rf"\S[\s\S]{{{least - 2},}}\S"


class WrittenText(OpenApiSerializerFieldExtension):
    target_class = Text
    match_subclasses = True

    def map_serializer_field(self, auto_schema, direction):
        found = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        if self.target.allow_blank:
            return found
        least = self.target.min_length or 1
        shaped = any(isinstance(one, RegexValidator) for one in self.target.validators)  # its pattern comes afterwards
        return {**found, "minLength": least} | ({} if shaped else {"pattern": _written(least)})


class EachOnce(OpenApiSerializerFieldExtension):
    target_class = Codes
    match_subclasses = True

    def map_serializer_field(self, auto_schema, direction):
        found = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        return {**found, "uniqueItems": True}
