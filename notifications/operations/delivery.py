"""Send a mail or a text message: claim, send, settle, each step committed before the next.

Nothing is sent inside a transaction that could still roll back. When a worker dies between sending and commit (a lost
connection is not enough: it tries again), its claim expires and the mail is sent again: at least once and, rarely,
twice, with the same Message-ID (for a text message: the same Idempotency-Key), so that the receiver may drop the
second.
"""

import logging
import time
import traceback
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.template.loader import render_to_string
from django.utils import translation

from foundation.actor import SYSTEM, acting_as
from foundation.tasks import failed, one_by_one
from notifications import words
from notifications.models import Event

from . import fence, sms

log = logging.getLogger(__name__)

HANDED_OVER = timedelta(seconds=60)  # time for the broker to bring an id to a worker before it is handed over again
LEASE = timedelta(minutes=3)  # longer than a mail server that stalls at each step (settings.MAILERS, timeout)
NOTED_AGAIN = 0.5  # seconds between two tries to store that a mail left
FIRST_DELAY, LONGEST_DELAY, LONGEST_VITAL = timedelta(seconds=30), timedelta(hours=2), timedelta(minutes=2)
MAX_ATTEMPTS, MAX_VITAL = 12, 440  # fifteen hours, each
AT_ONCE = 1000


def delay_after(attempts: int, kind: str) -> timedelta:
    """Return 30 s, 2 min, 8 min, 32 min, then two hours: an evening without mail server loses nothing.

    A danger to life never waits for more than two minutes: it leaves as soon as the server is back.
    """
    longest = LONGEST_VITAL if kind == words.VITAL else LONGEST_DELAY
    return min(FIRST_DELAY * 4 ** min(attempts - 1, 9), longest)


def most_attempts(kind: str) -> int:
    """Return after how many tries a notice of this kind is given up."""
    return MAX_VITAL if kind == words.VITAL else MAX_ATTEMPTS


@contextmanager
def committed():
    """Run one step in system mode in its own transaction. Raises RuntimeError inside another transaction."""
    with transaction.atomic(durable=True), acting_as(SYSTEM):
        yield


def fan_out(at_most: int, *, vital: bool | None = None) -> int:
    """Turn waiting events into notices, dangers to life first; return the number of events.

    `vital`: these only (True), or all others (False). When the statement fails, each event is tried on its own, so that
    one that fails keeps no other.
    """
    try:
        return _fan_out(at_most, vital)
    except DatabaseError as error:
        log.warning("events are fanned out one by one after %s", type(error).__name__)
    with committed():
        waiting = Event.objects.filter(fanned_at=None).order_by("at")
        if vital is not None:
            waiting = waiting.filter(kind=words.VITAL) if vital else waiting.exclude(kind=words.VITAL)
        rows = [(1, vital, pk) for pk in waiting.values_list("pk", flat=True)]
    return one_by_one("event", rows, _fan_out)


def _fan_out(at_most: int, vital: bool | None, one: uuid.UUID | None = None) -> int:
    with committed(), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.fan_out(%s, %s, %s, %s)", [at_most, sms.is_on(), vital, one])
        return cursor.fetchone()[0]


HAND_OVER = """
UPDATE notifications_notice SET due_at = now() + %(handed_over)s,
       state = CASE WHEN state = 'sending'
                         AND attempts >= CASE kind WHEN 'alert_vital' THEN %(vitals)s ELSE %(most)s END
                    THEN 'failed' ELSE 'queued' END
WHERE id IN (SELECT id FROM notifications_notice WHERE state IN ('queued', 'sending') AND due_at <= now()
               AND (SELECT nrm.held_back(%(site)s)) = ''
               AND (%(priority)s IS NULL OR priority = %(priority)s)
               AND (%(channel)s IS NULL OR channel = %(channel)s)
             ORDER BY priority, due_at LIMIT %(at_once)s FOR UPDATE SKIP LOCKED)
RETURNING priority, id, state
"""


def hand_over(*, priority: words.Priority | None = None, channel: str | None = None) -> list[int]:
    """Return ids for the broker: mails due, and those whose worker claimed them and did not finish.

    Dangers to life come first, mailings last; a copy of the database hands over nothing. `priority`: of this one only;
    `channel`: "mail" or "sms" only.
    """
    only = {"priority": priority, "channel": channel, "site": fence.site()}
    with committed(), connection.cursor() as cursor:
        limits = {"handed_over": HANDED_OVER, "most": MAX_ATTEMPTS, "vitals": MAX_VITAL, "at_once": AT_ONCE}
        cursor.execute(HAND_OVER, limits | only)
        rows = sorted(cursor.fetchall())
    for _, pk, state in rows:
        if state == "failed":
            log.error("notice %s failed: no worker came back from its last attempt", pk)
            failed.send_robust(sender=None, work="message")
    return [pk for _, pk, state in rows if state == "queued"]


@dataclass(frozen=True)
class Letter:
    """Hold a claimed mail. `attempt` distinguishes this claim from a later one, if this worker is too slow."""

    pk: int
    event_id: uuid.UUID
    kind: str
    reference: str
    attempt: int
    address: str
    language: str
    channel: str = "mail"

    @property
    def key(self) -> str:
        """Return an identifier that is the same for each attempt."""
        return str(uuid.uuid5(self.event_id, str(self.pk)))

    @property
    def spoken(self) -> str:
        return self.language if self.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE

    def message(self) -> EmailMessage:
        """Return the mail: reference and address to sign in; never who, what or where, no link that grants access."""
        kind = words.kind(self.kind)
        language = self.spoken
        values = {"reference": self.reference, "site": settings.SITE_URL}
        folder = f"notifications/mail/{language}"
        with translation.override(language):
            subject = render_to_string(f"{folder}/{kind.mail}.subject.txt", values)
            body = render_to_string(f"{folder}/{kind.mail}.txt", values)
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        headers = {
            "Message-ID": f"<{self.key}@{domain}>",
            "Auto-Submitted": "auto-generated",
        }
        return EmailMessage(" ".join(subject.split()), body, to=[self.address], headers=headers)


