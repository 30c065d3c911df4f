"""Find and label what a contribution may be about: something public."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language

from indicators.catalogue import selectors as catalogue_selectors
from indicators.procedures import selectors as procedures_selectors
from plans.models import Commitment, Contribution, Plan, PlanVersion
from plans.plan.selectors.published import plans_as_published

AT_MOST = 15
Subject = Contribution.Subject


@dataclass(frozen=True)
class Target:
    """Describe what a contribution is about."""

    subject: str
    code: str
    label: str

    href: str = ""

    @property
    def address(self) -> str:
        return f"{self.subject}:{self.code}"


def find(subject: str, words: str) -> list[Target]:
    """Return at most 15 targets whose label or code contains these words; the first ones without words."""
    words = words.replace("\0", "").strip()
    if subject in _ROWS:
        rows, fields = _ROWS[subject]
        found = rows().filter(_matching(fields, words))[:AT_MOST]
        return [_of_row(subject, row) for row in found]
    if subject not in _HELD:
        return []
    wanted = words.casefold()
    hits = (
        e for e in _HELD[subject]().values()
        if _current(e) and wanted in f"{e.code} {e.label_fr} {e.label_en}".casefold()
    )  # fmt: skip
    return [_of_row(subject, entry) for entry, _n in zip(hits, range(AT_MOST), strict=False)]


def named(subject: str, code: str) -> Target | None:
    """Return the target of this code if it is public now, else None."""
    if "\0" in code:  # PostgreSQL texts cannot hold NUL
        return None
    if subject in _ROWS:
        rows, _fields = _ROWS[subject]
        row = rows().filter(code=code).first()
    else:
        row = _HELD[subject]().get(code) if subject in _HELD else None
    return _of_row(subject, row) if row and _current(row) else None


def labelled(rows) -> list:
    """Return contributions with `about`, the label of their target, and `about_href`, its public page.

    One query per subject.
    """
    rows = list(rows)
    wanted: dict[str, set[str]] = {}
    for row in rows:
        wanted.setdefault(row.subject, set()).add(row.target)
    targets = {(t.subject, t.code): t for subject, codes in wanted.items() for t in _targets(subject, codes)}
    for row in rows:
        target = targets.get((row.subject, row.target))
        row.about = row.consultation.title if row.consultation else target.label if target else row.target
        row.about_href = target.href if target else ""
    return rows


def _targets(subject: str, codes: set[str]) -> list[Target]:
    if subject in _ROWS:
        return [_of_row(subject, row) for row in _ROWS[subject][0]().filter(code__in=codes)]
    held = _HELD[subject]() if subject in _HELD else {}
    return [_of_row(subject, held[code]) for code in codes if code in held]


def _matching(fields: tuple[str, ...], words: str) -> Q:
    found = Q()
    for name in fields:
        found |= Q(**{f"{name}__icontains": words})
    return found


@dataclass(frozen=True)
class Published:
    """Describe a measure as in a version of its plan; `current`: it is in the last version."""

    code: str
    label_fr: str
    label_en: str
    plan: str
    current: bool


def _measures() -> dict[str, Published]:
    """Return the measures of public versions, never of working rows."""
    found: dict[str, Published] = {}
    last: dict[int, int] = {}
    versions = PlanVersion.objects.filter(plan__in=Plan.objects.public()).select_related("plan")
    for version in versions.order_by("plan_id", "-number"):
        current = last.setdefault(version.plan_id, version.number) == version.number
        for measure in version.content["measures"]:
            entry = Published(measure["code"], measure["title_fr"], measure["title_en"], version.plan.code, current)
            found.setdefault(measure["code"], entry)
    return found


def _current(entry) -> bool:
    return getattr(entry, "current", True)


def _of_row(subject: str, row) -> Target:
    if subject == Subject.PLAN:
        plans_as_published([row])
    name = "text" if subject == Subject.COMMITMENT else "title" if subject in _ROWS else "label"
    french = getattr(row, f"{name}_fr")
    label = french if get_language() == "fr" else getattr(row, f"{name}_en") or french
    if subject == Subject.COMMITMENT:
        label = f"{row.code} · {label}"
    return Target(subject, row.code, label, _page(subject, row))


def _page(subject: str, row) -> str:
    """Return the public page of a target."""
    if subject == Subject.PLAN:
        return reverse("policy:plan", args=[row.code])
    if subject == Subject.MEASURE:
        return reverse("policy:measure", args=[row.plan, row.code]) if row.current else ""
    if subject == Subject.COMMITMENT:
        return reverse("policy:commitment", args=[row.code])
    if subject == Subject.INDICATOR:
        return f"{reverse('indicators:dimension-detail', args=[row.dimension])}#{row.code}"
    return reverse("procedures:detail", args=[row.code])


_ROWS = {
    Subject.PLAN: (Plan.objects.public, ("code", "title_fr", "title_en")),
    Subject.COMMITMENT: (lambda: Commitment.objects.filter(active=True), ("code", "text_fr", "text_en")),
}
_HELD = {
    Subject.MEASURE: _measures,
    Subject.INDICATOR: lambda: catalogue_selectors.current().indicators,
    Subject.PROCEDURE: lambda: procedures_selectors.book().procedures,
}
