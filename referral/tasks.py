"""Due work.

The worker finds due rows in system mode; each is then one operation in its own transaction, as the system membership of
the agency concerned.
"""

from datetime import timedelta
from functools import partial

from django.db import connection, transaction
from django.db.models import Case, Q, When
from django.db.models.functions import Now
from django.utils import timezone

from agencies.models import Membership, ProgramCall, Session, Tries
from agencies.models.tries import COUNTED_FOR, KNOWN_FOR
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound
from foundation.statements.signing import tell
from foundation.tasks import each_step, one_by_one, taken, task
from foundation.workflow import NotAllowed, WrongState
from notifications.operations.events import forget_told
from notifications.operations.hooks import forget_deliveries
from referral.alerts.operations.signals import alert_of_signal, signals_to_read
from referral.archives.operations import archive_due, end_openings, remind_archives
from referral.breaches.operations import remind_breaches
from referral.config.figures import note_figures
from referral.duplicates.operations.comparison import compare_due
from referral.erasure.operations import erase_due, erase_due_alerts, remind_holds, tell_terms
from referral.inbox.operations.alerts import escalate_alert
from referral.inbox.operations.reminders import remind_desks, remind_left_open, remind_places
from referral.organisations.operations.unused import close_unused, forget_accounts
from referral.orientations.operations.overdue import overdue_orientation
from referral.procedures.operations.clocks import due_reminders, remind
from referral.routing.operations.figures import count_answer_times, count_unmet_needs
from referral.survey.operations.national_figures import keep_national
from referral.survey.operations.policy_figures import push_ended as policy_figures_of_ended_quarters
from referral.survey.operations.publication import push_closed as survey_of_closed_years
from victims.data_requests.operations import remind_limitations, remind_requests
from victims.models import Departure, Urgency
from victims.requisitions.operations import remind_requisitions

from .models import (
    Alert,
    AlertContact,
    AlertContent,
    AlertDesk,
    AlertOffence,
    ClientKey,
    OrientationDesk,
    SituationAlert,
)

DRAFT_LIFE = timedelta(days=28)


@task("referral.tasks.measure", system=True, transaction=False)
def measure() -> None:
    """Note the figures of the installation that /metrics reads. Runs every thirty seconds."""
    note_figures()


@task("referral.tasks.due", system=True, transaction=False)
def due() -> int:
    """Escalate or expire what nobody answered, danger to life first, then remind at half of the time limit.

    Signals that tell a child become alerts. What is due is told by the clock of the database, whatever the host's says.

    Returns the number of operations. There is no limit to the rows of a pass: rows that always fail would hide those
    after them.
    """
    done = 0
    for operation, model, noun in (
        (escalate_alert, AlertDesk, "alert"),
        (overdue_orientation, OrientationDesk, "orientation"),
    ):
        with acting_as(SYSTEM):
            first = Case(When(urgency=Urgency.VITAL, then=0), default=1)
            rows = list(
                model.objects.filter(live=True, due_at__lte=Now())
                .order_by(first, "due_at")
                .values_list("agency_id", f"{noun}_id")
            )
            members = _system_members(rows)
        handle = partial(_overdue, operation, model, noun, members)
        done += one_by_one(noun, rows, handle, moved=(WrongState, NotAllowed))
    with acting_as(SYSTEM):
        unread = signals_to_read()
    done += one_by_one("signal", unread, alert_of_signal)
    each_step(remind_desks)
    return done


def _system_members(rows) -> dict[int, Membership]:
    """Return the system membership of each agency that begins one of these rows."""
    found = Membership.objects.filter(kind="system", agency__in={row[0] for row in rows}).select_related("agency")
    return {member.agency_id: member for member in found}


def _overdue(operation, model, noun, members, agency_id, subject_id) -> int:
    """Run the operation as the silent desk, unless the row is no longer due; return the number of operations.

    A row that another worker handles is left to it: two passes at once would both find it due, and tell it twice.
    """
    actor = members[agency_id]
    with acting_as(actor):
        if not taken(noun, subject_id, agency_id):
            return 0
        still = model.objects.of(actor).filter(**{noun: subject_id}, live=True, due_at__lte=Now())
        if not still.exists():
            return 0
        operation(actor, subject_id)
        return 1


