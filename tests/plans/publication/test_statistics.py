"""Public figures: two series never added, each figure with its publication, the same in page, CSV, JSON and PDF."""

import csv
import io
import re
from contextlib import nullcontext
from html import unescape

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils.translation import override

from foundation.actor import acting_as
from plans.models import FigureSeries, PublicFigure
from plans.publication.datasets.statistics import rows
from plans.publication.display import statistics
from tests.plans import people
from tests.plans.pdf_text import Pdf
from tests.roles import as_role

pytestmark = pytest.mark.django_db
SPACES = re.compile(r"[\s\u00a0\u202f]+")

# mission, section 7, by hand: associations that answered, persons supported; persons recorded by police
SUPPORTED = {2019: "2 573", 2020: "2 259", 2021: "2 800", 2022: "2 994", 2023: "4 160", 2024: "4 823"}
ANSWERED = {2020: "26", 2021: "44", 2022: "72", 2023: "70", 2024: "44"}
RECORDED = {
    2016: "1 401 ou 1 439", 2017: "1 263", 2018: "1 445", 2019: "1 460", 2020: "1 243", 2021: "1 811",
    2022: "non connu", 2023: "2 143", 2024: "environ 2 100",
}  # fmt: skip
FORMS_2024 = ["86 %", "11 %", "2 %", "1 %", "non connu"]
FORMS_2021 = ["74 %", "18 %", "6 %", "1 %", "1 %"]


def text(html: str) -> str:
    return SPACES.sub(" ", unescape(re.sub(r"<[^>]+>", " ", html)))


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def table(html: str, chart: str) -> dict[str, list[str]]:
    """The table beside a drawing: label -> its cells, notes apart."""
    figure = html[html.index(f'id="{chart}"') :].partition("</figure>")[0]
    figure = re.sub(r"<small>.*?</small>", "", figure)
    return {
        text(label).strip(): [text(cell).strip() for cell in re.findall(r"<td>(.*?)</td>", rest)]
        for label, rest in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', figure)
    }


@pytest.mark.parametrize(
    "lost", [{"unit": "per_100k"}, {"metric_fr": "Victimes enregistrées"}, {"series": "recorded_victims"}]
)
def test_figures_that_no_publication_gives_are_left_out(lost):
    with as_role("nrm_owner"):
        assert PublicFigure.objects.filter(**{"series": "recorded_victims", **lost}).delete()[0]
    for address in ("/plan/", "/statistiques/", "/statistiques/chiffres.pdf"):
        assert Client().get(address).status_code == 200, address
    assert Client().get("/statistiques/recorded_victims/").status_code == (404 if "series" in lost else 200)


def test_the_pack_is_loaded_whole():
    assert PublicFigure.objects.count() == 82
    assert list(FigureSeries.objects.values_list("pk", flat=True)) == [
        "associations_survey", "recorded_victims", "convictions", "procedures", "acse",
    ]  # fmt: skip


def test_the_page_says_the_two_series_apart():
    html = page("/statistiques/")
    found = table(html, "associations")
    assert {int(year): cells[0] for year, cells in found.items()} == SUPPORTED
    assert {int(y): cells[1] for y, cells in found.items() if cells[1] != "non connu"} == ANSWERED
    assert {int(year): cells[0] for year, cells in table(html, "police").items()} == RECORDED
    forms = table(html, "formes")
    assert forms["2024"] == FORMS_2024
    assert forms["2021"] == FORMS_2021
    said = text(html)
    assert "on ne les additionne donc jamais" in said
    assert str(4823 + 2100) not in said.replace(" ", ""), "no sum of the two series anywhere"
    for chart in ("associations", "police"):
        figure = html[html.index(f'id="{chart}"') :].partition("</figure>")[0]
        assert figure.count("<polyline") >= 1
        assert 'data-line="2"' not in figure, "one series a drawing: never two on one axis"


# mission, section 7, by hand: the last year of each series; what associations said of 2024 has no share of minors
SEX_AND_AGE = {
    "associations_survey": {"Part de femmes": "89 %", "Part de mineurs": "non connu"},
    "recorded_victims": {"Part de femmes": "63 %", "Part de mineurs (490)": "23 %"},
}


@pytest.mark.parametrize("series", SEX_AND_AGE)
def test_sex_and_age_are_said_and_what_is_not_known_is_not_hidden(series):
    profile = table(page(f"/statistiques/{series}/"), {"a": "associations-profil", "r": "police-profil"}[series[0]])
    client = Client()
    csv_rows = list(csv.DictReader(io.StringIO(client.get("/donnees/public_figures.csv").content.decode())))
    json_rows = client.get("/donnees/public_figures.json").json()["rows"]
    for metric, shown in SEX_AND_AGE[series].items():
        assert profile[metric] == [shown], metric
        for rows_ in (csv_rows, json_rows):
            found = [r for r in rows_ if (r["series"], str(r["year"]), r["metric"]) == (series, "2024", metric)]
            said = [f"{float(row['value']):g} %" for row in found] or ["non connu"]
            assert said == [shown], metric


