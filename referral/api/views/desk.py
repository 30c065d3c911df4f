"""Declare the free places of the desk of the program's agency."""

import uuid

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agencies.models import Desk
from referral.api.forms.bodies import body_of, refused
from referral.api.middleware.authentication import SeesCases
from referral.api.rules import ADMINISTER, READ
from referral.api.schema.document import posts, reads
from referral.api.serializers.records import AgencyRef, Shown
from referral.organisations.forms.organisation import PlacesForm
from referral.organisations.operations.organisation import declare_places, own_desk

from .endpoints import Single

BODY = body_of(PlacesForm, "declare_places")


class DeskShown(Shown):
    """Show the desk of one's own agency."""

    whole = True

    agency = AgencyRef()
    places = serializers.IntegerField(allow_null=True, help_text=_("Free places; null: not counted in places."))
    places_updated_at = serializers.DateTimeField(
        allow_null=True, help_text=_("Older than seven days, services are told to ask first.")
    )
    takes_adults = serializers.BooleanField()
    takes_minors = serializers.BooleanField()
    services = serializers.SerializerMethodField()
    territories = serializers.SerializerMethodField()

    def get_services(self, desk) -> list[str]:
        return sorted(desk.services.values_list("pk", flat=True))

    def get_territories(self, desk) -> list[str]:
        return sorted(desk.territories.values_list("pk", flat=True))


class OwnDesk(Single):
    scopes = {"show": (*READ, *ADMINISTER), "declare": ADMINISTER}
    permission_classes = [SeesCases]
    queryset = Desk.objects.none()
    serializer_class = DeskShown

    @reads("get_desk", _("Read what your own desk offers"), DeskShown, tag="desk")
    def show(self, request):
        return self.answer(DeskShown, own_desk(request.auth))

    def current(self):
        return self.show(self.request)

    def hold_rows(self):
        Desk.objects.select_for_update(of=("self",)).filter(pk=own_desk(self.request.auth).pk).first()

    @posts(
        "declare_places",
        _("Say how many places are free now"),
        tag="desk",
        request=BODY,
        response=DeskShown,
        description=_("Services that look for a place see it at once. The same number says that it still holds."),
        of="get_desk",
    )
    def declare(self, request):
        actor, said = request.auth, self.body(BODY).validated_data
        form = PlacesForm(dict(said))
        if not form.is_valid():
            raise refused(form)
        taken = self.claim(uuid.uuid4())
        if not taken.replayed:
            declare_places(actor, form.cleaned_data["places"])
        return self.answer(DeskShown, own_desk(actor), replayed=taken.replayed)
