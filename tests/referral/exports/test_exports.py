"""Exports: who asks, who decides, what is in the file, what ended meanwhile, and what is left afterwards."""

import csv
import io
from datetime import timedelta

import odfdo
import pytest
import pyzipper
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.tables import writing
from foundation.workflow import NotAllowed
from journal.models import Entry
from journal.selectors import read_quota
from notifications.models import Event
from referral.exports import operations as exports
from referral.exports.tasks import exports as work_off
from referral.models import Export, ExportFile, ExportMove, ExportOrder, ExportPiece
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db
ORDER = {"purpose": "meeting", "reason": "Réunion du lundi, MARQUEUR-RAISON", "file_format": "csv"}


def ask(asker, listed="cases", query="", **order) -> Export:
    with acting_as(asker):
        return exports.ask_export(asker, listed, query, **{**ORDER, **order})


def worker() -> None:
    with as_role("nrm_worker"):
        work_off()


def state(export) -> str:
    with as_role("nrm_owner"):
        return Export.objects.get(pk=export.pk).state


def opened(archive: bytes, passphrase: str) -> list[list[str]]:
    with pyzipper.AESZipFile(io.BytesIO(archive)) as found:
        found.setpassword(passphrase.encode())
        (name,) = [n for n in found.namelist() if n.endswith(".csv")]
        return list(csv.reader(io.StringIO(found.read(name).decode("utf-8-sig")), delimiter=";"))


def take(asker, export) -> list[list[str]]:
    with acting_as(asker):
        _, passphrase, token, _ = exports.prepare_archive(asker, export.pk)
    with acting_as(asker):
        _, archive = exports.fetch_archive(asker, export.pk, token)
    return opened(archive, passphrase)


def many(asker, number=21):
    for _ in range(number):
        f.own_case(asker)


def test_asked_made_handed_over_once(home):
    mine = f.own_case(home["asker"])
    f.own_case(home["stranger"])
    export = ask(home["asker"])
    assert export.state == "queued"
    worker()
    assert state(export) == "ready"
    hand = Hand(home["asker"])
    page = hand.post("export-prepare", export.pk)
    passphrase, token = page.context["passphrase"], page.context["token"]
    with as_role("nrm_owner"):
        kept = ExportPiece.objects.get()
        assert passphrase.encode() not in bytes(kept.archive) and mine.reference.encode() not in bytes(kept.archive)
        assert token not in ExportFile.objects.get().link
    answer = hand.get("export-file", export.pk, token)
    head, row = opened(answer.content, passphrase)
    assert head[:5] == [
        "Référence",
        "Référence interne de votre service",
        "Surnom (choisi avec la personne, jamais son vrai nom)",
        "Ouvert le",
        "État",
    ]
    assert (row[0], row[4], row[-1]) == (mine.reference, "Ouvert", export.reference)
    with pytest.raises(RuntimeError, match="password"):
        opened(answer.content, "autre-chose")
    assert state(export) == "fetched"
    assert hand.get("export-file", export.pk, token).status_code == 409
    with as_role("nrm_owner"):
        assert not ExportFile.objects.exists() and not ExportPiece.objects.exists()
        said = list(Entry.objects.filter(action__startswith="export.").values_list("action", flat=True))
    assert sorted(said) == ["export.ask", "export.fetch", "export.made", "export.prepare"]


def test_the_link_is_the_askers_and_lasts_a_minute(home):
    f.own_case(home["asker"])
    export = ask(home["asker"])
    worker()
    with acting_as(home["asker"]):
        _, _, token, _ = exports.prepare_archive(home["asker"], export.pk)
    assert Hand(home["mate"]).get("export-file", export.pk, token).status_code == 404  # sees the export, not the file
    assert Hand(home["stranger"]).get("export-file", export.pk, token).status_code == 404
    assert Hand(home["front"]).get("export-file", export.pk, token).status_code == 403
    assert Hand(home["asker"]).get("export-file", export.pk, "devine").status_code == 404
    with as_role("nrm_owner"):
        ExportFile.objects.update(link_until=timezone.now() - timedelta(seconds=1))
    assert Hand(home["asker"]).get("export-file", export.pk, token).status_code == 409
    assert len(take(home["asker"], export)) == 2  # prepared again


def test_twenty_go_alone_twenty_one_wait(home):
    many(home["asker"], 20)
    alone = ask(home["asker"])
    assert alone.state == "queued"
    assert "Demandé ; 20 lignes au plus, sans" in text(Hand(home["asker"]).get("export-detail", alone.pk))
    f.own_case(home["asker"])
    export = ask(home["asker"])
    assert export.state == "waiting"
    worker()
    assert state(export) == "waiting"
    with as_role("nrm_owner"):
        told = list(Event.objects.filter(subject_id=export.pk).values_list("kind", "audience"))
    assert told == [("export_waiting", ["second"])]
    for who in ("mate", "asker"):  # for who decides it stands once, above the others; who asked follows it among them
        page = text(Hand(home[who]).get("export-list"))
        assert (page.count(export.reference), "Aucun export" in page) == (1, False), who
        assert "plus de 20 lignes en sept jours" in page


