"""The thread of a case: what was written, and what happened, newest first.

Written entries and the steps of each noun are read each through its own sight, then joined by time. A step is said in
words and leads to its section; its content is never copied, so the thread shows nothing that the section would hide.
"""

import base64
import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referral.access_words import names
from victims.models import Consent, Statement, TimelineEntry

from .code_labels import CLOSURE_REASONS, labels
from .following import STEPS as ORIENTATION_STEPS
from .life_views import STEPS as CASE_STEPS
from .models import Alert, AlertLink, CaseMove, Orientation, OrientationMove, StepAct

PAGE = 25
SEARCHED = 500  # entries opened for one search: each is decrypted, one by one
SYSTEM = "system"
SORTS = [*TimelineEntry.Sort.choices, (SYSTEM, gettext_lazy("Steps"))]


@dataclass
class Line:
    """One line of the thread. `entry` when somebody wrote it; else `words`, `detail`, and `href` to its section."""

    key: tuple
    at: datetime
    who: str = ""
    entry: TimelineEntry | None = None
    words: str = ""
    detail: str = ""
    href: str = ""


@dataclass(frozen=True)
class Source:
    """Rows of one noun as the reader sees them. `at` is the column of time, `agency` the path to who acted; `tag` sets
    apart rows of the same instant."""

    tag: str
    at: str
    agency: str
    rows: Callable[..., QuerySet]


def _alerts(actor, case):
    seen = Alert.objects.visible_to(actor)
    return AlertLink.objects.filter(case=case, alert__in=seen).select_related("alert")


def _orientations(actor, case):
    seen = Orientation.objects.visible_to(actor).filter(case=case)
    moves = OrientationMove.objects.filter(orientation__in=seen).exclude(before="draft", after="withdrawn")
    return moves.select_related("orientation__addressee", "orientation__service").defer("comment")


SOURCES = (
    Source("entry", "placed_at", "agency", lambda actor, case: TimelineEntry.objects.visible_to(actor).now()
           .filter(case=case).select_related("agency", "by__user")),
    Source("alert", "at", "alert__agency", _alerts),
    Source("case", "at", "agency", lambda actor, case: CaseMove.objects.filter(case=case).defer("comment")),
    Source("given", "obtained_at", "obtained_by__agency", lambda actor, case: Consent.objects.filter(case=case)
           .annotate(membership_id=F("obtained_by"))),
    Source("orientation", "at", "agency", _orientations),
    Source("statement", "at", "agency", lambda actor, case: Statement.objects.filter(case=case).defer("data")
           .annotate(membership_id=F("by"))),
    Source("step", "at", "by__agency", lambda actor, case: StepAct.objects.visible_to(actor).filter(case=case)
           .defer("words").select_related("checklist").annotate(membership_id=F("by"))),
    Source("withdrawn", "withdrawn_at", "withdrawn_by__agency", lambda actor, case: Consent.objects
           .filter(case=case, withdrawn_at__isnull=False).annotate(membership_id=F("withdrawn_by"))),
)  # fmt: skip


@dataclass
class Thread:
    lines: list[Line]
    next: str = ""
    searched: int = 0  # entries opened by a search
    more: bool = False  # a search has older entries to open


def thread(actor, case, *, sort: str = "", agency: int | None = None, cursor: str = "") -> Thread:
    """One page. One statement a source, whatever the length of the thread."""
    key = _decode(cursor)
    found = []
    for source in SOURCES:
        if sort and (sort == SYSTEM) == (source.tag == "entry"):
            continue
        rows = _before(source, source.rows(actor, case), key)
        if agency:
            rows = rows.filter(**{source.agency: agency})
        if sort and source.tag == "entry":
            rows = rows.filter(sort=sort)
        found += [(_key(source, row), source, row) for row in rows.order_by(f"-{source.at}", "-pk")[: PAGE + 1]]
    found.sort(key=lambda item: item[0], reverse=True)
    shown = found[:PAGE]
    return Thread(_said(actor, case, shown), next=_encode(shown[-1][0]) if len(found) > PAGE else "")


