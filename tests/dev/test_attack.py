"""A sample of `./run attack` (markup into the forms of two accounts, webhooks, statements), and what it must see."""

import io
from contextlib import contextmanager

import pikepdf
import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from lxml import html

from bench.attack import files, markup, statements
from tests import factories as f
from tests.roles import as_role

from .test_clients import lines_of


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('<p><img src="zqx1z" onerror="alert()"></p>', {"zqx1z"}),
        ("<script>zqx2z</script>", {"zqx2z"}),
        ('<input value="x" onfocus="alert(zqx3z)">', {"zqx3z"}),
        ("<a href=\" JavaScript:alert('zqx4z')\">x</a>", {"zqx4z"}),
        ("<p>49zqx5z</p>", {"zqx5z"}),
        # the near misses: text of a page, of a field, of an attribute that nothing runs
        ("<p>&lt;img src=zqx6z onerror=x&gt;</p><textarea>&lt;script&gt;zqx7z</textarea>", set()),
        ("<input value='\" onfocus=alert(zqx8z)' title='javascript:zqx9z'><a href='/?q=javascript:zqx9z'>x</a>", set()),
        ("<p>{{7*7}}zqx9z</p>", set()),
    ],
)
def test_what_came_alive_is_told_from_what_is_text(page, found):
    assert set(markup.came_alive(html.fromstring(f"<html><body>{page}</body></html>"))) == found


def test_a_cell_that_a_spreadsheet_computes_is_told_from_text():
    assert markup.computed('\ufeffa;b\n=1+1zqx1z;x\n-zqx2z;\'=zqx3z\n"+zqx4z";a=zqx5z\n') == ["zqx1z", "zqx2z", "zqx4z"]


@pytest.mark.parametrize(
    ("act", "found"),
    [
        ({"/S": "/JavaScript", "/JS": "app.alert(1)"}, ["/JavaScript"]),
        ({"/S": "/Launch", "/F": "x.exe"}, ["/Launch"]),
        ({"/S": "/URI", "/URI": "javascript:alert(1)"}, ["javascript:alert(1)"]),
        ({"/S": "/URI", "/URI": "https://x.invalid/zqx1z"}, ["https://x.invalid/zqx1z"]),
        # the near misses: a link of ours, a place within the file
        ({"/S": "/URI", "/URI": "https://www.legifrance.gouv.fr/"}, []),
        ({"/S": "/GoTo", "/D": "page"}, []),
    ],
)
def test_what_acts_in_a_pdf_is_told_from_a_link(act, found):
    paper, made = pikepdf.new(), io.BytesIO()
    names = {"/S"}
    said = {key: pikepdf.Name(value) if key in names else pikepdf.String(value) for key, value in act.items()}
    paper.Root.OpenAction = paper.make_indirect(pikepdf.Dictionary(said))
    paper.add_blank_page()
    paper.save(made)
    assert markup.acting(made.getvalue()) == found


def test_each_hostile_file_is_another_one(tmp_path):
    made = files.hostile(9, tmp_path)
    assert len({content for _, content in made.values()} | {name for name, _ in made.values()}) > len(made)
    assert made[files.TAKEN][1][:2] == b"PK" and len(made["four hundred megabytes in one"][1]) < 2_000_000


@pytest.fixture
def thief():
    """The connection of the application's role, in the database of the test, and what opens one as the owner."""
    said = connection.settings_dict
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    address = " ".join(f"{name}='{said[key]}'" for name, key in named.items() if said[key])
    found = [statements.Thief(address), statements.Thief(address)]
    for one, role in zip(found, ("nrm_app", "nrm_owner"), strict=True):
        with one.connection, one.connection.cursor() as cursor:
            cursor.execute(f"SET SESSION ROLE {role}")
    yield found[0], found[1].connection
    for one in found:
        one.connection.close()


@contextmanager
def unguarded(owner, guards: dict[str, tuple[str, str]]):
    """Run a block without these guards: statements with a hole, and what stands in it to take one away, and back."""
    try:
        with owner, owner.cursor() as cursor:
            cursor.execute(";".join(text.format(off) for text, (off, _) in guards.items()))
        yield
    finally:
        with owner, owner.cursor() as cursor:
            cursor.execute(";".join(text.format(on) for text, (_, on) in guards.items()))


@pytest.mark.django_db(transaction=True)
def test_a_granted_column_without_a_guard_is_found(thief, monkeypatch):
    mate = f.member(home := f.shelter())
    f.program(home)
    with as_role("nrm_owner"):
        Authenticator.objects.create(user=mate.user, type="totp", data={})
    every = statements._granted
    kept = {name.split(".")[0] for name in statements.CONTROLS}
    monkeypatch.setattr(statements, "_granted", lambda owner: [one for one in every(owner) if one[0] in kept])
    robber, owner = thief
    changed, signed = statements._changes(robber, owner)
    assert changed["tried"] > 60 and not changed["found"] and not signed["found"], (changed, signed)
    with unguarded(
        owner,
        {
            "ALTER TABLE agencies_user {} TRIGGER nrm_account_kept": ("DISABLE", "ENABLE"),
            "ALTER POLICY signed_update_ ON agencies_desk USING ((SELECT {0})) WITH CHECK ({0})": (
                "true",
                "nrm.signed_context()",
            ),
        },
    ):
        found = next(statements._changes(robber, owner))["found"]
    assert {"agencies_user.phone", "agencies_user.charter", "agencies_desk.phone"} <= set(found)
    assert not any(name.startswith(("mfa_authenticator", "agencies_apiclient")) for name in found)


@pytest.mark.django_db(transaction=True)
def test_a_row_that_only_a_constraint_refuses_is_found(thief):
    robber, owner = thief
    tables = ["journal_entry", "notifications_event", "agencies_tries", "oauth2_provider_accesstoken"]
    told = [("1", "1", "case", "", "", "", "")] * 2
    said = statements._writes(robber, tables, told)
    assert said["tried"] == 32 and not said["found"], said
    with unguarded(
        owner,
        {
            "ALTER TABLE journal_entry {} TRIGGER nrm_nobody_told": ("DISABLE", "ENABLE"),
            "ALTER TABLE agencies_tries {} TRIGGER nrm_tries_signed": ("DISABLE", "ENABLE"),
        },
    ):
        found = statements._writes(robber, tables, told)["found"]
    assert found == ["INSERT INTO agencies_tries DEFAULT VALUES", "INSERT INTO journal_entry DEFAULT VALUES"]


@pytest.mark.long
@pytest.mark.whole
def test_nothing_is_found_by_the_sample():
    lines = {line["check"]: line for line in lines_of("sample", "addresses", "statements", module="bench.attack")}
    assert lines["typed"]["forms"] > 10 and lines["typed"]["fields"] > 5 and lines["pages"]["marks met"] > 0
    assert lines["this machine, spelled"]["refused"] == 15 and lines["calling what may write"]["functions"] > 30
    assert lines["writing in the name of others"]["tried"] > 1_300 and lines["becoming more"]["tried"] > 30
    assert lines["changing each granted column"]["tried"] > 2_000 and lines["the same, signed"]["touched"] > 60
    assert not any(line["found"] for line in lines.values()), lines
