"""Show who coordinates: the mandate and its history, coverage by focal points, the committee."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from plans.committee.selectors.attendance import overall, recorded_by_college
from plans.committee.selectors.focal_coverage import coverage
from plans.models import AgendaItem, Decision, Mandate, Meeting, Seat
from plans.plan.selectors.published import decisions_as_published


@login_not_required
@require_safe
def coordination(request):
    context = {
        "running": Mandate.objects.live().select_related("body").first(),
        "vacancy": Mandate.objects.vacant_since(),
        "ending": Mandate.objects.ending(),
        "mandates": Mandate.objects.select_related("body"),
        "coverage": coverage(),
        "today": timezone.localdate(),
    }
    return render(request, "plans/committee/public/coordination.html", context)


@login_not_required
@require_safe
def committee(request):
    """Show meetings to come and past, seats, attendance, and late decisions."""
    meetings = list(Meeting.objects.order_by("-on", "-id"))
    seats = list(Seat.objects.live().select_related("body"))
    today = timezone.localdate()
    context = {
        "coming": [row for row in reversed(meetings) if row.state == Meeting.State.PLANNED and row.on >= today],
        "unsaid": [row for row in meetings if row.state == Meeting.State.PLANNED and row.on < today],
        "past": [row for row in meetings if row.state != Meeting.State.PLANNED],
        "colleges": [{"label": c.label, "rows": [s for s in seats if s.college == c]} for c in Seat.College],
        "attendance": overall(),
        "decisions": decisions_as_published(Decision.objects.published().prefetch_related("follow_ups")),
        "late": {row.pk for row in Decision.objects.late()},
        "today": today,
    }
    return render(request, "plans/committee/public/committee.html", context)


@login_not_required
@require_safe
def meeting(request, pk):
    found = Meeting.objects.select_related("postponed_to").filter(pk=pk).first()
    if found is None:
        raise Http404
    items = found.items.filter(state=AgendaItem.State.ACCEPTED).select_related("body")
    context = {
        "meeting": found,
        "items": items if found.agenda_published_at else [],
        "minutes": found.minutes.exclude(published_at=None),
        "decisions": decisions_as_published(Decision.objects.published().filter(meeting=found)),
        "colleges": recorded_by_college(found),
    }
    return render(request, "plans/committee/public/meeting.html", context)