# nothing is claimed in a copy of the database; a text message is not sent when the desk has answered meanwhile
CLAIM = """
WITH mine AS (SELECT id FROM notifications_notice WHERE id = %(id)s AND channel IN ('mail', 'sms') AND state = 'queued'
                AND nrm.held_back(%(site)s) = '' FOR UPDATE SKIP LOCKED)
UPDATE notifications_notice n SET attempts = n.attempts + 1, due_at = now() + %(lease)s,
       state = CASE WHEN nrm.still_sees(n.membership_id, n.subject, n.subject_id)
                         AND (n.channel = 'mail' OR nrm.still_rings(n.membership_id, n.subject_id))
                    THEN 'sending' ELSE 'dropped' END
FROM mine, agencies_membership m JOIN agencies_user u ON u.id = m.user_id
           LEFT JOIN agencies_dutymember y ON y.membership_id = m.id AND y.desk_id = m.agency_id
WHERE n.id = mine.id AND m.id = n.membership_id
RETURNING n.state, n.id, n.event_id, n.kind, n.reference, n.attempts,
          CASE n.channel WHEN 'mail' THEN u.email ELSE COALESCE(NULLIF(y.phone, ''), u.phone) END, u.language, n.channel
"""


def claim(notice_id: int) -> Letter | None:
    """Claim one notice; return None when another worker has it, its reader is no longer entitled, or this is a copy."""
    with committed(), connection.cursor() as cursor:
        cursor.execute(CLAIM, {"id": notice_id, "lease": LEASE, "site": fence.site()})
        row = cursor.fetchone()
    return Letter(*row[1:]) if row and row[0] == "sending" else None


SETTLE = """
UPDATE notifications_notice SET state = %(state)s, due_at = now() + %(delay)s,
       sent_at = CASE WHEN %(state)s = 'sent' THEN now() END
WHERE id = %(id)s AND state = 'sending' AND attempts = %(attempt)s
"""


def store_result(letter: Letter, state: str, delay: timedelta | None = None) -> None:
    """Store the result of an attempt; log a warning when the lease has expired."""
    with committed(), connection.cursor() as cursor:
        values = {"state": state, "delay": delay, "id": letter.pk, "attempt": letter.attempt}
        cursor.execute(SETTLE, values)
        if not cursor.rowcount:
            log.warning("notice %s took longer than its lease: it may arrive twice", letter.pk)


def store_sent(letter: Letter) -> None:
    """Store that it left; while its claim lasts, try again when the connection to the database is lost.

    Given up at the first error it would leave again once the claim ends, though this process knows that it left.
    Raises OperationalError or InterfaceError when the database stayed away for as long.
    """
    end = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            return store_result(letter, "sent")
        except (OperationalError, InterfaceError):
            if time.monotonic() > end or connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(NOTED_AGAIN)


def put_back(letter: Letter, error: Exception) -> None:
    """Queue again with a delay, or fail for good.

    Only type and place of the error are logged: its text may contain the address.
    """
    place = traceback.extract_tb(error.__traceback__)[-1]
    last = letter.attempt >= most_attempts(letter.kind)
    store_result(letter, "failed" if last else "queued", None if last else delay_after(letter.attempt, letter.kind))
    if last:
        failed.send_robust(sender=None, work="message")
    log.log(
        logging.ERROR if last else logging.WARNING,
        "notice %s %s after attempt %s: %s at %s:%s",
        letter.pk,
        "failed" if last else "put back",
        letter.attempt,
        type(error).__name__,
        place.name,
        place.lineno,
    )


class NoServer(Exception):
    """Signal that no mail server answers: the next mails would fail too."""


def stalled(error: BaseException) -> bool:
    """Return whether a server did not answer in time; smtplib hides that behind « disconnected »."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


class Post:
    """Hold one connection to the mail server, opened for the first mail."""

    def __init__(self):
        self.mailer = mailers.default

    def send(self, letter: Letter) -> None:
        """Send one mail. Raises NoServer when no connection is possible; other errors concern this mail."""
        try:
            self.mailer.open()
        except OSError as error:
            raise NoServer from error
        try:
            self.mailer.send_messages([letter.message()])
        except Exception:
            self.mailer = mailers.default  # the former connection may be in any state
            raise

    def close(self) -> None:
        self.mailer.close()


def send_all(notice_ids: list[int]) -> int:
    """Send these notices, mails over one connection; return the number sent.

    A failed one is queued again and does not delay the others. Without a mail server, and after its first stall, the
    rest stays queued and is handed over again: each of them would hold the process as long.
    """
    sent, post = 0, Post()
    try:
        for notice_id in notice_ids:
            letter = claim(notice_id)
            if letter is None:
                continue
            try:
                if letter.channel == "sms":
                    sms.send(letter.address, letter.key, letter.spoken)
                else:
                    post.send(letter)
            except NoServer as error:
                put_back(letter, error.__cause__)
                break
            except Exception as error:
                put_back(letter, error)
                if letter.channel == "mail" and stalled(error):
                    break
            else:
                store_sent(letter)
                sent += 1
    finally:
        post.close()
    return sent