def test_small_exports_of_a_week_are_added_up_whatever_the_filter(home):
    """Five lists of some rows are one long list: the threshold looks at what one person took alone in seven days."""
    asker, mate = home["asker"], home["mate"]
    many(asker, 12)
    assert ask(asker, query="urgency=normal").state == "queued"
    page = reverse("referral:export-new", args=["cases"])
    assert "Une seconde personne décide" in text(Hand(asker).client.get(page))
    second = ask(asker, query="status=open")
    assert second.state == "waiting"
    assert ask(mate).state == "queued"  # each their own
    with acting_as(mate):
        exports.approve_export(mate, second.pk)
    with as_role("nrm_owner"):
        Export.objects.filter(by=asker, state="queued").update(state="fetched")
    assert ask(asker, query="urgency=normal").state == "waiting"
    with as_role("nrm_owner"):  # a week later; what a second person approved is not counted
        ExportMove.objects.filter(export__by=asker, action="queue").update(at=timezone.now() - timedelta(days=8))
    assert ask(asker, query="urgency=normal").state == "queued"


def test_an_export_given_up_is_not_counted(home):
    many(home["asker"], 12)
    with acting_as(home["asker"]):
        exports.cancel_export(home["asker"], ask(home["asker"]).pk)
    assert ask(home["asker"]).state == "queued"


def test_who_decides(home):
    many(home["asker"])
    export = ask(home["asker"])
    answers = {
        "asker": 403,  # never oneself
        "front": 403,
        "head_front": 403,
        "stranger": 404,
        "other_head": 404,
    }
    for who, code in answers.items():
        assert Hand(home[who]).post("export-approve", export.pk).status_code == code, who
        assert Hand(home[who]).post("export-refuse", export.pk).status_code == code, who
    assert state(export) == "waiting"
    for who in ("mate", "admin", "head"):
        again = ask(home["asker"])
        assert Hand(home[who]).post("export-approve", again.pk).status_code == 302, who
        assert state(again) == "queued"
        assert Hand(home[who]).post("export-approve", again.pk).status_code == 409, who
    Hand(home["mate"]).post("export-refuse", export.pk, comment="Trop large, filtrez")
    assert state(export) == "refused"
    assert "Trop large, filtrez" in text(Hand(home["asker"]).get("export-detail", export.pk))
    worker()
    assert state(export) == "refused"


def test_the_database_decides_the_same(home):
    """Moves inserted without the operations: the asker, a queue of more than twenty, another agency."""
    many(home["asker"])
    export = ask(home["asker"])

    def moved(actor, action, before, after):
        with acting_as(actor), transaction.atomic():
            ExportMove.objects.create(
                export=export, action=action, before=before, after=after, membership=actor, agency_id=actor.agency_id
            )

    for who in ("asker", "front", "stranger", "other_head"):
        with pytest.raises(DatabaseError) as refused:
            moved(home[who], "approve", "waiting", "queued")
        assert refused.value.__cause__.pgcode == "42501", who
    with acting_as(home["asker"]):
        bare = Export.objects.create(
            agency_id=home["asker"].agency_id, by=home["asker"], listed="cases", purpose="other", total=21
        )
    export = bare
    with pytest.raises(DatabaseError) as refused:
        moved(home["asker"], "queue", "asked", "queued")
    assert refused.value.__cause__.pgcode == "42501"


def test_the_network_sees_the_count_only(home):
    many(home["asker"])
    export = ask(home["asker"])
    page = text(Hand(home["head"]).get("export-detail", export.pk))
    assert "Foyer d'essai (fictif)" in page
    assert "21" in page
    assert "Réunion de travail sur ces dossiers" in page
    assert "MARQUEUR-RAISON" not in page
    assert home["asker"].user.full_name not in page
    # the columns say what leaves, nothing of a row
    named = "sans nom, date de naissance ni contact : Référence, Référence interne {}, Surnom (choisi"
    assert named.format("du service qui demande l'export") in page and "Nombre de personnes" in page
    assert "Accès du service qui demande l'export, Rubriques ouvertes au service qui demande l'export" in page
    assert "votre service" not in page.partition("sans nom")[2].partition("</dd>")[0], "that would be the reader's"
    own = text(Hand(home["mate"]).get("export-detail", export.pk))
    assert named.format("de votre service") in own and "Rubriques ouvertes à votre service" in own
    assert "Nombre de signes</dd>" in own
    with acting_as(home["head"]):
        assert not ExportOrder.objects.exists()
    with acting_as(home["mate"]):
        assert ExportOrder.objects.exists()
    assert "MARQUEUR-RAISON" in text(Hand(home["mate"]).get("export-detail", export.pk))
    # approved from above, it is the asker's alone
    Hand(home["head"]).post("export-approve", export.pk)
    worker()
    assert Hand(home["head"]).post("export-prepare", export.pk).status_code == 404
    assert len(take(home["asker"], export)) == 22


