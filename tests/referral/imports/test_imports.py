"""An organisation's own list: read, matched, checked, loaded whole, internal to it, and taken back while untouched."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import translation

from agencies.models import Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.tables.reading import read
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from referral.imports import operations as imports
from referral.imports import selectors as tables
from referral.imports.tasks import forget_tables, work
from referral.models import CaseImport, ImportedCase, ImportMatching, ImportPiece
from tests import factories as f
from tests.referral.pages import Hand, plain, text
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, restrict_case
from victims.models import Case, CaseAccess, Grant, OwnLabel, Profile
from victims.own_labels.operations import set_label
from victims.path import operations as path

pytestmark = pytest.mark.django_db
COLUMNS = "Référence;Majeur / mineur;Département;Forme;Suivi depuis;Sexe;Nationalité;Nom\n"
GOOD = COLUMNS + (
    "A-1;majeure;75;labour_exploitation;15/03/2026;femme;Roumanie;MARQUEUR-NOM\n"
    "A-2;16;93;;;homme;;MARQUEUR-NOM\n"
    "A-3;doute;;;;;;MARQUEUR-NOM\n"
)


@pytest.fixture
def worker():
    f.territory("93", "Seine-Saint-Denis")
    f.national()
    f.coordination(territories=("75", "93"))
    return f.member(f.shelter())


def brought(actor, table: str, matching=None):
    with acting_as(actor):
        made = imports.start_import(actor, read(table.encode()))
        chosen = matching or {int(k): v for k, v in made.content["matching"].items()}
        return imports.match_columns(actor, made.pk, chosen)


def loaded(actor, table: str, **how):
    made = brought(actor, table)
    with acting_as(actor):
        imports.order_load(actor, made.pk, **{"only_good": False, **how})
        imports.load_lines(actor, made.pk)
        made.refresh_from_db()
    return made


def run() -> int:
    """Let the worker do what waits; return how many pieces it handled."""
    with as_role("nrm_worker"):
        return work()


def lines_of(made) -> list:
    """Return what is kept of the cells of a table."""
    with as_role("nrm_owner"):
        return [row for piece in ImportPiece.objects.filter(origin=made).order_by("first") for row in piece.rows]


def test_the_cases_are_internal_and_nobody_else_sees_that_they_exist(worker):
    made = loaded(worker, GOOD)
    assert (made.state, made.done, made.content) == ("loaded", 3, None)
    colleague = f.member(worker.agency)
    with acting_as(colleague):
        rows = {label.reference: label.case for label in OwnLabel.objects.select_related("case")}
        assert set(rows) == {"A-1", "A-2", "A-3"}
        assert [rows[k].age_side for k in sorted(rows)] == ["adult", "minor", "doubt"]
        assert [rows[k].urgency for k in sorted(rows)] == ["normal", "high", "high"]
        assert [rows[k].territory_id for k in sorted(rows)] == ["75", "93", "75"]
        assert rows["A-1"].form == "labour_exploitation" and rows["A-1"].received_at.date().isoformat() == "2026-03-15"
        assert Profile.objects.get(case=rows["A-1"]).data == {"sex": "female", "nationality": "RO"}
        assert Profile.objects.get(case=rows["A-2"]).data == {"sex": "male", "age_group": "15_17"}, "from the age"
        assert CaseAccess.objects.of(colleague).filter(lead=True, level=3).count() == 3
    coordination = f.member(rows["A-1"].coordination, Role.COORDINATOR)
    for stranger in (coordination, f.member(f.shelter()), f.member(worker.agency, Role.FRONTLINE)):
        with acting_as(stranger):
            assert (Case.objects.count(), CaseAccess.objects.count(), ImportedCase.objects.count()) == (0, 0, 0)
            assert CaseImport.objects.count() == 0
    with as_role("nrm_owner"):
        assert set(Grant.objects.values_list("group_id", "ground")) == {(worker.agency_id, "lead")}
        assert Entry.objects.filter(action="case.open").count() == 3


def test_columns_with_names_are_forgotten_when_columns_are_matched(worker):
    with acting_as(worker):
        made = imports.start_import(worker, read(GOOD.encode()))
        assert "7" not in made.content["matching"]
    made = brought(worker, GOOD)
    with acting_as(worker):
        made.refresh_from_db()
        assert "Nom" not in made.content["headers"] and "MARQUEUR-NOM" not in str(made.content)
        assert len(lines_of(made)) == 3 and "MARQUEUR-NOM" not in str(lines_of(made))
        assert ImportMatching.objects.get().data["majeur mineur"] == "age_side"


def test_the_matching_is_remembered_for_the_next_table(worker):
    table = "Truc;Machin\nB-1;majeur\n"
    with acting_as(worker):
        made = imports.start_import(worker, read(table.encode()))
        assert made.content["matching"] == {}
        imports.match_columns(worker, made.pk, {0: "reference", 1: "age_side"})
        again = imports.start_import(worker, read(table.encode()))
        assert again.content["matching"] == {"0": "reference", "1": "age_side"}
    other = f.member(f.shelter())
    with acting_as(other):
        assert imports.start_import(other, read(table.encode())).content["matching"] == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (";majeure;75;;;;", "Référence : écrivez votre propre numéro"),
        ("Dupont Marie;majeure;75;;;;", "elle ressemble à un nom"),
        ("x@exemple.invalid;majeure;75;;;;", "elle ressemble à un nom"),
        ("C-1;;75;;;;", "Majeur ou mineur : écrivez"),
        ("C-1;oui;75;;;;", "Majeur ou mineur : écrivez"),
        ("C-1;majeure;999;;;;", "Département : écrivez son numéro"),
        ("C-1;majeure;75;esclavage;;;", "« esclavage » n'est pas dans la liste"),
        ("C-1;majeure;75;;31/02/2026;;", "écrivez un jour passé"),
        ("C-1;majeure;75;;15/03/2099;;", "écrivez un jour passé"),
        ("C-1;majeure;75;;;;Atlantide", "Nationalité : écrivez le nom d'un pays"),
    ],
)
def test_each_fault_says_what_to_do(worker, line, said):
    made = brought(worker, COLUMNS + "OK-1;majeure;75;;;;\n" + line + "\n")
    with acting_as(worker), translation.override("fr"):
        (wrong,) = tables.faulty_lines(worker, made)
        assert (wrong.number, made.good) == (3, 1)
        assert said in plain(" ".join(wrong.faults))


def test_a_reference_once_in_the_table_and_once_in_the_organisation(worker):
    twice = brought(worker, COLUMNS + "D-1;majeure;75;;;;\nd 1;majeure;75;;;;\n")
    with acting_as(worker):
        assert [line.number for line in tables.faulty_lines(worker, twice)] == [3]
    loaded(worker, COLUMNS + "D-1;majeure;75;;;;\n")
    again = brought(worker, COLUMNS + "D-1;majeure;75;;;;\n")
    assert again.good == 0
    other = f.member(f.shelter())
    assert brought(other, COLUMNS + "D-1;majeure;75;;;;\n").good == 1, "another organisation's number is its own"


def test_all_or_the_good_lines_as_chosen_and_nothing_by_half(worker):
    mixed = COLUMNS + "E-1;majeure;75;;;;\nE-2;;75;;;;\n"
    made = brought(worker, mixed)
    with acting_as(worker):
        with pytest.raises(WrongState):
            imports.order_load(worker, made.pk, only_good=False)
        assert Case.objects.count() == 0
    assert loaded(worker, mixed, only_good=True).done == 1
    with acting_as(worker):
        assert Case.objects.count() == 1


def test_a_line_that_turned_wrong_before_the_load_is_left_out_and_told(worker):
    first, second = brought(worker, COLUMNS + "F-1;majeure;75;;;;\nF-2;majeure;75;;;;\n"), None
    with acting_as(worker):
        imports.order_load(worker, first.pk, only_good=False)
    second = loaded(worker, COLUMNS + "F-2;majeure;75;;;;\n")
    assert second.done == 1
    run()
    with acting_as(worker):
        first.refresh_from_db()
        assert (first.state, first.done, first.left_out, Case.objects.count()) == ("loaded", 1, [3], 2)
    page = text(Hand(worker).get("import-detail", first.pk))
    assert "1 dossier a été créé" in page and "n'est plus valable : 3" in page


def test_the_worker_loads_once_however_often_it_is_called(worker):
    made = brought(worker, GOOD)
    with acting_as(worker):
        imports.order_load(worker, made.pk, only_good=False)
        imports.order_load(worker, made.pk, only_good=False)
    assert [run(), run()] == [1, 0]
    with acting_as(worker):
        assert Case.objects.count() == 3


def test_only_an_organisation_that_supports_people_imports(worker):
    made = brought(worker, GOOD)
    union = f.member(f.agency(supports_people=False))
    unit = f.member(f.coordination(territories=("93",)), Role.COORDINATOR)
    for stranger in (union, unit, f.member(worker.agency, Role.FRONTLINE)):
        with acting_as(stranger):
            with pytest.raises(NotAllowed):
                imports.start_import(stranger, read(GOOD.encode()))
            with pytest.raises((NotAllowed, NotFound)):
                imports.order_load(stranger, made.pk, only_good=True)
    other = f.member(f.shelter())
    with acting_as(other):
        for verb in (imports.undo_import, imports.discard_import, imports.cases_worked_on):
            with pytest.raises(NotFound):
                verb(other, made.pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            ImportedCase.objects.bulk_create([
                ImportedCase(origin_id=made.pk, case_id=made.pk, agency=other.agency, line=2)
            ])  # fmt: skip


def test_an_import_is_taken_back_while_nobody_worked_on_it(worker):
    made = loaded(worker, GOOD)
    kept = f.own_case(worker)
    with acting_as(worker):
        assert imports.cases_worked_on(worker, made.pk) == 0
        assert imports.undo_import(worker, made.pk) == 3
        assert list(Case.objects.values_list("pk", flat=True)) == [kept.pk]
        made.refresh_from_db()
        assert made.state == "undone"
        with pytest.raises(WrongState):
            imports.undo_import(worker, made.pk)
    assert loaded(worker, GOOD).done == 3, "and can be brought again"


def _episode(actor, case):
    path.write_episode(actor, case.pk, data={"form": "unknown"})


def _profile(actor, case):
    path.record_profile(actor, case.pk, data={"sex": "male"})


def _assigned(actor, case):
    assign_member(actor, case.pk, actor)


def _named(actor, case):
    set_label(actor, case.pk, reference="B-1", nickname="")


def _changed(actor, case):
    Case.objects.filter(pk=case.pk).update(language="ro")


def test_a_language_is_read_in_french_in_english_in_its_own_name_and_by_its_code(worker):
    words = ("roumain", "Romanian", "Română", "ro", "Tigrigna", "klingon", "")
    table = "Référence;Âge;Langue\n" + "".join(f"L-{n};majeure;{word}\n" for n, word in enumerate(words))
    loaded(worker, table, only_good=True)
    with acting_as(worker):
        found = ImportedCase.objects.order_by("line").select_related("case")
        assert [row.case.language for row in found] == ["ro", "ro", "ro", "ro", "ti", ""]


@pytest.mark.parametrize("work", [_episode, _profile, _assigned, _named, _changed])
def test_one_case_that_was_worked_on_keeps_them_all(worker, work):
    made = loaded(worker, GOOD)
    with acting_as(worker):
        work(worker, ImportedCase.objects.order_by("line").first().case)
        assert imports.cases_worked_on(worker, made.pk) == 1
        with pytest.raises(WrongState):
            imports.undo_import(worker, made.pk)
        assert Case.objects.count() == 3


def test_a_table_nobody_took_further_is_forgotten_after_a_week(worker):
    old, new = brought(worker, GOOD), brought(worker, GOOD)
    with as_role("nrm_owner"):
        CaseImport.objects.filter(pk=old.pk).update(at="2026-01-01T00:00:00Z")
    with as_role("nrm_worker"):
        assert forget_tables() == 1
    with acting_as(worker):
        old.refresh_from_db(), new.refresh_from_db()
        assert (old.state, old.content, new.state) == ("discarded", None, "matched") and new.content
    assert (len(lines_of(old)), len(lines_of(new))) == (0, 3)


def test_the_pages_from_the_table_to_the_load_and_back(worker):
    hand = Hand(worker)
    page = text(hand.get("import-list"))
    assert "Aucun pour l'instant" in page and "modele.csv" in page
    example = hand.get("import-template")
    assert read(example.content).rows[0][0] == "DEMO-001"
    with acting_as(worker), translation.override("fr"):
        whole = imports.start_import(worker, read(example.content))
        assert len(whole.content["matching"]) == len(read(example.content).headers), "the example is matched as it is"
        f.territory("13", "Bouches-du-Rhône")
        whole = imports.match_columns(worker, whole.pk, {int(k): v for k, v in whole.content["matching"].items()})
        assert (whole.good, whole.total) == (3, 3)
        imports.discard_import(worker, whole.pk)
    none = hand.post("import-list", table=SimpleUploadedFile("x.xls", b"\xd0\xcf\x11\xe0"))
    assert none.status_code == 200 and "ancien format" in text(none)
    assert "Choisissez le fichier" in text(hand.post("import-list"))
    mixed = GOOD + "A-4;;75;;;;;\n"
    sent = hand.post("import-list", table=SimpleUploadedFile("liste.csv", mixed.encode("cp1252")))
    with acting_as(worker):
        made = CaseImport.objects.get(state="uploaded")
    assert sent.headers["Location"].endswith(f"/imports/{made.pk}/")
    page = text(hand.get("import-detail", made.pk))
    assert "elle n'est jamais lue" in page and "MARQUEUR-NOM" not in page
    chosen = {"column_0": "reference", "column_1": "age_side", "column_2": "territory"}
    both = hand.post("import-detail", made.pk, **chosen, column_3="territory")
    assert both.status_code == 200 and "Deux colonnes ont le même sens" in text(both)
    lacking = hand.post("import-detail", made.pk, column_0="reference")
    assert "« Majeur ou mineur »" in text(lacking)
    named = hand.post("import-detail", made.pk, **chosen, column_7="sex")
    assert named.status_code == 200 and "Laissez cette colonne non lue" in text(named)
    hand.post("import-detail", made.pk, **chosen)
    page = text(hand.get("import-detail", made.pk))
    assert "3 lignes peuvent être chargées" in page and "1 est à corriger" in page
    assert hand.post("import-load", made.pk).status_code == 409
    hand.post("import-load", made.pk, only_good="yes")
    waiting = hand.get("import-detail", made.pk)
    assert "Chargement en cours" in text(waiting) and waiting["Refresh"] == "1"
    run()
    page = text(hand.get("import-detail", made.pk))
    assert "3 dossiers ont été créés" in page and "A-1" in page and "Annuler cet import" in page
    assert Hand(f.member(f.shelter())).get("import-detail", made.pk).status_code == 404
    hand.post("import-undo", made.pk)
    assert "Annulé : 3 dossiers effacés" in text(hand.get("import-list"))
    assert Hand(f.member(f.agency(supports_people=False))).get("import-list").status_code == 403


def test_who_loads_children_is_told_that_child_protection_knows_of_none_of_them(worker):
    """An import of a shelter's own list opens the cases of children and tells no desk: the page says so."""
    made = loaded(worker, COLUMNS + "A-1;majeure;75;;;;\nA-2;mineur;75;;;;\nA-3;doute;75;;;;\n")
    page = text(Hand(worker).get("import-detail", made.pk))
    assert "Enfants : un import ne prévient pas la protection de l'enfance" in page
    assert "2 de ces dossiers sont ceux d'enfants" in page
    with acting_as(worker):
        child = Case.objects.get(age_side="minor")
    assert "saisir la protection de l'enfance maintenant" in text(Hand(worker).get("case-detail", child.pk))
    adults = loaded(worker, COLUMNS + "B-1;majeure;75;;;;\n")
    assert "ne prévient pas la protection" not in text(Hand(worker).get("import-detail", adults.pk))


