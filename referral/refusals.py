"""Refusals of the domain as pages, in one place: not yours to do (403), not now any more (409).

The transaction is rolled back by the status code and the refusal journalled after it (journal.middleware). What the
page 409 tells is read before that, under the reader's own rights.
"""

from functools import wraps

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from plans import access as policy
from plans.models import Consultation, Contribution

from .models import Alert, Orientation
from .workflow import NotAllowed, WrongState

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
    if isinstance(exception, NotAllowed):
        return render(request, "referral/case_not_allowed.html", {"found": present(request)}, status=403)
    if isinstance(exception, WrongState):
        context = {"found": present(request), "way_out": way_out(request)}
        return render(request, "referral/case_wrong_state.html", context, status=409)
    return None


def way_out(request) -> dict:
    """A page this reader may open: of public policy when that is what it was doing, its cases, or its own space."""
    actor = getattr(request, "actor", None)
    if request.resolver_match.namespace == "plans" and policy.builds_policy(actor):
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


def cases_only(view):
    """Pages of members who see cases. Others are told so, rather than shown an empty list they would believe."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if request.actor.sight != "case":
            raise NotAllowed("cases")
        return view(request, *args, **kwargs)

    return checked


def known_act(request, *acts: str, name: str = "act") -> str:
    """Which of a page's forms was sent, empty for a reading. Another one is told so, rather than nothing happening."""
    act = request.POST.get(name, "")
    if request.method == "POST" and act not in acts:
        raise NotAllowed(act)
    return act


def posted(page: str):
    """An act: by POST only. Its address opened by hand (a session that ended, a reloaded tab) leads to its page."""

    def wrap(view):
        @wraps(view)
        def checked(request, pk):
            return view(request, pk) if request.method == "POST" else redirect(page, pk)

        return checked

    return wrap
