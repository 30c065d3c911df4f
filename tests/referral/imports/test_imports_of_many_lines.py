"""Imports of many lines: pieces that are given up, lost and taken up again, lines that are told once."""

import io

import pytest
from cryptography.exceptions import InvalidTag
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Membership, Role
from foundation.actor import acting_as
from foundation.encryption import unseal
from foundation.errors import NotFound
from foundation.tables.reading import stream
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from referral.imports import operations as imports
from referral.imports import selectors as tables
from referral.imports import tasks
from referral.models import CaseImport, ImportedCase, ImportPiece
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case, OwnLabel
from victims.own_labels.operations import set_label

from .test_imports import lines_of, run, worker

pytestmark = pytest.mark.django_db
__all__ = ["worker"]
HEAD = "Référence;Majeur / mineur;Département;Forme;Nom\n"


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(imports, "PIECE", 2)


def table(lines: int, **others: str) -> bytes:
    """Return a table of good lines A-1, A-2…; `others`: {A_2: the line that stands in the place of A-2}."""
    rows = (others.get(f"A_{n}", f"A-{n};majeure;75;;MARQUEUR-NOM") for n in range(1, lines + 1))
    return (HEAD + "".join(f"{row}\n" for row in rows)).encode()


def brought(actor, data: bytes) -> CaseImport:
    with acting_as(actor):
        made = imports.start_import(actor, stream(io.BytesIO(data)))
        return imports.match_columns(actor, made.pk, {int(n): code for n, code in made.content["matching"].items()})


def ordered(actor, data: bytes, *, only_good: bool = False) -> CaseImport:
    made = brought(actor, data)
    run()
    with acting_as(actor):
        return imports.order_load(actor, made.pk, only_good=only_good)


def fresh(made) -> CaseImport:
    with as_role("nrm_owner"):
        return CaseImport.objects.get(pk=made.pk)


def cases_of(made) -> list[int]:
    """Return the numbers of the lines that became cases."""
    with as_role("nrm_owner"):
        return list(ImportedCase.objects.filter(origin=made).order_by("line").values_list("line", flat=True))


@pytest.fixture
def between(monkeypatch):
    """Return a function that has something happen before the n-th piece that the worker takes."""
    really, calls = tasks._current, []

    def happens(act, nth: int = 2):
        calls.clear()

        def current(asker):  # asked before each piece
            calls.append(asker)
            if len(calls) == nth:
                act()
            return really(asker)

        monkeypatch.setattr(tasks, "_current", current)

    return happens


def given_up(actor, made) -> None:
    with acting_as(actor):
        imports.discard_import(actor, made.pk)


def _lost():
    raise RuntimeError("the worker is gone")


def test_a_table_of_many_lines_is_kept_in_sealed_pieces_of_its_agency(worker):
    with acting_as(worker):
        made = imports.start_import(worker, stream(io.BytesIO(table(5))))
        found = list(ImportPiece.objects.filter(origin=made).order_by("first"))
        assert [(piece.first, len(piece.rows)) for piece in found] == [(0, 2), (2, 2), (4, 1)]
        assert (made.total, "rows" in made.content) == (5, False)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT rows FROM referral_importpiece ORDER BY first")
        sealed = [bytes(row[0]) for row in cursor.fetchall()]
    assert not any(b"MARQUEUR" in one or b"A-1" in one for one in sealed)
    assert b"MARQUEUR" in unseal(sealed[0], label="referral.importpiece.rows", bound=str(found[0].pk))
    with pytest.raises(InvalidTag):  # what is sealed for one piece opens in no other
        unseal(sealed[0], label="referral.importpiece.rows", bound=str(found[1].pk))
    for stranger in (f.member(f.shelter()), f.member(worker.agency, Role.FRONTLINE)):
        with acting_as(stranger):
            assert not ImportPiece.objects.exists()
    with acting_as(f.member(worker.agency)):
        assert ImportPiece.objects.count() == 3


