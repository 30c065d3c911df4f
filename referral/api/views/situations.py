"""Read and work on events that concern several persons, as a coordination unit does in its pages."""

from django.urls import path
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_view

from agencies.models import Service
from foundation.errors import NotFound
from foundation.paging import Keyset
from foundation.workflow import NotAllowed
from referral.api.forms import situations as acts
from referral.api.middleware.authentication import SeesCases
from referral.api.rules import Problem
from referral.api.schema.document import lists, reads
from referral.api.serializers import situations as shown
from referral.models import Situation, SituationAlert
from referral.situations import rules
from referral.situations.filters import SituationFilter
from referral.situations.operations import asking, opening, situations, split

from .endpoints import Listed
from .things import Noun, ThingView


def _found(actor, pk) -> Situation | None:
    if not actor.agency.is_coordination:
        raise NotAllowed("situations")
    return situations.visible_situation(actor, pk) if pk else None


def _read(actor, pk) -> Situation:
    """Return the event, read as a group: journalled once, limited per hour. Raises read_quota.Exhausted beyond."""
    _found(actor, pk)
    return situations.read_group(actor, pk)


NOUN = Noun(
    "situations",
    "situation",
    _found,
    readers={
        "get_situation": lambda view, pk: SituationViews.show(view, view.request, pk),
        "get_situation_drafts": lambda view, pk: SituationViews.drafts(view, view.request, pk),
        "get_person_of_situation": lambda view, pk, thing: SituationViews.person(view, view.request, pk, thing),
    },
    lock=lambda actor, pk: situations.visible_situation(actor, pk, lock=True),
)


@extend_schema_view(
    list=lists("list_situations", _("Events of your unit, newest first"), tag="situations"),
)
class SituationList(Listed):
    permission_classes = [SeesCases]
    queryset = Situation.objects.none()
    serializer_class = shown.SituationRow
    filterset_class = SituationFilter
    keyset = Keyset("created_at", "id")
    kept = False
    start_situation = NOUN.doing(acts.START)

    @staticmethod
    def rows(actor):
        _found(actor, None)
        return Situation.objects.visible_to(actor)


class SituationViews(ThingView):
    @reads(
        "get_situation",
        _("Read an event: what is known of it, and where each of its persons is"),
        shown.SituationShown,
        _("Journalled once for all of them, and limited per hour. No name; of each case what your agency sees."),
        tag="situations",
    )
    def show(self, request, pk):
        actor = request.auth
        found = _read(actor, pk)
        persons = situations.lines(actor, found)
        split.follow(actor, persons)
        alerts = SituationAlert.objects.visible_to(actor).filter(situation=found).order_by("at", "pk")
        noted = found.data["observations"]
        found.note, found.asked = found.data["note"], asking.asked_of(found)
        for line in persons:
            line.earlier_question = rules.answered_before(line, found.asked)
        found.signs = [{"indicator": code, "known_by": way} for code, way in noted.items()]
        found.grid, found.persons = list(acts.grid_of(found)), persons
        found.alerts = [line.alert_id for line in alerts]
        found.planned = sum(batch.count for batch in opening.planned(actor, found.pk))
        found.actions = NOUN.offered(actor, found, acts.SITUATIONS)
        return self.answer(shown.SituationShown, found)

    @reads(
        "get_person_of_situation",
        _("Read one person of an event, to ask her"),
        shown.OnePerson,
        _("Journalled with her case. 409 before anything is asked."),
        tag="situations",
    )
    def person(self, request, pk, thing):
        actor = request.auth
        situation = _found(actor, pk)
        line = next((one for one in split.led_lines(actor, situation) if one.case_id == thing), None)
        if line is None:
            raise NotFound
        asked = asking.asked_of(situation)
        if asked is None:
            raise Problem("wrong-state", now("Nothing is asked yet: write it first with `set_question`."))
        situations.read_person(actor, situation, line)
        line.asked, line.earlier_question = asked, rules.answered_before(line, asked)
        return self.answer(shown.OnePerson, line)

    @reads(
        "get_situation_drafts",
        _("Read what is ready to be sent for the persons of an event"),
        shown.DraftsShown,
        tag="situations",
    )
    def drafts(self, request, pk):
        found = _read(request.auth, pk)
        return self.answer(shown.DraftsShown, {"situation": pk, "drafts": split.drafts(request.auth, found)})


class Split(ThingView):
    parameters = ("service",)
    split_situation = NOUN.doing(next(act for act in acts.SITUATIONS if act.name == "split_situation"))

    @reads(
        "propose_split",
        _("Propose a service for each person of an event"),
        shown.SplitShown,
        _("Ranked as for one person, and filled up to the places declared; who agreed to none stays with you."),
        ("service",),
        tag="situations",
    )
    def propose(self, request, pk):
        need = Service.objects.filter(pk=request.query_params.get("service", "")).first()
        if need is None:
            detail = now("This code is not in the list.")
            raise Problem("invalid", detail, [{"parameter": "service", "code": "unknown_code", "detail": detail}])
        parts = split.propose(request.auth, _read(request.auth, pk), need)
        return self.answer(shown.SplitShown, {"situation": pk, "persons": parts})


URLS = [
    path("situations/", SituationList.as_view({"get": "list", "post": acts.START.name}), name="situation-list"),
    path("situations/<uuid:pk>/", SituationViews.as_view({"get": "show"}), name="situation-detail"),
    path("situations/<uuid:pk>/persons/<uuid:thing>/", SituationViews.as_view({"get": "person"}), name="situation-one"),
    path("situations/<uuid:pk>/drafts/", SituationViews.as_view({"get": "drafts"}), name="situation-drafts"),
    path(
        "situations/<uuid:pk>/split/",
        Split.as_view({"get": "propose", "post": "split_situation"}),
        name="situation-split",
    ),
    *NOUN.addresses(tuple(act for act in acts.SITUATIONS if act.name != "split_situation")),
]
