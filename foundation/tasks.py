"""Base of every task: it carries the actor's membership id and works as that membership, or as the system."""

from celery import Task, current_app, shared_task
from django.apps import apps

from .actor import SYSTEM, NoActor, acting_as, current

HEADER = "nrm_membership"


class ActorTask(Task):
    """Arguments are ids. `system` marks due work and sweeps, which nobody in particular starts; without
    `transaction` the body opens its own ones with `acting_as` (it sends something, or does many rows)."""

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
        # a membership switched off since the publication fails the task: it no longer may act
        members = apps.get_model("agencies", "Membership").objects
        return members.live().select_related("agency").get(pk=self.request.get(HEADER))


def task(name: str, *, system: bool = False, transaction: bool = True):
    """Declare a task on the base above: the one way to write a task here."""

    def declare(function):
        return shared_task(base=ActorTask, name=name, system=system, transaction=transaction)(function)

    return declare


def wake(name: str, *args) -> None:
    """Publish the task of this name: an operation starts work by name, as the broker does, without importing it."""
    if name not in current_app.tasks:
        current_app.loader.import_default_modules()
    current_app.tasks[name].delay(*args)
