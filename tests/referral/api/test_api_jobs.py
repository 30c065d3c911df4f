"""Exports and imports by a program: second person, threshold, journal and end are those of the pages."""

import base64
from copy import deepcopy
from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from journal.models import Entry
from referral.exports import operations as exports
from referral.imports import operations as imports
from referral.imports.tasks import work as work_on_imports
from referral.models import Export, ExportFile
from tests import factories as f
from tests.guarantees.acts.house import House, do
from tests.referral.api import Caller, refused
from tests.referral.exports.test_exports import opened, worker
from tests.roles import as_role
from victims.models import Assignment, Case

pytestmark = pytest.mark.django_db
ORDER = {"list": "cases", "purpose": "meeting", "reason": "Réunion du lundi matin", "file_format": "csv"}
TABLE = "Référence;Majeur / mineur;Département;Forme;Téléphone\n{}"


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    world = House()
    world.program, world.second_program = Caller(f.program(world.home)), Caller(f.program(world.home))
    world.stranger = Caller(f.program(f.shelter()))
    world.writer = Caller(f.program(world.home, Role.FRONTLINE))
    world.police = Caller(f.program(f.agency(Kind.INTERIOR)))
    return world


def acts_of(caller) -> list[str]:
    with as_role("nrm_owner"):
        rows = Entry.objects.filter(membership_id=caller.member.pk, action__regex="^(export|import)")
        return sorted(rows.values_list("action", flat=True))


def asked(w, **said) -> str:
    answer = w.program.post("exports/", {**ORDER, **said})
    assert answer.status_code == 200, answer.content
    return f"exports/{answer.json()['made']}/"


def test_the_limit_of_an_hour_is_told_with_the_time_to_wait(w, monkeypatch):
    monkeypatch.setattr(exports, "AN_HOUR", 1)
    asked(w)
    spent = w.program.post("exports/", ORDER)
    refused(spent, 429, "too-many-requests")
    assert 3000 < int(spent["Retry-After"]) <= 3600
    assert acts_of(w.program) == ["export.ask"]


def many(w, cases=21) -> None:
    for _case in range(cases):
        f.own_case(w.lead)


# -- exports ----------------------------------------------------------------------------------------------------------
def test_a_few_rows_are_asked_made_and_fetched_once(w):
    where = asked(w)
    assert w.program.get(where).json()["state"] == "queued"
    worker()
    shown = w.program.get(where).json()
    assert (shown["state"], shown["done"]) == ("ready", shown["total"])
    assert shown["actions"] == ["cancel_export", "prepare_export", "fetch_export"]
    given = w.program.post(f"{where}prepare/", {}, key="one-key-of-the-test")
    again = w.program.post(f"{where}prepare/", {}, key="one-key-of-the-test").json()
    assert again == {"export": where.split("/")[1]}, "a passphrase is shown once"
    refused(w.program.post(f"{where}fetch/", {"token": "another"}), 404, "not-found")
    token = {"token": given.json()["token"]}
    file = w.program.post(f"{where}fetch/", token, key="the-key-of-the-file")
    assert file["Content-Type"] == "application/zip" and file["Cache-Control"] == "no-store"
    rows = opened(file.content, given.json()["passphrase"])
    assert w.case.reference in {row[0] for row in rows[1:]}
    refused(w.program.post(f"{where}fetch/", token, key="the-key-of-the-file"), 409, "wrong-state")
    refused(w.program.post(f"{where}prepare/"), 409, "wrong-state")
    assert acts_of(w.program) == ["export.ask", "export.fetch", "export.made", "export.prepare"]
    with as_role("nrm_owner"):
        assert not ExportFile.objects.exists()


def test_many_rows_wait_for_a_person_and_no_program_is_one(w):
    many(w)
    where = asked(w)
    assert w.program.get(where).json()["state"] == "waiting"
    pk = where.split("/")[1]
    for caller in (w.program, w.second_program):
        with acting_as(caller.member), pytest.raises((NotAllowed, exports.NotFound)):
            exports.approve_export(caller.member, pk)
    refused(w.second_program.get(where), 404, "not-found")
    worker()
    assert w.program.get(where).json()["state"] == "waiting", "nothing is made before a person agrees"
    do(w.mate, exports.approve_export, pk)
    worker()
    assert w.program.get(where).json()["state"] == "ready"


def test_names_wait_for_a_person_however_few(w):
    w.agreement(), w.identity()
    where = asked(w, content="htcds_named", file_format="json")
    assert w.program.get(where).json()["state"] == "waiting"
    refused(w.program.post("exports/", {**ORDER, "list": "sent", "content": "htcds"}), 400, "invalid",
            pointer="#/content")  # fmt: skip


