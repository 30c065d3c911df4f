"""Parse and show an identity."""

import re

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from foundation.words import countries as nationalities
from victims.identity import rules as births
from victims.identity.words import SEXES

from .strict import Choice, Codes, Flag, Strict, Text

AT_MOST = 10
KNOWN = _("1998-03-12, 1998-03 or 1998: what is known.")


class BirthInput(Strict):
    date = Text(max_length=10, help_text=KNOWN)
    estimated = Flag(required=False)

    def validate_date(self, value):
        parts = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", value)
        try:
            if parts:
                return births.known_date(*(int(part or 0) for part in parts.groups()))
        except ValueError:
            parts = None
        raise serializers.ValidationError(_("Write 1998-03-12, 1998-03 or 1998, between 1900 and today."), code="rule")


class IdentityInput(Strict):
    """Parse an identity: one name at least. A new one replaces it; the former stays in the history."""

    family_name = Text(max_length=120, required=False)
    given_names = Text(max_length=120, required=False)
    aliases = Codes(child=Text(max_length=120), max_length=AT_MOST, required=False)
    births = serializers.ListField(child=BirthInput(), max_length=AT_MOST, required=False)
    nationalities = Codes(child=Text(max_length=9), max_length=AT_MOST, required=False)
    sex = Choice(choices=[code for code, _label in SEXES], required=False)

    def validate_nationalities(self, values):
        if unknown := set(values) - nationalities.CODES - {nationalities.STATELESS}:
            text = _("Two letters of ISO 3166, or `stateless`; not known: %(codes)s.")
            raise serializers.ValidationError(text % {"codes": ", ".join(sorted(unknown))}, code="unknown_code")
        return values

    def validate(self, given):
        if not any(given.get(name) for name in ("family_name", "given_names", "aliases")):
            raise serializers.ValidationError({"family_name": [_("Write one name at least.")]}, code="rule")
        return given

    @staticmethod
    def parts(said: dict) -> dict:
        """Return the value of `Identity.data`."""
        found = {name: value for name, value in said.items() if value}
        if "births" in found:
            found["births"] = [{"estimated": False, **birth} for birth in found["births"]]
        return found
