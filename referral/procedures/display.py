"""Prepare the checklists of a case for pages: each step with its acts, time limit and service."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from foundation.templatetags.words import day
from indicators.procedures.selectors import Book, Shown, Step
from referral.models import Checklist, Clock, StepAct
from victims.models import CaseAccess

from . import selectors as procedures_selectors

Action = StepAct.Action
SETTLED = {Action.DONE, Action.WAIVED, Action.NOT_APPLICABLE}


@dataclass
class StepShown:
    step: Step
    acts: list[StepAct]
    clock: Clock | None  # the running one, else the last one
    service: str  # service to ask for in an orientation
    following: list[Shown] = field(default_factory=list)

    @property
    def act(self) -> StepAct | None:
        """Return the act in force; None when the step is to do."""
        last = self.acts[-1] if self.acts else None
        return last if last and last.action in SETTLED else None


@dataclass
class ChecklistShown:
    row: Checklist
    procedure: Shown
    steps: list[StepShown]
    current: bool  # begun with the current version of the pack

    @property
    def done(self) -> int:
        return sum(step.act is not None for step in self.steps)

    @property
    def next(self) -> StepShown | None:
        return next((step for step in self.steps if step.act is None), None)


def of_case(actor, access: CaseAccess, book: Book) -> list[ChecklistShown]:
    """Return the checklists of the case visible to the actor. Three queries, whatever their number."""
    rows = list(Checklist.objects.visible_to(actor).filter(case=access.case_id))
    return _shown(actor, access, book, rows)


def one_checklist(actor, access: CaseAccess, book: Book, row: Checklist) -> ChecklistShown | None:
    """Return one checklist to show; None when the pack no longer has the procedure."""
    return next(iter(_shown(actor, access, book, [row])), None)


def _shown(actor, access, book, rows) -> list[ChecklistShown]:
    acts = _grouped(StepAct.objects.filter(checklist__in=rows).select_related("by__agency", "by__user"))
    clocks = _grouped(Clock.objects.filter(checklist__in=rows).order_by("at", "id"))
    return [
        ChecklistShown(
            row,
            shown,
            [
                StepShown(
                    step,
                    acts.get((row.pk, step.order), []),
                    _current(clocks.get((row.pk, step.order), []), row, shown, step),
                    procedures_selectors.SERVICES.get((row.code, step.order), "") if access.lead else "",
                    [book.procedures[code] for code in step.next_procedures if code in book.procedures],
                )
                for step in shown.steps
            ],
            row.version == book.version,
        )
        for row in rows
        if (shown := book.get(row.code))
    ]


def _grouped(rows) -> dict:
    found: dict = {}
    for row in rows:
        found.setdefault((row.checklist_id, row.step), []).append(row)
    return found


def _current(clocks: list[Clock], row: Checklist, shown: Shown, step: Step) -> Clock | None:
    running = [clock for clock in clocks if clock.state == Clock.State.RUNNING]
    found = (running or clocks or [None])[-1]
    if found:
        found.checklist, found.shown, found.asked = row, shown, step
    return found


def clocks_in_words(clocks, book: Book) -> list[Clock]:
    """Return clocks, each with `shown` (procedure) and `asked` (step: what to do, and its legal text)."""
    found = list(clocks)
    for clock in found:
        clock.shown = book.get(clock.checklist.code)
        clock.asked = clock.shown.step(clock.step) if clock.shown else None
    return found


def named(fact: procedures_selectors.Fact) -> str:
    """Return in words one thing that the CRIP is owed a report of."""
    if not fact.reference:
        return _("What is told since %(day)s") % {"day": day(fact.since)}
    return _("Alert %(reference)s of %(day)s") % {"reference": fact.reference, "day": day(fact.since)}