def test_small_exports_add_up_to_the_threshold(w):
    many(w, 11)
    first, second = asked(w), asked(w)
    assert [w.program.get(where).json()["state"] for where in (first, second)] == ["queued", "waiting"]


def test_whoever_made_the_program_does_not_agree_to_its_export(w):
    many(w)
    with as_role("nrm_owner"):
        w.program.member.invited_by = w.mate
        w.program.member.save(update_fields=["invited_by"])
    pk = asked(w).split("/")[1]
    with acting_as(w.mate), pytest.raises(NotAllowed):
        exports.approve_export(w.mate, pk)


def test_an_export_is_given_up_and_ends_by_itself(w):
    where = asked(w)
    worker()
    assert w.program.post(f"{where}cancel/").status_code == 200
    refused(w.program.post(f"{where}cancel/"), 409, "wrong-state")
    late = asked(w)
    worker()
    with as_role("nrm_owner"):
        Export.objects.filter(pk=late.split("/")[1]).update(due_at=timezone.now() - timedelta(hours=1))
    worker()
    assert [w.program.get(one).json()["state"] for one in (where, late)] == ["cancelled", "expired"]
    refused(w.program.post(f"{late}prepare/"), 409, "wrong-state")


def test_an_export_is_of_who_asked_and_of_who_works_on_cases(w):
    where = asked(w)
    worker()
    for part, body in (("cancel/", {}), ("prepare/", {}), ("fetch/", {"token": "x"})):
        refused(w.stranger.post(where + part, body), 404, "not-found")
        refused(w.second_program.post(where + part, body), 404, "not-found")
    refused(w.writer.post("exports/", ORDER), 403, "forbidden")
    refused(w.program.post("exports/", {**ORDER, "filters": {"urgency": "no-such"}}), 400, "invalid")
    wrong = w.program.post("exports/", {**ORDER, "filters": {"unknown": "1"}})
    refused(wrong, 400, "invalid", pointer="#/filters/unknown")
    refused(w.program.post("exports/", {**ORDER, "list": "inbox"}), 400, "invalid", pointer="#/list")
    refused(w.program.post("exports/", {**ORDER, "filters": {"urgency": "vital"}}), 409, "wrong-state")
    refused(w.program.post("exports/", {**ORDER, "reason": "court"}), 400, "invalid", pointer="#/reason")
    assert [row["id"] for row in w.program.get("exports/").json()["results"]] == [where.split("/")[1]]


# -- imports ----------------------------------------------------------------------------------------------------------
def brought(w, *lines) -> str:
    text = TABLE.format("\n".join(lines or ["A-1;majeure;75;;0600000000", "A-2;mineur;93;;"]))
    answer = w.program.post("imports/", {"table": base64.b64encode(text.encode()).decode()})
    assert answer.status_code == 200, answer.content
    return f"imports/{answer.json()['made']}/"


MEANING = {"columns": ["reference", "age_side", "territory", "form", ""]}


def test_a_table_is_brought_matched_checked_loaded_and_taken_back(w):
    f.territory("93", "Seine-Saint-Denis")
    where = brought(w, "A-1;majeure;75;prostitution;0600000000", "A-2;mineur;93;;", "A-3;inconnue;75;;")
    columns = w.program.get(where).json()["columns"]
    assert [column["readable"] for column in columns] == [True, True, True, True, False]
    assert [column["meaning"] for column in columns] == MEANING["columns"]
    assert w.program.post(f"{where}columns/", MEANING).status_code == 200
    report = w.program.get(where).json()
    assert (report["total"], report["good"], [one["line"] for one in report["faults"]]) == (3, 1, [2, 4])
    words = [{"field": word["field"], "text": word["text"]} for word in report["words"]]
    assert {"field": "form", "text": "prostitution"} in words
    said = [{"field": "form", "text": "prostitution", "code": "sexual_exploitation"}]
    assert w.program.post(f"{where}words/", {"words": said}).status_code == 200
    refused(w.program.post(f"{where}load/", {"only_good": False}), 409, "wrong-state")
    assert w.program.post(f"{where}load/", {"only_good": True}).status_code == 200
    assert w.program.get(where).json()["state"] == "loading"
    do(w.program.member, imports.load_lines, where.split("/")[1])
    loaded = w.program.get(where).json()
    assert (loaded["state"], loaded["done"], loaded["worked_on"]) == ("loaded", 2, 0)
    with as_role("nrm_owner"):
        cases = list(Case.objects.filter(pk__in=[one["case"] for one in loaded["cases"]]))
        assert {case.form for case in cases} == {"sexual_exploitation", "unknown"}
        assert not Assignment.objects.filter(membership=w.program.member).exists()
    assert w.program.post(f"{where}undo/").status_code == 200
    with as_role("nrm_owner"):
        assert not Case.objects.filter(pk__in=[case.pk for case in cases]).exists()
    assert acts_of(w.program) == ["import.load", "import.loaded", "import.match", "import.match", "import.start",
                                  "import.undo"]  # fmt: skip