def test_the_worker_checks_piece_by_piece_and_the_page_shows_how_far_it_is(worker, between):
    made, hand = brought(worker, table(5, A_4="A-4;;75;;", A_5="a 1;majeure;75;prostitution;")), Hand(worker)
    assert (made.state, made.checked) == ("checking", 0)
    assert "MARQUEUR" not in str(lines_of(made)), "columns that are not read are forgotten at once"
    seen = []
    between(lambda: seen.append(fresh(made)), nth=3)
    page = hand.get("import-detail", made.pk)
    assert "Lignes vérifiées : 0 sur 5" in text(page) and page["Refresh"] == "3"
    assert hand.post("import-load", made.pk).status_code == 409
    assert hand.post("import-words", made.pk).status_code == 409
    assert run() == 3
    assert [(one.state, one.checked, one.good) for one in seen] == [("checking", 4, 3)]
    made = fresh(made)
    assert (made.state, made.checked, made.good) == ("matched", 5, 3)
    page = text(hand.get("import-detail", made.pk))
    assert "3 lignes peuvent être chargées" in page and "2 sont à corriger" in page
    assert "elle est aussi à la ligne 2" in page, "the reference of a line of another piece"
    assert "« prostitution » (Forme d'exploitation)" in page
    with acting_as(worker):
        imports.match_values(worker, made.pk, {"form": {"prostitution": "sexual_exploitation"}})
        assert fresh(made).state == "checking", "checked again, by the worker"
    run()
    assert (fresh(made).good, fresh(made).content["words"]) == (3, [["age_side", "", 1]])


def test_a_table_of_one_piece_is_checked_at_once(worker):
    """Who brings six lines reads the report on the next page, whatever the worker does."""
    assert (brought(worker, table(2)).state, brought(worker, table(3)).state) == ("matched", "checking")


def test_a_worker_lost_between_two_pieces_is_replaced_where_it_stopped(worker, between):
    made = ordered(worker, table(5))
    between(_lost)
    assert run() == 1
    assert (fresh(made).state, fresh(made).done, cases_of(made), len(lines_of(made))) == ("loading", 2, [2, 3], 3)
    between(lambda: None)
    run()
    run()
    assert (fresh(made).state, fresh(made).done, cases_of(made)) == ("loaded", 5, [2, 3, 4, 5, 6])
    assert not lines_of(made) and fresh(made).content is None
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="case.open").count() == Case.objects.count() == 5
        assert Entry.objects.filter(action="import.loaded").count() == 1
    with acting_as(worker):
        assert OwnLabel.objects.count() == 5


def test_a_check_that_was_lost_goes_on_behind_the_last_piece(worker, between):
    made = brought(worker, table(5, A_1="A-1;;75;;"))
    between(_lost)
    run()
    assert (fresh(made).state, fresh(made).checked, fresh(made).good) == ("checking", 2, 1)
    run()
    assert (fresh(made).state, fresh(made).checked, fresh(made).good) == ("matched", 5, 4)


def test_a_second_worker_leaves_an_import_to_the_one_that_has_it(worker, monkeypatch):
    made = ordered(worker, table(3))
    monkeypatch.setattr(tasks, "taken", lambda *key: False)
    run()
    assert (fresh(made).state, cases_of(made)) == ("loading", [])


def test_given_up_while_it_is_checked_nothing_is_kept(worker, between):
    made = brought(worker, table(5))
    between(lambda: given_up(worker, made))
    run()
    assert (fresh(made).state, fresh(made).content, lines_of(made)) == ("discarded", None, [])
    assert run() == 0


def test_stopped_while_it_is_loaded_what_was_loaded_stays_and_can_be_undone(worker, between):
    made, hand = ordered(worker, table(5)), Hand(worker)
    assert "Arrêter cet import" in text(hand.get("import-detail", made.pk))
    between(lambda: given_up(worker, made))
    run()
    assert (fresh(made).state, fresh(made).done, cases_of(made), lines_of(made)) == ("loaded", 2, [2, 3], [])
    page = text(hand.get("import-detail", made.pk))
    assert "arrêté avant la fin : 3 lignes n'ont pas été chargées" in page and "Annuler cet import" in page
    assert run() == 0
    with acting_as(worker):
        assert imports.undo_import(worker, made.pk) == 2
        assert not Case.objects.exists()
    with acting_as(worker), pytest.raises(WrongState):
        imports.discard_import(worker, made.pk)


