"""The sheet for the impact assessment tells facts that hold, and leaves to people what people decide."""

import re

import pytest

from agencies.models import Category, Level
from dev.data_map import durations, facts, impact, impact_words, recipients
from foundation.sight import Is, Own
from referral.personal_data.words import Purpose, Sort
from victims.models.sight import Sees

from .advice import ROOT
from .test_security_page import PAGE, missing

SHEET = impact.impact("")


def test_each_measure_is_a_promise_of_the_page_of_security_with_a_test_that_exists():
    named = [test for listed in impact_words.MEASURES.values() for _said, test in listed]
    assert len(named) > 15
    assert [test for test in named if missing(test) or f"`{test}`" not in PAGE] == []


def test_each_feared_event_names_measures_that_stand_there_and_leaves_the_judgment():
    assert [*impact_words.EVENTS] == [
        "Accès illégitime aux données", "Modification non désirée des données", "Disparition des données",
    ]  # fmt: skip
    for event, (threats, kinds, stays) in impact_words.EVENTS.items():
        assert threats and stays
        assert {*kinds} <= {*impact_words.MEASURES}, event
        said = SHEET.split(f"### {event}\n")[1].split("\n#")[0]
        for judged in ("impacts pour les personnes", "gravité", "vraisemblance"):
            assert f"| {judged} | **à décider par le responsable de traitement** |" in said


def test_each_legal_basis_is_a_proposal():
    assert {*impact_words.BASES} == {*Purpose}
    rows = re.findall(r"^\| .* \| (.*) \|$", SHEET.split("### Finalités")[1].split("\n## ")[0], re.MULTILINE)[1:]
    assert len(rows) == len(Purpose)
    assert [row for row in rows if impact_words.CONFIRM not in row] == [impact_words.BASES[Purpose.REFERENCE]]


def test_each_time_limit_of_the_page_of_retention_is_said_in_french():
    assert {line["name"] for line in durations.lines()} == {*impact_words.KEPT}
    assert "| brouillon d'alerte, avec ses réponses et son contact | 28 jours |" in SHEET
    assert "| session sans activité | 15 minutes |" in SHEET
    assert "| entrée du journal | 365 jours |" in SHEET


def test_a_time_limit_without_words_says_where_to_write_them(monkeypatch):
    monkeypatch.delitem(impact_words.KEPT, "journal.models.Checkpoint.KEPT")
    with pytest.raises(ValueError, match=r"KEPT of dev/data_map/impact_words.py"):
        impact.impact("")


def test_what_each_category_opens_is_told_of_the_rules_of_sight():
    line = next(line for line in SHEET.splitlines() if line.startswith("| catégorie « Auteurs"))
    assert "Infractions et auteurs présumés" in line and "Santé" not in line
    line = next(line for line in SHEET.splitlines() if line.startswith("| catégorie « Contact"))
    assert "Qui est la personne et comment la joindre" in line and "Infractions" not in line


# Tables that tell who somebody is, of health, offences or a child, and that are read with no grant on a case, by hand.
BY_CAPACITY = {
    "a écrit l'alerte": {
        "referral_alert", "referral_alertcontent", "referral_alertcontact", "referral_alertaddition",
        "referral_alertoffence",
    },
    "reçoit une alerte": {"referral_alert", "referral_alertcontent", "referral_alertaddition"},
    "reçoit une demande": {"referral_orientation", "referral_orientationsheet", "referral_orientationmessage"},
    "lit le journal": {"victims_grantlog", "referral_legalshare"},
    "répond d'une violation": {"referral_breach", "referral_breachentry"},
}  # fmt: skip
# read by the worker alone; by the author of a contribution; by the level or category of the need, row by row; as the
# requisition, by the agency that received it
OTHERWISE = {
    "victims_matchtoken", "plans_withdrawnpassage", "victims_needtext", "victims_supportaction",
    "victims_requisitionmove",
}  # fmt: skip
TELLING = {table for table in facts.tables() if recipients.of_a_person(table) - {Sort.SITUATION}}


@pytest.mark.parametrize("start", BY_CAPACITY)
def test_who_reads_with_no_grant_is_told_of_the_policies(start):
    (capacity,) = [each for each in recipients.WITHOUT_GRANT if each.startswith(start)]
    assert {table for table in TELLING if capacity in recipients.capacities(table)} == BY_CAPACITY[start]
    (line,) = [line for line in SHEET.splitlines() if line.startswith(f"| {capacity} |")]
    of_a_case = start not in ("lit le journal", "répond d'une violation")
    assert ("Qui est la personne" in line) == (start != "lit le journal")
    assert ("Santé, vie sexuelle" in line) == (of_a_case or start == "lit le journal")
    assert ("Infractions et auteurs présumés" in line) == of_a_case


def test_each_table_that_tells_much_of_a_person_is_counted_among_what_somebody_reads():
    sights = {table: getattr(model, "sight", None) for table, model in facts.tables().items()}
    counted = {t for t in TELLING if recipients.capacities(t) or recipients.grants(sights[t])}
    assert len(counted) > 30
    assert TELLING - counted == OTHERWISE


def test_a_grant_opens_what_asks_for_it_and_not_what_the_reader_must_have_written_too():
    whole, health = (Level.FILE, 0), (Level.STATUS, Category.HEALTH)
    file, category = Sees(Level.FILE), Sees(bit=Category.HEALTH)
    assert recipients.grants(file) == {whole}
    assert recipients.grants(Own() | file) == {whole}
    assert recipients.grants(file & (Is("sealed", False) | category)) == {whole, health}
    assert recipients.grants(Own() & file) == set()
    assert recipients.grants(Own()) == recipients.grants(None) == set()


def test_who_was_admitted_by_nobody_is_told():
    assert "chacun admis par deux personnes (hors les premiers," in SHEET


def test_what_has_no_end_and_what_keeps_a_closed_case_is_told():
    assert "| dossier ou alerte que personne n'a clos | sans échéance tant que personne ne le clôt |" in SHEET
    assert "deux personnes en conviennent, puis 7 jours |" in SHEET
    assert "jusqu'à la réponse, puis 62 jours |" in SHEET


def test_no_opinion_is_given_in_the_name_of_anybody():
    for who in ("Avis du DPO : **à rendre**", "Avis des personnes concernées : **à recueillir**"):
        assert who in SHEET
    for _who, what in impact_words.SUPPLIERS:
        assert f"{what} | **à compléter par l'exploitant** |" in SHEET


def test_documents_that_the_sheet_leads_to_exist():
    assert all((ROOT / "docs" / name).is_file() for name in re.findall(r"\]\(([\w-]+\.md)\)", SHEET))
