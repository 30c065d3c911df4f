"""One's own cases leave in the standard under agreement: who, how far, which parts, and what is never in the file."""

import csv
import io
import json
from datetime import date

import pytest
import pyzipper
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator, FormatChecker
from openpyxl import load_workbook

from agencies.models import Category, Level
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.tables.writing import WRITERS
from journal.models import Entry
from referral.exports import operations as exports
from referral.exports.rules import SCHEMA_FILE
from referral.htcds import selectors as htcds
from referral.htcds.rules.records import columns, write_json
from referral.models import ExportFile
from tests import factories as f
from tests.referral.exports.test_exports import ORDER, state, worker
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.access import grant
from victims.categories.operations import write_entry
from victims.consents import operations as consents
from victims.identity.operations import enter_identity, read_identity
from victims.models import Case, Contact, Grant, IdentificationView, ReadingAlarm
from victims.own_labels.operations import set_label
from victims.path import operations as path
from victims.reading.access import Spent
from victims.secrecy.operations import write_secret

from .test_words import values

pytestmark = pytest.mark.django_db
SEALED = ("MARQUEUR-SANTE", "MARQUEUR-AUTEUR", "MARQUEUR-SEJOUR", "MARQUEUR-SECRET", "MARQUEUR-ASILE")
EPISODE = {"form": "forced_begging", "country": "FR", "department": "93", "began": "2024-03-15"}
HERS = {"channel": "sms", "value": "0700000001", "whose": "hers", "hours": "mardi matin"}
THEIRS = {"channel": "phone", "value": "0700000099", "whose": "controller"}


@pytest.fixture
def home():
    f.national()
    f.coordination()
    here = f.shelter(may_hold=31)
    return {"asker": f.member(here), "mate": f.member(here), "stranger": f.member(f.shelter())}


def agreed_case(actor, **agreement):
    case = f.own_case(actor)
    agreement = {"kinds": [], "agencies": [actor.agency_id], "purpose": "record", "level": Level.FILE, **agreement}
    return case, f.consent(actor, case, **agreement)


def full_case(actor, own="2026-7", **agreement):
    """A case with something in each part, sealed ones too."""
    case, consent = agreed_case(actor, **{"categories": Category.IDENTITY | Category.CONTACT, **agreement})
    with as_role("nrm_owner"), acting_as(actor):
        bits = Category.CONTACT | Category.HEALTH | Category.OFFENCE | Category.RESIDENCE
        grant(case, actor.agency_id, categories=bits, ground=Grant.Ground.LEGAL, ground_id=case.pk, given_by=actor)
        for data in (THEIRS, HERS):
            Contact.objects.create(case=case, data=data)
        for body, status in (("ngo", "presumed"), ("police", "identified")):
            IdentificationView.objects.create(case=case, body=body, status=status, stated_on=date(2026, 2, 1))
        IdentificationView.objects.create(
            case=case, body="administration", status="recognised", stated_on=date(2026, 2, 2), asylum_body=actor.agency
        )
    with acting_as(actor):
        set_label(actor, case.pk, reference=own, nickname="MARQUEUR-SURNOM")
        path.record_profile(actor, case.pk, data={"sex": "trans_female", "nationality": "NG", "age_group": "25_29"})
        path.write_episode(
            actor,
            case.pk,
            data={**EPISODE, "note": "MARQUEUR-RECIT"},
        )
        write_entry(actor, case.pk, Category.HEALTH, data={"text": SEALED[0]})
        write_entry(actor, case.pk, Category.OFFENCE, data={"text": SEALED[1]})
        write_entry(actor, case.pk, Category.RESIDENCE, data={"text": SEALED[2]})
        write_secret(actor, case.pk, text=SEALED[3])
        if consent.categories & Category.IDENTITY:
            data = {"family_name": "NOM-FICTIF", "given_names": "Prénom fictif", "births": [{"date": "1999-03-12"}]}
            enter_identity(actor, case.pk, consent=consent, data=data)
    return case, consent


def ask(actor, content="htcds", **order):
    with acting_as(actor):
        return exports.ask_export(actor, "cases", "", **{**ORDER, "content": content, **order})


def archive(actor, export) -> dict[str, bytes]:
    with acting_as(actor):
        _, passphrase, token, _ = exports.prepare_archive(actor, export.pk)
    with acting_as(actor):
        _, body = exports.fetch_archive(actor, export.pk, token)
    with pyzipper.AESZipFile(io.BytesIO(body)) as found:
        found.setpassword(passphrase.encode())
        return {name: found.read(name) for name in found.namelist()}