def test_a_line_that_turned_wrong_or_that_the_database_refuses_loses_no_other(worker, between, monkeypatch):
    made = ordered(worker, table(6, A_1="A-1;;75;;"), only_good=True)
    really = imports._case

    def refused(actor, values, *places):
        if values["reference"] == "A-4":
            raise IntegrityError
        return really(actor, values, *places)

    monkeypatch.setattr(imports, "_case", refused)

    def taken_meanwhile():
        with acting_as(worker):
            case = f.own_case(worker)
            OwnLabel.objects.create(
                case=case, agency=worker.agency, by=worker, data={"reference": "A-6"},
                reference_digest=tables.digest(worker.agency_id, "A-6"),
            )  # fmt: skip

    between(taken_meanwhile, nth=3)
    run()
    assert (fresh(made).state, fresh(made).done, fresh(made).left_out) == ("loaded", 3, [5, 7])
    assert cases_of(made) == [3, 4, 6], "without what was to be corrected"


def test_work_on_a_case_while_others_follow_keeps_the_import(worker, between):
    made = ordered(worker, table(4))

    def described():
        with acting_as(worker):
            case = ImportedCase.objects.order_by("line").first().case
            OwnLabel.objects.filter(case=case).update(at=fresh_moment())

    between(described)
    run()
    with acting_as(worker):
        assert imports.cases_worked_on(worker, made.pk) == 1
        with pytest.raises(WrongState):
            imports.undo_import(worker, made.pk)


def fresh_moment():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def test_an_import_of_many_cases_is_undone_by_the_worker_whole_or_not_at_all(worker, between):
    made, hand = ordered(worker, table(5)), Hand(worker)
    run()
    hand.post("import-undo", made.pk)
    page = hand.get("import-detail", made.pk)
    assert "Annulation en cours" in text(page) and page["Refresh"] == "3" and "Arrêter" not in text(page)
    for again in ("import-undo", "import-discard"):
        assert hand.post(again, made.pk).status_code == 409
    between(_lost, nth=1)
    run()
    assert (fresh(made).state, len(cases_of(made))) == ("undoing", 5)
    between(lambda: None)
    run()
    assert (fresh(made).state, cases_of(made)) == ("undone", [])
    other = ordered(worker, table(5))
    run()
    with acting_as(worker):
        assert imports.undo_import(worker, other.pk) == 0
        case = ImportedCase.objects.order_by("line").first().case
        set_label(worker, case.pk, reference="B-1", nickname="")
    run()
    assert (fresh(other).state, len(cases_of(other))) == ("loaded", 5), "somebody worked on one"
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="import.undo").count() == 1


def test_an_asker_who_may_no_longer_import_is_stopped_and_a_colleague_goes_on(worker, between):
    made = brought(worker, table(5))

    def leaves(**values):
        with as_role("nrm_owner"):
            Membership.objects.filter(pk=worker.pk).update(**values)

    between(lambda: leaves(active=False))
    run()
    assert (fresh(made).state, len(lines_of(made))) == ("uploaded", 5)
    mate = f.member(worker.agency)
    with acting_as(mate):
        imports.match_columns(mate, made.pk, {0: "reference", 1: "age_side", 2: "territory"})
    run()
    with acting_as(mate):
        imports.order_load(mate, made.pk, only_good=False)
    between(lambda: None, nth=9)
    leaves(active=True, roles=[Role.FRONTLINE])
    run()
    assert (fresh(made).state, fresh(made).done) == ("loaded", 5)
    with acting_as(mate):
        assert set(Case.objects.values_list("opened_by", flat=True)) == {mate.pk}


