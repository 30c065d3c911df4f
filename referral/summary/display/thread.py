"""Add alerts, moves, orientations and procedures to the thread of a case."""

from django.db.models import F
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from indicators.codes.selectors import CLOSURE_REASONS, labels
from indicators.codes.words import wording
from indicators.procedures import selectors
from referral.closing.display import STEPS as CASE_STEPS
from referral.models import Alert, AlertLink, CaseMove, Orientation, OrientationMove, StepAct
from referral.orientations.display.progress import STEPS as ORIENTATION_STEPS
from victims.thread.display import Source, register


def _alerts(actor, case):
    seen = Alert.objects.visible_to(actor)
    return AlertLink.objects.filter(case=case, alert__in=seen).select_related("alert")


def _orientations(actor, case):
    seen = Orientation.objects.visible_to(actor).filter(case=case)
    moves = OrientationMove.objects.filter(orientation__in=seen).exclude(before="draft", after="withdrawn")
    return moves.select_related("orientation__addressee", "orientation__service").defer("comment")


def _case_moves(actor, case):
    return CaseMove.objects.filter(case=case).defer("comment")


def _procedure_steps(actor, case):
    rows = StepAct.objects.visible_to(actor).filter(case=case)
    return rows.defer("words").select_related("checklist").annotate(membership_id=F("by"))


def _say_alerts(case, rows):
    return [
        (_("Alert joined"), row.alert.reference, reverse("referral:inbox-alert", args=[row.alert_id])) for row in rows
    ]


def _say_case_moves(case, rows):
    href, reasons = reverse("referral:case-life", args=[case.pk]), labels(CLOSURE_REASONS)[CLOSURE_REASONS]
    return [(CASE_STEPS[row.action], reasons.get(row.reason, ""), href) for row in rows]


def _say_orientations(case, rows):
    said = []
    for row in rows:
        asked = row.orientation
        words = ORIENTATION_STEPS.get(row.action, asked.State(row.after).label)
        href = reverse("referral:orientation-detail", args=[asked.pk])
        said.append((_("Request: %(step)s") % {"step": words}, f"{asked.service}, {asked.addressee}", href))
    return said


def _say_procedure_steps(case, rows):
    href = reverse("referral:case-procedures", args=[case.pk])
    procedures, said = selectors.book(), []
    for row in rows:
        procedure = procedures.get(row.checklist.code)
        step = procedure.step(row.step) if procedure else None
        title = wording(procedure.row, "label") if procedure else _("Step of a procedure")
        done = row.get_action_display()
        said.append((title, format_html("{} · {}", wording(step.row, "action"), done) if step else done, href))
    return said


register(Source("alert", "at", "alert__agency", AlertLink, _alerts, _say_alerts, signed=False))
register(Source("case", "at", "agency", CaseMove, _case_moves, _say_case_moves))
register(Source("orientation", "at", "agency", OrientationMove, _orientations, _say_orientations))
register(Source("step", "at", "by__agency", StepAct, _procedure_steps, _say_procedure_steps))
