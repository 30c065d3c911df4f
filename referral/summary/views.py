"""Summary of a case. In referral and not in victims: it shows orientations and alerts."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from agencies.models import Level
from foundation.statements.kept import KeptStatement
from foundation.view_guards import cases_only
from foundation.words.spoken_languages import read_as
from foundation.workflow import NotAllowed
from indicators.codes.selectors import FORMS, labels
from indicators.procedures.selectors import book
from journal.operations import record
from referral.models import Alert, Clock, Orientation
from referral.orientations.display.progress import with_last_move, with_moves
from referral.procedures.display import clocks_in_words
from referral.summary.display.child_path import child_path, report_made, told_by_alerts, with_addressees
from referral.summary.display.next_step import next_step
from referral.summary.documents import case_sheet
from referral.summary.forms import CaseSheetForm
from victims.access.access import under_emergency, who_sees
from victims.cases.views.frame import framed
from victims.consents.display import consents_in_words, level_shown, purpose_of
from victims.models import Consent

FOLLOWED = KeptStatement(lambda reader, case: with_moves(Orientation.objects.visible_to(reader).filter(case=case)))
ALERTS = KeptStatement(lambda reader, case: Alert.objects.visible_to(reader).filter(links__case=case))
ALERTS_OF_CHILD = KeptStatement(lambda reader, case: with_addressees(ALERTS.build(reader, case)))
CONSENTS = KeptStatement(lambda _, case: Consent.objects.filter(case=case))


@cases_only
@require_GET
def case_detail(request, pk):
    """Show the next step, orientations, agreements, alerts, and who sees the case."""
    context = framed(request, pk, "summary")
    case, access = context["case"], context["access"]
    followed = with_last_move(FOLLOWED.rows(request.actor, case=case.pk))
    alerts = (ALERTS_OF_CHILD if case.is_minor else ALERTS).rows(request.actor, case=case.pk)
    told = told_by_alerts(case, alerts)
    made = report_made(request.actor, access, told)
    context |= {
        "form_words": labels(FORMS)[FORMS].get(case.form, case.form),
        "language": read_as(case.language),
        "orientations": followed,
        "next_step": next_step(request.actor, access, followed, told),
        "child": child_path(request.actor, access, followed, told, made),
        "consents": _consents(case),
        "opinion": case.opinions.first() if case.is_minor else None,
        "sees": who_sees(request.actor, case),
        "alerts": alerts,
    }
    # already fetched: no query to count them
    context["seen_by"] = len(context["sees"])
    context["agreements"] = sum(consent.is_live for consent in context["consents"])
    return render(request, "referral/summary/case_detail.html", context)


@cases_only
@require_http_methods(["GET", "POST"])
def case_sheet_print(request, pk):
    """Choose what stands on the sheet of a case, then save it (PDF). There is none while emergency access runs."""
    context = framed(request, pk, "summary")
    case, access = context["case"], context["access"]
    if under_emergency(request.actor, case):
        raise NotAllowed("what one reads for an hour is not taken away")
    form = CaseSheetForm(
        request.POST if request.method == "POST" else None, limits=access.lead or access.level >= Level.FILE
    )
    if not form.is_valid():
        return render(request, "referral/summary/case_sheet.html", context | {"form": form})
    parts = form.cleaned_data["parts"]
    running = Clock.objects.visible_to(request.actor).filter(case=case, state=Clock.State.RUNNING, sealed=False)
    running = running.select_related("checklist").order_by("due_at", "id")
    clocks = clocks_in_words(running, book()) if "limits" in parts else []
    orientations = FOLLOWED.rows(request.actor, case=case.pk) if "requests" in parts else []
    content = case_sheet(request.actor, case, parts, orientations, clocks)
    record("case.read.paper", case, case_id=case.pk)
    name = f"{pgettext('file name', 'case')}-{case.reference}.pdf"
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "no-store"
    return response


def _consents(case) -> list[Consent]:
    """Return agreements with recipients and purpose in words."""
    consents = CONSENTS.rows(None, case=case.pk)
    who = dict(consents_in_words(consents))
    for consent in consents:
        consent.who = who[f"consent:{consent.pk}"]
        consent.purpose_words = purpose_of(consent)
        consent.level_shown = level_shown(case, consent)
    return consents
