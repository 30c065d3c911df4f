"""Who may insert, change or delete the rows of alerts, matches, situations and exports: bare statements, so that the
policies stand alone. `expected/writes.csv` is written by hand; each condition of each policy that decides a writing is
dropped alone, and a line of that file must notice.

`expected`: y, the policy lets it through (another guard may still refuse it); empty, the policy refuses; a number, the
rows that a statement without WHERE reaches, which asks the policies of writing and not those of reading.
"""

import csv
import uuid
from collections import Counter
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agencies.actor import acting_as
from agencies.models import Agency, Kind, Role
from referral.models import AlertDesk
from referral.operations import alerts, desks
from tests import factories as f
from tests.guarantees.mutation import ASKED_TWICE, conditions
from tests.roles import as_role
from victims.models import CaseAccess, new_reference

pytestmark = pytest.mark.django_db
LINES = list(csv.DictReader((Path(__file__).parent / "expected" / "writes.csv").open()))
NOW, SEALED = "now", "\\x00"
MOVE = {"id": uuid.uuid4, "membership_id": "who", "agency_id": "unit_of", "at": NOW, "reason": "", "to_agencies": "{}"}
OF_EVENT = {"situation_id": "event", "agency_id": "unit_of", "at": NOW}
# the row that is inserted, but for what the line says; a key is named by its word in the world
ROWS = {
    "referral_alert": {
        "id": uuid.uuid4, "reference": new_reference, "author_id": "who", "agency_id": "unit_of", "state": "draft",
        "form": "unknown", "age_side": "", "urgency": "normal", "agreement": "", "persons": 1, "case_status": "",
        "employer_immunity": False, "step": 1, "created_at": NOW, "saved_at": NOW,
    },
    "referral_alertcontent": {"alert_id": "bare", "data": SEALED},
    "referral_alertcontact": {"alert_id": "bare", "data": SEALED},
    "referral_alertaddition": {"id": uuid.uuid4, "alert_id": "sent", "by_id": "who", "at": NOW, "text": SEALED},
    "referral_alertmove": {**MOVE, "alert_id": "sent", "action": "open", "before": "sent", "after": "opened"},
    "referral_alertlink": {"alert_id": "taken", "case_id": "case", "at": NOW},
    "referral_matchmove": {**MOVE, "match_id": "match", "action": "dismiss", "before": "open", "after": "apart"},
    "referral_situation": {
        "id": uuid.uuid4, "reference": new_reference, "agency_id": "unit_of", "created_by_id": "who",
        "created_at": NOW, "sort": "raid", "happened_on": NOW, "territory_id": "75", "form": "unknown", "place": "",
        "data": SEALED,
    },
    "referral_situationbatch": {**OF_EVENT, "id": uuid.uuid4, "by_id": "who", "count": 1},
    "referral_situationalert": {**OF_EVENT, "alert_id": "seen"},
    "referral_situationcase": {**OF_EVENT, "case_id": "read_case", "number": 9, "agreement": "not_asked"},
    "referral_export": {
        "id": uuid.uuid4, "reference": new_reference, "agency_id": "unit_of", "by_id": "who", "at": NOW,
        "listed": "cases", "purpose": "report", "format": "csv", "total": 1, "state": "asked", "done": 0,
    },
    "referral_exportorder": {"export_id": "asked", "agency_id": "unit_of", "data": SEALED},
    "referral_exportmove": {**MOVE, "export_id": "asked", "action": "queue", "before": "asked", "after": "queued"},
    "referral_exportfile": {"export_id": "making", "membership_id": "who", "rows": SEALED, "link": ""},
    "referral_savedsearch": {
        "id": uuid.uuid4, "membership_id": "who", "listed": "cases", "data": SEALED, "at": NOW,
    },
}  # fmt: skip
# Changes of these write no column that the policy reads: its check says its choice of rows again.
SAME_COLUMNS = {"referral_alertdesk", "referral_export", "referral_situationcase"}
# Said a second time by what stands beside it. A draft is seen by its author alone, an event by its unit, by the policy
# of the row asked about; an alarm was chosen by the same words. How many times each:
DRAFTS = [
    f"{table} {part}"
    for table in ("referral_alertcontact", "referral_alertcontent")
    for part in ("add WITH CHECK", "change USING", "change WITH CHECK", "remove USING")
]
REPEATED = {
    "(x.author_id = nrm.membership())": dict.fromkeys(DRAFTS, 1),
    "(s.agency_id = nrm.desk())": dict.fromkeys(
        [f"referral_situation{part} add WITH CHECK" for part in ("alert", "batch", "case")], 1
    ),
    "((nrm.sight() = 'journal'::text) OR (nrm.desk() IN ( SELECT a.group_id FROM agencies_agency a"
    " WHERE ((a.mandate)::text = 'national'::text))))": {"referral_matchalarm change WITH CHECK": 1},
}


