"""Signaler and Danger immédiat: four pages, a draft kept at each of them, one alert however often it is sent."""

import uuid

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from agencies.members.rules import WRITES
from agencies.models import Kind, Territory
from foundation.words import free_text
from foundation.workflow import NotAllowed
from referral.alerts import display as alerts_display
from referral.alerts.forms.agreement import AgreementForm
from referral.alerts.forms.signs import LABOUR, SignsForm
from referral.alerts.forms.situation import DangerForm, SituationForm
from referral.alerts.operations import alerts
from referral.models import Alert, AlertContact
from referral.routing.selectors import desks
from victims.cases.words import said_contact

SITUATION, SIGNS, AGREEMENT, CHECK = 1, 2, 3, 4
STEP_OF = {"territory": 1, "when": 1, "minor": 1, "danger": 1, "indications": 2, "agreement": 3, "legal_ground": 3}
TEMPLATES = {1: "alert_step_situation.html", 2: "alert_step_signs.html", 3: "alert_step_agreement.html"}
DRAFTS_SHOWN = 20


@require_http_methods(["GET", "POST"])
def alert_start(request):
    drafts = Alert.objects.mine(request.actor).filter(state=Alert.State.DRAFT).order_by("-saved_at")
    if not request.actor.has(*WRITES):
        raise NotAllowed("start")
    if request.method == "POST":
        draft = alerts.start_draft(request.actor, draft_id=posted_id(request))
        return redirect("referral:alert-step", draft.pk, max(1, min(draft.step, CHECK)))
    return render(
        request, "referral/alerts/alert_start.html", {"drafts": drafts[:DRAFTS_SHOWN], "draft_id": uuid.uuid4()}
    )


def posted_id(request) -> uuid.UUID:
    """The id the page was given, so that a double click makes one draft; anything else is a new one."""
    try:
        return uuid.UUID(request.POST.get("draft", ""))
    except ValueError:
        return uuid.uuid4()


def reach(answers: dict) -> int:
    """The furthest page these answers allow: the first one with a required answer missing."""
    return min((STEP_OF[name] for name in desks.missing(answers)), default=CHECK)


@require_http_methods(["GET", "POST"])
def alert_step(request, pk, step):
    alert = get_object_or_404(Alert.objects.mine(request.actor).select_related("content"), pk=pk)
    if alert.state != Alert.State.DRAFT:
        return redirect("referral:alert-received", alert.pk)
    furthest = reach(alert.content.data)
    if step > furthest or step < 1:
        return redirect("referral:alert-step", alert.pk, furthest)
    if step == CHECK:
        return check(request, alert)
    form = form_for(request, alert, step)
    if request.method == "POST":
        return posted(request, alert, step, form)
    return show(request, alert, step, form)


def form_for(request, alert, step):
    data, answers = (request.POST if request.method == "POST" else None), alert.content.data
    if step == SITUATION:
        mine = {"territory": own_territory(request.actor), "form": own_form(request.actor)}
        return SituationForm(data, answers={**mine, **answers})
    if step == SIGNS:
        return signs_form(data, answers, whole="tout" in request.GET or data and "tout" in data)
    offers = desks.suggestions_for_alert({**answers, "agreement": "yes"}, request.actor.agency)
    offers = [offer for offer in offers if offer.agency.pk != alert.agency_id]
    return AgreementForm(data, answers=answers, contact=contact_of(alert), offers=offers, agency=request.actor.agency)


def signs_form(data, answers, *, whole=False) -> SignsForm:
    grid, shared = alerts.grid_for(answers), alerts.shared_indicators(answers)
    side = alerts.SIDES.get(answers.get("minor"), "unknown")
    return SignsForm(data, answers=answers, grid=grid, shared=shared, side=side, whole=bool(whole))


def own_territory(actor) -> str:
    """The author's département, to be changed when the person is elsewhere; a region is no answer."""
    place = actor.agency.territory
    return place.pk if place and place.sort != Territory.Sort.REGION else ""


def own_form(actor) -> str:
    """A union meets labour exploitation: its page opens on that form and its signs, in sight and to be changed."""
    return LABOUR if actor.agency.kind == Kind.UNION else ""


def contact_of(alert) -> dict:
    contact = AlertContact.objects.filter(alert=alert).first()
    return contact.data if contact else {}


def posted(request, alert, step, form):
    """What a page's buttons do: each of them keeps first what can be read."""
    go, valid = request.POST.get("go", "next"), form.is_valid()
    clear = request.POST.get("clear_contact") == "1"
    confirm = step == AGREEMENT and form.clears_contact and not clear
    alert = keep(request.actor, alert, step, form, clear=clear)
    if go == "auto":
        return render(request, "referral/alerts/alert_step.html", {"alert": alert})
    if go == "later":
        messages.success(request, pgettext("alert", "Draft kept. You can take it up again from any device."))
        return redirect("referral:alert-start")
    if go in ("back", "whole", "read"):
        return redirect(beside(alert, step, go))
    if not valid or confirm:
        return show(request, alert, step, form, confirm=confirm and valid)
    # a corrected answer leads back to the check page, unless it opened another question
    following = CHECK if alert.step > AGREEMENT else step + 1
    return redirect("referral:alert-step", alert.pk, min(following, reach(alert.content.data)))


