"""Faults of those who publish and of those who work."""

import time

from .ledger import Ledger, Round
from .parts import Parts

KILLS = 20


def next_mail(parts: Parts, ledger: Ledger, of: Round, seconds: float = 300) -> None:
    """Wait for the mail that follows a repair, and note how long it took."""
    began, before = time.monotonic(), len(parts.post.mails)
    parts.wait(lambda: len(parts.post.mails) > before or ledger.settled(of), seconds, "the next mail")
    of.waits.append(time.monotonic() - began)


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


FAULTS = {"worker-killed": worker_killed}
