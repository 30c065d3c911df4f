"""Compute the geometry of charts from numbers; no database, page or colour.

A chart is drawn in a frame 360 units wide, so that text keeps its size from phone to desktop. Colours are classes of
the stylesheet, and each series also has a pattern, a shape or its own words: nothing depends on colour alone. `table`
holds the same numbers, which templates/components/chart.html always shows beside the drawing.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH = 360
LINE = 16  # height of a line of text
LETTERS = 42  # characters of a label over the whole width, without its number
SIGN = 7.6  # width of a sign of the words beside a dot, which are bold
TEMPLATES = {
    "bars": "components/chart_bars.html",
    "stacked": "components/chart_stacked.html",
    "lines": "components/chart_lines.html",
    "tiles": "components/chart_tiles.html",
}
TILE = 30  # side of the square of a place
KINDS = 5  # distinct patterns and shapes


@dataclass(frozen=True)
class Point:
    """Hold a number and the words that show it; None: not known or masked, as `shown` says."""

    value: float | None
    shown: str
    note: str = ""
    brief: str = ""  # beside a dot, when `shown` is too long


@dataclass(frozen=True)
class Box:
    """Describe a rectangle. `kind`: number of the series, from 1; `shade`: from 0 (empty) to 1."""

    x: float
    y: float
    width: float
    height: float
    kind: int = 1
    shade: float = 1


@dataclass(frozen=True)
class Words:
    """Describe a text at a position."""

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class Dot:
    """Describe a point of a line and its text."""

    x: float
    y: float
    shown: str
    text_x: float
    text_y: float


@dataclass(frozen=True)
class Line:
    """Describe a series of a line chart. `runs`: polylines, one per stretch without a gap."""

    label: str
    kind: int
    runs: list[str]
    dots: list[Dot]


@dataclass(frozen=True)
class Chart:
    """Describe a whole chart: geometry, legend, and the table of its numbers (`head`, `rows`)."""

    code: str
    title: str
    summary: str
    shape: str  # one of TEMPLATES
    height: float
    head: list[str]
    rows: list[tuple[str, list[Point]]]
    boxes: list[Box] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    rules: list[Words] = field(default_factory=list)  # horizontal rules: position and value
    legend: list[tuple[int, str]] = field(default_factory=list)
    width: int = WIDTH

    @property
    def template(self) -> str:
        return TEMPLATES[self.shape]


def bars(
    code: str,
    title: str,
    rows: Sequence[tuple[str, Point]],
    *,
    of: str,
    what: str,
    summary: str,
    whole: float | None = None,
) -> Chart:
    """Return a chart with one bar per row.

    `whole`: value of the full width (100 for shares), by default the largest. `of`: what rows are (title of the first
    column); `what`: what numbers are.
    """
    most = whole or max((point.value or 0 for _, point in rows), default=0) or 1
    boxes, words, y = [], [], 0.0
    for label, point in rows:
        y = _label(words, label, point.shown, y)
        if point.value is not None:
            boxes.append(Box(0, y, _short(WIDTH * point.value / most), 14))
        y += 14 + 12
    return Chart(code, title, summary, "bars", max(y - 12, 1), [of, what], [(a, [b]) for a, b in rows], boxes, words)


def stacked(
    code: str,
    title: str,
    names: Sequence[str],
    rows: Sequence[tuple[str, Sequence[Point]]],
    *,
    of: str,
    summary: str,
    whole: float | None = None,
) -> Chart:
    """Return one bar per row, divided in parts.

    `names`: the parts; `whole`: value of the full width (100 for shares), by default the largest sum.
    """
    sums = [sum(point.value or 0 for point in points) for _, points in rows]
    most = whole or max(sums, default=0) or 1
    boxes, words, y = [], [], 0.0
    for label, points in rows:
        y, x = _label(words, label, "", y), 0.0
        for kind, point in enumerate(points, start=1):
            if point.value:
                width = _short(WIDTH * point.value / most)
                boxes.append(Box(_short(x), y, width, 22, _kind(kind)))
                x += width
        y += 22 + 12
    return Chart(
        code,
        title,
        summary,
        "stacked",
        max(y - 12, 1),
        [of, *names],
        [(a, list(b)) for a, b in rows],
        boxes,
        words,
        legend=[(_kind(kind), name) for kind, name in enumerate(names, start=1)],
    )


def lines(
    code: str, title: str, steps: Sequence[str], series: Sequence[tuple[str, Sequence[Point]]], *, of: str, summary: str
) -> Chart:
    """Return series of one metric over time, on one axis from zero. A step without a number leaves a gap."""
    top, left, bottom = 24.0, 8.0, 196.0
    most = round_up(max((p.value or 0 for _, points in series for p in points), default=0) or 1)
    apart = (WIDTH - 2 * left - 24) / max(len(steps) - 1, 1)
    drawn = []
    for kind, (label, points) in enumerate(series, start=1):
        places = [
            None
            if p.value is None
            else (_short(left + 12 + i * apart), _short(bottom - (bottom - top) * p.value / most))
            for i, p in enumerate(points)
        ]
        drawn.append(Line(label, _kind(kind), _runs(places), _dots(places, points)))
    words = [Words(_short(left + 12 + i * apart), bottom + 18, step, "middle") for i, step in enumerate(steps)]
    rules = [Words(0, _short(bottom - (bottom - top) * part / 2), "") for part in (0, 1, 2)]
    rows = [(step, [points[i] for _, points in series]) for i, step in enumerate(steps)]
    names = [label for label, _ in series]
    legend = [(line.kind, line.label) for line in drawn] if len(drawn) > 1 else []
    return Chart(code, title, summary, "lines", bottom + 26, [of, *names], rows, [], words, drawn, rules, legend)


def _dots(places: Sequence[tuple[float, float] | None], points: Sequence[Point]) -> list[Dot]:
    """Return the dots of a series; their words stay in the frame, below the dot where those before are in the way."""
    dots: list[Dot] = []
    ends, level = 0.0, 0.0  # of the words before
    for at, point in zip(places, points, strict=True):
        if at is None:
            continue
        words = str(point.brief or point.shown)
        half = len(words) * SIGN / 2
        middle = min(max(at[0], half), WIDTH - half)
        above = at[1] - 9
        text_y = at[1] + 20 if middle - half < ends and abs(above - level) < LINE else above
        ends, level = middle + half, text_y
        dots.append(Dot(*at, words, _short(middle), _short(text_y)))
    return dots


def tiles(
    code: str,
    title: str,
    places: Sequence[tuple[int, int, str, str, Point]],
    *,
    of: str,
    what: str,
    summary: str,
) -> Chart:
    """Return a map with one square per place: its sign, its number under it, the fuller the more.

    `places`: column, row, sign, name and number. The table has the places that have a number, most first.
    """
    most = max((point.value or 0 for *_, point in places), default=0) or 1
    boxes, words = [], []
    for column, row, sign, _name, point in places:
        x, y = column * TILE, row * TILE
        boxes.append(Box(x + 1, y + 1, TILE - 2, TILE - 2, shade=round(0.4 * (point.value or 0) / most, 2)))
        words.append(Words(x + TILE / 2, y + 13, sign, "middle"))
        if point.value or point.note:
            words.append(Words(x + TILE / 2, y + 26, point.brief or point.shown, "middle"))
    known = sorted((p for p in places if p[4].value or p[4].note), key=lambda p: (-(p[4].value or 0), p[3]))
    rows = [(name, [point]) for *_, name, point in known]
    height = TILE * (1 + max((row for _, row, *_ in places), default=0))
    return Chart(code, title, summary, "tiles", height, [of, what], rows, boxes, words)


def round_up(value: float) -> float:
    """Return the first round number at or above the value, for the end of an axis."""
    step = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 1.0
    return next(step * n for n in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * n >= value)


def _label(words: list[Words], label: str, shown: str, y: float) -> float:
    """Add the label of a row above its bar, its number to the right of the last line; return where the bar begins."""
    parts = textwrap.wrap(label, LETTERS - len(shown)) or [""]
    for part in parts:
        y += LINE
        words.append(Words(0, y - 4, part))
    if shown:
        words.append(Words(WIDTH, y - 4, shown, "end"))
    return y


def _runs(places: list[tuple[float, float] | None]) -> list[str]:
    runs: list[list[str]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(f"{place[0]},{place[1]}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _kind(number: int) -> int:
    return (number - 1) % KINDS + 1


def _short(value: float) -> float:
    return round(value, 1)
