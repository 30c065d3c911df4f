"""List the time limits that run in the cases of the program's agency."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_view

from foundation.paging import Keyset
from referral.api.middleware.authentication import SeesCases
from referral.api.schema.document import lists
from referral.api.serializers.sections.work import AgendaShown
from referral.models import Clock
from referral.procedures.filters import AgendaFilter, running

from .endpoints import Listed
from .pages import CasePages


@extend_schema_view(
    list=lists(
        "list_clocks",
        _("Time limits that run, least time left first"),
        tag="cases",
        description=_(
            "Of the cases that your agency leads or reads the file of. Met, stopped or moved in the section."
        ),
    )
)
class Agenda(Listed):
    permission_classes = [SeesCases]
    queryset = Clock.objects.none()
    serializer_class = AgendaShown
    filterset_class = AgendaFilter
    pagination_class = CasePages
    keyset = Keyset("due_at", "id", descending=False)
    kept = False

    @staticmethod
    def rows(actor):
        return running(actor, mine=False)

    def left(self):
        return Clock.objects.visible_to(self.request.auth).exclude(state=Clock.State.RUNNING)
