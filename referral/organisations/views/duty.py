"""Page « Permanence »: hours of an agency's desk, and who is called for a danger to life."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.view_guards import known_act
from referral.organisations.forms.duty import DutyListForm, HoursForm
from referral.organisations.operations import duty as operations
from referral.organisations.operations.organisation import cannot_stand_in


@require_http_methods(["GET", "HEAD", "POST"])
def duty(request):
    """Edit the hours or the list: two forms on one page."""
    desk = operations.own_desk(request.actor)
    which = known_act(request, "hours", "people", name="form")
    listed = dict(desk.duty_list.values_list("membership", "phone"))
    hours = HoursForm(request.POST if which == "hours" else None, hours=desk.hours.order_by("weekday", "opens"))
    people = DutyListForm(
        request.POST if which == "people" else None,
        members=operations.callable_members(request.actor),
        listed=listed,
    )
    if which == "hours" and hours.is_valid():
        operations.set_hours(request.actor, hours.hours())
        messages.success(request, _("Hours saved."))
        return redirect("referral:duty")
    if which == "people" and people.is_valid():
        operations.set_duty_list(request.actor, people.called())
        messages.success(request, _("Duty list saved."))
        return redirect("referral:duty")
    not_second = cannot_stand_in(desk, desk.second)
    context = {"desk": desk, "hours": hours, "people": people, "not_second": not_second}
    context["section"] = "referral:organisation"
    return render(request, "referral/organisations/duty.html", context)
