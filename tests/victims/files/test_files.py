"""Documents of a case: who reads each, what is stored, what the worker does with them, how they leave."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from PIL import Image

from agencies.models import Category, Role
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound
from foundation.files import storing
from foundation.files.cleaning import FileRefused
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from journal.selectors.read_quota import Exhausted
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.files import operations, tasks
from victims.files.access import SECRET
from victims.files.operations import add_file, take_out, withdraw_file
from victims.models import CaseFile

pytestmark = pytest.mark.django_db
MARK = "MARQUEUR-TITRE"
TEXT = b"MARQUEUR-CONTENU d'une attestation fictive.\n"


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(made, "JPEG")
    return made.getvalue()


def work(due=tasks.files) -> int:
    """As the worker, whose role alone has the system mode."""
    with as_role("nrm_worker"):
        return due()


def add(member, case, *, sort="attestation", place=0, content=TEXT, token=None, title=MARK) -> CaseFile:
    with acting_as(member):
        return add_file(
            member, case.pk, sort=sort, title=title, place=place, content=content, name="dossier-de-marie.txt",
            token=token or uuid.uuid4(),
        )  # fmt: skip


def ready(member, case, **given) -> CaseFile:
    made = add(member, case, **given)
    work()
    return made


def row(pk) -> CaseFile:
    with as_role("nrm_owner"):
        return CaseFile.objects.get(pk=pk)


def seen(actor) -> tuple[int, int]:
    """By bare SQL, where the database alone stands; and by the first wall."""
    with acting_as(actor), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM victims_casefile")
        return cursor.fetchone()[0], CaseFile.objects.visible_to(actor).count()


def test_its_bytes_are_sealed_and_nothing_names_a_person(world, kept):
    made = add(world["lead"], world["case"])
    (stored,) = [path.read_bytes() for path in kept.rglob("*") if path.is_file()]
    assert b"MARQUEUR" not in stored
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(x)::text FROM victims_casefile x")
        (line,) = [found[0] for found in cursor.fetchall()]
    assert MARK not in line and "marie" not in line
    assert operations.contents(row(made.pk)) == TEXT


@pytest.mark.parametrize(
    ("place", "who", "count"),
    [
        (0, "mate", 1), (0, "partner", 1), (0, "admin", 0), (0, "auditor", 0), (0, "stranger", 0),
        (int(Category.IDENTITY), "mate", 1), (int(Category.IDENTITY), "partner", 0),
        (SECRET, "mate", 1), (SECRET, "partner", 0), (SECRET, "admin", 0), (SECRET, "stranger", 0),
    ],
)  # fmt: skip
def test_each_is_read_by_who_holds_its_category(world, place, who, count):
    f.consent(world["lead"], world["case"], categories=int(Category.IDENTITY))
    made = ready(world["lead"], world["case"], place=place)
    assert seen(world[who]) == (count, count)
    page = Hand(world[who]).get("file-detail", made.pk)
    assert page.status_code == (200 if count else 403 if who in ("admin", "auditor") else 404)
    taken = Hand(world[who]).post("file-download", made.pk, act="reveal" if place else "take")
    assert (taken.status_code == 200) == bool(count)
    assert (b"MARQUEUR-CONTENU" in taken.content) == bool(count)


def test_a_category_that_is_not_held_takes_no_document(world):
    with pytest.raises(NotAllowed):
        add(world["partner"], world["case"], place=int(Category.HEALTH))
    with pytest.raises(NotFound):
        add(world["stranger"], world["case"])
    with pytest.raises(NotAllowed):
        add(f.member(world["lead"].agency, Role.FRONTLINE, Role.CASE_WORKER), world["case"], place=3)


def test_one_level_too_low(world):
    low = f.member(f.shelter())
    f.orientation(world["lead"], world["case"], low.agency, state="accepted", answerer=low, level=2)
    plain, own = ready(world["lead"], world["case"]), add(low, world["case"], place=SECRET)
    with acting_as(low), pytest.raises(NotFound):
        take_out(low, plain.pk)
    with pytest.raises(NotAllowed):
        add(low, world["case"])
    assert seen(low) == (1, 1) and seen(world["lead"]) == (1, 1) and own.secret


def test_nobody_takes_it_out_before_it_was_checked(world):
    made = add(world["lead"], world["case"])
    with acting_as(world["lead"]), pytest.raises(WrongState):
        take_out(world["lead"], made.pk)
    assert Hand(world["lead"]).post("file-download", made.pk, act="take").status_code == 409
    page = text(Hand(world["lead"]).get("case-files", world["case"].pk))
    assert "En vérification" in page and "Télécharger" not in page
    work()
    assert Hand(world["lead"]).post("file-download", made.pk, act="take").status_code == 200


def test_a_download_can_only_be_saved(world):
    made = ready(world["lead"], world["case"], content=picture(), sort="photo")
    taken = Hand(world["lead"]).post("file-download", made.pk, act="take")
    assert taken["Content-Type"] == "image/jpeg"
    assert taken["Content-Disposition"] == f'attachment; filename="{world["case"].reference}-photo.jpg"'
    assert taken["X-Content-Type-Options"] == "nosniff" and taken["Cache-Control"] == "no-store"
    assert taken["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert Hand(world["lead"]).get("file-download", made.pk)["Location"] == f"/documents/{made.pk}/"


def test_the_act_without_a_factor_opens_nothing_behind_a_category(world):
    f.consent(world["lead"], world["case"], categories=int(Category.IDENTITY))
    made = ready(world["lead"], world["case"], place=int(Category.IDENTITY))
    for act in ("take", "", "x"):
        assert Hand(world["lead"]).post("file-download", made.pk, act=act).status_code == 403


def test_a_reading_is_journalled_without_a_title_and_counts(world):
    made, secret = ready(world["lead"], world["case"]), ready(world["lead"], world["case"], place=SECRET)
    one = {"hour": 1, "week": 9}
    with override_settings(
        READ_BUDGETS={"person": {**dict.fromkeys(("file", "contact"), {"hour": 9, "week": 9}), "identity": one}}
    ):
        assert Hand(world["mate"]).post("file-download", made.pk, act="take").status_code == 200
        other = f.own_case(world["mate"])
        second = ready(world["mate"], other)
        assert Hand(world["mate"]).post("file-download", second.pk, act="take").status_code == 429
    Hand(world["mate"]).post("file-download", secret.pk, act="reveal")
    with as_role("nrm_owner"):
        entry = Entry.objects.get(action="identity.read.file")
        assert (entry.case_id, entry.subject_id, entry.membership_id) == (
            world["case"].pk, str(made.pk), world["mate"].pk,
        )  # fmt: skip
        assert {e.case_id for e in Entry.objects.filter(action="file.read")} == {None}
        assert set(
            Entry.objects.filter(action="file.add", subject_id=str(secret.pk)).values_list("case_id", flat=True)
        ) == {None}


def test_access_that_ended_takes_it_away_but_what_is_secret(world):
    plain = ready(world["partner"], world["case"])
    secret = ready(world["partner"], world["case"], place=SECRET)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM victims_grant WHERE group_id = %s", [world["partner"].agency_id])
    with acting_as(world["partner"]), pytest.raises(NotFound):
        take_out(world["partner"], plain.pk)
    with acting_as(world["partner"]):
        assert take_out(world["partner"], secret.pk)[1] == TEXT
    assert MARK in text(Hand(world["partner"]).get("secret-file-list"))
    assert MARK in text(Hand(world["partner"]).get("file-detail", secret.pk))


# -- adding -----------------------------------------------------------------------------------------------------------
def sent(member, case, *, brought=TEXT, **given):
    file = SimpleUploadedFile("dossier-de-marie.txt", brought, "text/html")
    values = {"sort": "attestation", "title": MARK, "place": "usual", "file": file, **given}
    return Hand(member).post("file-new", case.pk, **{k: v for k, v in values.items() if v is not None})


def test_it_is_added_by_the_page_once(world):
    token = uuid.uuid4()
    for _ in range(2):
        assert sent(world["lead"], world["case"], token=token)["Location"] == f"/dossiers/{world['case'].pk}/documents/"
    with as_role("nrm_owner"):
        found = CaseFile.objects.get()
    assert (found.media_type, found.size, found.bit, found.secret) == ("text/plain", len(TEXT), 0, False)
    page = text(Hand(world["lead"]).get("case-files", world["case"].pk))
    assert MARK in page and "marie" not in page and "1 Ko" in page


def test_a_token_of_another_writes_over_nothing(world):
    token = uuid.uuid4()
    first = add(world["lead"], world["case"], token=token)
    second = add(world["mate"], world["case"], token=token)
    assert first.pk != second.pk


@pytest.mark.parametrize(
    ("brought", "said"),
    [(b"", "vide"), (b"PK\x03\x04" + b"0" * 80, "archive"), (b"MZ\x90\x00" + bytes(200), "pas accepté")],
)
def test_what_was_typed_stays_when_the_file_is_refused(world, brought, said):
    page = sent(world["lead"], world["case"], brought=brought)
    assert page.status_code == 200
    assert MARK in text(page) and said in text(page) and "Erreur" in text(page)
    assert seen(world["lead"]) == (0, 0)


def test_the_usual_place_asks_for_its_category(world):
    page = sent(world["partner"], world["case"], sort="medical")
    assert page.status_code == 200 and "répondez autrement à « Qui peut le lire ? »" in text(page)
    assert sent(world["partner"], world["case"], sort="medical", place="0").status_code == 302


def test_no_more_than_so_many(world, monkeypatch):
    monkeypatch.setattr(operations, "PER_CASE", 1)
    assert sent(world["lead"], world["case"]).status_code == 302
    assert sent(world["lead"], world["case"]).status_code == 429
    monkeypatch.setattr(operations, "PER_CASE", 9)
    monkeypatch.setattr(operations, "PER_HOUR", 1)
    assert sent(world["lead"], world["case"]).status_code == 429
    with pytest.raises(Exhausted):
        add(world["lead"], world["case"])
    assert sent(world["mate"], world["case"]).status_code == 302


def test_nothing_is_taken_where_nothing_scans_unless_that_was_chosen(world, settings):
    settings.FILES_UNSCANNED = False
    page = sent(world["lead"], world["case"])
    assert page.status_code == 200 and "ne sont pas acceptés" in text(page)
    assert seen(world["lead"]) == (0, 0)


def test_a_store_that_is_full_or_away_keeps_what_was_typed(world, monkeypatch):
    monkeypatch.setattr(storing, "RESERVE", 10**18)
    page = sent(world["lead"], world["case"])
    assert "il n'y a plus de place" in text(page) and MARK in page.text
    monkeypatch.undo()

    def away(self, name, content):
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(storing.Folder, "_save", away)
        page = sent(world["lead"], world["case"])
    assert "ne répond pas" in text(page) and MARK in page.text
    with as_role("nrm_owner"):
        assert not CaseFile.objects.exists()
    assert sent(world["lead"], world["case"]).status_code == 302


def test_a_refusal_by_the_parser_leaves_nothing(world, kept):
    with pytest.raises(FileRefused):
        add(world["lead"], world["case"], content=b"MZ\x90\x00" + bytes(200))
    assert not [path for path in kept.rglob("*") if path.is_file()]


# -- taking back ------------------------------------------------------------------------------------------------------
def test_taken_back_its_title_goes_then_its_bytes(world, kept):
    made = ready(world["partner"], world["case"])
    assert Hand(world["lead"]).post("file-detail", made.pk, act="withdraw").status_code == 200  # why?
    assert Hand(world["lead"]).post("file-detail", made.pk, act="withdraw", reason="person").status_code == 302
    found = row(made.pk)
    assert (found.state, found.title, found.reason, found.ended_by_id) == ("withdrawn", "", "person", world["lead"].pk)
    assert Hand(world["lead"]).post("file-download", made.pk, act="take").status_code == 409
    work()
    assert row(made.pk).state == "erased" and not [path for path in kept.rglob("*") if path.is_file()]
    page = text(Hand(world["partner"]).get("case-files", world["case"].pk))
    assert MARK not in page and "Effacé" in page
    assert Hand(world["lead"]).post("file-detail", made.pk, act="withdraw", reason="person").status_code == 409


@pytest.mark.parametrize(("who", "place", "allowed"), [
    ("partner", 0, True), ("partner_mate", 0, True), ("lead", 0, True), ("stranger", 0, False),
    ("lead", SECRET, False), ("partner_mate", SECRET, True),
])  # fmt: skip
def test_who_takes_it_back(world, who, place, allowed):
    made = ready(world["partner"], world["case"], place=place)
    with acting_as(world[who]):
        if allowed:
            withdraw_file(world[who], made.pk, reason="mistake")
        else:
            with pytest.raises(NotFound):
                withdraw_file(world[who], made.pk, reason="mistake")


def test_who_only_reads_it_does_not_take_it_back(world):
    made = ready(world["lead"], world["case"])
    with acting_as(world["partner"]), pytest.raises(NotAllowed):
        withdraw_file(world["partner"], made.pk, reason="mistake")
    assert "Reprendre" not in text(Hand(world["partner"]).get("file-detail", made.pk))


def test_all_of_a_case_are_erased_with_its_rows(world, kept, django_capture_on_commit_callbacks):
    for place in (0, SECRET):
        ready(world["lead"], world["case"], place=place)
    left = ready(world["lead"], f.own_case(world["lead"]))
    with as_role("nrm_worker"), django_capture_on_commit_callbacks(execute=True), acting_as(SYSTEM):
        assert operations.erase_files(world["case"].pk) == 2
        assert len([path for path in kept.rglob("*") if path.is_file()]) == 3, "not before the rows are gone"
    assert [path.name for path in kept.rglob("*") if path.is_file()] == [row(left.pk).kept_as.rpartition("/")[2]]
