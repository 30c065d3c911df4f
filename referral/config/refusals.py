"""Render refusals of the domain as pages: not allowed (403), no longer possible (409), too much read or tried (429).

The status rolls back the transaction, and journal.middleware journals the refusal after it. The content of page 409 is
read before that, with the reader's own rights.
"""

import logging
import math
import sys
from functools import partial

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.tries.operations import Closed
from agencies.tries.rules import SECRET
from foundation.errors import NotFound, is_busy
from foundation.workflow import NotAllowed, WrongState
from plans.models import Consultation, Contribution
from plans.models.bodies import builds_policy
from referral.api.middleware.authentication import failure
from referral.models import Alert, Orientation
from referral.organisations.operations.accounts import tell_locked
from referral.public import views as public
from victims.reading.access import Spent

log = logging.getLogger(__name__)

# first word of the route's name -> model of its subject, and page that shows it
NOUNS = {
    "orientation": (Orientation, "referral:orientation-detail"),
    "alert": (Alert, "referral:inbox-alert"),
    "inbox": (Alert, "referral:inbox-alert"),
    "consultation": (Consultation, "plans:consultation-detail"),
    "contribution": (Contribution, "plans:contribution-detail"),
}


def RefusalMiddleware(get_response):
    """Turn NotFound, NotAllowed, WrongState, Spent and Closed of a view into pages 404, 403, 409 and 429."""

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
        context = {"found": present(request), "elsewhere": link_to_open_page(request)}
        return render(request, "wrong_state.html", context, status=409)
    if isinstance(exception, Spent):
        answer = render(request, "victims/reading/reading_alarm_spent.html", {"spent": exception}, status=429)
        answer["Retry-After"] = str(exception.wait)
        return answer
    if isinstance(exception, Closed):
        if exception.fresh and exception.what != SECRET:
            request.after_refusal = partial(tell_locked, exception.name)
        context = {"closed": exception, "minutes": math.ceil(exception.wait / 60)}
        answer = render(request, "registration/locked.html", context, status=429)
        answer["Retry-After"] = str(exception.wait)
        return answer
    return None


def server_error(request):
    """Answer an error of a view, of a middleware or of the commit; called by Django while it is handled.

    Pages 500 and 503 are made without a query: the transaction may be lost.
    """
    error = sys.exception()
    if request.path_info.startswith("/api/"):
        return failure(request, error)
    match = request.resolver_match
    if is_busy(error):
        return public.busy(request)
    log.error("%s failed", match.view_name if match else "unknown", exc_info=error)
    return public.server_error(request)


def link_to_open_page(request) -> dict:
    """Return a link to a page open to this reader: public policy when coming from there, cases, or the home page."""
    actor = getattr(request, "actor", None)
    if request.resolver_match.namespace == "plans" and builds_policy(actor):
        return {"href": reverse("plans:hub"), "label": _("Steering of public policy")}
    if actor is not None and actor.sight == "case":
        return {"href": reverse("referral:case-list"), "label": _("Cases")}
    return {"href": reverse("home"), "label": _("My space") if actor else _("Home")}


def present(request) -> dict | None:
    """Return the current state of the subject, its last move and its page; None when the reader sees none."""
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
