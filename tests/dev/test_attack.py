"""A sample of `./run attack` (markup into the forms of two accounts, webhooks, statements), and what it must see."""

import io

import pikepdf
import pytest
from lxml import html

from bench.attack import files, markup

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


@pytest.mark.long
def test_nothing_is_found_by_the_sample():
    lines = {line["check"]: line for line in lines_of("sample", "addresses", "statements", module="bench.attack")}
    assert lines["typed"]["forms"] > 10 and lines["typed"]["fields"] > 5 and lines["pages"]["marks met"] > 0
    assert lines["this machine, spelled"]["refused"] == 15 and lines["calling what may write"]["functions"] > 30
    assert lines["writing in the name of others"]["tried"] > 2_000 and lines["becoming more"]["tried"] > 30
    assert not any(line["found"] for line in lines.values()), lines
