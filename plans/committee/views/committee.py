"""Show and edit « Comité de pilotage »: meetings, seats, decisions."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from plans.committee.forms import EndForm, FollowForm, MeetingForm, SeatForm
from plans.committee.operations import committee as operations
from plans.models import Decision, Meeting, Seat
from plans.models.bodies import body_of
from plans.models.coordination import coordinates
from plans.steering.views.guards import policy_only


@policy_only
@require_http_methods(["GET", "POST"])
def committee(request):
    """Show meetings and late decisions; the coordination plans the next meeting."""
    form = MeetingForm(request.POST or None)
    if form.is_bound and form.is_valid():
        made = operations.plan_meeting(request.actor, **form.cleaned_data)
        messages.success(request, _("The meeting is planned: its date is public."))
        return redirect("plans:meeting", made.pk)
    if form.is_bound:
        operations.require_coordination(request.actor)
    meetings = list(Meeting.objects.order_by("-on", "-id")[:100])
    context = {
        "form": form,
        "planned": [row for row in reversed(meetings) if row.state == Meeting.State.PLANNED],
        "past": [row for row in meetings if row.state != Meeting.State.PLANNED],
        "late": Decision.objects.late().select_related("meeting", "responsible"),
        "owed": Decision.objects.owed_by(body_of(request.actor)),
        "coordinates": coordinates(request.actor),
        "sits": operations.has_seat(request.actor),
        "today": timezone.localdate(),
    }
    return render(request, "plans/committee/committee.html", context)


@policy_only
@require_http_methods(["GET", "POST"])
def seats(request):
    """Show who sits in which college; the coordination gives and ends seats."""
    ending = request.POST.get("end_of", "")
    form = SeatForm(request.POST if request.method == "POST" and not ending else None)
    ended = int(ending) if ending.isdecimal() else 0
    end = EndForm(request.POST if ending else None, auto_id=f"%s-{ended}")
    if request.method == "POST":
        operations.require_coordination(request.actor)
    if ending and not Seat.objects.filter(pk=ended).exists():
        raise Http404
    if end.is_bound and end.is_valid():
        operations.end_seat(request.actor, ended, **end.cleaned_data)
        messages.success(request, _("The seat ends that day."))
        return redirect("plans:seats")
    if form.is_bound and form.is_valid():
        operations.give_seat(request.actor, **form.cleaned_data)
        messages.success(request, _("The seat is given."))
        return redirect("plans:seats")
    running = Seat.objects.live().select_related("body")
    colleges = [{"label": c.label, "rows": [s for s in running if s.college == c]} for c in Seat.College]
    context = {
        "form": form,
        "end": end,
        "ended": ended,
        "colleges": colleges,
        "coordinates": coordinates(request.actor),
    }
    return render(request, "plans/committee/seats.html", context)


@policy_only
@require_http_methods(["GET", "POST"])
def decision(request, pk):
    """Show a decision and its follow-ups; the body responsible or the coordination adds one."""
    found = Decision.objects.followed().select_related("meeting", "responsible", "measure__plan", "commitment")
    shown = found.filter(pk=pk).first()
    if shown is None:
        raise Http404
    form = FollowForm(request.POST or None)
    if form.is_bound and form.is_valid():
        operations.follow_up(request.actor, pk, **form.cleaned_data)
        messages.success(request, _("Recorded, with today's date."))
        return redirect("plans:decision", pk)
    context = {
        "decision": shown,
        "follow_ups": shown.follow_ups.select_related("agency__profile"),
        "form": form,
        "may_follow": operations.may_follow(request.actor, shown),
        "late": Decision.objects.late().filter(pk=pk).exists(),
    }
    return render(request, "plans/committee/decision.html", context)
