"""Define the base of every Celery task: it carries the membership of the actor and runs as it, or as the system."""

import logging
import threading
import traceback
from collections.abc import Callable, Iterable
from datetime import datetime

from celery import Task, current_app, shared_task
from celery.signals import task_postrun, task_prerun
from django.apps import apps
from django.db import InterfaceError, OperationalError, connection
from django.dispatch import Signal

from .actor import REQUEST_ID, SYSTEM, NoActor, acting_as, current
from .statements.sandbox import inside

log = logging.getLogger(__name__)
failed = Signal()  # `work` failed: a row of due work, a message; its logged line says which, this only counts
HEADER, REQUEST_HEADER = "nrm_membership", "nrm_request"


class ActorTask(Task):
    """Run a task as the membership that published it. Arguments are ids.

    `system`: due and periodic work, published by nobody in particular. Without `transaction` the body opens its own
    transactions with `acting_as` (it sends something, or handles many rows).
    """

    abstract = True
    system = False
    transaction = True

    def apply_async(self, args=None, kwargs=None, **options):
        if inside():  # a worker would look for it in the real base
            return None
        if not self.system:
            actor = current()
            if actor is None or actor == SYSTEM:
                raise NoActor(f"{self.name} was published without an actor.")
            options["headers"] = {**(options.get("headers") or {}), HEADER: actor.pk}
        if request_id := REQUEST_ID.get():
            options["headers"] = {**(options.get("headers") or {}), REQUEST_HEADER: request_id}
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


@task_prerun.connect
def _log_under_request(task_id, task, **kwargs) -> None:
    """Log what the task does under the id of the request that published it; periodic work has the id of its task."""
    REQUEST_ID.set(task.request.get(REQUEST_HEADER) or task_id)


@task_postrun.connect
def _log_under_nothing(**kwargs) -> None:
    REQUEST_ID.set("")


def task(name: str, *, system: bool = False, transaction: bool = True):
    """Declare a task based on ActorTask: the only way to write a task here."""

    def declare(function):
        return shared_task(base=ActorTask, name=name, system=system, transaction=transaction)(function)

    return declare


def publish(name: str, *args) -> None:
    """Publish the task of this name, so that an operation can start work of a higher app without importing it.

    Raises kombu.exceptions.OperationalError when the broker does not answer within its timeout.
    """
    if name not in current_app.tasks:
        current_app.loader.import_default_modules()
    current_app.tasks[name].delay(*args)


class _Waker:
    """Publish names of tasks in a thread of this process, so that no request waits for the broker.

    A name that waits already is not added. What is lost with the process is found by the periodic run of the task.
    """

    def __init__(self):
        self.names: dict[str, str] = {}  # with the id of the request that asked last
        self.changed = threading.Condition()
        self.thread: threading.Thread | None = None

    def add(self, name: str) -> None:
        with self.changed:
            self.names[name] = REQUEST_ID.get()
            self.changed.notify()
            if self.thread is None or not self.thread.is_alive():  # a fork leaves the thread behind
                self.thread = threading.Thread(target=self._run, name="waker", daemon=True)
                self.thread.start()

    def _run(self) -> None:
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.names)
                name = next(iter(self.names))
                REQUEST_ID.set(self.names.pop(name))
            try:
                publish(name)
            except Exception as error:
                log.warning("%s was not woken, its next run finds what waits: %s", name, type(error).__name__)


_waker = _Waker()


def wake(name: str) -> None:
    """Have the periodic system task of this name run now instead of at its next time; return at once.

    The broker is asked in another thread: a person's answer never waits for it. A test space wakes nobody.
    """
    if not inside():
        _waker.add(name)


def one_by_one(noun: str, rows: Iterable[tuple], handle: Callable[..., int | None], *, moved=()) -> int:
    """Call `handle(*row)` for each row of due work; return the sum of the results.

    A row that raises is logged and keeps no other: its transaction, which `handle` opens, is rolled back, and the next
    pass finds it again. `moved`: errors that say that another worker, or a person, was first. The last value of a row
    names it in the log; the text of an error is not logged, since it may contain a name. Raises when the database is
    gone: no other row could be handled.
    """
    done = 0
    for row in rows:
        try:
            done += handle(*row) or 0
        except moved:
            log.info("%s %s moved meanwhile", noun, row[-1])
        except Exception as error:
            if isinstance(error, (OperationalError, InterfaceError)) and not connection.is_usable():
                raise
            place = traceback.extract_tb(error.__traceback__)[-1]
            said = type(error).__name__, place.name, place.lineno
            log.error("%s %s was not handled, and is tried again: %s at %s:%s", noun, row[-1], *said)
            failed.send_robust(sender=None, work="row")
    return done


def taken(*key: object) -> bool:
    """Take one row of due work until the end of the transaction; return False while another worker has it.

    Whether the row is still due is asked after this: what the other worker committed is seen then. For the worker's
    role alone: nobody else can keep it from its work (agencies/sql/turns.sql).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nrm.take_turn(%s)", [" ".join(map(str, key))])
        return cursor.fetchone()[0]


def awaited(*key: object) -> None:
    """Take what `taken` takes once no other worker has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nrm.await_turn(%s)", [" ".join(map(str, key))])


def database_now() -> datetime:
    """Return the present moment by the clock of the database, by one statement: hosts of workers may have others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def each_step(*steps: Callable[[], int]) -> int:
    """Run each function in system mode in its own transaction; return the sum of their results.

    All of them run; then the first error is raised, so that the task counts as failed.
    """
    done, errors = 0, []
    for step in steps:
        try:
            with acting_as(SYSTEM):
                done += step() or 0
        except Exception as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return done