class World:
    """`names`: every word of the file, and the key it stands for."""

    def __init__(self):
        f.national()
        school, home, strange = f.agency(Kind.EDUCATION, desk=False), f.shelter(), f.shelter()
        unit, far = f.coordination(), f.coordination(territories=("13",))
        self.who = {
            "nurse": f.member(school, Role.FRONTLINE), "colleague": f.member(school, Role.FRONTLINE),
            "paper": f.member(school, Role.POLICY), "lead": f.member(home), "mate": f.member(home),
            "stranger": f.member(strange), "coord": f.member(unit, Role.COORDINATOR),
            "unitmate": f.member(unit, Role.COORDINATOR), "far": f.member(far, Role.COORDINATOR),
            "national": f.member(Agency.objects.get(mandate="national"), Role.COORDINATOR),
            "auditor": f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR),
        }  # fmt: skip
        self.names = {name: member.pk for name, member in self.who.items()}
        self.names |= {"home": home.pk, "strange": strange.pk, "unit": unit.pk, "farunit": far.pk}
        self._alerts(home, strange, unit)
        self._cases()
        with as_role("nrm_owner"):
            self._above_the_walls(home, unit, far)

    def _alerts(self, home, strange, unit):
        nurse, lead = self.who["nurse"], self.who["lead"]
        with acting_as(nurse):
            draft = alerts.start_draft(nurse, answers={})
            alerts.save_draft(nurse, draft.pk, {}, step=3, contact={"channel": "sms", "value": "MARQUE"})
        sent, passed, taken, kept = (f.sent_alert(nurse, desks=[home.pk]) for _ in range(4))
        reach = {"channel": "sms", "value": "MARQUE"}
        seen = f.sent_alert(nurse, desks=[unit.pk], contact=reach, recipients=["association", "contact"])
        own = f.sent_alert(lead, desks=[strange.pk])
        with acting_as(lead):
            desks.redirect_alert(lead, passed.pk, [strange.pk], reason="not_ours")
        found = {"draft": draft, "sent": sent, "passed": passed, "taken": taken, "kept": kept, "seen": seen, "own": own}
        self.names |= {name: alert.pk for name, alert in found.items()}

    def _cases(self):
        coord = self.who["coord"]
        found = {"case": f.own_case(self.who["lead"]), "others_case": f.own_case(self.who["stranger"])}
        for name in ("read_case", "other_read", "status_case"):
            sent = f.sent_alert(self.who["nurse"], desks=[coord.agency_id])
            found[name] = f.case(coord, alert=sent)
        self.names |= {name: case.pk for name, case in found.items()}

    def _above_the_walls(self, home, unit, far):
        """What no operation would leave in so few steps."""
        n = self.names
        rows = AlertDesk.objects.filter(agency=home.pk)
        rows.filter(alert__in=[n["passed"], n["taken"]]).update(taken_by=home)
        rows.filter(alert=n["taken"]).update(live=True)
        rows.filter(alert=n["kept"]).update(kept_case=n["case"])
        CaseAccess.objects.filter(agency=unit, case=n["status_case"]).update(level=1)
        read = CaseAccess.objects.get(agency=unit, case=n["read_case"])
        read.agency, read.lead, read.level = home, False, 3
        read.save(force_insert=True)
        n["bare"] = self._put("referral_alert", "nurse")
        n["event"], n["far_event"] = self._put("referral_situation", "coord"), self._put("referral_situation", "far")
        for event, alert in (("event", "taken"), ("event", "draft"), ("far_event", "seen")):
            self._put("referral_situationalert", event_of(event), situation_id=event, alert_id=alert)
        for event, case in (
            ("event", "other_read"),
            ("event", "status_case"),
            ("event", "case"),
            ("far_event", "read_case"),
        ):
            self._put("referral_situationcase", event_of(event), situation_id=event, case_id=case)
        n["asked"] = self._put("referral_export", "lead")
        n["making"] = self._put("referral_export", "lead", state="building")
        self._put("referral_export", "mate", state="building")
        n["made"] = self._put("referral_export", "lead", state="ready")
        self._put("referral_exportfile", "lead", export_id="made")
        self._put("referral_savedsearch", "lead")
        first, second = sorted((n["case"], n["others_case"]))
        n["match"] = uuid.uuid4()
        self._run(
            "INSERT INTO referral_match (id, reference, first_id, second_id, first_reference, second_reference, state,"
            " strength, reasons, digest, found_at)"
            " VALUES (%s, 'MMMM-MMMM', %s, %s, '', '', 'open', 'likely', '{}', '', now())",
            [n["match"], first, second],
        )
        for day, seen in (("2026-01-01", None), ("2026-01-02", timezone.now())):
            self._run(
                "INSERT INTO referral_matchalarm (id, reference, member_id, day, count, at, seen_at, finding)"
                " VALUES (%s, %s, %s, %s, 9, now(), %s, '')",
                [uuid.uuid4(), new_reference(), n["mate"], day, seen],
            )

    def _put(self, table, who, **but):
        sql, values, key = self.insert(table, who, but)
        self._run(sql, values)
        return key

    @staticmethod
    def _run(sql, values=None):
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.rowcount

    def _value(self, who, column, said):
        if callable(said):
            return said()
        if column.endswith("_id"):  # a key: a word of the world; elsewhere « draft » is a state
            said = {"who": self.who[who].pk, "unit_of": self.who[who].agency_id, **self.names}.get(said, said)
        return {NOW: timezone.now(), "NULL": None}.get(said, said)

    def insert(self, table, who, but):
        row = {name: self._value(who, name, said) for name, said in {**ROWS[table], **but}.items()}
        columns = ", ".join(row)
        return (
            f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(row))})",
            [*row.values()],
            row.get("id"),
        )

    def outcome(self, line) -> str:
        """What a line gives: y, empty, a number, or `privilege` when the column itself is closed."""
        table, who = line["table"], line["who"]
        but = dict(part.split("=") for part in line["but"].split(",") if part)
        if line["verb"] == "add":
            sql, values, _key = self.insert(table, who, but)
        elif line["verb"] == "change":
            sql = f"UPDATE {table} SET {', '.join(f'{name} = %s' for name in but)}"
            values = [self._value(who, name, said) for name, said in but.items()]
        else:
            sql, values = f"DELETE FROM {table}", []
        try:
            with acting_as(self.who[who]):
                done = self._run(sql, values)
                raise Undo
        except Undo:
            return "y" if line["verb"] == "add" else str(done)
        except DatabaseError as error:
            said = str(error)
        if "row-level security" in said:
            return ""
        return "privilege" if "permission denied" in said else "y"


