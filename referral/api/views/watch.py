"""What a coordination unit watches: silent desks, needs without a place; and what was shared without an agreement."""

from types import SimpleNamespace

from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_view

from agencies.duty.selectors import back_at
from agencies.members.rules import require_unit
from agencies.models import Agency
from foundation.errors import NotFound
from foundation.paging import Keyset
from referral.api.forms.acts import Step
from referral.api.forms.bodies import refused
from referral.api.middleware.authentication import SeesCases
from referral.api.schema.document import lists, reads
from referral.api.serializers import desks as shown
from referral.api.serializers.strict import Number, Strict
from referral.inbox.forms.silent_desks import ReaddressForm
from referral.inbox.operations import silent_desks
from referral.models import LegalShare
from referral.routing.selectors import unmet_needs
from referral.sharing.display import shares
from referral.sharing.operations import record_listing
from victims.models import Departure

from .endpoints import Listed
from .pages import CasePages
from .things import Noun, ThingView


class TargetInput(Strict):
    target = Number(min_value=1, help_text=_("Id of a service of `takers`."))


def _silent(actor, pk) -> SimpleNamespace:
    found = silent_desks.waiting(actor, pk)
    if not found:
        raise NotFound
    return SimpleNamespace(pk=pk, items=found)


def _readdress(actor, pk, *, target: int) -> None:
    items = _silent(actor, pk).items
    alerts = sum(item.noun == "alert" for item in items)
    form = ReaddressForm({"target": target}, offered=silent_desks.offered(actor, items)[pk], alerts=alerts)
    if not form.is_valid():
        raise refused(form)
    silent_desks.readdress_all(actor, pk, form.cleaned_data["target"])


READDRESS = Step(
    "readdress_alerts",
    "readdress/",
    _("Give the alerts of a silent desk to another one"),
    _readdress,
    strict=TargetInput,
    description=_(
        "For a coordinator. What that service cannot take, and every request, stays in the list: read it again."
    ),
)
DESKS = Noun("silent-desks", "silent-desk", _silent, pk="<int:pk>/")


class Watched(ThingView):
    @reads(
        "list_silent_desks",
        _("Desks that have not answered, most urgent first"),
        shown.SilentDesks,
        _("For a coordinator: past half of the time they have, danger to life first, then children."),
        tag="silent-desks",
    )
    def desks(self, request):
        actor = request.auth
        found = silent_desks.waiting(actor)
        ids = list(dict.fromkeys(item.agency_id for item in found))
        agencies, now = Agency.objects.in_bulk(ids), timezone.now()
        back, takers = back_at(ids, now), silent_desks.offered(actor, found)
        groups = [
            {
                "agency": agencies[pk],
                "back_at": back[pk] if back[pk] > now else None,
                "waits": [item for item in found if item.agency_id == pk],
                "takers": [
                    {"id": d.pk, "name": d.agency.name, "alerts": len(taken)} for d, taken in takers[pk].items()
                ],
            }
            for pk in ids
        ]
        more = len(found) == silent_desks.AT_MOST
        said = {"results": groups, "more": more, "actions": [READDRESS.name] if groups else []}
        return self.answer(shown.SilentDesks, said)

    @reads(
        "get_unmet_needs",
        _("Refusals for lack of places, beside the places declared"),
        shown.UnmetShown,
        _("For a coordinator, over the territories of its unit, twelve months. Working figures, not for publication."),
        tag="silent-desks",
    )
    def unmet(self, request):
        require_unit(request.auth)
        found = unmet_needs.unmet(request.auth.agency)
        needs = [row for rows in found["months"].values() for row in rows]
        return self.answer(shown.UnmetShown, {**found, "needs": needs})


@extend_schema_view(
    list=lists(
        "list_legal_shares",
        _("What was shared without the person's agreement, newest first"),
        tag="cases",
        description=_("On a legal ground, in cases that your agency leads or reads, or sent by it. Journalled."),
    )
)
class LegalShares(Listed):
    permission_classes = [SeesCases]
    queryset = LegalShare.objects.none()
    serializer_class = shown.LegalShareShown
    pagination_class = CasePages
    noun = Departure.Noun.SENT
    keyset = Keyset("sent_at", "orientation_id")
    kept = False

    @staticmethod
    def rows(actor):
        rows = LegalShare.objects.visible_to(actor).filter(sent_at__isnull=False)
        return rows.select_related("sender", "addressee", "opinion")

    def shown(self, page):
        record_listing()
        return shares(page)


URLS = [
    path("silent-desks/", Watched.as_view({"get": "desks"}), name="silent-desk-list"),
    *DESKS.addresses((READDRESS,)),
    path("unmet-needs/", Watched.as_view({"get": "unmet"}), name="unmet-needs"),
    path("legal-shares/", LegalShares.as_view({"get": "list"}), name="legal-share-list"),
]
