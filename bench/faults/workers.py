"""Faults of those who publish and of those who work."""

import random
import signal
import subprocess
import sys
import time

import redis

from .ledger import Ledger, Round, answers
from .parts import Parts

KILLS = 20


def next_mail(parts: Parts, ledger: Ledger, of: Round, seconds: float = 300) -> None:
    """Wait for the mail that follows a repair, and note how long it took."""
    began, before = time.monotonic(), len(parts.post.mails)
    parts.wait(lambda: len(parts.post.mails) > before or ledger.settled(of), seconds, "the next mail")
    of.waits.append(time.monotonic() - began)


def some_mails(parts: Parts, ledger: Ledger, of: Round, count: int = 50) -> None:
    """Wait until the mailing is under way."""
    parts.wait(lambda: len(ledger.received(of)) >= count, 120, f"{count} mails")


def worker_killed(parts: Parts, ledger: Ledger, of: Round, unit: str = "mass", kills: int = KILLS) -> None:
    """`kill -9` at points of one fan-out: of the process that fans out, then of those that send, one or all at once."""
    ledger.make_overdue(of, 5)
    ledger.send(of, unit)
    parts.wait(lambda: fanning_out(ledger) or parts.post.mails[of.mails_before :], 60, "the fan-out")
    parts.kill("clocks")
    parts.start("clocks")
    next_mail(parts, ledger, of)
    for number in range(1, kills):
        point = len(of.mails) * number // kills
        parts.wait(lambda point=point: len(ledger.received(of)) >= point, 300, f"{point} mails")
        whole = number % 4 == 0
        if whole:
            parts.kill("mail")
        else:
            parts.kill_one_process("mail")
        ledger.note_unsettled(of)
        if whole:
            parts.start("mail")
        next_mail(parts, ledger, of)


def fanning_out(ledger: Ledger) -> bool:
    active = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT nrm.fan_out%%' AND state = 'active'"
    return bool(ledger.ask(active))


def publisher_killed(parts: Parts, ledger: Ledger, of: Round) -> None:
    """`kill -9` of the process that sends an alert, between its commit and its message to the broker."""
    from foundation.actor import acting_as
    from referral.alerts.operations import alerts

    for _ in range(2):
        with acting_as(ledger.author):
            draft = alerts.start_draft(ledger.author, answers=answers("few"))
        argv = [sys.executable, "-m", "bench.faults.publisher", str(draft.pk)]
        urls = {name: parts.urls[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
        died = subprocess.run(argv, env=parts.env | urls, capture_output=True, text=True, timeout=60)
        if died.returncode != -signal.SIGKILL:
            raise SystemExit(f"the publisher was not killed: {died.stderr}")
        ledger.expect(of, "few", [draft.reference])
    next_mail(parts, ledger, of)


def messages_repeated(parts: Parts, ledger: Ledger, of: Round) -> None:
    """Each message of a mailing is delivered two to five times and out of order, and so are those of due work."""
    parts.stop("mail", "clocks")
    ledger.make_overdue(of, 10)
    ledger.send(of, "few", 2)
    parts.start("clocks")
    chance, queue = random.Random(7), f"{parts.env['TASK_QUEUE']}-mail"
    with redis.Redis.from_url(parts.broker.url) as broker:
        parts.wait(lambda: broker.llen(queue) >= len(of.mails) // 50, 60, "the messages of the mailing")
        names = [queue, *(f"{parts.env['TASK_QUEUE']}-{name}" for name in ("due", "sweep"))]
        for name in names:
            waiting = broker.lrange(name, 0, -1)
            copies = [message for message in waiting for _ in range(chance.randint(1, 4))]
            chance.shuffle(copies)
            if copies:
                broker.rpush(name, *copies)
        from notifications.tasks import sweep
        from referral.tasks import due

        for task, name in ((due, "due"), (sweep, "sweep")):
            for _ in range(5):
                task.apply_async(queue=f"{parts.env['TASK_QUEUE']}-{name}")
    parts.start("mail")
    next_mail(parts, ledger, of)


FAULTS = {
    "worker-killed": worker_killed,
    "publisher-killed": publisher_killed,
    "messages-repeated": messages_repeated,
}
