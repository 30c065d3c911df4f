"""Programs that keep copies of lists while others write: used by the suite, and for longer by bench/copied_lists.py."""

import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from unittest import mock

from django.db import DatabaseError, connection
from django.utils import timezone

from agencies.models import Kind, Level, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.tables.reading import read as read_table
from foundation.workflow import NotAllowed, WrongState
from notifications.operations import delivery
from referral.alerts.operations import alerts
from referral.api.middleware import request_quota
from referral.exports import operations as exports
from referral.imports import operations as imports
from referral.inbox.operations.alerts import close_alert, open_alert
from referral.orientations.operations import messages, orientations
from referral.procedures.operations import checklists, clocks
from referral.situations.operations import situations
from tests import factories as f
from tests.notifications.post import committed_worker
from tests.referral.api import Caller
from victims.access.access import grant
from victims.models import Case, Grant

TABLE = b"Dossier;Situation\nA-1;majeure\n"
PROCEDURE = "indemnisation_civi"  # whose time limits are not sealed
BY_POSITION_ALONE = ("clocks/", "legal-shares/", "situations/", "imports/", "exports/")
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
        # an association of its own leads these, and opens their file to the other
        self.aid = f.member(f.shelter(code="foyer-ailleurs"))
        self.files = [f.own_case(self.aid) for _ in range(cases)]
        self.limits = [self._limit(case) for case in self.files]
        self.events, self.tables, self.exports = [], [], []
        unit_program, home_program = Caller(f.program(unit, Role.COORDINATOR)), Caller(f.program(home))
        school_program = Caller(f.program(school))
        self.copies = {
            "cases/": Copy(home_program, "cases/"),
            "alerts/received/": Copy(unit_program, "alerts/received/"),
            "alerts/": Copy(school_program, "alerts/"),
            "orientations/": Copy(home_program, "orientations/"),
            "orientations/sent/": Copy(unit_program, "orientations/sent/"),
            "notices/": Copy(unit_program, "notices/"),
            "clocks/": Copy(home_program, "clocks/"),
            "legal-shares/": Copy(home_program, "legal-shares/"),
            "situations/": Copy(unit_program, "situations/"),
            "imports/": Copy(home_program, "imports/"),
            "exports/": Copy(home_program, "exports/"),
        }
        self.program = home_program.member

    def act(self, chance: random.Random) -> tuple:
        """Return (name, member, function) of one thing that happens."""
        case, alert, asked = chance.choice(self.cases), chance.choice(self.alerts), chance.choice(self.asked)
        file = chance.choice(self.files)
        urgency = chance.choice(["normal", "high"])
        return chance.choice(
            [
                ("change", self.coord, lambda: Case.objects.filter(pk=case.pk).update(urgency=urgency)),
                ("give", self.coord, lambda: self._give(self.coord, case, Level.SUMMARY)),
                ("end", self.coord, lambda: Grant.rows.filter(content_object=case, ground="legal").delete()),
                ("give the file", self.aid, lambda: self._give(self.aid, file, Level.FILE)),
                ("end the file", self.aid, lambda: Grant.rows.filter(content_object=file, ground="legal").delete()),
                ("send", self.nurse, self._send),
                ("open", self.coord, lambda: open_alert(self.coord, alert)),
                ("close", self.coord, lambda: close_alert(self.coord, alert, reason="other")),
                ("read", self.worker, lambda: orientations.open_orientation(self.worker, asked)),
                ("ask", self.worker, lambda: messages.ask_orientation(self.worker, asked, words="Dites-en plus")),
                ("answer", self.coord, lambda: messages.answer_question(self.coord, asked, words="Voilà la suite")),
                ("limit", self.aid, lambda: self._move_limit(chance)),
                ("share", self.aid, lambda: self._share(file)),
                ("event", self.coord, lambda: self._event(chance)),
                ("table", self.worker, lambda: self._table(chance)),
                ("export", self.program, lambda: self._export(chance)),
            ]
        )

    def _give(self, lead, case, level) -> None:
        given = {"level": level, "ground": "legal", "ground_id": uuid.uuid4(), "given_by": lead}
        grant(case, self.worker.agency_id, **given)

    def _send(self) -> None:
        made = alerts.start_draft(self.nurse, answers=f.ANSWERS)
        self.alerts.append(alerts.send_alert(self.nurse, made.pk).pk)

    def _limit(self, case):
        """Start a procedure of the case and its time limit, which the home sees at the level of the file."""
        with acting_as(self.aid):
            made = checklists.start_procedure(self.aid, case.pk, PROCEDURE)
            return clocks.start_clock(self.aid, made.pk, 2, counted_on=timezone.localdate()).pk

    def _move_limit(self, chance) -> None:
        limit = chance.choice(self.limits)
        if chance.random() < 0.3:
            clocks.end_clock(self.aid, limit, met=True)
        else:
            ends_on = timezone.localdate() + timedelta(days=chance.randint(1, 90))
            clocks.extend_clock(self.aid, limit, ends_on=ends_on, reason="other", words="Essai de copie")

    def _share(self, case) -> None:
        ground = {"legal_ground": "vital_danger", "legal_reason": "Raison écrite de l'essai, assez longue"}
        given = {"addressee": self.worker.agency, "service": f.service(), "level": Level.SUMMARY, **ground}
        made = orientations.draft_orientation(self.aid, case, **given)
        orientations.send_orientation(self.aid, made.pk)

    def _event(self, chance) -> None:
        if self.events and chance.random() < 0.5:
            situations.set_signs(self.coord, chance.choice(self.events), [])
            return
        said = {"sort": "raid", "happened_on": timezone.localdate(), "territory": f.territory()}
        self.events.append(situations.start_situation(self.coord, **said).pk)

    def _table(self, chance) -> None:
        if self.tables and chance.random() < 0.5:
            imports.discard_import(self.worker, chance.choice(self.tables))
            return
        self.tables.append(imports.start_import(self.worker, read_table(TABLE)).pk)

    def _export(self, chance) -> None:
        if self.exports and chance.random() < 0.5:
            exports.cancel_export(self.program, chance.choice(self.exports))
            return
        said = {"purpose": "meeting", "reason": "Réunion de l'essai de copie", "file_format": "csv"}
        self.exports.append(exports.ask_export(self.program, "cases", "", **said).pk)


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
        since, gone, cases = found["since"], found.get("gone", []), found.get("gone_cases", [])
        while True:
            rows |= {row["id"]: row for row in found["results"]}
            if not found["next"]:
                forgotten = [key for key, row in self.rows.items() if row.get("case") in cases and key not in rows]
                return rows, gone + forgotten, since
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
        if self.path in BY_POSITION_ALONE:
            return
        now = timezone.now().isoformat()
        self.by_time |= self.read(**({"updated_since": self.asked_at} if self.asked_at else {}))[0]
        self.asked_at = now

    @mock.patch.object(request_quota, "ORDINARY", 10**6)
    def wrong(self) -> tuple[list, int | None]:
        """Return ids that differ from the whole list, and how many of its rows the copy by time has otherwise.

        None for a list that is not copied by time.
        """
        whole = self.read()[0]
        ids = whole.keys() | self.rows.keys()
        late = sum(self.by_time.get(key) != row for key, row in whole.items()) if self.asked_at else None
        return sorted(key for key in ids if whole.get(key) != self.rows.get(key)), late


@mock.patch.object(exports, "AN_HOUR", 10**6)
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
                except (WrongState, NotAllowed, NotFound, exports.NothingFound):
                    name = "refused"
                except DatabaseError as error:
                    name = f"database {error.__cause__.pgcode} {name}: {error}"[:160]
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
