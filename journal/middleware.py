"""One transaction a request, the actor told inside it, refusals journalled after the rollback."""

from django.db import connection, transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import translation

from agencies.models import Membership
from foundation.actor import FORM_FIELD, SESSION_KEY, acting_as, become, fresh_context
from foundation.languages import language_of

from .operations import record_refusal

REFUSALS = {403, 404, 409}
# The admin (off by default) knows no actor: whatever it touched behind a wall would raise. The API knows its own, by
# token: a browser's cookie means nothing there.
WITHOUT_SESSION_ACTOR = ("/admin/", "/api/")


def TransactionMiddleware(get_response):
    """A response of 400 or above never commits.

    Not `ATOMIC_REQUESTS`: it wraps the view only, and a template rendered late would query without a context. The
    status code is the one reliable sign of failure, since Django turns exceptions into responses further in.
    Deferred constraints are checked before the commit: a view that swallowed a database error would otherwise
    answer 200 for something that was not stored.
    """

    def middleware(request):
        with fresh_context():
            with transaction.atomic(durable=True):
                response = get_response(request)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
                else:
                    with connection.cursor() as cursor:
                        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            actor = getattr(request, "actor", None)
            if response.status_code in REFUSALS and actor is not None:
                with transaction.atomic(durable=True), acting_as(actor):
                    record_refusal(route_of(request))
            return response

    return middleware


def route_of(request) -> str:
    """The route's name, never the address: an address may carry a search."""
    match = request.resolver_match
    return (match.view_name if match else "unknown")[:60]


def ActorMiddleware(get_response):
    """Sets `request.actor` from the session, and refuses a form opened under another membership (409)."""

    def middleware(request):
        request.actor = None
        request.memberships = []
        if request.user.is_authenticated and not request.path_info.startswith(WITHOUT_SESSION_ACTOR):
            request.memberships = list(
                Membership.objects.live().filter(user=request.user).select_related("agency").order_by("pk")
            )
            if language_of(request.path_info) is None:  # a public page may be asked for in another language
                translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
            request.actor = _chosen(request)
            if request.actor is not None:
                become(request.actor)
                if request.method == "POST" and not _without_hat(request) and (refused := _other_hat(request)):
                    return refused
            elif not _open_without_actor(request):
                return HttpResponseRedirect(f"{reverse('membership-choose')}?next={request.path}")
        return get_response(request)

    return middleware


def _chosen(request):
    by_id = {member.pk: member for member in request.memberships}
    if request.method == "POST" and request.POST.get("_switch_back") == "1":
        # the page 409 offers to send the same form again under the membership it was opened with
        wanted = by_id.get(_number(request.POST.get(FORM_FIELD)))
        if wanted is not None:
            request.session[SESSION_KEY] = wanted.pk
    if (chosen := by_id.get(request.session.get(SESSION_KEY))) is not None:
        return chosen
    if len(by_id) == 1:
        return next(iter(by_id.values()))
    return None


def _other_hat(request):
    said = _number(request.POST.get(FORM_FIELD))
    if said == request.actor.pk:
        return None
    fields = [
        (name, value)
        for name in request.POST
        if name not in ("csrfmiddlewaretoken", "_switch_back", FORM_FIELD)
        for value in request.POST.getlist(name)
    ]
    former = next((m for m in request.memberships if m.pk == said), None)
    context = {"fields": fields, "former": former, "said": said}
    return render(request, "membership_switched.html", context, status=409)


def _number(text) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None


def _match(request):
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None


def _without_hat(request) -> bool:
    """Leaving, and changing hats, belong to the person: a page left open under the former hat may still do both."""
    match = _match(request)
    return match is not None and match.view_name in {"membership-choose", "logout"}


def _open_without_actor(request) -> bool:
    """Pages a person with several hats, or none, can open before choosing one."""
    match = _match(request)
    return match is None or _without_hat(request) or not getattr(match.func, "login_required", True)
