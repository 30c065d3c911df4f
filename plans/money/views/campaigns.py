"""Run the yearly campaign in the browser: one grid per body, typed in private, pasted, handed over."""

import csv

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import npgettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Directory
from foundation.workflow import WrongState
from plans.models import Campaign, Stage
from plans.money.display.desk import QUANTITY, campaign_progress
from plans.money.forms.campaigns import CampaignForm, DelegateForm, PasteForm
from plans.money.operations import campaigns
from plans.money.selectors import grid, pasted_table

from .envelopes import coordination, payers


@coordination
@require_http_methods(["GET", "POST"])
def campaign_list(request):
    rows = Campaign.objects.visible_to(request.actor)
    form = CampaignForm(request.POST or None)
    if form.is_valid():
        try:
            made = campaigns.open_campaign(request.actor, **form.cleaned_data)
        except WrongState:
            form.add_error("year", pgettext("money", "There is already a campaign for this year and stage."))
        else:
            return redirect("plans:money-campaign", made.pk)
    return render(request, "plans/money/money_campaign_list.html", {"campaigns": rows, "form": form})


@coordination
@require_http_methods(["GET", "POST"])
def campaign(request, pk):
    found = campaigns.visible_campaign(request.actor, pk)
    if request.method == "POST":
        body = Directory.objects.filter(pk=request.POST.get("body", "")).first()
        if body is not None:
            campaigns.remind(request.actor, found, body)
            messages.success(request, pgettext("money", "Reminded: by a notice, and on its page."))
        return redirect("plans:money-campaign", pk)
    context = {"campaign": found, "bodies": campaign_progress(request.actor, found), "today": timezone.localdate()}
    return render(request, "plans/money/money_campaign.html", context)


@payers
@require_http_methods(["GET", "POST"])
def campaign_grid(request, pk):
    found = campaigns.visible_campaign(request.actor, pk)
    if request.method == "POST":
        return _posted(request, found)
    draft = campaigns.draft_of(request.actor, found)
    return _grid(request, found, draft.content if draft else {}, draft=draft)


def _grid(request, found, typed, *, rows=None, draft=None, version=None, conflict=False):
    body = campaigns.answering(request.actor)
    rows = rows or grid.rows(request.actor, found, body, typed)
    context = {
        "campaign": found,
        "rows": rows,
        "quantity": QUANTITY[Stage(found.stage)],
        "quantities": any(not row.money for row in rows),
        "draft": draft,
        "version": version if version is not None else draft.version if draft else 0,
        "conflict": conflict,
        "has_errors": any(row.errors for row in rows),
        "left": sum(not row.answered and row.blank for row in rows),
        "state": campaigns.state(request.actor, found),
    }
    return render(request, "plans/money/money_campaign_grid.html", context)


def _posted(request, found):
    """Save the typed texts first, then hand over, go to another page, or stay."""
    body = campaigns.answering(request.actor)
    typed = grid.typed_in(request.POST, grid.own_envelopes(body).values_list("pk", flat=True))
    version = int(request.POST.get("version", "")) if request.POST.get("version", "").isdigit() else 0
    try:
        draft = campaigns.save_draft(request.actor, found, typed, version)
    except WrongState as wrong:
        if str(wrong) == "closed":
            raise
        standing = campaigns.draft_of(request.actor, found)
        version = standing.version if standing else 0
        return _grid(request, found, typed, draft=standing, version=version, conflict=True)
    if request.POST.get("act") == "submit":
        rows, written = campaigns.submit(request.actor, found, typed)
        if any(row.errors for row in rows) or not rows:
            return _grid(request, found, typed, rows=rows, draft=draft)
        template = npgettext("money", "Handed over: %(n)d figure.", "Handed over: %(n)d figures.", written)
        messages.success(request, template % {"n": written})
        return redirect("plans:money")
    messages.success(request, pgettext("money", "Everything typed is kept. Only your organisation reads it."))
    return redirect(_next(request.POST.get("act")), *([pk] if (pk := _target(request, found)) else []))


def _next(act) -> str:
    return {
        "add": "plans:money-new",
        "paste": "plans:money-campaign-paste",
        "give": "plans:money-campaign-give",
    }.get(act, "plans:money-campaign-grid")


def _target(request, found):
    return None if request.POST.get("act") == "add" else found.pk


@payers
@require_http_methods(["GET", "POST"])
def campaign_paste(request, pk):
    """Read a pasted table, show it line by line, and put it into the grid only when confirmed."""
    found = campaigns.visible_campaign(request.actor, pk)
    form = PasteForm(request.POST or None)
    context = {"campaign": found, "form": form}
    if form.is_valid():
        body = campaigns.answering(request.actor)
        draft = campaigns.draft_of(request.actor, found)
        typed = draft.content if draft else {}
        lines = pasted_table.read(form.cleaned_data["table"], grid.rows(request.actor, found, body, typed))
        good = [line for line in lines if not line.problem]
        if form.cleaned_data["confirmed"] and good:
            typed = {**typed, **{str(line.row.envelope.pk): line.typed for line in good}}
            campaigns.save_draft(request.actor, found, typed, draft.version if draft else 0)
            messages.success(request, pgettext("money", "Put into the form. Look at it, then submit it."))
            return redirect("plans:money-campaign-grid", pk)
        context |= {"lines": lines, "good": len(good), "bad": len(lines) - len(good)}
    return render(request, "plans/money/money_campaign_paste.html", context)


@payers
@require_safe
def campaign_table(request, pk):
    """Download the grid as a table to fill in a spreadsheet, with last year's figures."""
    found = campaigns.visible_campaign(request.actor, pk)
    rows = grid.rows(request.actor, found, campaigns.answering(request.actor))
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="moyens-{found.year}.csv"'
    answer.write("\ufeff")
    csv.writer(answer, delimiter=";").writerows(pasted_table.table(rows))
    return answer


@payers
@require_http_methods(["GET", "POST"])
def campaign_give(request, pk):
    found = campaigns.visible_campaign(request.actor, pk)
    form = DelegateForm(request.POST or None, colleagues=campaigns.colleagues(request.actor))
    if form.is_valid():
        campaigns.hand_over(request.actor, found, form.cleaned_data["colleague"], form.cleaned_data["note"])
        messages.success(
            request, pgettext("money", "Given: your colleague finds it at the top of “Funding and resources”.")
        )
        return redirect("plans:money")
    context = {
        "form": form,
        "title": pgettext("money", "Give the form to a colleague"),
        "lead": pgettext("money", "A member who answers for the same body. What was typed goes along."),
    }
    return render(request, "plans/money/money_form.html", context)
