"""Post to the webhooks of programs: give each notice its position, claim, post, settle, each step committed.

Standard Webhooks: the same webhook-id at each attempt and replay, one signature for each secret that is good. Bodies
hold a type, ids and the position. What a program no longer sees is not posted: the question of a mail, at the moment
of sending. One call at a time to one address, several addresses at once, and nothing of it in a worker of mails.
"""

import http.client
import json
import logging
import ssl
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from notifications.models import Hook, HookDelivery, HookSecret

from . import addresses, fence
from .delivery import committed
from .events import enqueue

log = logging.getLogger(__name__)

TAKEN = 500  # notices that become deliveries in one statement
AT_ONCE = 16  # addresses posted to at one time by one worker
LEASE = timedelta(minutes=2)  # longer than a resolver and an address that stall
RUN = 30.0  # seconds after which a pass begins nothing: the next one goes on
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=5), timedelta(hours=2)
GIVEN_UP = timedelta(days=5)
GONE = 410
TEST = "test"


def delay_after(failures: int) -> timedelta:
    """Return 5 s, 20 s, 80 s, 5 min, 21 min, 85 min, then two hours."""
    return min(FIRST_DELAY * 4 ** min(failures - 1, 8), LONGEST_DELAY)


TAKE = """
WITH taken AS (
  UPDATE notifications_notice SET state = 'sent' WHERE id IN (
    SELECT id FROM notifications_notice WHERE channel = 'hook' AND state = 'queued' AND due_at IS NULL
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
  RETURNING id, membership_id, kind
), hooks AS MATERIALIZED (
  SELECT h.id, h.membership_id, h.last FROM notifications_hook h
  WHERE h.agreed_at IS NOT NULL AND h.membership_id IN (SELECT membership_id FROM taken) ORDER BY h.id FOR UPDATE
), put AS (
  INSERT INTO notifications_hookdelivery (hook_id, notice_id, position, vital, state, at, attempts, due_at, problem)
  SELECT h.id, t.id, h.last + row_number() OVER (PARTITION BY h.id ORDER BY t.id), t.kind = 'alert_vital', 'queued',
         now(), 0, now(), ''
  FROM hooks h JOIN taken t USING (membership_id) RETURNING hook_id, position
), top AS (SELECT hook_id, max(position) AS position FROM put GROUP BY hook_id),
counted AS (UPDATE notifications_hook h SET last = top.position FROM top WHERE h.id = top.hook_id)
SELECT count(*) FROM taken
"""


def take() -> None:
    """Make a delivery of each notice for each webhook of its program, at the next positions of that webhook."""
    while True:
        with committed(), connection.cursor() as cursor:
            cursor.execute(TAKE, [TAKEN])
            if cursor.fetchone()[0] < TAKEN:
                return


@dataclass(frozen=True)
class Call:
    """Hold a claimed delivery. `attempt` distinguishes this claim from a later one."""

    pk: int
    hook: uuid.UUID
    url: str
    position: int
    kind: str
    subject: str
    subject_id: uuid.UUID | None
    attempt: int
    secrets: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return the id of the message, the same at each attempt and replay."""
        return f"msg_{uuid.uuid5(self.hook, str(self.position)).hex}"

    def body(self) -> str:
        about = {"subject": self.subject, "id": str(self.subject_id)} if self.subject_id else {}
        return json.dumps({"type": self.kind, "data": {**about, "position": self.position}})

    def headers(self, now: datetime) -> dict[str, str]:
        signed = [Webhook(secret).sign(self.key, now, self.body()) for secret in self.secrets]
        return {
            "Content-Type": "application/json",
            "User-Agent": "Repere",
            "webhook-id": self.key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signed),
        }


# the address with the fewest failures first: one that hangs waits behind those that answer. A copy claims nothing.
FREE = """
SELECT h.id, h.url FROM notifications_hook h JOIN agencies_membership m ON m.id = h.membership_id AND m.active
WHERE h.agreed_at IS NOT NULL AND h.paused_at IS NULL AND h.due_at <= now() AND nrm.held_back(%s) = ''
  AND EXISTS (SELECT 1 FROM notifications_hookdelivery d
              WHERE d.hook_id = h.id AND d.state = 'queued' AND d.due_at <= now())
