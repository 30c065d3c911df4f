"""Section « Procédures et délais » of a case: procedures proposed and started, steps, reflection period."""

from functools import partial
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.view_guards import cases_only, posted
from indicators.procedures.selectors import book
from referral.models import Clock, StepAct
from referral.procedures import (
    display as procedures_display,
)
from referral.procedures import (
    selectors as procedures_selectors,
)
from referral.procedures.access import visible_checklist
from referral.procedures.forms import DoneForm, MomentForm, OfferForm, ReportForm, WaiveForm, clock_form
from referral.procedures.operations import checklists as checklists_operations
from referral.procedures.operations import clocks
from victims.cases.views.frame import framed

Action = StepAct.Action


@cases_only
@require_GET
def case_procedures(request, pk):
    context = framed(request, pk, "procedures")
    return render(
        request, "referral/procedures/case_procedures.html", context | _section(request.actor, context["access"])
    )


def _section(actor, access, offer_form=None) -> dict:
    shown = book()
    case = access.case
    begun = procedures_display.of_case(actor, access, shown)
    proposed, others = procedures_selectors.offered(shown, access, actor.agency, {c.row.code for c in begun})
    running = Clock.objects.visible_to(actor).filter(case=case, state=Clock.State.RUNNING).select_related("checklist")
    return {
        "book": shown,
        "begun": begun,
        "proposed": proposed,
        "others": others,
        "clocks": procedures_display.clocks_in_words(running.order_by("due_at", "id"), shown),
        "offer": case.reflection_offers.select_related("by__agency").first(),
        "offer_form": offer_form,
        "closed": case.status == case.Status.CLOSED,
    }


@cases_only
@posted("referral:case-procedures")
def procedure_start(request, pk):
    """Start a procedure. Its code is posted, never in the address, which browsers and proxies keep.

    `step`: « 1 » leads to the first step, to record at once what was done elsewhere.
    """
    made = checklists_operations.start_procedure(request.actor, pk, request.POST.get("procedure", ""))
    if request.POST.get("step") == "1":
        return redirect("referral:checklist-step", made.pk, 1)
    messages.success(request, _("Procedure begun. Settle its steps as you go."))
    return redirect("referral:checklist-detail", made.pk)


@cases_only
@require_http_methods(["GET", "POST"])
def reflection_offer(request, pk):
    """Record an offer of the reflection period: the only way to settle its first step."""
    form = OfferForm(request.POST or None, initial={"offered_on": timezone.localdate()})
    if form.is_valid():
        checklists_operations.offer_reflection(request.actor, pk, **form.cleaned_data)
        messages.success(request, _("Recorded."))
        return redirect("referral:case-procedures", pk)
    context = framed(request, pk, "procedures")
    offers = context["case"].reflection_offers.select_related("by__agency")
    step = book().procedures["delai_reflexion"].step(1)
    context |= {"form": form, "offers": offers, "step": step}
    return render(request, "referral/procedures/reflection_offer.html", context)


@cases_only
@require_GET
def checklist_detail(request, pk):
    row = visible_checklist(request.actor, pk)
    context = framed(request, row.case_id, "procedures")
    found = procedures_display.one_checklist(request.actor, context["access"], book(), row)
    if found is None:
        raise Http404
    context |= {"list": found, "book": book(), "closed": context["case"].status == context["case"].Status.CLOSED}
    return render(request, "referral/procedures/checklist_detail.html", context)


@cases_only
@require_http_methods(["GET", "POST"])
def checklist_step(request, pk, step):
    """Show one step and apply an act: done, waived, not applicable, reopened, or its time limit."""
    row = visible_checklist(request.actor, pk)
    context = framed(request, row.case_id, "procedures")
    found = procedures_display.one_checklist(request.actor, context["access"], book(), row)
    shown = next((s for s in found.steps if s.step.order == step), None) if found else None
    if shown is None:
        raise Http404
    form = _posted(request, row, shown, context["case"]) if request.method == "POST" else None
    if request.method == "POST" and form is None:
        return redirect("referral:checklist-detail", pk)
    made = _forms(request.actor, row, shown, context["case"], form)
    context |= {"list": found, "shown": shown, "form": form, "forms": made}
    return render(request, "referral/procedures/checklist_step.html", context)


def _posted(request, row, shown, case):
    """Apply the act. Returns the invalid form, or None when done."""
    act, actor, order = request.POST.get("act", ""), request.actor, shown.step.order
    form = {"done": _done(actor, row, shown, case), "waive": WaiveForm, "clock": clock_form(row, shown.step, case)}.get(
        act
    )
    form = form(request.POST) if form else None
    if form is not None and not form.is_valid():
        form.act = act
        return form
    if act == "done":
        checklists_operations.settle_step(actor, row.pk, order, Action.DONE, **form.cleaned_data)
    elif act == "waive":
        checklists_operations.settle_step(actor, row.pk, order, Action.WAIVED, **form.cleaned_data)
    elif act == "not_applicable":
        checklists_operations.settle_step(actor, row.pk, order, Action.NOT_APPLICABLE)
    elif act == "reopen":
        checklists_operations.reopen_step(actor, row.pk, order)
    elif act == "clock":
        _start(actor, row, order, form, case)
    else:
        raise Http404
    messages.success(request, _("Recorded."))
    return None


def _done(actor, row, shown, case):
    """Return the form by which this step is done."""
    if procedures_selectors.is_report(row, shown.step.order):
        made = procedures_selectors.made_elsewhere(actor, case)
        owed = made.owed if made else procedures_selectors.report_owed(case)
        return partial(ReportForm, owed=[fact for fact in owed if fact.told is None] or owed[:1])
    return DoneForm


def _start(actor, row, order, form, case) -> None:
    if isinstance(form, MomentForm):
        moment = form.moment(ZoneInfo(case.territory.time_zone))
        clocks.start_clock(actor, row.pk, order, moment=moment)
    else:
        clocks.start_clock(actor, row.pk, order, **form.cleaned_data)


def _forms(actor, row, shown, case, bound) -> dict:
    """Return the forms by act; the invalid one keeps its input. Impossible acts have none."""
    first = row.code == checklists_operations.REFLECTION and shown.step.order == checklists_operations.OFFER
    made = {}
    if shown.act is None and not first:
        made["waive"] = WaiveForm()
    if (
        "waive" in made
        or procedures_selectors.is_report(row, shown.step.order)
        and procedures_selectors.may_confirm(actor, case)
    ):
        today = timezone.localdate(timezone=ZoneInfo(case.territory.time_zone))
        made["done"] = _done(actor, row, shown, case)(initial={"on": today})
    running = shown.clock is not None and shown.clock.state == Clock.State.RUNNING
    clock = clock_form(row, shown.step, case)
    if clock and not running:  # the day is that of an event: today, taken unread, would end a legal limit too late
        made["clock"] = clock()
    if bound is not None:
        made[bound.act] = bound
    return made
