"""Charts: from numbers to the geometry of a drawing, without a database, a page or a colour.

A chart is drawn in a frame of 360 units, so that its words keep their size from a phone to a desk; colours are classes
of the stylesheet, and each series also has a pattern, a shape or its own words: nothing rests on colour alone. `table`
holds the same numbers, which templates/components/chart.html always shows beside the drawing.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH = 360
LINE = 16  # height of a line of words
LETTERS = 42  # what a label of the width of the frame holds, its number apart
TEMPLATES = {
    "bars": "components/chart_bars.html",
    "stacked": "components/chart_stacked.html",
    "lines": "components/chart_lines.html",
}
KINDS = 5  # patterns and shapes that can be told from one another


@dataclass(frozen=True)
class Point:
    """A number with the words it is shown by; None: not known, or not shown, as `shown` says."""

    value: float | None
    shown: str
    note: str = ""
    brief: str = ""  # beside a dot, where `shown` is too long


@dataclass(frozen=True)
class Box:
    """A rectangle. `kind`: which of the series, from 1."""

    x: float
    y: float
    width: float
    height: float
    kind: int = 1


@dataclass(frozen=True)
class Words:
    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    shown: str
    text_y: float


@dataclass(frozen=True)
class Line:
    """A series of a line chart. `runs`: polylines, one for each stretch without a gap."""

    label: str
    kind: int
    runs: list[str]
    dots: list[Dot]


@dataclass(frozen=True)
class Chart:
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
    rules: list[Words] = field(default_factory=list)  # horizontal rules: y, and what they stand for
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
    """One bar a row, the longest (or `whole`: 100 for shares) = full width. `of`: what the rows are (title of the
    first column); `what`: the number."""
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
    """Parts of a whole, one bar a row. `names`: the parts; `whole`: 100 for shares, else the longest row's sum."""
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
    """Series of ONE measure over time, on one axis from zero. A step without a number leaves a gap, never a guess."""
    top, left, bottom = 24.0, 8.0, 196.0
    most = nice(max((p.value or 0 for _, points in series for p in points), default=0) or 1)
    apart = (WIDTH - 2 * left - 24) / max(len(steps) - 1, 1)
    drawn = []
    for kind, (label, points) in enumerate(series, start=1):
        places = [
            None
            if p.value is None
            else (_short(left + 12 + i * apart), _short(bottom - (bottom - top) * p.value / most))
            for i, p in enumerate(points)
        ]
        dots = [Dot(*at, p.brief or p.shown, _short(at[1] - 9)) for at, p in zip(places, points, strict=True) if at]
        drawn.append(Line(label, _kind(kind), _runs(places), dots))
    words = [Words(_short(left + 12 + i * apart), bottom + 18, step, "middle") for i, step in enumerate(steps)]
    rules = [Words(0, _short(bottom - (bottom - top) * part / 2), "") for part in (0, 1, 2)]
    rows = [(step, [points[i] for _, points in series]) for i, step in enumerate(steps)]
    names = [label for label, _ in series]
    legend = [(line.kind, line.label) for line in drawn] if len(drawn) > 1 else []
    return Chart(code, title, summary, "lines", bottom + 26, [of, *names], rows, [], words, drawn, rules, legend)


def nice(value: float) -> float:
    """The first round number at or above: an axis ends where a reader expects it."""
    step = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 1.0
    return next(step * n for n in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * n >= value)


def _label(words: list[Words], label: str, shown: str, y: float) -> float:
    """The words of a row above its bar, its number at the right of the last line; where the bar begins."""
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