ORDER BY h.failures, h.due_at LIMIT 1 FOR UPDATE OF h SKIP LOCKED
"""
# in a statement of its own, after the lock: what another worker settled meanwhile is seen
CLAIM = """
WITH next AS (
  SELECT id FROM notifications_hookdelivery WHERE hook_id = %(hook)s AND state = 'queued' AND due_at <= now()
  ORDER BY vital DESC, position LIMIT 1
), seen AS MATERIALIZED (
  SELECT d.id, n.kind, n.subject, n.subject_id,
         n.id IS NULL OR nrm.still_sees(n.membership_id, n.subject, n.subject_id) AS sees
  FROM next JOIN notifications_hookdelivery d USING (id) LEFT JOIN notifications_notice n ON n.id = d.notice_id
), held AS (
  UPDATE notifications_hook SET due_at = CASE WHEN seen.sees THEN now() + %(lease)s ELSE now() END
  FROM seen WHERE notifications_hook.id = %(hook)s
)
UPDATE notifications_hookdelivery d SET attempts = d.attempts + 1, first_at = COALESCE(d.first_at, now()),
       state = CASE WHEN sees THEN 'queued' ELSE 'dropped' END, due_at = CASE WHEN sees THEN now() + %(lease)s END
FROM seen WHERE d.id = seen.id
RETURNING sees, d.id, d.position, seen.kind, seen.subject, seen.subject_id, d.attempts
"""


def claim() -> Call | None:
    """Claim the next delivery of an address that is free; None when there is none. What is not seen now is dropped."""
    while True:
        with committed(), connection.cursor() as cursor:
            cursor.execute(FREE, [fence.site()])
            if (free := cursor.fetchone()) is None:
                return None
            hook, url = free
            cursor.execute(CLAIM, {"hook": hook, "lease": LEASE})
            row = cursor.fetchone()
            if row and row[0]:
                _, pk, position, kind, subject, subject_id, attempt = row
                # an access that ended has no subject: the id of its notice says nothing
                about = (kind or TEST, subject or "", None if subject in (None, "none") else subject_id)
                return Call(pk, hook, url, position, *about, attempt, _secrets(hook))


def _secrets(hook: uuid.UUID) -> tuple[str, ...]:
    """Return the secrets that sign now, the newest first."""
    rows = HookSecret.objects.filter(hook=hook).order_by("-until")  # null first: without end
    return tuple(row.value for row in rows if row.until is None or row.until > timezone.now())


@dataclass(frozen=True)
class Outcome:
    status: int | None
    problem: str = ""
    retry_after: int = 0


def post(call: Call) -> Outcome:
    """Post once, in a thread without a database; return what came of it, whatever it was."""
    Problem = HookDelivery.Problem
    try:
        answer = addresses.post(call.url, call.body().encode(), call.headers(datetime.now(UTC)))
    except addresses.NoName:
        return Outcome(None, Problem.NAME)
    except (addresses.NotPublic, addresses.NotAnAddress):
        return Outcome(None, Problem.ADDRESS)
    except TimeoutError:
        return Outcome(None, Problem.TIME)
    except ssl.SSLError:
        return Outcome(None, Problem.TLS)
    except (OSError, http.client.HTTPException):
        return Outcome(None, Problem.REFUSED)
    except Exception as error:
        log.error("webhook delivery %s: %s", call.pk, type(error).__name__)
        return Outcome(None, Problem.REFUSED)
    good = 200 <= answer.status < 300
    return Outcome(answer.status, "" if good else Problem.ANSWER, answer.retry_after)


SENT = """
UPDATE notifications_hookdelivery SET state = 'sent', sent_at = now(), due_at = NULL, status = %(status)s, problem = ''
WHERE id = %(id)s AND state = 'queued' AND attempts = %(attempt)s
"""
# an address that answers again is given at once what waited while it did not; what it refuses waits for its own time
WELL = """
WITH former AS (SELECT id, failures FROM notifications_hook WHERE id = %(hook)s FOR UPDATE),
again AS (UPDATE notifications_hookdelivery d SET due_at = now() FROM former
          WHERE former.failures > 0 AND d.hook_id = former.id AND d.state = 'queued'
            AND (d.status IS NULL OR d.status = 429 OR d.status >= 500))
