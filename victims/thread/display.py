"""Read the thread of a case: written entries and steps, newest first.

Each source is read through its own visibility rules, then all are sorted by time. A step links to its section and
copies no content, so the thread shows nothing that the section would hide. Higher apps add sources with `register`
(referral/summary/display/thread.py).
"""

import base64
import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from victims.access.display import names
from victims.models import Consent, Statement, TimelineEntry

PAGE = 25
SEARCHED = 500  # entries decrypted for one search
SYSTEM = "system"
SORTS = [*TimelineEntry.Sort.choices, (SYSTEM, gettext_lazy("Steps"))]


@dataclass
class Line:
    """Hold one line of the thread: an `entry`, or a step with `words`, `detail` and `href` to its section."""

    key: tuple
    at: datetime
    who: str = ""
    entry: TimelineEntry | None = None
    words: str = ""
    detail: str = ""
    href: str = ""


@dataclass(frozen=True)
class Source:
    """Describe the rows of one model that give lines.

    `at`: column of the time; `agency`: path to the agency that acted; `tag`: orders rows of the same instant.
    `say(case, rows)` returns (words, detail, href) for each row. `signed`: the line names who acted.
    """

    tag: str
    at: str
    agency: str
    model: type[Model]
    rows: Callable[..., QuerySet]
    say: Callable[..., list[tuple[str, str, str]]] | None = None
    signed: bool = True


SOURCES: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a source of lines to every thread."""
    SOURCES[source.tag] = source


def _given(case, rows):
    return [(_("Agreement recorded"), "", reverse("referral:case-consents", args=[case.pk]))] * len(rows)


def _withdrawn(case, rows):
    return [(_("Agreement withdrawn"), "", reverse("referral:case-consents", args=[case.pk]))] * len(rows)


def _stated(case, rows):
    href = reverse("referral:case-statements", args=[case.pk])
    return [(_("Identification stated"), row.get_status_display(), href) for row in rows]


for _source in (
    Source("entry", "placed_at", "agency", TimelineEntry, lambda actor, case: TimelineEntry.objects.visible_to(actor)
           .now().filter(case=case).select_related("agency", "by__user"), signed=False),
    Source("given", "obtained_at", "obtained_by__agency", Consent, lambda actor, case: Consent.objects
           .filter(case=case).annotate(membership_id=F("obtained_by")), _given),
    Source("statement", "at", "agency", Statement, lambda actor, case: Statement.objects.filter(case=case)
           .defer("data").annotate(membership_id=F("by")), _stated),
    Source("withdrawn", "withdrawn_at", "withdrawn_by__agency", Consent, lambda actor, case: Consent.objects
           .filter(case=case, withdrawn_at__isnull=False).annotate(membership_id=F("withdrawn_by")), _withdrawn),
):  # fmt: skip
    register(_source)


@dataclass
class Thread:
    lines: list[Line]
    next: str = ""
    searched: int = 0  # number of entries decrypted by a search
    more: bool = False  # older entries remain to be searched


def thread(actor, case, *, sort: str = "", agency: int | None = None, cursor: str = "") -> Thread:
    """Return one page of the thread. One query per source, whatever the length of the thread."""
    key = _decode(cursor)
    found = []
    for source in SOURCES.values():
        if sort and (sort == SYSTEM) == (source.tag == "entry"):
            continue
        if agency and not _names(source):  # that it is there for one agency alone would tell who alerted
            continue
        rows = _before(source, source.rows(actor, case), key)
        if agency:
            rows = rows.filter(**{source.agency: agency})
        if sort and source.tag == "entry":
            rows = rows.filter(sort=sort)
        found += [(_key(source, row), source, row) for row in rows.order_by(f"-{source.at}", "-pk")[: PAGE + 1]]
    found.sort(key=lambda item: item[0], reverse=True)
    shown = found[:PAGE]
    return Thread(_lines(actor, case, shown), next=_encode(shown[-1][0]) if len(found) > PAGE else "")


def _names(source: Source) -> bool:
    """Return whether its lines name the agency that acted."""
    return source.signed or source.tag == "entry"


def search(actor, case, words: str, *, sort: str = "", agency: int | None = None, cursor: str = "") -> Thread:
    """Return entries that contain the words, ignoring accents and case.

    Entries are encrypted: at most SEARCHED are decrypted at a time, from the newest or from `cursor`. Steps hold no
    text and are not searched.
    """
    source = SOURCES["entry"]
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
    return Thread(_lines(actor, case, hits), next=last, searched=len(opened), more=more)


def writers(actor, case) -> list[tuple[int, str]]:
    """Return (id, name) of the agencies to filter by: those that a line of the thread names, lead and coordination.

    A line that is not signed, as that of an alert joined, names nobody: its agency may be hidden from the reader.
    """
    rows = [
        source.rows(actor, case).order_by().values_list(source.agency, f"{source.agency}__name")
        for source in SOURCES.values()
        if _names(source)
    ]
    found = {pk: name for pk, name in rows[0].union(*rows[1:]).order_by() if pk}
    found |= {case.lead_id: case.lead.name, case.coordination_id: case.coordination.name}
    return sorted(found.items(), key=lambda pair: pair[1])


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in parts if not unicodedata.combining(c)).split())


def _key(source: Source, row) -> tuple:
    return getattr(row, source.at), source.tag, str(row.pk)


def _before(source: Source, rows: QuerySet, key: tuple | None) -> QuerySet:
    """Keep rows older than `key` in the order (time, tag, id), descending."""
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
    """Decode a cursor; None, the first page, when it was tampered with."""
    try:
        at, tag, pk = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=="))
        moment = datetime.fromisoformat(at)
        model = SOURCES[tag].model
        return (moment, tag, str(model._meta.pk.to_python(pk))) if moment.tzinfo else None
    except (ValueError, TypeError, RecursionError, KeyError, ValidationError):
        return None


def known(cursor: str) -> bool:
    """Return whether this is a cursor that a page of a thread gave."""
    return _decode(cursor) is not None


def _lines(actor, case, found) -> list[Line]:
    who = names(actor, [row for _key, source, row in found if source.signed])
    said = {}
    for source in SOURCES.values():
        rows = [row for _key, one, row in found if one is source]
        if rows and source.say:
            said |= {(source.tag, row.pk): words for row, words in zip(rows, source.say(case, rows), strict=True)}
    return [_line(actor, key, source, row, who, said) for key, source, row in found]


def _line(actor, key, source, row, who, said) -> Line:
    at = key[0]
    if source.tag == "entry":
        mine = row.agency_id == actor.agency_id and row.by.user is not None
        return Line(key, at, f"{row.by.user.full_name}, {row.agency}" if mine else str(row.agency), entry=row)
    words, detail, href = said[(source.tag, row.pk)]
    return Line(key, at, who(row) if source.signed else "", words=words, detail=detail, href=href)