def test_columns_are_matched_again_and_a_table_is_given_up(w):
    where = brought(w)
    refused(w.program.post(f"{where}columns/", {"columns": ["reference"]}), 400, "invalid", pointer="#/columns")
    twice = {"columns": ["reference", "age_side", "territory", "territory", ""]}
    refused(w.program.post(f"{where}columns/", twice), 400, "invalid", pointer="#/columns")
    phone = {"columns": ["reference", "age_side", "", "", "territory"]}
    refused(w.program.post(f"{where}columns/", phone), 400, "invalid", pointer="#/columns")
    assert w.program.post(f"{where}columns/", MEANING).status_code == 200
    refused(w.program.post(f"{where}columns/", MEANING), 409, "wrong-state")
    assert w.program.post(f"{where}columns/again/").status_code == 200
    assert len(w.program.get(where).json()["columns"]) == 4, "what had no meaning is gone"
    assert w.program.post(f"{where}discard/").status_code == 200
    shown = w.program.get(where).json()
    assert (shown["state"], shown["actions"]) == ("discarded", [])
    refused(w.program.post(f"{where}discard/"), 409, "wrong-state")


def test_an_import_is_of_an_organisation_that_supports_people(w):
    where = brought(w)
    for part, body in (("columns/", MEANING), ("columns/again/", {}), ("words/", {"words": []}),
                       ("load/", {"only_good": True}), ("discard/", {}), ("undo/", {})):  # fmt: skip
        refused(w.stranger.post(where + part, body), 404, "not-found")
        refused(w.police.post(where + part, body), 403, "forbidden")
    refused(w.stranger.get(where), 404, "not-found")
    refused(w.police.get("imports/template/"), 403, "forbidden")
    assert len(w.program.get("imports/template/").json()["example"]) == 3
    assert [row["id"] for row in w.second_program.get("imports/").json()["results"]] == [where.split("/")[1]]


def test_a_file_that_is_none_is_refused_in_words(w):
    for table in ("é", "AAAA", base64.b64encode(b"\xd0\xcf\x11\xe0 old").decode(), ""):
        refused(w.program.post("imports/", {"table": table}), 400, "invalid", pointer="#/table")
    refused(w.program.post("imports/", {"table": "A" * 6_800_000}), 413, "too-large")
    assert w.program.get("imports/").json()["results"] == []


def test_a_table_of_many_lines_is_checked_and_loaded_by_the_worker_and_followed(w):
    """More than one piece: checked in the background, its report and its cases read page by page, stopped by a call."""
    lines = [f"C-{n};{'majeure' if n % 2 else ''};75;;" for n in range(250)]
    where = brought(w, *lines)
    assert w.program.post(f"{where}columns/", MEANING).status_code == 200
    shown = w.program.get(where).json()
    assert (shown["state"], shown["checked"], shown["good"]) == ("checking", 0, 0)
    assert set(shown["actions"]) == {"match_again", "discard_import"}
    refused(w.program.post(f"{where}load/", {"only_good": True}), 409, "wrong-state")
    checked()
    shown = w.program.get(where).json()
    assert (shown["state"], shown["checked"], shown["good"], shown["total"]) == ("matched", 250, 125, 250)
    assert [len(shown["faults"]), shown["faults"][0]["line"], shown["next_line"]] == [100, 2, 202]
    rest = w.program.get(where, line="202").json()
    assert ([len(rest["faults"]), rest["faults"][0]["line"]], "next_line" in rest) == ([25, 202], False)
    refused(w.program.get(where, line="x"), 400, "invalid", parameter="line")
    assert w.program.post(f"{where}load/", {"only_good": True}).status_code == 200
    do(w.program.member, imports.work_on, where.split("/")[1])
    shown = w.program.get(where).json()
    assert (shown["state"], shown["done"], "discard_import" in shown["actions"]) == ("loading", 100, True)
    assert w.program.post(f"{where}discard/").status_code == 200
    shown = w.program.get(where).json()
    assert (shown["state"], shown["done"], len(shown["cases"]), shown["actions"]) == (
        "loaded",
        100,
        100,
        ["undo_import"],
    )
    assert checked() == 0


def checked() -> int:
    with as_role("nrm_worker"):
        return work_on_imports()


def test_a_large_table_is_taken_whole(w):
    lines = [f"B-{n};majeure;75;labour_exploitation;{'0' * 60}" for n in range(1500)]
    where = brought(w, *lines)  # far above the 64 KiB of other bodies
    assert w.program.get(where).json()["total"] == 1500