def search(actor, case, words: str, *, sort: str = "", agency: int | None = None, cursor: str = "") -> Thread:
    """Entries that hold these words, accents and capitals aside. They are encrypted, so they are opened one by one: at
    most SEARCHED at a time, from the newest or from `cursor`. Steps hold no text and are not searched."""
    source = SOURCES[0]
    rows = _before(source, source.rows(actor, case), _decode(cursor))
    if sort:
        rows = rows.filter(sort=sort)
    if agency:
        rows = rows.filter(agency=agency)
    opened = list(rows.order_by("-placed_at", "-pk")[: SEARCHED + 1])
    more, opened = len(opened) > SEARCHED, opened[:SEARCHED]
    wanted = _plain(words)
    hits = [(_key(source, row), source, row) for row in opened if wanted in _plain(row.data["text"])]
    last = _encode(_key(source, opened[-1])) if more else ""
    return Thread(_said(actor, case, hits), next=last, searched=len(opened), more=more)


def writers(actor, case) -> list[tuple[int, str]]:
    """Agencies whose lines can be asked for: who wrote, who leads, who coordinates."""
    wrote = TimelineEntry.objects.visible_to(actor).filter(case=case).order_by("agency").distinct("agency")
    found = dict(wrote.values_list("agency", "agency__name"))
    found |= {case.lead_id: case.lead.name, case.coordination_id: case.coordination.name}
    return sorted(found.items(), key=lambda pair: pair[1])


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in parts if not unicodedata.combining(c)).split())


def _key(source: Source, row) -> tuple:
    return getattr(row, source.at), source.tag, str(row.pk)


def _before(source: Source, rows: QuerySet, key: tuple | None) -> QuerySet:
    """Rows older than `key`; of its very instant, those of a lower tag, or of the same tag and a lower id."""
    if key is None:
        return rows
    at, tag, pk = key
    older = Q(**{f"{source.at}__lt": at})
    if source.tag < tag:
        older |= Q(**{source.at: at})
    elif source.tag == tag:
        older |= Q(**{source.at: at, "pk__lt": pk})
    return rows.filter(older)


def _encode(key: tuple) -> str:
    at, tag, pk = key
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), tag, pk]).encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple | None:
    """A cursor cut by hand is the first page, rather than an error."""
    try:
        at, tag, pk = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=="))
        moment = datetime.fromisoformat(at)
        source = next(s for s in SOURCES if s.tag == tag)
        model = {"alert": AlertLink, "entry": TimelineEntry}.get(source.tag, CaseMove)
        return (moment, tag, str(model._meta.pk.to_python(pk))) if moment.tzinfo else None
    except (ValueError, TypeError, RecursionError, StopIteration, ValidationError):
        return None


def _said(actor, case, found) -> list[Line]:
    who = names(actor, [row for _, source, row in found if source.tag not in ("entry", "alert")])
    reasons = labels(CLOSURE_REASONS)[CLOSURE_REASONS] if any(s.tag == "case" for _, s, _ in found) else {}
    return [_line(actor, case, key, source, row, who, reasons) for key, source, row in found]


def _line(actor, case, key, source, row, who, reasons) -> Line:
    at = key[0]
    if source.tag == "entry":
        mine = row.agency_id == actor.agency_id and row.by.user is not None
        return Line(key, at, f"{row.by.user.full_name}, {row.agency}" if mine else str(row.agency), entry=row)
    if source.tag == "alert":
        return Line(
            key,
            at,
            words=_("Alert joined"),
            detail=row.alert.reference,
            href=reverse("referral:inbox-alert", args=[row.alert_id]),
        )
    if source.tag == "case":
        href = reverse("referral:case-life", args=[case.pk])
        return Line(key, at, who(row), words=CASE_STEPS[row.action], detail=reasons.get(row.reason, ""), href=href)
    if source.tag == "orientation":
        asked = row.orientation
        words = ORIENTATION_STEPS.get(row.action, asked.State(row.after).label)
        detail = f"{asked.service}, {asked.addressee}"
        href = reverse("referral:orientation-detail", args=[asked.pk])
        return Line(key, at, who(row), words=_("Request: %(step)s") % {"step": words}, detail=detail, href=href)
    if source.tag == "statement":
        href = reverse("referral:case-statements", args=[case.pk])
        return Line(key, at, who(row), words=_("Identification stated"), detail=row.get_status_display(), href=href)
    if source.tag == "step":
        href = reverse("referral:case-procedures", args=[case.pk])
        return Line(key, at, who(row), words=_("Step of a procedure"), detail=row.get_action_display(), href=href)
    words = _("Agreement recorded") if source.tag == "given" else _("Agreement withdrawn")
    return Line(key, at, who(row), words=words, href=reverse("referral:case-consents", args=[case.pk]))