def taken(home, export) -> list[dict]:
    """Have it made, and taken by who asked: one dict a case."""
    if export.state == "waiting":
        with acting_as(home["mate"]):
            exports.approve_export(home["mate"], export.pk)
    worker()
    (body,) = [data for name, data in archive(home["asker"], export).items() if name.endswith(".csv")]
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))


def test_a_case_says_in_the_standard_what_is_open_and_nothing_that_is_sealed(home):
    case, _consent = full_case(home["asker"])
    export = ask(home["asker"])
    assert export.state == "queued"
    (row,) = taken(home, export)
    expected = {
        "con_Consent": "TRUE",
        "prs_Gender": "TransgenderFeminine",
        "prs_Citizenship": "NG",
        "vic_TraffickingStatus": "ActualVictimOfTrafficking",
        "vic_TraffickingStatusDecisionMakingOrg": "Police",
        "vic_TypeOfExploitation": "ForcedLabour;ForcedBegging",
        "cas_Status": "Active",
        "hte_Country": "FR",
        "hte_State": "93",
        "hte_Date": "2024-03-15",
        "hte_Type": "Exploitation",
        "repere_reference": case.reference,
        "repere_own_reference": "2026-7",
        "repere_age_group": "25_29",
        "repere_identification": "police|identified|2026-02-01;ngo|presumed|2026-02-01",
        "repere_episodes": "forced_begging|FR|93|2024-03-15||",
        "repere_export": export.reference,
    }
    assert {name: row[name] for name in expected} == expected
    whole = str(row)
    assert not [mark for mark in (*SEALED, "MARQUEUR", "NOM-FICTIF", "0700000001", "1999-03-12") if mark in whole]
    assert not {"prs_FirstName", "prs_SecondName", "prs_Birthdate", "prs_MobilePhone"} & set(row)


def test_names_leave_only_when_asked_for_approved_and_agreed(home):
    full_case(home["asker"])
    without, _ = agreed_case(home["asker"])
    export = ask(home["asker"], "htcds_named")
    assert export.state == "waiting", "one case with names waits for a second person"
    assert "avec identité et contact" in text(Hand(home["mate"]).get("export-detail", export.pk))
    rows = {row["repere_reference"]: row for row in taken(home, export)}
    bare = rows.pop(without.reference)
    (named,) = rows.values()
    told = ("prs_FirstName", "prs_SecondName", "prs_Birthdate", "prs_MobilePhone", "repere_contact_hours")
    assert [named[name] for name in told] == [
        "Prénom fictif", "NOM-FICTIF", "1999-03-12", "0700000001", "mardi matin",
    ]  # fmt: skip
    assert [bare[name] for name in told] == [""] * 5
    assert "0700000099" not in str(named), "never a number of who controls the person"
    assert not [mark for mark in (*SEALED, "MARQUEUR") if mark in str(named)]
    with as_role("nrm_owner"):
        said = Entry.objects.filter(action__endswith=".export").exclude(action="export.ask")
        expected = ["case.export", "case.export", "contact.read.export", "identity.read.export"]
        assert sorted(said.values_list("action", flat=True)) == expected


def test_identity_and_contact_each_need_their_own_bit(home):
    _case, consent = full_case(home["asker"], categories=Category.IDENTITY)
    with acting_as(home["asker"]):
        assert htcds.opened(home["asker"], [consent.case_id])[str(consent.case_id)] == (3, Category.IDENTITY)
    (row,) = taken(home, ask(home["asker"], "htcds_named"))
    assert (row["prs_SecondName"], row["prs_MobilePhone"], row["repere_contact_hours"]) == ("NOM-FICTIF", "", "")


def test_who_did_not_agree_is_not_in_it(home):
    asker = home["asker"]
    kept, _ = agreed_case(asker)
    f.own_case(asker)
    agreed_case(asker, purpose="statistics")
    agreed_case(asker, agencies=[home["stranger"].agency_id])
    _gone, consent = agreed_case(asker)
    with acting_as(asker):
        consents.withdraw_consent(asker, consent.pk)
    theirs, shared = agreed_case(home["stranger"], agencies=[asker.agency_id])
    f.orientation(home["stranger"], theirs, asker.agency, state="accepted", answerer=asker, consent=shared)
    assert "À la norme HTCDS : 1 dossier de cette liste." in text(Hand(asker).get("export-new", "cases"))
    export = ask(asker)
    assert export.total == 1
    assert [row["repere_reference"] for row in taken(home, export)] == [kept.reference]


