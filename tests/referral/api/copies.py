"""Programs that keep copies of lists while others write: used by the suite, and for longer by bench/copied_lists.py."""

import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from unittest import mock

from django.db import DatabaseError, connection
from django.utils import timezone

from agencies.models import Kind, Level, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from notifications.operations import delivery
from referral.alerts.operations import alerts
from referral.api.middleware import request_quota
from referral.inbox.operations.alerts import close_alert, open_alert
from referral.orientations.operations import messages, orientations
from tests import factories as f
from tests.notifications.post import committed_worker
from tests.referral.api import Caller
from victims.access.access import grant
from victims.models import Case, Grant

LONGEST = 0.06  # seconds for which a writer holds its transaction open before it ends


class World:
    """Cases of a coordination, an association that is given and taken access, alerts, requests; a program each."""

    def __init__(self, cases: int):
        f.national()
        unit, home, school = f.coordination(), f.shelter(), f.agency(Kind.EDUCATION, desk=False)
        self.coord, self.worker = f.member(unit, Role.COORDINATOR), f.member(home)
        self.nurse = f.member(school, Role.FRONTLINE)
        self.cases = [f.case(self.coord) for _ in range(cases)]
        self.asked = [f.orientation(self.coord, case, home).pk for case in self.cases]
        self.alerts = [f.sent_alert(self.nurse).pk for _ in range(cases)]
        unit_program, home_program = Caller(f.program(unit, Role.COORDINATOR)), Caller(f.program(home))
        school_program = Caller(f.program(school))
        self.copies = {
            "cases/": Copy(home_program, "cases/"),
            "alerts/received/": Copy(unit_program, "alerts/received/"),
            "alerts/": Copy(school_program, "alerts/"),
            "orientations/": Copy(home_program, "orientations/"),
            "orientations/sent/": Copy(unit_program, "orientations/sent/"),
            "notices/": Copy(unit_program, "notices/"),
        }

    def act(self, chance: random.Random) -> tuple:
        """Return (name, member, function) of one thing that happens."""
        case, alert, asked = chance.choice(self.cases), chance.choice(self.alerts), chance.choice(self.asked)
        urgency = chance.choice(["normal", "high"])
        return chance.choice(
            [
                ("change", self.coord, lambda: Case.objects.filter(pk=case.pk).update(urgency=urgency)),
                ("give", self.coord, lambda: self._give(case)),
                ("end", self.coord, lambda: Grant.rows.filter(content_object=case, ground="legal").delete()),
                ("send", self.nurse, self._send),
                ("open", self.coord, lambda: open_alert(self.coord, alert)),
                ("close", self.coord, lambda: close_alert(self.coord, alert, reason="other")),
                ("read", self.worker, lambda: orientations.open_orientation(self.worker, asked)),
                ("ask", self.worker, lambda: messages.ask_orientation(self.worker, asked, words="Dites-en plus")),
                ("answer", self.coord, lambda: messages.answer_question(self.coord, asked, words="Voilà la suite")),
            ]
        )

    def _give(self, case) -> None:
        given = {"level": Level.SUMMARY, "ground": "legal", "ground_id": uuid.uuid4(), "given_by": self.coord}
        grant(case, self.worker.agency_id, **given)

    def _send(self) -> None:
        made = alerts.start_draft(self.nurse, answers=f.ANSWERS)
        self.alerts.append(alerts.send_alert(self.nurse, made.pk).pk)


@dataclass
class Copy:
    """What a program keeps of one list, by `since`; and beside it, by the time at which it last asked."""

    caller: Caller
    path: str
    rows: dict = field(default_factory=dict)
    since: str = ""
    by_time: dict = field(default_factory=dict)
    asked_at: str = ""
    asked: int = 0
    given: int = 0
    gone: int = 0

    def read(self, **query) -> tuple[dict, list, str]:
        found, rows = self._page(f"/api/v1/{self.path}", {"limit": 100, **query}), {}
        since, gone = found["since"], found.get("gone", [])
        while True:
            rows |= {row["id"]: row for row in found["results"]}
            if not found["next"]:
                return rows, gone, since
            found = self._page(found["next"], {})

    def _page(self, address, query) -> dict:
        answer = self.caller.client.get(address, query, headers=self.caller._headers())
        assert answer.status_code == 200, answer.content[:300]
        return answer.json()

    def ask(self) -> None:
        rows, gone, self.since = self.read(**({"since": self.since} if self.since else {}))
        self.rows = {key: row for key, row in {**self.rows, **rows}.items() if key not in gone}
        self.asked, self.given, self.gone = self.asked + 1, self.given + len(rows), self.gone + len(gone)

    def ask_by_time(self) -> None:
        now = timezone.now().isoformat()
        self.by_time |= self.read(**({"updated_since": self.asked_at} if self.asked_at else {}))[0]
        self.asked_at = now

    @mock.patch.object(request_quota, "ORDINARY", 10**6)
    def wrong(self) -> tuple[list, int]:
        """Return ids that differ from the whole list, and how many of its rows the copy by time has otherwise."""
        whole = self.read()[0]
        ids = whole.keys() | self.rows.keys()
        late = sum(self.by_time.get(key) != row for key, row in whole.items())
        return sorted(key for key in ids if whole.get(key) != self.rows.get(key)), late


@mock.patch.object(request_quota, "ORDINARY", 10**6)
def written_together(world: World, *, writers: int, seconds: float, seed: int) -> Counter:
    """Let writers act, each in a transaction that it holds open for a while, and copies be kept; then ask once more.

    The worker that makes notices is paused for the middle third of the time: what happened meanwhile is told later,
    beside what happens then.
    """
    began, done, lock = time.monotonic(), Counter(), threading.Lock()
    until = began + seconds

    def work():
        try:
            while (now := time.monotonic()) < until:
                if not seconds / 3 < now - began < 2 * seconds / 3:
                    with committed_worker():
                        told = delivery.fan_out(20)
                    with lock:
                        done["told"] += told
                time.sleep(0.1)
        except BaseException as error:
            with lock:
                done[f"copy: {error!r}"] += 1
        finally:
            connection.close()

    def write(number):
        chance = random.Random(seed + number)
        try:
            while time.monotonic() < until:
                name, member, act = world.act(chance)
                try:
                    with acting_as(member):
                        act()
                        time.sleep(chance.random() * LONGEST)
                except (WrongState, NotAllowed, NotFound):
                    name = "refused"
                except DatabaseError as error:
                    name = f"database {error.__cause__.pgcode}"
                with lock:
                    done[name] += 1
        finally:
            connection.close()

    def keep(copy):
        try:
            while time.monotonic() < until:
                copy.ask()
                copy.ask_by_time()
        except BaseException as error:
            with lock:
                done[f"copy: {error!r}"] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(writers)]
    threads += [threading.Thread(target=keep, args=(copy,)) for copy in world.copies.values()]
    threads.append(threading.Thread(target=work))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 60)
    with committed_worker():
        while told := delivery.fan_out(100):
            done["told"] += told
    for copy in world.copies.values():
        copy.ask()
        copy.ask_by_time()
    return done
