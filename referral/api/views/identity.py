"""Record an identity by API.

Nothing is read back: the response is the case at the reader's level, the same whether or not another case concerns this
person.
"""

import re

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agencies.models import Level
from foundation.words import countries as nationalities
from foundation.workflow import WrongState
from referral.api.middleware.authentication import SeesCases
from referral.api.middleware.idempotency import claim
from referral.api.rules import Problem
from referral.api.schema.document import posts
from referral.api.serializers import records as shown
from referral.api.serializers.strict import Choice, Codes, Flag, Strict, Text
from victims.identity import rules as births
from victims.identity.operations import enter_identity, identity_agreement
from victims.identity.words import SEXES
from victims.models import CaseAccess

from .endpoints import Single
from .records import first_or_404

AT_MOST = 10


class BirthInput(Strict):
    date = Text(max_length=10, help_text=_("1998-03-12, 1998-03 or 1998: what is known."))
    estimated = Flag(required=False)

    def validate_date(self, value):
        parts = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", value)
        try:
            if parts:
                return births.known_date(*(int(part or 0) for part in parts.groups()))
        except ValueError:
            parts = None
        raise serializers.ValidationError(_("Write 1998-03-12, 1998-03 or 1998, between 1900 and today."))


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
            raise serializers.ValidationError(text % {"codes": ", ".join(sorted(unknown))}, code="unknown")
        return values

    def validate(self, given):
        if not any(given.get(name) for name in ("family_name", "given_names", "aliases")):
            raise serializers.ValidationError({"family_name": [_("Write one name at least.")]})
        return given

    def parts(self) -> dict:
        """Return the value of `Identity.data`."""
        found = {name: value for name, value in self.validated_data.items() if value}
        if "births" in found:
            found["births"] = [{"estimated": False, **birth} for birth in found["births"]]
        return found


class CaseIdentity(Single):
    permission_classes = [SeesCases]
    serializer_class = shown.CaseDetail

    @posts(
        "record_identity",
        _("Record who the person is"),
        tag="cases",
        request=IdentityInput,
        response=shown.CaseDetail,
        description=_(
            "For the agency that leads the case and may hold an identity, on the latest agreement that covers it; 409 "
            "without one (a child's needs none). The answer is the case: an identity is not read by the API."
        ),
    )
    def enter(self, request, pk):
        """Record the identity on the latest agreement that covers it. Raises Problem(wrong-state) without one."""
        actor, given = request.auth, self.body(IdentityInput)
        row = first_or_404(CaseAccess.objects.of(actor, Level.SUMMARY).select_related("case__lead").filter(case=pk))
        taken = claim(request, pk)
        if not taken.replayed:
            try:
                enter_identity(actor, pk, consent=identity_agreement(row.case), data=given.parts())
            except WrongState as missing:
                detail = _("No agreement covers the identity: ask the person, and record it first.")
                raise Problem("wrong-state", str(detail)) from missing
        rows = CaseAccess.objects.of(actor, Level.SUMMARY).select_related("case__lead", "case__coordination")
        return self.answer(shown.CaseDetail, rows.get(case=pk), replayed=taken.replayed)
