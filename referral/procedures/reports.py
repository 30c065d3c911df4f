"""Know the report of concern about a child that was made outside the platform, and whose word counts for it.

It takes a duty off the page of the lead: said by a person of the agency that leads or coordinates the case alone, of
what was written to the CRIP since the alert, or since the case was opened again.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Max, Min

from agencies.models import Membership
from referral.models import Alert, CaseMove, Checklist, StepAct

PROCEDURE, STEP = "mineur_information_preoccupante", 1  # the step by which the report of concern is made
WRITTEN, CALLED = "written", "called"


@dataclass(frozen=True)
class Report:
    """Hold the act that says that the report was made elsewhere, and whether it counts as made."""

    act: StepAct
    written: bool
    own: bool  # said by a person of the agency that leads or coordinates the case
    fresh: bool  # of what is told now, not of before the case was opened again

    @property
    def counts(self) -> bool:
        return self.written and self.own and self.fresh


def is_report(checklist: Checklist, order: int) -> bool:
    """Return whether this step of this checklist is the report of concern."""
    return (checklist.procedure, order) == (PROCEDURE, STEP)


def counts_for(member, case) -> bool:
    """Return whether this member is a person of the agency that leads or coordinates the case: a program is none."""
    return member.kind == Membership.Sort.PERSON and member.agency_id in (case.lead_id, case.coordination_id)


def first_day(actor, case) -> date:
    """Return the first day on which a report tells what is told now: that of the reopening, else of the first alert."""
    return _since(actor, case).astimezone(ZoneInfo(case.territory.time_zone)).date()


def made_elsewhere(actor, case) -> Report | None:
    """Return the report that is recorded as made elsewhere; None when none is in force."""
    acts = StepAct.objects.visible_to(actor).filter(case=case.pk, checklist__procedure=PROCEDURE, step=STEP)
    act = acts.select_related("by__user", "by__agency").order_by("at", "id").last()
    if act is None or act.action != StepAct.Action.DONE:
        return None
    again = _reopened(case)
    return Report(
        act,
        written=(act.words or {}).get("how") == WRITTEN,
        own=counts_for(act.by, case),
        fresh=(again is None or act.at >= again) and act.on >= first_day(actor, case),
    )


def may_confirm(actor, case) -> bool:
    """Return whether a report is recorded that does not count, so that it is still to record."""
    made = made_elsewhere(actor, case)
    return made is not None and not made.counts


def _reopened(case) -> datetime | None:
    moves = CaseMove.objects.filter(case=case.pk, action="reopen")
    return moves.aggregate(last=Max("at"))["last"]


def _since(actor, case) -> datetime:
    first = Alert.objects.visible_to(actor).filter(links__case=case.pk)
    return _reopened(case) or first.aggregate(first=Min("sent_at"))["first"] or case.received_at
