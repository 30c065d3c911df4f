"""Due work.

The worker finds due rows in system mode; each is then one operation in its own transaction, as the system membership of
the agency concerned.
"""

import logging
from datetime import timedelta

from django.utils import timezone
from oauth2_provider.models import clear_expired

from agencies.models import Membership
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound
from foundation.tasks import task
from foundation.workflow import NotAllowed, WrongState
from referral.duplicates.operations.comparison import compare_due
from referral.inbox.operations.alerts import escalate_alert
from referral.inbox.operations.reminders import remind_desks, remind_places
from referral.orientations.operations.orientations import overdue_orientation
from referral.procedures.operations.clocks import due_reminders, remind
from referral.routing.operations.figures import count_answer_times, count_unmet_needs
from referral.survey.operations.policy_figures import push_ended as policy_figures_of_ended_quarters
from referral.survey.operations.publication import push_closed as survey_of_closed_years

from .models import Alert, AlertContact, AlertContent, AlertDesk, OrientationDesk

log = logging.getLogger(__name__)
AT_MOST = 200
DRAFT_LIFE = timedelta(days=28)


@task("referral.tasks.due", system=True, transaction=False)
def due() -> int:
    """Remind at half of the time limit, then escalate or expire what nobody answered. Returns the number of operations.

    When another worker handles the same row, the lock decides, and the second finds it no longer due.
    """
    with acting_as(SYSTEM):
        now = timezone.now()
        remind_desks()
        alerts = list(
            AlertDesk.objects.filter(live=True, due_at__lte=now)
            .order_by("due_at")
            .values_list("agency_id", "alert_id")[:AT_MOST]
        )
        orientations = list(
            OrientationDesk.objects.filter(live=True, due_at__lte=now)
            .order_by("due_at")
            .values_list("agency_id", "orientation_id")[:AT_MOST]
        )
        agencies = {pk for pk, _ in alerts} | {pk for pk, _ in orientations}
        members = {
            m.agency_id: m
            for m in Membership.objects.filter(kind="system", agency__in=agencies).select_related("agency")
        }
    done = 0
    for operation, model, rows in (
        (escalate_alert, AlertDesk, alerts),
        (overdue_orientation, OrientationDesk, orientations),
    ):
        noun = "alert" if model is AlertDesk else "orientation"
        for agency_id, subject_id in rows:
            try:
                with acting_as(members[agency_id]):
                    still = model.objects.of(members[agency_id]).filter(
                        **{noun: subject_id}, live=True, due_at__lte=timezone.now()
                    )
                    if still.exists():
                        operation(members[agency_id], subject_id)
                        done += 1
            except (WrongState, NotAllowed):
                log.info("%s %s moved meanwhile", noun, subject_id)
    return done


@task("referral.tasks.figures", system=True)
def figures() -> int:
    """Compute hourly: answer times of desks, refusals for lack of places; remind desks with old numbers of places."""
    return count_answer_times() + count_unmet_needs() + remind_places()


@task("referral.tasks.policy_figures", system=True)
def policy_figures() -> int:
    """Push hourly what became due: figures of an ended quarter, the survey of a closed year."""
    return policy_figures_of_ended_quarters() + survey_of_closed_years()


@task("referral.tasks.clocks", system=True, transaction=False)
def clocks() -> int:
    """Remind leads of time limits that end, each as the lead's system membership. Returns the number of reminders."""
    with acting_as(SYSTEM):
        rows = due_reminders(AT_MOST)
        members = {
            m.agency_id: m
            for m in Membership.objects.filter(kind="system", agency__in={a for a, _ in rows}).select_related("agency")
        }
    told = 0
    for agency_id, clock_id in rows:
        try:
            with acting_as(members[agency_id]):
                told += remind(members[agency_id], clock_id)
        except (WrongState, NotFound):
            log.info("clock %s moved meanwhile", clock_id)
    return told


@task("referral.tasks.forget", system=True)
def forget() -> int:
    """Delete hourly: drafts untouched for 28 days with their answers, and digests of expired tokens."""
    clear_expired()
    old = Alert.objects.filter(state=Alert.State.DRAFT, saved_at__lt=timezone.now() - DRAFT_LIFE)
    ids = list(old.values_list("pk", flat=True)[:AT_MOST])
    AlertContact.objects.filter(alert__in=ids).delete()
    AlertContent.objects.filter(alert__in=ids).delete()
    # one statement instead of the collector: a draft has none of the rows derived by triggers
    return Alert.objects.filter(pk__in=ids)._raw_delete("default")


@task("referral.tasks.compare_identities", system=True, transaction=False)
def compare_identities() -> int:
    """Compare waiting identities.

    Called after each commit that entered one, and every minute. Without argument: not even the id of a case goes
    through the broker.
    """
    return compare_due()