def test_a_table_given_up_is_forgotten_at_once(worker):
    made, hand = brought(worker, GOOD), Hand(worker)
    hand.post("import-discard", made.pk)
    with acting_as(worker):
        made.refresh_from_db()
        assert (made.state, made.content) == ("discarded", None)
    assert not lines_of(made)
    assert hand.post("import-load", made.pk).status_code == 409
    assert "Rien n'en est conservé" in text(hand.get("import-detail", made.pk))


OWN_WORDS = (
    "N° dossier;Âge;Lieu;Exploitation;Suivi depuis;Langue\n"
    "D-1;17 ans;Ivry;prostitution;3 février 2026;anglais\n"
    "D-2;24 ans;Ivry;travail forcé;15/03/2026;anglais\n"
    "D-3;majeure;75;domestique;1er mars 2026;\n"
    "D-4;doute;93;mendicité;;\n"
    "D-5;31;75;prostitution;;\n"
    "D-6;majeur;93;réseau;2 mai 2026;\n"
)
MEANT = {"prostitution": "sexual_exploitation", "travail forcé": "labour_exploitation",
         "domestique": "domestic_servitude", "mendicité": "forced_begging", "réseau": "unknown"}  # fmt: skip


def test_ordinary_words_load_after_they_were_matched_once_and_are_remembered(worker):
    f.territory("94", "Val-de-Marne")
    made, hand = brought(worker, OWN_WORDS), Hand(worker)
    assert (made.total, made.good) == (6, 0), "dates and ages in words are read; forms and towns are asked"
    page = text(hand.get("import-detail", made.pk))
    assert "« prostitution » (Forme d'exploitation)" in page and "« Ivry » (Département)" in page
    assert page.count("2 lignes") == 2 and "réseau" in page
    assert 'value="sexual_exploitation" selected' in page, "a likely meaning is proposed, not taken"
    with acting_as(worker):
        asked = made.content["words"]
    codes = {"Ivry": "94", **MEANT}
    typed = {f"word_{n}": codes[word] for n, (_field, word, _count) in enumerate(asked)}
    wrong = text(hand.post("import-words", made.pk, **{**typed, "word_0": "nonsense"}))
    assert "Choisissez un sens de la liste" in wrong
    assert hand.post("import-words", made.pk, **typed).status_code == 302
    with acting_as(worker):
        made.refresh_from_db()
        assert made.good == 6
        imports.order_load(worker, made.pk, only_good=False)
        assert imports.load_lines(worker, made.pk) == 6
        rows = {label.reference: label.case for label in OwnLabel.objects.select_related("case")}
        first = rows["D-1"]
        assert (first.form, first.territory_id, first.age_side) == ("sexual_exploitation", "94", "minor")
        assert first.received_at.date().isoformat() == "2026-02-03"
        assert rows["D-3"].received_at.date().isoformat() == "2026-03-01"
        assert Profile.objects.get(case=rows["D-2"]).data["age_group"] == "18_24"
    again = brought(f.member(worker.agency), OWN_WORDS.replace("D-", "E-"))
    assert again.good == 6, "remembered for the organisation"
    stranger = f.member(f.shelter())
    assert brought(stranger, OWN_WORDS).good == 0, "and for no other"


