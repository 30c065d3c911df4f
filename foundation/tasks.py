"""Define the base of every Celery task: it carries the membership of the actor and runs as it, or as the system."""

from celery import Task, current_app, shared_task
from django.apps import apps

from .actor import SYSTEM, NoActor, acting_as, current

HEADER = "nrm_membership"


class ActorTask(Task):
    """Run a task as the membership that published it. Arguments are ids.

    `system`: due and periodic work, published by nobody in particular. Without `transaction` the body opens its own
    transactions with `acting_as` (it sends something, or handles many rows).
    """

    abstract = True
    system = False
    transaction = True

    def apply_async(self, args=None, kwargs=None, **options):
        if not self.system:
            actor = current()
            if actor is None or actor == SYSTEM:
                raise NoActor(f"{self.name} was published without an actor.")
            options["headers"] = {**(options.get("headers") or {}), HEADER: actor.pk}
        return super().apply_async(args, kwargs, **options)

    def __call__(self, *args, **kwargs):
        if not self.transaction:
            return super().__call__(*args, **kwargs)
        with acting_as(self._actor()):
            return super().__call__(*args, **kwargs)

    def _actor(self):
        if self.system:
            return SYSTEM
        # a membership deactivated since then fails the task: it may no longer act
        members = apps.get_model("agencies", "Membership").objects
        return members.live().select_related("agency").get(pk=self.request.get(HEADER))


def task(name: str, *, system: bool = False, transaction: bool = True):
    """Declare a task based on ActorTask: the only way to write a task here."""

    def declare(function):
        return shared_task(base=ActorTask, name=name, system=system, transaction=transaction)(function)

    return declare


def wake(name: str, *args) -> None:
    """Publish the task of this name, so that an operation can start work of a higher app without importing it."""
    if name not in current_app.tasks:
        current_app.loader.import_default_modules()
    current_app.tasks[name].delay(*args)