def beside(alert, step, go) -> str:
    here = reverse("referral:alert-step", args=[alert.pk, max(SITUATION, step - 1) if go == "back" else step])
    return here + {"back": "", "whole": "?tout=1#id_signs", "read": "#lecture"}[go]


def keep(actor, alert, step, form, *, clear=False) -> Alert:
    """Store what this page says. A change of mind that would clear a safe contact waits for its confirmation."""
    answers, contact = form.kept(), None
    if step == AGREEMENT and form.clears_contact and not clear:
        answers.pop("agreement")
    elif step == AGREEMENT:
        contact = form.kept_contact()
    done = CHECK if form.is_valid() and reach({**alert.content.data, **answers}) == CHECK else step
    return alerts.save_draft(actor, alert.pk, answers, step=done, contact=contact)


def show(request, alert, step, form, **more):
    answers = alert.content.data
    context = {"alert": alert, "form": form, "step": step, "answers": answers, **more}
    if step == SIGNS:
        context |= reading_of(answers)
    if step == AGREEMENT:
        context["ground"] = alerts_display.legal_ground(desks.protection_ground(answers))
    return render(request, f"referral/alerts/{TEMPLATES[step]}", context)


def reading_of(answers) -> dict:
    """What the shared rules say of the signs noted. `answered`: nothing is concluded from a page not yet filled."""
    answered = bool(answers.get("observations") or answers.get("none_of_these"))
    return {"reading": alerts.read_answers(answers), "answered": answered}


@require_http_methods(["GET", "POST"])
def alert_reading(request, pk):
    """The live explanation: the signs as ticked now are kept, and read by the server's rules, which alone count."""
    alert = alerts.own_draft(request.actor, pk)
    if reach(alert.content.data) < SIGNS:
        return redirect("referral:alert-step", alert.pk, SITUATION)
    if request.method == "POST":
        form = signs_form(request.POST, alert.content.data)
        form.is_valid()
        alert = keep(request.actor, alert, SIGNS, form)
    found = free_text.found_in(alert.content.data.get("note"))
    context = {"alert": alert, "found": found, "saved": request.method == "POST", **reading_of(alert.content.data)}
    return render(request, "referral/alerts/alert_reading.html", context)


def check(request, alert):
    """Every answer and every addressee before anything leaves; then one act."""
    if request.method == "POST":
        return posted_check(request, alert)
    answers, shared = alert.content.data, alerts.shared_indicators(alert.content.data)
    seen = (answers.get("observations") or {}).items()
    context = {
        "alert": alert,
        "answers": answers,
        "said": alerts_display.said(answers),
        "signs": [(shared.indicators[code], shared.values[value]) for code, value in seen],
        "contact": said_contact(contact_of(alert)),
        "found": free_text.found_in(answers.get("note")),
        "addressees": alerts.planned(alert),
        "ground": alerts_display.ground_of(answers),
        **reading_of(answers),
    }
    return render(request, "referral/alerts/alert_step_check.html", context)


def posted_check(request, alert):
    if way := request.POST.get("note"):
        return redirect(cleaned_note(request.actor, alert, way))
    if request.POST.get("go") == "later":
        messages.success(request, pgettext("alert", "Draft kept. You can take it up again from any device."))
        return redirect("referral:alert-start")
    sent = alerts.send_alert(request.actor, alert.pk)
    return redirect("referral:alert-received", sent.pk)


def cleaned_note(actor, alert, way) -> str:
    """Take numbers out of the note; « Déplacer » puts the first one into the safe contact, to be completed."""
    answers, contact = alert.content.data, None
    found = free_text.found_in(answers.get("note"))
    movable = [item for item in found if item.kind in ("phone", "email")]
    page, anchor = CHECK, "#id_note"
    if way == "move" and movable and answers.get("agreement") == "yes" and actor.agency.kind != Kind.EMPLOYER:
        contact = {**contact_of(alert), "value": movable[0].text}
        contact.pop("do_not_call", None)
        found, page, anchor = movable[:1], AGREEMENT, "#id_value"
    note = free_text.without(answers.get("note") or "", found)
    alerts.save_draft(actor, alert.pk, {"note": note}, step=CHECK, contact=contact)
    return reverse("referral:alert-step", args=[alert.pk, page]) + anchor


@require_POST
def alert_discard(request, pk):
    alerts.own_draft(request.actor, pk)
    alerts.discard_draft(request.actor, pk)
    messages.success(request, pgettext("alert", "The draft is erased."))
    return redirect("referral:alert-start")


@require_http_methods(["GET", "POST"])
def danger(request):
    """One page, four answers. The emergency numbers come first: this platform is not the emergency service."""
    if not request.actor.has(*WRITES):
        raise NotAllowed("start")
    draft_id = posted_id(request)
    known = {"territory": own_territory(request.actor), "callback": request.user.phone}
    form = DangerForm(request.POST if request.method == "POST" else None, answers=known)
    if request.method == "POST" and form.is_valid():
        sent = alerts.send_danger(request.actor, draft_id, form.kept())
        return redirect("referral:alert-received", sent.pk)
    return render(request, "referral/alerts/danger.html", {"form": form, "draft_id": draft_id})