def test_rights_of_the_loader_are_asked_before_each_piece(worker, between):
    made = ordered(worker, table(5))

    def demoted():
        with as_role("nrm_owner"):
            Membership.objects.filter(pk=worker.pk).update(roles=[Role.FRONTLINE])

    between(demoted, nth=1)
    run()
    assert (fresh(made).state, fresh(made).done, cases_of(made)) == ("uploaded", 0, [])


def test_only_members_who_import_stop_or_work_on_an_import(worker):
    made = ordered(worker, table(3))
    stranger, front = f.member(f.shelter()), f.member(worker.agency, Role.FRONTLINE)
    for verb in (imports.discard_import, imports.work_on):
        with acting_as(stranger), pytest.raises(NotFound):
            verb(stranger, made.pk)
        with acting_as(front), pytest.raises(NotAllowed):
            verb(front, made.pk)
    assert (fresh(made).state, fresh(made).done) == ("loading", 0)


def test_the_report_pages_through_its_lines(worker, monkeypatch):
    monkeypatch.setattr("referral.imports.views.SHOWN", 3)
    wrong = {f"A_{n}": f"A-{n};;75;;" for n in (1, 2, 4, 5, 7)}
    made, hand = brought(worker, table(7, **wrong)), Hand(worker)
    run()
    page = hand.get("import-detail", made.pk)
    assert "?ligne=6" in page.content.decode() and ">5</th>" in page.content.decode()
    assert ">6</th>" not in page.content.decode()
    page = hand.get("import-detail", made.pk, query="?ligne=6")
    assert ">6</th>" in page.content.decode() and ">8</th>" in page.content.decode()
    assert "?ligne=" not in page.content.decode() and ">5</th>" not in page.content.decode()
    assert hand.get("import-detail", made.pk, query="?ligne=x").status_code == 200
    with acting_as(worker):
        imports.order_load(worker, made.pk, only_good=True)
    run()
    assert cases_of(made) == [4, 7]


def test_a_line_that_was_mended_since_the_check_hides_no_other(worker):
    made = brought(worker, table(3, A_2="A-2;;75;;"))
    run()
    other = brought(worker, table(3, A_2="A-2;;75;;").replace(b"A-1;", b"A-3;"))
    run()
    with acting_as(worker):
        case = f.own_case(worker)
        set_label(worker, case.pk, reference="A-1", nickname="")
        again = imports.match_again(worker, made.pk)
        matching = {int(n): code for n, code in again.content["matching"].items()}
        imports.match_columns(worker, made.pk, matching)
    run()
    with acting_as(worker):
        assert [line.number for line in tables.faulty_lines(worker, fresh(made))] == [2, 3]
        set_label(worker, case.pk, reference="B-9", nickname="")
        assert [line.number for line in tables.faulty_lines(worker, fresh(made), most=1)] == [3]
        assert [line.number for line in tables.faulty_lines(worker, fresh(other))] == [3, 4]


def test_a_fault_far_down_in_the_file_refuses_it_whole_in_words(worker):
    hand, long = Hand(worker), table(30, A_29="A-29;" + "x" * 600)
    page = text(hand.post("import-list", table=SimpleUploadedFile("liste.csv", long)))
    assert "Une cellule dépasse 500 caractères" in page
    with acting_as(worker):
        assert not CaseImport.objects.exists() and not ImportPiece.objects.exists()


def test_statements_of_a_piece_do_not_grow_with_the_table(worker):
    counts = []
    for turn, lines in enumerate((4, 12)):
        data = table(lines).replace(b"A-", f"T{turn}-".encode())
        made = brought(worker, data)
        counts.append([])
        for last in (False, True):
            if last:
                run()
                with acting_as(worker):
                    imports.order_load(worker, made.pk, only_good=False)
            with as_role("nrm_worker"), acting_as(worker), CaptureQueriesContext(connection) as asked:
                imports.work_on(worker, made.pk)
            counts[-1].append(len(asked))
        run()
    assert counts[0] == counts[1], counts