def test_day_of_first_contact_and_town_are_guessed_and_an_empty_age_can_only_be_in_doubt(worker):
    table = "N° dossier;Âge;Ville;Date de premier contact;Téléphone du contact\nD-1;;75;3 février 2026;06\n"
    made = brought(worker, table)
    assert set(made.content["matching"].values()) == {"reference", "age_side", "territory", "received_on"}
    assert made.good == 0 and "Case vide (Majeur ou mineur)" in text(Hand(worker).get("import-detail", made.pk))
    with acting_as(worker):
        with pytest.raises(KeyError):
            imports.match_values(worker, made.pk, {"age_side": {"": "adult"}})
        assert imports.match_values(worker, made.pk, {"age_side": {"": "doubt"}}).good == 1
    assert brought(worker, table.replace("D-1", "D-2")).good == 1, "remembered"
    with pytest.raises(NotAllowed):
        brought(worker, table.replace("D-1", "D-3"), {0: "reference", 1: "age_side", 4: "territory"})


def test_meaning_of_the_columns_can_be_chosen_again(worker):
    made, hand = brought(worker, GOOD), Hand(worker)
    assert "Revenir aux colonnes" in text(hand.get("import-detail", made.pk))
    assert hand.post("import-columns", made.pk).status_code == 302
    page = text(hand.get("import-detail", made.pk))
    assert "column_0" in page and "MARQUEUR-NOM" not in page, "what was not read is forgotten"
    assert hand.post("import-columns", made.pk).status_code == 409


