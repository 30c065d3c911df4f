"""Every field and every value of the standard has its fate, said by hand in tests/guarantees/expected/htcds.csv."""

import csv
from pathlib import Path

import yaml

from referral.htcds.words import ALIASES, FIELDS, TAKEN_AS, Fate

ROOT = Path(__file__).resolve().parents[3]
EXPECTED = ROOT / "tests/guarantees/expected"


def rows(path) -> list[dict]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def standard() -> list[dict]:
    return rows(ROOT / "data/htcds/fields.csv")


def values() -> list[dict]:
    return rows(ROOT / "data/htcds/values.csv")


def test_lists_shipped_are_whole_and_attributed():
    assert (len(standard()), len(values()), len({v["field"] for v in values()})) == (83, 182, 21)
    counted = {row["field"]: int(row["n_values"]) for row in standard() if row["n_values"] != "0"}
    assert counted == {name: sum(v["field"] == name for v in values()) for name in counted}
    for page in ("data/htcds/README.md", "docs/htcds.md"):
        text = (ROOT / page).read_text()
        assert "Human Trafficking Case Data Standard (HTCDS) by IOM, licensed under CC BY 4.0" in text, page


def test_each_of_the_83_fields_has_the_fate_said_by_hand():
    said = {row["field"]: (row["fate"], row["taken"]) for row in rows(EXPECTED / "htcds.csv")}
    assert set(said) == {row["field"] for row in standard()}
    assert {name: (str(field.fate), field.taken) for name, field in FIELDS.items()} == said


def test_what_is_not_taken_says_why():
    silent = [name for name, field in FIELDS.items() if not field.taken and not str(field.why)]
    assert not silent
    assert not [name for name, field in FIELDS.items() if field.fate != Fate.HELD and field.taken]


def test_each_of_the_182_values_follows_its_field_or_has_a_code():
    """A value of a field that is held is sent for a code of the pack, or taken as one, or said to be held nowhere."""
    pack = yaml.safe_load((ROOT / "data/forms.yaml").read_text())
    lost, walked = [], 0
    for row in values():
        walked += 1
        field = FIELDS[row["field"]]
        own = {code["htcds"]: code["code"] for code in pack.get(field.codes, []) if code.get("htcds")}
        known = row["value"] in own or (row["field"], row["value"]) in TAKEN_AS
        if field.fate == Fate.HELD and not known:
            lost.append((row["field"], row["value"]))
    assert (walked, lost) == (182, [])


def test_no_code_of_the_pack_is_sent_as_a_value_the_standard_has_not():
    pack = yaml.safe_load((ROOT / "data/forms.yaml").read_text())
    there = {(row["field"], row["value"]) for row in values()}
    sent = {
        (name, code["htcds"])
        for name, field in FIELDS.items()
        for code in pack.get(field.codes, [])
        if code.get("htcds")
    }
    assert sent and sent <= there and set(TAKEN_AS) <= there


def test_names_of_the_tools_lead_to_fields():
    assert set(ALIASES.values()) <= set(FIELDS) and not set(ALIASES) & set(FIELDS)