def test_an_agreement_on_the_summary_opens_no_more(home):
    full_case(home["asker"], level=Level.SUMMARY, categories=0)
    (row,) = taken(home, ask(home["asker"]))
    assert (row["prs_Gender"], row["prs_Citizenship"], row["hte_Country"], row["repere_episodes"]) == ("", "", "", "")
    assert row["repere_age_side"] == "adult"


@pytest.mark.parametrize("when", ["before it is made", "before it is taken"])
def test_an_agreement_withdrawn_takes_its_case_out(home, when):
    asker = home["asker"]
    _case, consent = full_case(asker)
    agreed_case(asker)
    export = ask(asker)
    if when == "before it is taken":
        worker()
    with acting_as(asker):
        consents.withdraw_consent(asker, consent.pk)
    assert len(taken(home, export)) == 1


def test_the_second_person_and_the_database_stop_names_alone(home):
    full_case(home["asker"])
    export = ask(home["asker"], "htcds_named")
    worker()
    assert state(export) == "waiting"
    assert Hand(home["asker"]).post("export-approve", export.pk).status_code == 403
    assert Hand(home["stranger"]).post("export-approve", export.pk).status_code == 404


@pytest.mark.parametrize("told", ["asylum", "detention"])
def test_a_detection_that_tells_of_the_right_to_stay_does_not_leave(home, told):
    case, _ = agreed_case(home["asker"])
    with acting_as(home["asker"]):
        path.record_profile(home["asker"], case.pk, data={"detection": told, "sex": "male"})
        (row,) = htcds.lines(home["asker"], [str(case.pk)], columns(named=True), named=True).values()
    assert told not in row["cells"] and "Masculine" in row["cells"]


def test_requests_have_no_such_export_and_an_empty_one_says_so(home):
    f.own_case(home["asker"])
    with acting_as(home["asker"]), pytest.raises(NotFound):
        exports.ask_export(home["asker"], "sent", "", **{**ORDER, "content": "htcds"})
    answer = Hand(home["asker"]).post("export-new", "cases", **{**ORDER, "content": "htcds"})
    assert answer.status_code == 200 and "dont la personne a donné son accord" in text(answer)
    json_list = Hand(home["asker"]).post("export-new", "cases", **{**ORDER, "file_format": "json"})
    assert json_list.status_code == 200 and "JSON va avec la norme HTCDS" in text(json_list)


@pytest.mark.parametrize("content", ["htcds", "htcds_named"])
def test_json_is_what_its_schema_says_and_carries_it(home, content):
    full_case(home["asker"])
    agreed_case(home["asker"])
    export = ask(home["asker"], content, file_format="json")
    if content == "htcds_named":
        with acting_as(home["mate"]):
            exports.approve_export(home["mate"], export.pk)
    worker()
    files = archive(home["asker"], export)
    schema = json.loads(files["cases-1.0.schema.json"])
    Draft202012Validator.check_schema(schema)
    document = json.loads(files[f"export-{export.reference}.json"])
    judge = Draft202012Validator(schema, format_checker=FormatChecker())
    assert not list(judge.iter_errors(document)) and len(document["cases"]) == 2
    assert b"CC BY 4.0" in files["LISEZ-MOI.txt"]
    broken = {**document, "cases": [{**document["cases"][0], "prs_Gender": "female"}]}
    assert list(judge.iter_errors(broken)), "the schema refuses a code that is ours"
    first = next(case for case in document["cases"] if "own_reference" in case["extension"])
    assert first["extension"]["episodes"][0]["department"] == "93"
    assert isinstance(first["vic_TypeOfExploitation"], list)


def test_schema_knows_every_column_and_every_value_of_the_standard():
    case = json.loads(SCHEMA_FILE.read_text())["$defs"]["case"]["properties"]
    own = {f"repere_{name}" for name in case["extension"]["properties"]}
    assert {*case, *own} - {"extension", "repere_export"} == set(columns(named=True))
    for name in ("prs_Gender", "cas_Status", "vic_TraffickingStatus", "hte_Type"):
        assert case[name]["enum"] == [row["value"] for row in values() if row["field"] == name]


