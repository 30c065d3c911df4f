"""Alerts joined to a case, and what their authors added since."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.view_guards import cases_only
from referral.models import Alert, AlertAddition, AlertLink
from victims.cases.views.frame import framed


@cases_only
@require_safe
def case_alerts(request, pk):
    """Show the alerts joined to a case.

    The page of an alert stays with the desks that received it; additions reach the lead here.
    """
    context = framed(request, pk, "alerts")
    links = list(AlertLink.objects.filter(case=context["case"]).order_by("at", "pk"))
    ids = [link.alert_id for link in links]
    mine = {alert.pk: alert for alert in Alert.objects.visible_to(request.actor).filter(pk__in=ids)}
    added: dict = {}
    for addition in AlertAddition.objects.filter(alert__in=ids).order_by("at", "id"):
        added.setdefault(addition.alert_id, []).append(addition)
    context["joined"] = [(link, mine.get(link.alert_id), added.get(link.alert_id, [])) for link in links]
    return render(request, "referral/inbox/case_alerts.html", context)
