"""Write an alert page by page, each keeping the draft, so that it is one alert however often it is sent; or at once."""

import uuid

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from agencies.members.rules import WRITES
from agencies.models import Kind
from foundation.errors import NotFound
from foundation.statements.kept import KeptStatement
from foundation.words import free_text
from foundation.workflow import NotAllowed
from indicators.sheets.selectors import own_sheets
from referral.alerts.forms.agreement import AgreementForm
from referral.alerts.forms.carried import CarriedForm
from referral.alerts.forms.signs import SignsForm
from referral.alerts.forms.situation import DangerForm, SituationForm, own_territory
from referral.alerts.forms.step import StepForm, blank
from referral.alerts.operations import alerts
from referral.alerts.rules import AGREEMENT, CHECK, SIGNS, SITUATION, page_reached
from referral.models import Alert

from .check import check

FORMS = {form.step: form for form in (SituationForm, SignsForm, AgreementForm)}
DRAFTS_SHOWN = 20


@require_http_methods(["GET", "POST"])
def alert_start(request):
    """Show the first page of a new alert below the drafts, without a row; begin the draft of what a signal carried."""
    if not request.actor.has(*WRITES):
        raise NotAllowed("start")
    if request.method == "POST":
        carried = CarriedForm(request.POST).answers() if "carried" in request.POST else None
        draft = alerts.start_draft(request.actor, draft_id=posted_id(request), answers=carried)
        return redirect("referral:alert-step", draft.pk, max(SITUATION, min(draft.step, CHECK)))
    drafts = Alert.objects.mine(request.actor).filter(state=Alert.State.DRAFT).order_by("-saved_at")
    alert = blank(request.actor.agency, {})
    context = {"drafts": drafts[:DRAFTS_SHOWN], "alert": alert, "form": SituationForm(None, alert=alert)}
    context["sheets"] = own_sheets(request.actor.agency)
    return render(request, "referral/alerts/alert_start.html", {**context, "step": SITUATION})


OWN = KeptStatement(
    lambda reader, alert: Alert.objects.mine(reader).filter(pk=alert).select_related("content", "agency__territory")
)


def posted_id(request) -> uuid.UUID:
    """Return the id the page was given, so that a double click makes one draft; a new one for anything else."""
    try:
        return uuid.UUID(request.POST.get("draft", ""))
    except ValueError:
        return uuid.uuid4()


@require_http_methods(["GET", "POST"])
def alert_step(request, pk, step):
    """Show or keep one page of a draft, none beyond the first one with a required answer missing.

    What the page of a new alert sends first makes its draft, under the id that page was given.
    """
    alert = next(iter(OWN.rows(request.actor, alert=pk)), None) or _begun(request, pk, step)
    if alert.state != Alert.State.DRAFT:
        return redirect("referral:alert-received", alert.pk)
    reached = page_reached(alert.content.data)
    if not SITUATION <= step <= reached:
        return redirect("referral:alert-step", alert.pk, reached)
    if step == CHECK:
        return check(request, alert)
    data, whole = request.POST if request.method == "POST" else None, "tout" in {**request.GET, **request.POST}
    form = FORMS[step](data, alert=alert, whole=whole)
    if form.is_bound:
        alert = keep(request.actor, form)
        if left := leave(request, form, alert):
            return left
    answers = alert.content.data
    context = {"alert": alert, "form": form, "step": step, "answers": answers, **form.shown(answers)}
    return render(request, form.template, context)


def _begun(request, pk, step) -> Alert:
    if request.method != "POST" or step != SITUATION or posted_id(request) != pk:
        raise NotFound
    return alerts.start_draft(request.actor, draft_id=pk)


def keep(actor, form: StepForm) -> Alert:
    """Keep in the draft what can be read of a page, and return the draft."""
    complete, answers, contact = form.is_valid(), form.kept(), form.kept_contact()
    step = CHECK if complete and page_reached({**form.answers, **answers}) == CHECK else form.step
    return alerts.save_draft(actor, form.alert.pk, answers, step=step, contact=contact)


def leave(request, form: StepForm, alert):
    """Return what the button of a page leads to once it is kept; None to correct or to confirm an answer first."""
    here = reverse("referral:alert-step", args=[alert.pk, form.step])
    match request.POST.get("go", "next"):
        case "auto":
            return render(request, "referral/alerts/alert_step.html", {"alert": alert})
        case "later":
            messages.success(request, pgettext("alert", "Draft kept. You can take it up again from any device."))
            return redirect("referral:alert-start")
        case "back":
            return redirect("referral:alert-step", alert.pk, max(SITUATION, form.step - 1))
        case "whole":
            return redirect(f"{here}?tout=1#id_signs")
        case "read":
            return redirect(f"{here}#lecture")
    if not form.complete:
        return None
    # a corrected answer leads back to the check page, unless it opened another question
    following = CHECK if alert.step > AGREEMENT else form.step + 1
    return redirect("referral:alert-step", alert.pk, min(following, page_reached(alert.content.data)))


@require_http_methods(["GET", "POST"])
def alert_reading(request, pk):
    """Show the live explanation: the signs as ticked now are kept, and read by the rules of the server."""
    alert = alerts.own_draft(request.actor, pk)
    if page_reached(alert.content.data) < SIGNS:
        return redirect("referral:alert-step", alert.pk, SITUATION)
    form = SignsForm(request.POST if request.method == "POST" else None, alert=alert)
    if form.is_bound:
        alert = keep(request.actor, form)
    answers = alert.content.data
    found = free_text.found_in(answers.get("note"))
    context = {"alert": alert, "answers": answers, "found": found, "saved": form.is_bound, **form.shown(answers)}
    return render(request, "referral/alerts/alert_reading.html", context)


@require_POST
def alert_discard(request, pk):
    """Erase a draft."""
    alerts.discard_draft(request.actor, pk)
    messages.success(request, pgettext("alert", "The draft is erased."))
    return redirect("referral:alert-start")


@require_http_methods(["GET", "POST"])
def danger(request):
    """Send four answers on one page. The emergency numbers come first: this platform is not the emergency service."""
    if not request.actor.has(*WRITES):
        raise NotAllowed("start")
    draft_id = posted_id(request)
    # of an asylum body, a number that says where one works is not proposed: every service alerted reads it
    phone = "" if request.actor.agency.kind == Kind.ASYLUM else request.user.phone
    known = {"territory": own_territory(request.actor.agency), "callback": phone}
    form = DangerForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_valid():
        sent = alerts.send_danger(request.actor, draft_id, form.kept())
        return redirect("referral:alert-received", sent.pk)
    return render(request, "referral/alerts/danger.html", {"form": form, "draft_id": draft_id})
