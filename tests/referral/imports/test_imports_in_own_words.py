"""A table in the words of an organisation: towns are places, and nobody is told to rewrite what can be chosen."""

from pathlib import Path

import pytest
import yaml

from foundation.actor import acting_as
from foundation.tables.reading import read
from foundation.words.comparison import plain as compared
from referral.imports import operations as imports
from referral.imports import selectors as tables
from referral.imports import views
from tests.referral.pages import Hand, text

from .test_imports import brought, worker  # noqa: F401

pytestmark = pytest.mark.django_db


def start(actor, table: str):
    with acting_as(actor):
        return imports.start_import(actor, read(table.encode()))


def test_a_chef_lieu_says_its_département_and_other_towns_are_asked(worker):  # noqa: F811
    towns = ["Lyon", "marseille", "BOBIGNY", "Lille", "St-Étienne", "SAINT ETIENNE", "Saint-Denis", "Montreuil"]
    lines = "".join(f"T-{n};majeure;{town}\n" for n, town in enumerate(towns))
    made = brought(worker, "Référence;Majeur / mineur;Ville\n" + lines)
    with acting_as(worker):
        asked = {word for _field, word, _count in made.content["words"]}
        assert asked == {"St-Étienne", "Saint-Denis", "Montreuil"}
        assert [line["values"]["territory"] for line in made.content["sample"]] == ["69", "13", "93", "59", "42"]


def test_every_chef_lieu_of_the_pack_is_known_but_those_that_share_their_name():
    pack = yaml.safe_load(Path("data/territories.yaml").read_text())
    places = [*pack["departments"], *pack["collectivities"]]
    shared = {entry["seat"]: entry["code"] for entry in places if entry.get("seat_shared")}
    assert shared == {"Saint-Denis": "974", "Saint-Pierre": "975", "Valence": "26"}
    seats = [compared(entry["seat"]) for entry in places if entry["seat"] not in shared]
    assert len(seats) == len(set(seats)) == 104, "each names one place"
    labels = {compared(entry["label_fr"]): entry["code"] for entry in places}
    assert all(labels.get(compared(entry["seat"]), entry["code"]) == entry["code"] for entry in places)


def test_to_correct_says_to_choose_above_what_is_asked_above(worker, monkeypatch):  # noqa: F811
    table = "Référence;Majeur / mineur;Ville;Forme\nU-1;;Montreuil;;\nU-2;majeure;Montreuil;réseau\nU-2;majeure;75;\n"
    made, hand = brought(worker, table), Hand(worker)
    page = text(hand.get("import-detail", made.pk)).partition("À corriger</h2>")[2]
    assert "Département : choisissez plus haut ce que veut dire « Montreuil »" in page
    assert "Majeur ou mineur : choisissez plus haut ce que veut dire une case vide" in page
    assert "Forme d'exploitation : choisissez plus haut ce que veut dire « réseau »" in page
    assert "n'est pas dans la liste" not in page and "écrivez" not in page
    assert "elle est aussi à la ligne 3" in page, "what is not asked is to be corrected"
    monkeypatch.setattr(views, "WORDS", 1)
    page = text(hand.get("import-detail", made.pk)).partition("À corriger</h2>")[2]
    assert "le sens de « réseau » vous sera demandé après" in page
    with acting_as(worker):
        (first, *_others) = tables.faulty_lines(worker, made)
        assert any("écrivez" in fault for fault in first.faults), "programs read what the table needs"


def test_a_reference_under_a_title_that_is_never_read_is_told_how_to_be_read(worker):  # noqa: F811
    hand = Hand(worker)
    made = start(worker, "Nom interne;Majeur / mineur\nA-1;majeure\n")
    page = text(hand.post("import-detail", made.pk, column_0="", column_1="age_side"))
    assert "Aucune colonne n'est « Référence interne de votre service »" in page
    assert "donnez-lui le titre « Référence » dans le tableau" in page
    made = start(worker, "Truc;Majeur / mineur\nA-1;majeure\n")
    page = text(hand.post("import-detail", made.pk, column_0="", column_1="age_side"))
    assert "Aucune colonne n'est" in page and "donnez-lui le titre" not in page, "no column is refused for its title"
