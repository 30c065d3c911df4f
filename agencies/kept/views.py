"""Give back what was kept; answer a form whose token is over."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.templatetags.words import clock, moment
from foundation.view_guards import known_act

from .middleware import keep, was_sent
from .operations import discard_form, forget_draft, save_draft
from .rules import GIVEN_BACK, KEPT, OF_DRAFTS, SEND, SENT_AGAIN, texts, typed
from .selectors import drafts_of, kept_forms


@require_http_methods(["GET", "HEAD", "POST"])
def kept(request):
    """Show each form kept for this membership in this browser, filled, with a button that sends it.

    One that waited for a second factor alone is shown by itself, and sent by the page: its button was pressed already.
    """
    browser = request.COOKIES.get(KEPT, "")
    if known_act(request, "discard"):
        discard_form(request.actor, browser, request.POST.get("pk", ""))
        messages.success(request, _("What was kept is deleted."))
        return redirect("kept")
    found = kept_forms(request.actor, browser)
    now = [form for form in found if str(form.pk) == request.GET.get(SEND)]
    forms = [{"form": form, **_parts(form)} for form in now or found]
    return render(
        request,
        "agencies/kept/kept.html",
        {"forms": forms, "now": bool(now), "named": GIVEN_BACK if now else SENT_AGAIN},
    )


@require_http_methods(["POST"])
def kept_now(request):
    """Keep the form of a page that is about to sign out by itself, after a time without activity."""
    return keep(request, request.actor) or HttpResponse(status=413)


@require_http_methods(["POST"])
def drafts(request):
    """Save, find or delete the drafts of a page, for static/repere/drafts.js. What is sent is the form itself."""
    keys = [key for key in request.POST.getlist("_draft") if key]
    act = known_act(request, "save", "find", "forget", name="_do")
    if not keys or len(keys) > 40:
        return HttpResponse(status=400)
    if act == "find":
        found = drafts_of(request.actor, keys)
        return JsonResponse({key: draft.data | {"said": _said(draft)} for key, draft in found.items()})
    if act == "forget":
        forget_draft(request.actor, keys[0])
        return HttpResponse(status=204)
    if was_sent(request.actor, request.POST.get("_turn", "")):
        return HttpResponse(status=204)
    fields = [[name, value] for name, value in typed(request.POST) if name not in OF_DRAFTS]
    draft = save_draft(request.actor, keys[0], {"fields": fields, "base": request.POST.get("_base", "")})
    return (
        HttpResponse(_("Draft kept at %(at)s.") % {"at": clock(draft.saved_at)}) if draft else HttpResponse(status=413)
    )


def _said(draft) -> str:
    return _("Your draft of %(at)s is back. It was not sent.") % {"at": moment(draft.saved_at)}


def _parts(form) -> dict:
    """Return the fields of a form apart: texts to read again, and the rest, sent as it was."""
    shown = texts(form.data["fields"])
    return {"texts": shown, "others": [pair for pair in map(tuple, form.data["fields"]) if pair not in shown]}


def refused_token(request, reason="") -> HttpResponse:
    """Answer a form whose CSRF token is over: it was open before a sign-in in another tab, or cookies were deleted.

    What was typed is shown to be sent again only when the browser itself says that the form is from this site.
    """
    fields = typed(request.POST) if request.headers.get("Sec-Fetch-Site") == "same-origin" else []
    again = (
        fields if getattr(request, "actor", None) and str(request.actor.pk) == request.POST.get("_membership") else []
    )
    context = {"again": again, "fields": texts(fields)}
    return render(request, "403_csrf.html", context, status=403)
