"""What the worker posted to a program, and what of it waits."""

from datetime import timedelta

from django.utils import timezone

from notifications.models import Hook, HookDelivery
from notifications.operations import delivery, hooks
from tests import factories as f
from tests.roles import as_role

from .post import worker


def told(people, **answers):
    """An alert that the program's agency receives, fanned out."""
    alert = f.sent_alert(people["nurse"], **answers)
    with worker():
        delivery.fan_out(100)
    return alert


def posted() -> int:
    with worker():
        return hooks.post_due()


def deliveries(hook) -> list[HookDelivery]:
    with as_role("nrm_owner"):
        return list(HookDelivery.objects.filter(hook=hook).order_by("position"))


def states(hook) -> list[str]:
    return [each.state for each in deliveries(hook)]


def again(hook) -> Hook:
    with as_role("nrm_owner"):
        return Hook.objects.get(pk=hook.pk)


def wait_over(hook, **back):
    """Let the time before the next try pass; `back`: how long ago the first failure was."""
    with as_role("nrm_owner"):
        past = timezone.now() - timedelta(hours=1)  # the clock of the database stands still in a test
        Hook.objects.filter(pk=hook.pk).update(due_at=past)
        HookDelivery.objects.filter(hook=hook, state="queued").update(due_at=past)
        if back:
            Hook.objects.filter(pk=hook.pk).update(failing_since=timezone.now() - timedelta(**back))