class Undo(Exception):
    """Leaves nothing behind."""


def event_of(event: str) -> str:
    return "coord" if event == "event" else "far"


@pytest.fixture
def world(db):
    return World()


def differences(world, lines):
    for line in lines:
        got = world.outcome(line)
        if got != line["expected"]:
            what = f"{line['table']} {line['verb']} {line['who']} {line['but']}"
            yield f"{what}: « {got} », expected « {line['expected']} »; {line['reason']}"


def test_each_writing_is_let_through_or_refused_as_the_file_says(world):
    assert not (wrong := list(differences(world, LINES))), "\n".join(["Differs from expected/writes.csv:", *wrong])


def test_a_condition_dropped_from_a_policy_of_writing_is_noticed(world):
    tables = sorted({line["table"] for line in LINES})
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, policyname, kind, text FROM pg_policies, LATERAL (VALUES ('USING', qual),"
            " ('WITH CHECK', with_check)) AS parts (kind, text) WHERE text IS NOT NULL AND tablename = ANY(%s)"
            " AND policyname IN ('add', 'change', 'remove') ORDER BY 1, 2, 3",
            [tables],
        )
        parts = cursor.fetchall()
    assert {table for table, *_ in parts} == set(tables)
    unnoticed: dict[str, Counter] = {}
    for table, verb, kind, text in parts:
        lines = [line for line in LINES if (line["table"], line["verb"]) == (table, verb)]
        if table in SAME_COLUMNS and (verb, kind) == ("change", "WITH CHECK"):
            continue
        assert lines, f"{table}: nothing in expected/writes.csv tries to {verb}"
        for start, end in conditions(text):
            part = " ".join(text[start:end].split())
            if part == "true" or ASKED_TWICE.fullmatch(part):
                continue
            with transaction.atomic():
                with as_role("nrm_owner"), connection.cursor() as cursor:
                    cursor.execute(f"ALTER POLICY {verb} ON {table} {kind} ({text[:start]} true {text[end:]})")
                if next(differences(world, lines), None) is None:
                    unnoticed.setdefault(part, Counter())[f"{table} {verb} {kind}"] += 1
                transaction.set_rollback(True)
    said = [f"{part}: {dict(where)}" for part, where in unnoticed.items() if REPEATED.get(part) != where]
    assert unnoticed == REPEATED, "\n".join(
        ["dropped, and no line of expected/writes.csv notices: add who would", *said]
    )
