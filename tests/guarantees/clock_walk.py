"""Walk every state that the desks of one alert reach together, by every act of each, requests of the case and time.

The database alone is walked, by bare moves of the application's role: the pages can do no more than this. A state is
what each desk answered, whether its time limit runs, and how the requests of the case stand. Depth first, each act
undone; the shortest path to a state is found in the graph afterwards.
"""

import json
import uuid
from collections import deque

from django.db import DatabaseError, connection, transaction

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.statements.signing import signature_of, transaction_name
from referral.orientations.operations import orientations
from referral.workflow import ALERT
from tests import factories as f
from tests.roles import as_role
from victims.models import Case

from .stages import system_of

KINDS = {
    "child": {"minor": "yes"},
    "doubt": {"minor": "doubt"},
    "vital": {"danger": "yes", "minor": "no"},
    "adult": {"minor": "no"},
    # agreed, and nobody was named: its author's agency has it alone
    "kept": {"minor": "no", "recipients": []},
}
# the move of its own by which a desk gives each answer; who was reached by phone answered nothing
OWN = {"closed": "close", "nothing_to_do": "confirm", "acting": "declare", "with_person": "declare", "case": "act"}
READ = """
SELECT json_build_object(
  'alert', (SELECT state FROM referral_alert WHERE id = %(alert)s),
  'desks', (SELECT json_agg(json_build_array(d.agency_id, d.answer, d.due_at IS NOT NULL, d.case_at IS NOT NULL,
      d.case_at IS NULL OR d.followed_at IS NOT NULL,
      EXISTS (SELECT 1 FROM referral_alertmove m WHERE m.alert_id = d.alert_id AND m.agency_id = d.agency_id
              AND m.action = 'stand_down')) ORDER BY d.agency_id)
            FROM referral_alertdesk d WHERE d.alert_id = %(alert)s AND d.live),
  'asked', (SELECT COALESCE(json_agg(json_build_array(o.sender_id, o.state, d.due_at IS NOT NULL)
                                     ORDER BY o.sender_id), '[]')
            FROM referral_orientation o JOIN referral_orientationdesk d ON d.orientation_id = o.id AND d.live
            JOIN referral_alertlink l ON l.case_id = o.case_id AND l.alert_id = %(alert)s),
  'drafts', (SELECT COALESCE(json_agg(json_build_array(o.sender_id, o.id) ORDER BY o.id), '[]')
             FROM referral_orientation o WHERE o.state = 'draft'),
  'waiting', (SELECT COALESCE(json_agg(o.id ORDER BY o.id), '[]') FROM referral_orientation o WHERE o.state = 'sent'),
  'said', (SELECT json_agg(DISTINCT m.agency_id || m.action) FROM referral_alertmove m WHERE m.alert_id = %(alert)s),
  'reached', (SELECT COALESCE(json_agg(DISTINCT t), '[]') FROM referral_alertmove m, unnest(m.to_agencies) t
              WHERE m.alert_id = %(alert)s AND m.action = 'reach'))
"""
SEEN = ("case", "-infinity")  # sight and arrival of all of them
TELL = (
    "SET LOCAL ROLE {role}; SELECT set_config('nrm.agency', %(agency)s, true),"
    " set_config('nrm.membership', %(member)s, true), set_config('nrm.sight', 'case', true),"
    " set_config('nrm.arrival', '-infinity', true), set_config('nrm.kind', %(kind)s, true),"
    " set_config('nrm.system', '', true), set_config('nrm.signature', %(signature)s, true);"
)
MOVE = """
INSERT INTO referral_{noun}move (id, {noun}_id, action, before, after, membership_id, agency_id, at, reason,
                                 to_agencies, due_at{more})
VALUES (gen_random_uuid(), %(thing)s, %(action)s, %(before)s, %(after)s, %(member)s::bigint, %(agency)s::int, now(),
        %(reason)s, %(to)s::int[], %(due)s{values});
"""


