"""Open a case for a person that comes to the agency itself, without an alert to send to oneself."""

import uuid

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from foundation.view_guards import cases_only
from foundation.workflow import NotAllowed
from referral.alerts.forms.own_case import OwnCaseForm
from referral.alerts.forms.situation import own_territory
from referral.alerts.operations import alerts
from referral.alerts.rules import SIGNS, protection_ground

from .steps import posted_id


@cases_only
@require_http_methods(["GET", "POST"])
def case_new(request):
    """Open the case. For a child, a doubt or a danger, go on with the alert that protection desks must receive."""
    if not alerts.may_open_own_case(request.actor):
        raise NotAllowed("act")
    known = {"territory": own_territory(request.actor.agency)}
    form = OwnCaseForm(request.POST if request.method == "POST" else None, initial=known)
    if not form.is_valid():
        return render(request, "referral/alerts/case_new.html", {"form": form, "draft_id": uuid.uuid4()})
    answers, draft_id = form.answers(), posted_id(request)
    if protection_ground(answers):
        draft = alerts.start_draft(request.actor, draft_id=draft_id, answers={**answers, "none_of_these": False})
        said = pgettext("alert", "A child, an age in doubt or a danger: protection is told first. Nothing is lost.")
        messages.warning(request, said)
        return redirect("referral:alert-step", draft.pk, SIGNS)
    case = alerts.open_own_case(request.actor, draft_id, answers)
    said = pgettext("alert", "Case %(reference)s is open and assigned to you. Note the signs in it.")
    messages.success(request, said % {"reference": case.reference})
    return redirect("referral:case-detail", case.pk)