UPDATE notifications_hook h SET failures = 0, failing_since = NULL, due_at = now() FROM former WHERE h.id = former.id
"""
AWAY = """
UPDATE notifications_hook SET failures = LEAST(failures + 1, 30000), failing_since = COALESCE(failing_since, now()),
       due_at = now() + GREATEST(%(wait)s, LEAST(%(first)s * power(4, LEAST(failures, 8)), %(longest)s)),
       paused_at = CASE WHEN %(gone)s OR failing_since < now() - %(given_up)s THEN COALESCE(paused_at, now())
                        ELSE paused_at END,
       paused_why = CASE WHEN paused_at IS NOT NULL THEN paused_why WHEN %(gone)s THEN 'gone'
                         WHEN failing_since < now() - %(given_up)s THEN 'failed' ELSE '' END
WHERE id = %(hook)s RETURNING paused_at = now()
"""
FAILED = """
UPDATE notifications_hookdelivery SET status = %(status)s, problem = %(problem)s,
       state = CASE WHEN %(over)s AND first_at < now() - %(given_up)s THEN 'failed' ELSE 'queued' END,
       due_at = CASE WHEN NOT %(over)s OR first_at >= now() - %(given_up)s THEN now() + %(delay)s END
WHERE id = %(id)s AND state = 'queued' AND attempts = %(attempt)s RETURNING state = 'failed'
"""


def settle(call: Call, outcome: Outcome) -> None:
    """Store what came of a call, and when the address is next posted to.

    After five days without one that it took, an address is paused, with all that waits; while it takes others, only
    the one that it never took is given up. Its administrators are told of both.
    """
    about = {"id": call.pk, "attempt": call.attempt, "hook": call.hook, "status": outcome.status}
    with committed(), connection.cursor() as cursor:
        if not outcome.problem:
            cursor.execute(WELL, about)
            cursor.execute(SENT, about)
            return
        asked = timedelta(seconds=outcome.retry_after)
        cursor.execute(
            AWAY,
            about
            | {"gone": outcome.status == GONE, "given_up": GIVEN_UP, "wait": min(asked, LONGEST_DELAY)}
            | {"first": FIRST_DELAY, "longest": LONGEST_DELAY},
        )
        row = cursor.fetchone()  # None: deleted meanwhile
        paused = bool(row and row[0])
        cursor.execute(
            FAILED,
            about
            | {"problem": outcome.problem, "given_up": GIVEN_UP, "delay": delay_after(call.attempt)}
            | {"over": row is not None and not paused},
        )
        given_up = cursor.fetchone() or (False,)
        if paused or given_up[0]:
            enqueue("hook_stopped", Hook.objects.get(pk=call.hook), to=["admins"])
    log.warning("webhook %s: %s, attempt %s", call.hook, outcome.problem, call.attempt)


def post_due() -> int:
    """Post what is due, several addresses at once and one call to each; return the number of calls taken.

    Ends when nothing is due and no call is open. While one hangs, what comes meanwhile for others is posted.
    """
    take()
    sent, end = 0, time.monotonic() + RUN
    flying: dict[Future[Outcome], Call] = {}
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hook") as threads:
        while True:
            for call in _claimed(AT_ONCE - len(flying), end):
                flying[threads.submit(post, call)] = call
            if not flying:
                return sent
            done, _ = wait(flying, timeout=1, return_when=FIRST_COMPLETED)
            for future in done:
                outcome = future.result()
                settle(flying.pop(future), outcome)
                sent += not outcome.problem
            if not done:
                take()


def _claimed(most: int, end: float) -> Iterator[Call]:
    for _ in range(most):
        if time.monotonic() > end or (call := claim()) is None:
            return
        yield call


def forget_deliveries() -> int:
    """Delete deliveries of which nobody asks any more; return how many. In system mode."""
    return HookDelivery.objects.filter(at__lt=timezone.now() - HookDelivery.KEPT).delete()[0]