class ClockWalk:
    """One alert of one of the KINDS, sent to the coordination and to `others`; `run` walks it.

    `without`: words of acts that are not tried.
    """

    def __init__(self, kind: str, others: tuple[str, ...] = ("crip",), without: tuple[str, ...] = ()):
        self.transaction = transaction_name()  # one for the whole walk, which comes back to savepoints
        self.guarded, self.kept = kind not in ("adult", "kept"), kind == "kept"
        national, unit = f.national(name="national"), f.coordination(name="coordination")
        made = {"coordination": unit}
        for place in others:
            child = {"services": ("child_care",), "name": place}
            made[place] = f.agency(Kind.JUSTICE, **child) if place == "prosecutor" else f.shelter(**child)
        self.names = {agency.pk: place for place, agency in {**made, "national": national}.items()}
        self.national = national.pk
        self.members = {
            place: f.member(agency, Role.COORDINATOR if place == "coordination" else Role.CASE_WORKER)
            for place, agency in made.items()
        }
        self.service, self.shelter = f.service("emergency_shelter"), f.shelter(name="shelter", territories=("13",))
        self.systems = {agency: system_of(agency).pk for agency in (*self.names, self.shelter.pk)}
        self.helper = f.member(self.shelter)
        home = made["home"] if self.kept else f.agency(Kind.EDUCATION, desk=False)
        self.nurse, self.coordination = f.member(home, Role.FRONTLINE), unit.pk
        desks = [] if self.kept else [agency.pk for agency in made.values()]
        self.alert = f.sent_alert(self.nurse, desks=desks, **KINDS[kind])
        self._cases(made)
        self.acts = self._of_desks()
        author = {"member": self.nurse, "place": "home"}
        self.acts["its author sends it"] = self._move("address", to=[unit.pk], **author)
        self.acts["its author ends it"] = self._move("finish", reason="helped_here", **author)
        self.acts["the shelter accepts"] = self._shelter("accept", "accepted")
        self.acts["the shelter declines"] = self._shelter("decline", "declined")
        self.acts["time passes"] = self._time
        self.acts = {name: act for name, act in self.acts.items() if not any(word in name for word in without)}
        self.states, self.edges = {}, {}

    def _cases(self, made):
        """Prepare, out of sight of the alert, a case of each desk and a request of it: acts join and send them."""
        self.cases, self.requests = {}, {}
        for place, member in self.members.items():
            if place == "prosecutor":
                continue  # supports nobody: opens no case
            with as_role("nrm_owner"), acting_as(member):
                case = Case.objects.create(
                    age_side=self.alert.age_side, urgency=self.alert.urgency, territory_id="75",
                    lead=made[place], coordination=made["coordination"], opened_by=member,
                )  # fmt: skip
                self.cases[place] = case.pk
            with acting_as(member):
                self.requests[place] = [self._request(member, case) for _ in range(2)]

    def _request(self, member, case):
        return orientations.draft_orientation(
            member, case, addressee=self.shelter, service=self.service, level=2, legal_ground="vital_danger",
            legal_reason="Danger pour sa vie, écrit pour cet essai.",
        ).pk  # fmt: skip

    # -- acts: each gives its statements in a state, or nothing where it makes no sense; the database refuses ----------
    def _of_desks(self) -> dict:
        acts = {}
        for place, member in self.members.items():
            others = [m.agency_id for name, m in self.members.items() if name != place]
            one = {"member": member, "place": place}
            acts |= {
                f"{place} opens it": self._move("open", **one),
                f"{place} closes": self._move("close", reason="followed", **one),
                f"{place} redirects": self._move("redirect", to=others[:1], **one),
                f"{place} acts": self._move("declare", reason="acting", **one),
                f"{place} stands the others down": self._move("stand_down", **one),
                f"{place} confirms": self._move("confirm", **one),
                **{f"{place} reaches {self.names[pk]}": self._reach(member, pk) for pk in others},
            }
            if place in self.cases:
                acts[f"{place} opens a case"] = self._move("act", **one)
                acts[f"{place} asks a shelter"] = self._ask(member, place)
        return acts

    def _move(self, action, *, member, place, reason="", to=()):
        def act(now):
            step = ALERT.get((now["alert"], action))
            if step is None:
                return ""
            sql = self._insert("alert", self.alert.pk, action, now["alert"], step.after, member, reason=reason, to=to)
            if action == "act":
                link = "INSERT INTO referral_alertlink (alert_id, case_id, at) VALUES (%(alert)s, %(case)s, now());"
                sql += self._said(link, alert=self.alert.pk, case=self.cases[place])
            return sql

        return act

    def _reach(self, member, called):
        call = (
            "INSERT INTO referral_deskcall (id, alert_id, called_id, agency_id, by_id, at, recorded_at, function)"
            " VALUES (gen_random_uuid(), %(alert)s, %(called)s, %(agency)s::int, %(member)s::bigint, now(), now(),"
            " '\\x00');"
        )
        who = {**self._who(member), "alert": self.alert.pk, "called": called}
        return lambda now: self._said(TELL.format(role="nrm_app") + call, **who)

    def _ask(self, member, place):
        def act(now):
            """One request at a time, by who opened a case; after two refusals a third would say the same."""
            asked = [row for row in now["asked"] if row[0] == member.agency_id]
            drafts = [draft for sender, draft in now["drafts"] if sender == member.agency_id]
            if asked or not drafts or not any(row[0] == member.agency_id and row[3] for row in now["desks"]):
                return ""
            return self._insert("orientation", drafts[0], "send", "draft", "sent", member, role="nrm_owner")

        return act

    def _shelter(self, action, after):
        def act(now):
            if not now["waiting"]:
                return ""
            return self._insert("orientation", now["waiting"][0], action, "sent", after, self.helper, role="nrm_owner")

        return act

    def _time(self, now):
        """Every time limit that runs ends; due work escalates each alert row, and expires each request."""
        late, to = [row[0] for row in now["desks"] if row[2]], [self.national]
        if self.kept and self.coordination not in [row[0] for row in now["desks"]]:
            to = [self.coordination]
        sql = ""
        for agency in late:
            sql += self._insert("alert", self.alert.pk, "escalate", now["alert"], now["alert"], agency,
                                role="nrm_worker", to=to)  # fmt: skip
            to = []
        for waiting in now["waiting"]:
            sql += self._insert("orientation", waiting, "expire", "sent", "expired", self.shelter.pk, role="nrm_owner")
        return sql

    def _who(self, who) -> dict:
        if isinstance(who, int):  # due work, as the system of this agency
            said = {"agency": str(who), "member": str(self.systems[who]), "kind": "system"}
        else:
            said = {"agency": str(who.agency_id), "member": str(who.pk), "kind": "person"}
        context = [said["agency"], said["member"], *SEEN, said["kind"], ""]
        return {**said, "signature": signature_of(context, self.transaction)}

    def _insert(self, noun, thing, action, before, after, who, *, role="nrm_app", reason="", to=()) -> str:
        more = ("", "") if noun == "alert" else (", case_id, sender_id", ", %(nobody)s, 0")
        sql = TELL.format(role=role) + MOVE.format(noun=noun, more=more[0], values=more[1])
        due = "2030-01-01" if noun == "orientation" and action == "send" else None
        return self._said(sql, **self._who(who), thing=thing, action=action, before=before, after=after, reason=reason,
                          to=list(to), due=due, nobody=uuid.UUID(int=0))  # fmt: skip

    @staticmethod
    def _said(sql, **values) -> str:
        with connection.cursor() as cursor:
            return cursor.mogrify(sql, values).decode()

    # -- what is so -------------------------------------------------------------------------------------------------
    def read(self, before: str = "") -> dict:
        """Return the state of the alert, of its live desks and of its requests, after the statements `before`."""
        with connection.cursor() as cursor:
            cursor.execute(before + "SET LOCAL ROLE nrm_owner;" + self._asked())
            found = cursor.fetchone()[0]
        return found if isinstance(found, dict) else json.loads(found)

    def _asked(self) -> str:
        return self._said(READ, alert=self.alert.pk)

    def key(self, now) -> str:
        """Return what tells a state from another."""
        return json.dumps([now["alert"], now["desks"], now["asked"]])

    def wrong(self, now) -> str:
        """Return why this state leaves the person to nobody; empty when somebody is awaited or acts."""
        said, reached = {*now["said"]}, {*now["reached"]}
        for agency, answer, runs, *_rest in now["desks"]:
            spoke = f"{agency}{OWN.get(answer, '')}" in said or (answer == "reached" and agency in reached)
            if self.guarded and not runs and not spoke:
                return f"« {self.names[agency]} » has no clock and answered nothing: another stood it down"
        if now["alert"] == "closed":
            others = [self.names[row[0]] for row in now["desks"] if row[1] != "closed"]
            return f"closed, and {', '.join(others)} did not close it" if others else ""
        runs = any(row[2] for row in (*now["desks"], *now["asked"]))
        acts = any(row[1] in ("acting", "with_person") for row in now["desks"])
        # its own team follows the person in a case that it opened, before anybody else had the alert
        acts = acts or (self.kept and [(self.names[row[0]], row[1]) for row in now["desks"]] == [("home", "case")])
        helped = any(row[1] in ("accepted", "in_progress") for row in now["asked"])
        return "" if runs or acts or helped else "no clock runs, and nobody declared to act or to be with the person"

    # -- the walk ---------------------------------------------------------------------------------------------------
    def run(self) -> list[str]:
        """Walk everything reachable; return a sentence for each wrong state, by its shortest path."""
        with transaction.atomic():
            first = self.read()
            self._visit(first)
            transaction.set_rollback(True)
        start = self.key(first)
        found, paths, queue = [], {start: ["sent"]}, deque([start])
        while queue:
            here = queue.popleft()
            if fault := self.states[here]:
                found.append(f"{' → '.join(paths[here])}: {fault}. State: {self._named(here)}")
            for act, there in self.edges[here].items():
                if there not in paths:
                    paths[there] = [*paths[here], act]
                    queue.append(there)
        return found

    def _named(self, key: str) -> str:
        alert, desks, asked = json.loads(key)
        rows = [f"{self.names[d[0]]} {d[1] or 'unanswered'}{', clock' if d[2] else ''}" for d in desks]
        return f"alert {alert}; {'; '.join(rows)}; requests {[row[1] for row in asked]}"

    def over(self, now) -> bool:
        """Return whether nothing is walked from here: once the national desk was told, its time limit runs whatever the
        others do; what follows an accepted request is walked by `person_walk.py`."""
        told = any(row[0] == self.national for row in now["desks"])
        return told or now["alert"] == "closed" or any(row[1] == "accepted" for row in now["asked"])

    def _visit(self, now, depth=0):
        """Try every act here, each undone."""
        here = self.key(now)
        self.states[here], self.edges[here] = self.wrong(now), {}
        if self.over(now):
            return
        mark = f"SAVEPOINT walk_{depth}"
        with connection.cursor() as cursor:
            cursor.execute(mark)
        for name, act in self.acts.items():
            if not (statements := act(now)):
                continue
            try:
                then = self.read(f"ROLLBACK TO {mark};{statements}")
            except DatabaseError as error:
                if error.__cause__.pgcode not in ("42501", "NRM01"):
                    raise
                continue
            there = self.key(then)
            if there != here:
                self.edges[here][name] = there
                if there not in self.states:
                    self._visit(then, depth + 1)
        with connection.cursor() as cursor:
            cursor.execute(f"ROLLBACK TO {mark}; RELEASE {mark}")
