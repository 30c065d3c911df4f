"""Drawings: bars as long as their numbers, gaps where a number is missing, the same numbers in the table."""

import re

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from foundation.tables import charts
from foundation.tables.charts import Point


def points(*values):
    return [Point(value, "?" if value is None else str(value)) for value in values]


def test_bars_are_as_long_as_their_numbers():
    chart = charts.bars(
        "essai",
        "Essai",
        [("A", Point(50, "50")), ("B", Point(100, "100")), ("C", Point(None, "non connu"))],
        of="Forme",
        what="Part",
        summary="Trois formes.",
    )
    assert [box.width for box in chart.boxes] == [180, 360]  # none for what is not known
    assert [word.text for word in chart.words] == ["A", "50", "B", "100", "C", "non connu"]
    assert chart.head == ["Forme", "Part"]
    assert [(label, point.shown) for label, [point] in chart.rows] == [("A", "50"), ("B", "100"), ("C", "non connu")]


def test_a_long_label_goes_to_the_line_and_never_under_its_number():
    label = "Exploitées par un membre de la famille ou dans un réseau, selon la personne accompagnée"
    chart = charts.bars("essai", "Essai", [(label, Point(1, "1 234"))], of="", what="", summary="")
    said = [word.text for word in chart.words if word.anchor == "start"]
    assert " ".join(said) == label
    assert max(map(len, said)) <= 42 - len("1 234")
    assert chart.boxes[0].y > max(word.y for word in chart.words)


def test_stacked_parts_stand_end_to_end_and_are_told_apart():
    chart = charts.stacked(
        "essai", "Essai", ["a", "b", "c"], [("2021", points(50, 30, 20)), ("2024", points(80, 0, 20))],
        of="Année", summary="", whole=100,
    )  # fmt: skip
    first = chart.boxes[:3]
    assert [(box.x, box.width) for box in first] == [(0, 180), (180, 108), (288, 72)]
    assert [box.kind for box in first] == [1, 2, 3]
    assert [box.width for box in chart.boxes[3:]] == [288, 72]  # nothing drawn for zero
    assert chart.legend == [(1, "a"), (2, "b"), (3, "c")]


def test_words_of_a_line_stay_in_the_frame_and_apart_from_those_before():
    steps = [str(year) for year in range(2016, 2025)]
    flat = [Point(90, "90"), *points(*[None] * 6), Point(98, "2 143"), Point(97, "environ 2 100")]
    [line] = charts.lines("essai", "Essai", steps, [("S", flat)], of="Année", summary="").lines
    first, before, last = line.dots
    assert first.text_x == first.x and before.text_x == before.x
    assert before.text_y < before.y, "above its dot"
    assert last.text_x + len("environ 2 100") * charts.SIGN / 2 <= charts.WIDTH
    assert last.text_y > last.y, "below its dot: above it stand the words before"
    steep = [Point(10, "10"), Point(98, "environ 2 100")]
    [line] = charts.lines("essai", "Essai", ["2023", "2024"], [("S", steep)], of="Année", summary="").lines
    assert line.dots[1].text_y < line.dots[1].y, "nothing is in its way"


def test_a_line_starts_from_zero_and_breaks_where_a_number_is_missing():
    chart = charts.lines(
        "essai", "Essai", ["2019", "2020", "2021", "2022"], [("S", points(0, 100, None, 50))], of="Année", summary=""
    )
    [line] = chart.lines
    assert [(dot.shown, dot.y) for dot in line.dots] == [("0", 196), ("100", 24), ("50", 110)]
    assert len(line.runs) == 1, "no line to or from a single point beyond a gap"
    assert len(line.runs[0].split()) == 2
    assert [label for label, _ in chart.rows] == ["2019", "2020", "2021", "2022"]


def test_an_axis_ends_at_a_round_number():
    assert [charts.round_up(v) for v in (1, 37, 99, 100, 2143, 4823, 7285)] == [1, 40, 100, 100, 2500, 5000, 8000]


@pytest.mark.parametrize("shape", ["bars", "stacked", "lines"])
@pytest.mark.parametrize("rows", [[], [("A", 3), ("B", None)]])
def test_a_chart_always_comes_with_its_numbers_in_a_table(shape, rows):
    data = [(label, Point(value, "non connu" if value is None else str(value))) for label, value in rows]
    if shape == "bars":
        chart = charts.bars("c", "Titre", data, of="Forme", what="Nombre", summary="Résumé.")
    elif shape == "stacked":
        chart = charts.stacked("c", "Titre", ["p"], [(a, [b]) for a, b in data], of="Forme", summary="Résumé.")
    else:
        steps = [label for label, _ in data]
        chart = charts.lines("c", "Titre", steps, [("s", [b for _, b in data])], of="Année", summary="Résumé.")
    with override("fr"):
        page = render_to_string("components/chart.html", {"chart": chart, "source": "Essai"})
    assert '<title id="c-a">Titre. Résumé.</title>' in page
    assert " style=" not in page
    table = page[page.index("<table") :]
    for label, point in data:
        assert re.search(rf'<th scope="row">{label}</th><td>{point.shown}</td>', table)
    assert not re.search(r'(?:x|y|width|height)="\d+,\d', page), "a decimal comma is not a coordinate"
