"""Show limits of reading that were reached, and let a second person lift one."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.paging import Keyset
from victims.models import ReadingAlarm
from victims.reading.forms import LiftForm
from victims.reading.operations import lift, may_lift, visible_alarm

NEWEST = Keyset("at", "id")


@require_safe
def reading_alarms(request):
    """List limits reached: by oneself, by those for whom one may be a second person; all of them for the audit."""
    alarms = ReadingAlarm.objects.visible_to(request.actor).select_related("membership__user", "membership__agency")
    page = NEWEST.asked(alarms, request)
    ways = {way: f"?cursor={cursor}" for way, cursor in (("next", page.next), ("previous", page.previous)) if cursor}
    return render(request, "victims/reading/reading_alarms.html", {"page": page, **ways})


@require_http_methods(["GET", "POST"])
def reading_alarm(request, pk):
    alarm = visible_alarm(request.actor, pk)
    form = LiftForm(request.POST or None)
    if form.is_valid():
        lift(request.actor, pk, form.cleaned_data["reason"])
        messages.success(request, _("Lifted for two hours. The auditor reads your reason."))
        return redirect("referral:reading-alarm", pk)
    lifts = alarm.lifted_at is None and may_lift(request.actor, alarm)
    context = {"alarm": alarm, "form": form, "lifts": lifts, "own": alarm.membership_id == request.actor.pk}
    return render(request, "victims/reading/reading_alarm.html", context)
