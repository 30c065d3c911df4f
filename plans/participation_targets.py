"""What a contribution may be about: something public, found by its words, said by its label."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import get_language

from indicators import catalogue, procedures

from .models import Commitment, Contribution, Measure, Plan

AT_MOST = 15
Subject = Contribution.Subject


@dataclass(frozen=True)
class Target:
    subject: str
    code: str
    label: str

    @property
    def address(self) -> str:
        return f"{self.subject}:{self.code}"


def find(subject: str, words: str) -> list[Target]:
    """The first ones whose label or code holds these words; all of a short list when there are none."""
    words = words.strip()
    if subject in _ROWS:
        rows, fields = _ROWS[subject]
        found = rows().filter(_matching(fields, words))[:AT_MOST]
        return [_of_row(subject, row) for row in found]
    if subject not in _HELD:
        return []
    wanted = words.casefold()
    hits = (e for e in _HELD[subject]().values() if wanted in f"{e.code} {e.label_fr} {e.label_en}".casefold())
    return [_of_row(subject, entry) for entry, _n in zip(hits, range(AT_MOST), strict=False)]


def named(subject: str, code: str) -> Target | None:
    """The thing itself, when it is public; None for what is not, or no longer is."""
    if subject in _ROWS:
        rows, _fields = _ROWS[subject]
        row = rows().filter(code=code).first()
    else:
        row = _HELD[subject]().get(code) if subject in _HELD else None
    return _of_row(subject, row) if row else None


def labelled(rows) -> list:
    """Contributions with `about`: the label of what each is about, one query a subject."""
    rows = list(rows)
    wanted: dict[str, set[str]] = {}
    for row in rows:
        wanted.setdefault(row.subject, set()).add(row.target)
    labels = {(subject, code): label for subject, codes in wanted.items() for code, label in _labels(subject, codes)}
    for row in rows:
        row.about = row.consultation.title if row.consultation else labels.get((row.subject, row.target), row.target)
    return rows


def _labels(subject: str, codes: set[str]):
    if subject in _ROWS:
        found = _ROWS[subject][0]().filter(code__in=codes)
        return [(row.code, _of_row(subject, row).label) for row in found]
    held = _HELD[subject]() if subject in _HELD else {}
    return [(code, _of_row(subject, held[code]).label) for code in codes if code in held]


def _matching(fields: tuple[str, ...], words: str) -> Q:
    found = Q()
    for name in fields:
        found |= Q(**{f"{name}__icontains": words})
    return found


def _of_row(subject: str, row) -> Target:
    name = "text" if subject == Subject.COMMITMENT else "title" if subject in _ROWS else "label"
    french = getattr(row, f"{name}_fr")
    label = french if get_language() == "fr" else getattr(row, f"{name}_en") or french
    if subject == Subject.COMMITMENT:
        label = f"{row.code} · {label}"
    return Target(subject, row.code, label)


_ROWS = {
    Subject.PLAN: (Plan.objects.public, ("code", "title_fr", "title_en")),
    Subject.MEASURE: (Measure.objects.public, ("code", "title_fr", "title_en")),
    Subject.COMMITMENT: (lambda: Commitment.objects.filter(active=True), ("code", "text_fr", "text_en")),
}
_HELD = {
    Subject.INDICATOR: lambda: catalogue.current().indicators,
    Subject.PROCEDURE: lambda: procedures.book().procedures,
}