def test_matching_words_is_for_those_who_import_here(worker):
    made = brought(worker, OWN_WORDS)
    stranger, front = f.member(f.shelter()), f.member(worker.agency, Role.FRONTLINE)
    for route in ("import-words", "import-columns"):
        assert Hand(stranger).post(route, made.pk).status_code == 404
        assert Hand(front).post(route, made.pk).status_code == 403
    with acting_as(worker), pytest.raises(KeyError):
        imports.match_values(worker, made.pk, {"form": {"prostitution": "nonsense"}})


def test_example_speaks_the_reader_s_words_and_loads_as_it_stands(worker):
    f.territory("13", "Bouches-du-Rhône")
    table = Hand(worker).get("import-template").content.decode("utf-8-sig")
    assert "labour_exploitation" not in table and "Exploitation par le travail" in table
    made = brought(worker, table)
    assert made.good == made.total == 3


def test_own_reference_in_use_is_told_with_a_link_to_its_case(worker):
    case = f.own_case(worker)
    with acting_as(worker):
        set_label(worker, case.pk, reference="a-1", nickname="")
    made, hand = brought(worker, GOOD), Hand(worker)
    page = text(hand.get("import-detail", made.pk))
    assert "votre organisme a déjà un dossier sous cette référence" in page
    assert f'href="/dossiers/{case.pk}/"' in page and made.good == 2


def test_own_reference_of_a_case_kept_from_the_importer_is_told_without_its_case(worker):
    keeper = f.member(worker.agency)
    case = f.own_case(keeper)
    with acting_as(keeper):
        set_label(keeper, case.pk, reference="A-1", nickname="")
        assign_member(keeper, case.pk, keeper)
        restrict_case(keeper, case.pk)
    made = brought(worker, GOOD)
    page = text(Hand(worker).get("import-detail", made.pk))
    assert "votre organisme a déjà un dossier sous cette référence" in page and made.good == 2
    assert case.reference not in page and str(case.pk) not in page
