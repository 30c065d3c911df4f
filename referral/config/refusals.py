"""Refusals of the domain as pages, in one place: not yours to do (403), not now any more (409).

The transaction is rolled back by the status code and the refusal journalled after it (journal.middleware). What the
page 409 tells is read before that, under the reader's own rights.
"""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from plans.models import Consultation, Contribution
from plans.models.bodies import builds_policy
from referral.models import Alert, Orientation

# first word of the route's name -> what its address speaks of, and the page that shows it
NOUNS = {
    "orientation": (Orientation, "referral:orientation-detail"),
    "alert": (Alert, "referral:inbox-alert"),
    "inbox": (Alert, "referral:inbox-alert"),
    "consultation": (Consultation, "plans:consultation-detail"),
    "contribution": (Contribution, "plans:contribution-detail"),
}


def RefusalMiddleware(get_response):
    def middleware(request):
        return get_response(request)

    middleware.process_exception = refusal
    return middleware


def refusal(request, exception):
    if isinstance(exception, NotFound):
        raise Http404 from exception
    if isinstance(exception, NotAllowed):
        return render(request, "not_allowed.html", {"found": present(request)}, status=403)
    if isinstance(exception, WrongState):
        context = {"found": present(request), "way_out": way_out(request)}
        return render(request, "wrong_state.html", context, status=409)
    return None


def way_out(request) -> dict:
    """A page this reader may open: of public policy when that is what it was doing, its cases, or its own space."""
    actor = getattr(request, "actor", None)
    if request.resolver_match.namespace == "plans" and builds_policy(actor):
        return {"href": reverse("plans:hub"), "label": _("Steering of public policy")}
    if actor is not None and actor.sight == "case":
        return {"href": reverse("referral:case-list"), "label": _("Cases")}
    return {"href": reverse("home"), "label": _("My space") if actor else _("Home")}


def present(request) -> dict | None:
    """The thing as it stands now, its last step and its page; None when the address speaks of none the reader sees."""
    match, actor = request.resolver_match, getattr(request, "actor", None)
    noun = match.view_name.partition(":")[2].partition("-")[0]
    if actor is None or noun not in NOUNS or "pk" not in match.kwargs:
        return None
    model, route = NOUNS[noun]
    thing = model.objects.visible_to(actor).filter(pk=match.kwargs["pk"]).first()
    if thing is None:
        return None
    if noun == "alert" and thing.author_id == actor.pk:
        route = "referral:alert-detail"
    last = thing.moves.select_related("agency").last() if hasattr(thing, "moves") else None
    return {"thing": thing, "last": last, "href": reverse(route, args=[thing.pk])}
