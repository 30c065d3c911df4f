"""Faults of the mail server. Each ends by itself, and what it refused leaves after the first delay, half a minute."""

from functools import partial

from .ledger import Ledger, Round
from .parts import Parts
from .workers import next_mail, some_mails


def server_in_mood(mood: str, seconds: float, wait: float, parts: Parts, ledger: Ledger, of: Round) -> None:
    """The server behaves so for a while, in the middle of a mailing; then it is well again."""
    ledger.send(of, "few")
    some_mails(parts, ledger, of, 20)
    parts.post.seconds, parts.post.mood = wait, mood
    ledger.make_overdue(of, 3)
    parts.watch(seconds)
    parts.post.mood = "well"
    next_mail(parts, ledger, of)


def forgetting(parts: Parts, ledger: Ledger, of: Round) -> None:
    """The server takes each mail and drops the line before its answer: a second one, of the same id, is forced."""
    parts.post.mood = "forgetting"
    ledger.send(of, "few")
    some_mails(parts, ledger, of, 100)
    parts.watch(5)
    parts.post.mood = "well"
    next_mail(parts, ledger, of)


FAULTS = {
    "mail-slow": partial(server_in_mood, "slow", 15, 0.5),
    "mail-hanging": partial(server_in_mood, "hanging", 12, 60),
    "mail-refusing": partial(server_in_mood, "refusing", 10, 0),
    "mail-away": partial(server_in_mood, "away", 10, 0),
    "mail-cutting": partial(server_in_mood, "cutting", 10, 0),
    "mail-forgetting": forgetting,
}
