"""The report of concern of a child, noted on its page, and an alert that joins its case: what these tests stand on."""

import re

from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.alerts.operations import alerts
from tests import factories as f
from tests.referral.pages import Hand

TELL = "saisir la protection de l'enfance maintenant"
REPORT = "mineur_information_preoccupante"
SHOWN = re.compile(r'type="hidden" name="tells" value="([^"]+)"')


def noted(who, made, how="written", on=None, **said):
    on = (on or timezone.localdate()).isoformat()
    said.setdefault("tells", SHOWN.findall(Hand(who).get("checklist-step", made.pk, 1).content.decode()))
    return Hand(who).post("checklist-step", made.pk, 1, act="done", on=on, how=how, **said)


def joined(shared, *desks, by=None, case=None, first=None):
    """Return another alert, of a new danger, that the lead joined to the open case. `first`: done to it before."""
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    who = by or shared.lead.member
    alert = f.sent_alert(nurse, desks=[who.agency_id, *desks], minor="yes", note="MARQUEUR-SECOND")
    if first:
        first(alert)
    with acting_as(who):
        alerts.join_case(who, alert.pk, case or shared.child)
    return alert
