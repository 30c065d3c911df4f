"""Open a case for a person that comes to the agency itself, without an alert to send to oneself."""

import uuid

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from agencies.kept.operations import save_draft
from foundation.view_guards import cases_only
from foundation.workflow import NotAllowed
from referral.alerts.forms.own_case import OwnCaseForm
from referral.alerts.forms.situation import own_territory
from referral.alerts.operations import alerts
from referral.alerts.rules import SIGNS, protection_ground
from victims.own_labels.display import refuse, said_of_namesakes
from victims.own_labels.operations import Taken, require_free, set_label
from victims.own_labels.rules import with_alert

from .steps import posted_id


@cases_only
@require_http_methods(["GET", "POST"])
def case_new(request):
    """Open the case. For a child, a doubt or a danger, go on with the alert that protection desks must receive."""
    if not alerts.may_open_own_case(request.actor):
        raise NotAllowed("act")
    known = {"territory": own_territory(request.actor.agency)}
    form = OwnCaseForm(request.POST if request.method == "POST" else None, initial=known)
    twin = None
    if form.is_valid():
        try:
            require_free(request.actor, form.label()["reference"])
        except Taken as taken:
            twin = refuse(form, request.actor, taken)
    if not form.is_valid():
        context = {"form": form, "twin": twin, "draft_id": uuid.uuid4()}
        return render(request, "referral/alerts/case_new.html", context)
    answers, draft_id = form.answers(), posted_id(request)
    if protection_ground(answers):
        answers |= {"none_of_these": False, "own_case": True}
        draft = alerts.start_draft(request.actor, draft_id=draft_id, answers=answers)
        said = pgettext(
            "alert", "A child, an age in doubt or a danger: protection is told first. Your case opens with the alert."
        )
        messages.warning(request, said)
        if any(form.label().values()):
            save_draft(request.actor, with_alert(draft.pk), {"fields": list(form.label().items()), "base": ""})
            said = pgettext(
                "alert", "Your reference and the nickname are in no alert: they wait for you, 28 days, in the case."
            )
            messages.warning(request, said)
        return redirect("referral:alert-step", draft.pk, SIGNS)
    case = alerts.open_own_case(request.actor, draft_id, answers)
    if any(form.label().values()):
        label = set_label(request.actor, case.pk, **form.label())
        for warned in said_of_namesakes(request.actor, label):
            messages.warning(request, warned)
    said = pgettext("alert", "Case %(reference)s is open and assigned to you. Note the signs in it.")
    messages.success(request, said % {"reference": case.reference})
    return redirect("referral:case-detail", case.pk)