def test_who_asks(home):
    f.own_case(home["asker"])
    for who, code in {"front": 403, "admin": 403, "head": 403, "mate": 302}.items():
        answer = Hand(home[who]).post("export-new", "cases", **ORDER)
        assert answer.status_code == code, who
    assert Hand(home["asker"]).get("export-new", "inbox").status_code == 404
    with acting_as(home["front"]), pytest.raises(NotAllowed):
        exports.ask_export(home["front"], "cases", "", **ORDER)


def test_what_was_typed_stays_and_says_what_to_do(home):
    f.own_case(home["asker"])
    answer = Hand(home["asker"]).client.post(
        reverse("referral:export-new", args=["cases"]),
        {"_membership": home["asker"].pk, "reason": "court", "file_format": "csv", "query": "urgency=normal"},
    )
    page = text(answer)
    assert answer.status_code == 200
    assert "Dites à quoi servira cet export." in page
    assert "Écrivez au moins 15 caractères" in page
    assert ">\ncourt</textarea>" in page
    assert 'name="query" value="urgency=normal"' in page


def test_the_list_of_requests_never_speaks_of_names(home):
    asker, other = home["asker"], home["stranger"]
    f.orientation(asker, f.own_case(asker), other.agency, state="accepted", answerer=other)
    names = "un nom ou un contact seulement si vous le demandez"
    for listed, asked in (("cases", True), ("by_us", False)):
        page = text(Hand(home["asker"]).get("export-new", listed))
        assert (names in page, 'name="content"' in page) == (asked, asked), listed
        assert ("jamais un récit, une note, un nom ni un contact" in page) != asked


def test_ten_an_hour(home):
    f.own_case(home["asker"])
    for _ in range(10):
        ask(home["asker"])
    with pytest.raises(read_quota.Exhausted):
        ask(home["asker"])
    assert ask(home["mate"]).state == "queued"  # each their own


def test_the_button_is_hidden_when_the_list_is_empty(home):
    assert "Exporter cette liste" not in text(Hand(home["asker"]).get("case-list"))
    f.own_case(home["asker"])
    assert "Exporter cette liste" in text(Hand(home["asker"]).get("case-list"))
    assert "Exporter cette liste" not in text(Hand(home["asker"]).get("case-list", query="?status=closed"))


def test_no_cell_is_run_as_a_formula():
    row = ["=1+1", "+33", "-2", "@x", "\tx", "a=b", 5]
    (read,) = csv.reader(io.StringIO(writing.as_csv([], [row]).decode("utf-8-sig").split("\r\n", 1)[1]), delimiter=";")
    assert read == ["'=1+1", "'+33", "'-2", "'@x", "'\tx", "a=b", "5"]
    sheet = load_workbook(io.BytesIO(writing.as_xlsx(["a"] * 7, [row]))).active
    kinds = [cell.data_type for cell in sheet[2]]
    assert kinds == ["s"] * 6 + ["n"]
    assert sheet[2][0].value == "'=1+1"
    free = odfdo.Document(io.BytesIO(writing.as_ods(["a"] * 7, [row]))).body.get_table(0)
    assert free.get_cell((0, 1)).formula is None and free.get_values()[1][0] == "'=1+1"


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_spreadsheet_and_a_note_travel_together(home, kind):
    mine = f.own_case(home["asker"])
    export = ask(home["asker"], file_format=kind)
    worker()
    with acting_as(home["asker"]):
        _, passphrase, token, _ = exports.prepare_archive(home["asker"], export.pk)
    with acting_as(home["asker"]):
        _, archive = exports.fetch_archive(home["asker"], export.pk, token)
    with pyzipper.AESZipFile(io.BytesIO(archive)) as found:
        found.setpassword(passphrase.encode())
        assert found.namelist() == [f"export-{export.reference}.{kind}", "LISEZ-MOI.txt"]
        assert home["asker"].user.full_name in found.read("LISEZ-MOI.txt").decode()
        book = io.BytesIO(found.read(f"export-{export.reference}.{kind}"))
    if kind == "xlsx":
        head, row = load_workbook(book).active.iter_rows(values_only=True)
    else:
        head, row = odfdo.Document(book).body.get_table(0).get_values()
    assert (head[0], row[0], row[-1]) == ("Référence", mine.reference, export.reference)


def test_nobody_finds_an_export_that_is_not_theirs(home):
    f.own_case(home["asker"])
    export = ask(home["asker"])
    for who in ("stranger", "other_head"):
        with acting_as(home[who]), pytest.raises(NotFound):
            exports.visible_export(home[who], export.pk)
        assert Hand(home[who]).get("export-detail", export.pk).status_code == 404
        assert export.reference not in text(Hand(home[who]).get("export-list"))
    assert export.reference in text(Hand(home["mate"]).get("export-list"))


def test_the_list_of_exports_costs_the_same_at_two_sizes(home):
    f.own_case(home["asker"])
    hand = Hand(home["mate"])
    counts = []
    for more in (2, 6):
        for _ in range(more):
            ask(home["asker"])
        with CaptureQueriesContext(connection) as said:
            assert hand.get("export-list").status_code == 200
        counts.append(len(said))
    assert counts[0] == counts[1]
