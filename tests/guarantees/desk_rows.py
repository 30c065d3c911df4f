"""Duty, a call to a silent desk and an author's addition, in the world of the grid."""

from datetime import time, timedelta

from django.utils import timezone

from agencies.models import DutyHours, DutyMember
from foundation.actor import acting_as
from referral.alerts.operations import additions
from referral.inbox.operations import silent_desks
from referral.models import AlertDesk
from tests import factories as f
from tests.roles import as_role


def fill(world) -> None:
    with as_role("nrm_owner"):
        DutyHours.objects.create(desk=world.home.desk, weekday=0, opens=time(0), closes=time(0))
        DutyMember.objects.create(desk=world.home.desk, membership=world.lead)
    with acting_as(world.nurse):
        additions.add_to_alert(world.nurse, world.alert.pk, "MARQUEUR-COMPLEMENT")
    # a desk of its own, called by the unit and silent since: no relation of the grid is touched
    silent = f.shelter()
    alert = f.sent_alert(world.nurse, desks=[silent.pk])
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert).update(received_at=timezone.now() - timedelta(hours=100))
    with acting_as(world.coordinator):
        silent_desks.call_desk(world.coordinator, silent.pk, at=timezone.now(), function="MARQUEUR-FONCTION")
