"""Run each request in one transaction, set its actor, and journal refusals after the rollback."""

from contextlib import nullcontext

from django.db import InternalError, connection, transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from agencies.kept.rules import is_secret
from agencies.models import Membership
from foundation.actor import FORM_FIELD, SESSION_KEY, acting_as, become, fresh_context
from foundation.statements.kept import KeptStatement
from foundation.statements.signing import Named
from foundation.words.languages import language_of

from .operations import record_refusal

REFUSALS = {403, 404, 409}
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# The admin (off by default) has no actor: a query on a protected table raises there. The API sets its own actor, by
# token, and ignores cookies.
WITHOUT_SESSION_ACTOR = ("/admin/", "/api/")
# pages of a person, whatever the membership: whose factor was taken away goes from the second step to « activate »
HATLESS = {"membership-choose", "activate", "logout", "referral:second-step", "referral:passkey"}
HATS = KeptStatement(
    lambda _, user: (
        Membership.objects.live().filter(user=user).select_related("agency").annotate(named=Named()).order_by("pk")
    )
)


def TransactionMiddleware(get_response):
    """Run the request in a transaction, and roll it back for a status of 400 or above.

    Not `ATOMIC_REQUESTS`, which wraps the view only: a template rendered later would query without an actor. The status
    is the reliable sign of failure, since Django turns exceptions into responses further in. A view that ignored a
    database error would otherwise answer 200 for something that was not stored: the driver is asked about it, without
    a statement, and the commit raises what deferred constraints say. A request that may change something has them
    checked before. `request.after_refusal` is called in a transaction of its own: what must stay of a refusal.
    """

    def middleware(request):
        with fresh_context():
            with transaction.atomic(durable=True):
                response = get_response(request)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
                else:
                    _check(request)
            actor = getattr(request, "actor", None)
            if response.status_code in REFUSALS and actor is not None:
                with transaction.atomic(durable=True), acting_as(actor):
                    record_refusal(route_of(request))
            if (after := getattr(request, "after_refusal", None)) is not None:
                with transaction.atomic(durable=True), acting_as(actor) if actor else nullcontext():
                    after()
            return response

    return middleware


def _check(request) -> None:
    """Raise DatabaseError when the transaction cannot be committed."""
    if connection.connection.info.transaction_status == TRANSACTION_STATUS_INERROR:
        raise InternalError("The current transaction is aborted: a view ignored an error of the database.")
    if request.method not in SAFE_METHODS:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def route_of(request) -> str:
    """Return the name of the route, never the address, which may contain a search."""
    match = request.resolver_match
    return (match.view_name if match else "unknown")[:60]


def ActorMiddleware(get_response):
    """Set `request.actor` from the session; answer 409 to a form opened under another membership."""

    def middleware(request):
        request.actor = None
        request.memberships = []
        if request.user.is_authenticated and not request.path_info.startswith(WITHOUT_SESSION_ACTOR):
            request.memberships = HATS.rows(None, user=request.user.pk)
            if language_of(request.path_info) is None:  # the language of a public page is in its address
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
        # page 409 offers to send the same form again under the membership it was opened with
        wanted = by_id.get(_number(request.POST.get(FORM_FIELD)))
        if wanted is not None:
            request.session[SESSION_KEY] = wanted.pk
    if (chosen := by_id.get(request.session.get(SESSION_KEY))) is not None:
        return chosen
    if len(by_id) == 1:
        return next(iter(by_id.values()))
    if request.method == "POST" and (said := by_id.get(_number(request.POST.get(FORM_FIELD)))) is not None:
        # signed in again since the form was opened, and no membership chosen yet: the form says which
        request.session[SESSION_KEY] = said.pk
        return said
    return None


def _other_hat(request):
    said = _number(request.POST.get(FORM_FIELD))
    if said == request.actor.pk:
        return None
    fields = [
        (name, value)
        for name in request.POST
        if name not in ("csrfmiddlewaretoken", "_switch_back", FORM_FIELD) and not is_secret(name)
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
    """Return whether the page needs no membership: a page opened under a former one may still sign out or switch."""
    match = _match(request)
    return match is not None and match.view_name in HATLESS


def _open_without_actor(request) -> bool:
    """Return whether the page is open to a person with several memberships, or none, before choosing one."""
    match = _match(request)
    return match is None or _without_hat(request) or not getattr(match.func, "login_required", True)