def test_a_year_nobody_published_is_a_gap():
    html = page("/statistiques/")
    figure = html[html.index('id="police"') :].partition("</figure>")[0]
    assert figure.count("<polyline") == 2  # 2016 to 2021, 2023 to 2024
    assert "Personnes enregistrées par la police et la gendarmerie : 2022" in text(html)


def test_what_is_disputed_is_shown_side_by_side():
    said = text(page("/statistiques/"))
    assert "2016 : 1 401 (GRETA, 3e rapport) ou 1 439 (ASH)" in said
    assert "2020 : 772 (LCI) ou 722 (CNews)" in said


def test_each_figure_is_on_its_series_page_with_its_publication_and_provenance():
    counted = 0
    for series in FigureSeries.objects.order_by("order"):
        html = page(f"/statistiques/{series.pk}/")
        said = text(html)
        for figure in series.figures.order_by("order"):
            counted += 1
            assert SPACES.sub(" ", figure.publication) in said, figure.code
            assert SPACES.sub(" ", figure.metric_fr.replace(" :", " :")) in said, figure.code
        assert "lu dans la source" in said
        assert "Contenu non validé" in said
        assert len(html.encode()) <= 25_000, (series.pk, len(html.encode()))
    assert counted == 82
    assert Client().get("/statistiques/ailleurs/").status_code == 404


def test_page_csv_json_and_pdf_give_the_same_82_figures():
    client = Client()
    table_rows = list(csv.DictReader(io.StringIO(client.get("/donnees/public_figures.csv").content.decode())))
    documents = client.get("/donnees/public_figures.json").json()["rows"]
    assert len(table_rows) == len(documents) == 82
    answer = client.get("/statistiques/chiffres.pdf")
    assert answer["Content-Type"] == "application/pdf"
    printed = SPACES.sub(" ", Pdf(answer.content).text)
    for row, same in zip(table_rows, documents, strict=True):
        assert float(row["value"]) == float(same["value"])
        assert (row["code"], row["publication"]) == (same["code"], same["publication"])
        shown = said_in_french(same)
        lines = text(page_of(same["series"]))
        assert f"{same['year']} {same['metric']}" in squeezed(lines), same["code"]
        assert f"{same['metric']} {shown}" in squeezed(lines), (same["code"], shown)
        assert f"{same['year']} {same['metric']}" in squeezed(printed), same["code"]
        assert f"{same['metric']} {shown}" in squeezed(printed), (same["code"], shown)


def said_in_french(row: dict) -> str:
    """By hand, not by the code of the pages: groups of three, a comma, the sign."""
    whole, _, rest = str(row["value"]).partition(".")
    digits = f"{int(whole):,}".replace(",", " ") + (f",{rest}" if rest and rest != "0" else "")
    if row["other_value"] is not None:
        digits += f" ou {row['other_value']:,}".replace(",", " ")
    return ("environ " if row["approximate"] else "") + digits + (" %" if row["unit"] == "percent" else "")


def squeezed(words: str) -> str:
    """Hyphens of the end of a line and spaces differ between a page and a sheet of paper."""
    return SPACES.sub(" ", words).replace("- ", "-")


_pages: dict[str, str] = {}


def page_of(series: str) -> str:
    return _pages.setdefault(series, page(f"/statistiques/{series}/"))


@pytest.mark.parametrize(("value", "shown"), [(1, "1 à 10"), (10, "1 à 10"), (11, "11"), (0, "0")])
def test_a_small_number_of_persons_is_never_shown(value, shown):
    with as_role("nrm_owner"):
        PublicFigure.objects.create(
            code="essai", order=999, year=2025, series_id="acse", population_fr="x", metric_fr="Essai",
            value=value, unit="person", publication="Essai", provenance="seen",
        )  # fmt: skip
    with override("fr"):
        assert statistics.point(PublicFigure.objects.get(pk="essai")).shown == shown
    assert shown in text(page("/statistiques/acse/"))
    [row] = [row for row in rows() if row["code"] == "essai"]
    masked = shown == "1 à 10"
    assert (row["value"], row["masked"]) == ((None, True) if masked else (value, False))


def test_no_page_writes_a_figure():
    for actor in (nullcontext(), acting_as(people.coordination())):
        with pytest.raises(ProgrammingError), transaction.atomic(), actor:
            PublicFigure.objects.update(value=1)


def test_the_same_page_in_english():
    html = page("/en/statistiques/")
    assert '<html lang="en"' in html
    said = text(html)
    assert "4,823" in said
    assert "never added" in said
    assert 'href="/statistiques/" lang="fr"' in html
    assert "/en/annuaire/" in html


def test_queries_do_not_grow_with_the_figures(django_assert_num_queries):
    with django_assert_num_queries(2):
        statistics.all_series()
    with as_role("nrm_owner"):
        PublicFigure.objects.bulk_create(
            PublicFigure(
                code=f"essai-{n}", order=999, year=2000 + n, series_id="acse", population_fr="x", metric_fr="Essai",
                value=n + 20, unit="person", publication="Essai", provenance="seen",
            )
            for n in range(20)
        )  # fmt: skip
    with django_assert_num_queries(2):
        statistics.all_series()