def test_kinds_of_file_say_the_same(home):
    full_case(home["asker"])
    with acting_as(home["asker"]):
        head = columns(named=True)
        keys = [str(pk) for pk in Case.objects.values_list("pk", flat=True)]
        (row,) = htcds.lines(home["asker"], keys, head, named=True).values()
    sheet = load_workbook(io.BytesIO(WRITERS["xlsx"](head, [row["cells"]]))).active
    assert [cell.value or "" for cell in sheet[2]] == row["cells"]
    write_json(out := io.BytesIO(), head, [row["cells"]])
    (case,) = json.loads(out.getvalue())["cases"]
    assert case["prs_SecondName"] == "NOM-FICTIF" and case["con_Consent"] is True


def test_reading_costs_the_same_at_two_sizes(home):
    counts = []
    for more in (1, 5):
        for _ in range(more):
            full_case(home["asker"], categories=0) if more == 1 else agreed_case(home["asker"])
        with acting_as(home["asker"]), CaptureQueriesContext(connection) as said:
            keys = [str(pk) for pk in Case.objects.values_list("pk", flat=True)]
            htcds.lines(home["asker"], keys, columns(named=False), named=False)
        counts.append(len(said))
    assert counts[0] == counts[1]


def _budgets(settings, hour, week):
    most = {"hour": hour, "week": week}
    settings.READ_BUDGETS = {
        sort: dict.fromkeys(("file", "identity", "contact"), most) for sort in ("person", "service")
    }


def _read_alone(actor, cases) -> list[bool]:
    """Try to be shown the identity of each case: whether it was."""

    def shown(case):
        try:
            with acting_as(actor):
                return read_identity(actor, case.pk) is not None
        except Spent:
            return False

    return [shown(case) for case in cases]


def _alarms(member):
    with as_role("nrm_owner"):
        return sorted(ReadingAlarm.objects.filter(membership=member).values_list("kind", "window"))


def test_names_in_a_table_count_as_read_in_the_seven_days_and_the_alarm_comes(home, settings):
    """Two people of one agency took out at once what one reads in months, and no auditor was told."""
    _budgets(settings, 3, 4)
    cases = [full_case(home["asker"], own)[0] for own in "123"]
    taken(home, ask(home["asker"], "htcds_named"))
    assert _alarms(home["asker"]) == [], "three of four"
    fourth, fifth = (full_case(home["asker"], own)[0] for own in "45")
    assert _read_alone(home["asker"], [cases[0], fourth]) == [True, True], "counted once, and not in the hour"
    assert _alarms(home["asker"]) == [("identity", "week")]
    assert _read_alone(home["asker"], [fifth]) == [False]
    assert _read_alone(home["mate"], [fifth]) == [True], "the second person has a budget of its own"


def test_a_table_with_names_is_never_larger_than_what_is_left_of_the_seven_days(home, settings):
    _budgets(settings, 3, 3)
    first, *_others = [full_case(home["asker"], own)[0] for own in "1234"]
    assert _read_alone(home["asker"], [first]) == [True]
    hand = Hand(home["asker"])
    said = text(hand.post("export-new", "cases", **ORDER, content="htcds_named", query=""))
    assert "il vous reste 2 personnes" in said
    with pytest.raises(exports.TooManyNames):
        ask(home["asker"], "htcds_named")
    assert ask(home["asker"]).total == 4, "without names nothing is counted"
    _budgets(settings, 3, 4)
    export = ask(home["asker"], "htcds_named")
    assert export.state == "waiting"
    full_case(home["asker"], "9")
    with pytest.raises(exports.TooManyNames) as refused:
        ask(home["asker"], "htcds_named")
    assert refused.value.left == 0, "what waits for the second person is taken already"


def test_a_budget_used_up_while_a_table_waited_stops_it(home, settings):
    _budgets(settings, 9, 2)
    for own in "12":
        full_case(home["asker"], own)
    export = ask(home["asker"], "htcds_named")
    assert _read_alone(home["asker"], [full_case(home["asker"], "9")[0]]) == [True]
    with acting_as(home["mate"]):
        exports.approve_export(home["mate"], export.pk)
    worker()
    assert state(export) == "stopped"
    with as_role("nrm_owner"):
        assert not Entry.objects.filter(action__endswith="read.export").exists()
        assert not ExportFile.objects.exists()
    assert "autant de noms qu'il est permis en sept jours" in text(Hand(home["asker"]).get("export-detail", export.pk))