@task("referral.tasks.figures", system=True, transaction=False)
def figures() -> int:
    """Compute hourly: answer times of desks, refusals for lack of places; remind desks with old numbers of
    places or alerts left open, who answers requests of the person and of justice, and who answers for breaches."""
    reminders = (
        remind_places,
        remind_left_open,
        remind_requests,
        remind_limitations,
        remind_requisitions,
        remind_breaches,
    )
    return each_step(count_answer_times, count_unmet_needs, *reminders)


@task("referral.tasks.policy_figures", system=True, transaction=False)
def policy_figures() -> int:
    """Write hourly what became due: figures of an ended quarter, the survey of a closed year."""
    return each_step(policy_figures_of_ended_quarters, keep_national, survey_of_closed_years)


@task("referral.tasks.clocks", system=True, transaction=False)
def clocks() -> int:
    """Remind leads of time limits that end, each as the lead's system membership. Returns the number of reminders."""
    with acting_as(SYSTEM):
        rows = due_reminders()
        members = _system_members(rows)

    def handle(agency_id, clock_id):
        with acting_as(members[agency_id]):
            return remind(members[agency_id], clock_id)

    return one_by_one("clock", rows, handle, moved=(WrongState, NotFound))


@task("referral.tasks.forget", system=True, transaction=False)
def forget() -> int:
    """Delete hourly what docs/retention.md says, old drafts with their answers first.

    Cases and alerts whose time is over come last. Returns the number of drafts, cases and alerts.
    """
    with acting_as(SYSTEM):
        old = Alert.objects.filter(state=Alert.State.DRAFT, saved_at__lt=timezone.now() - DRAFT_LIFE)
        drafts = list(old.values_list("pk"))
    done = one_by_one("draft", drafts, _forget_draft)
    each_step(
        _forget_tokens,
        _forget_sessions,
        _forget_tries,
        _forget_client_keys,
        _forget_departures,
        _forget_calls,
        forget_deliveries,
        forget_told,
        tell_terms,
        end_openings,
        remind_archives,
        remind_holds,
        close_unused,
        forget_accounts,
    )
    return done + erase_due() + erase_due_alerts() + archive_due()


def _forget_tokens() -> int:
    """Delete tokens that are over; return how many. In SQL: no role may touch the tables of kinds we never issue."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM oauth2_provider_accesstoken WHERE expires < now()")
        return cursor.rowcount


def _forget_sessions() -> int:
    """Delete sessions that are over; return how many. Whoever may write the end of one could go on with it."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]


def _forget_tries() -> int:
    """Delete counts that have drained, and addresses from which nobody signed in for long; return how many."""
    now, known = timezone.now(), Q(kind=Tries.Kind.KNOWN)
    over = known & Q(at__lt=now - KNOWN_FOR) | ~known & Q(at__lt=now - COUNTED_FOR)
    with transaction.atomic():
        tell("tries")
        return Tries.objects.filter(over).delete()[0]


def _forget_client_keys() -> int:
    """Delete keys of requests of programs that sent no other since; return how many."""
    return ClientKey.objects.filter(at__lt=timezone.now() - ClientKey.KEPT).delete()[0]


def _forget_calls() -> int:
    """Delete what is told of calls of programs after a while; return how many."""
    with acting_as(SYSTEM):
        return ProgramCall.objects.filter(at__lt=timezone.now() - ProgramCall.KEPT).delete()[0]


def _forget_departures() -> int:
    """Delete what left a list longer ago than a copy may be continued; return how many."""
    return Departure.objects.filter(changed_at__lt=timezone.now() - Departure.KEPT).delete()[0]


def _forget_draft(pk) -> int:
    """Delete a draft with its answers, unless it was saved or sent meanwhile; return 1 when it was deleted."""
    with acting_as(SYSTEM):
        old = Alert.objects.filter(state=Alert.State.DRAFT, saved_at__lt=timezone.now() - DRAFT_LIFE)
        if not old.select_for_update().filter(pk=pk).exists():
            return 0
        for model in (AlertContact, AlertContent, AlertOffence, SituationAlert):
            model.objects.filter(alert=pk).delete()
        # one statement instead of the collector: a draft has none of the rows derived by triggers
        return Alert.objects.filter(pk=pk)._raw_delete("default")


@task("referral.tasks.compare_identities", system=True, transaction=False)
def compare_identities() -> int:
    """Compare waiting identities.

    Called after each commit that entered one, and every minute. Without argument: not even the id of a case goes
    through the broker.
    """
    return compare_due()
