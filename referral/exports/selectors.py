"""Read the rows of an export, as far as the asker sees them now; never a story.

A name or a contact only in an export in the HTCDS standard that a second person approved as such (`referral.htcds`).

A case has its own reference and nickname of the asker's agency.

Details of health, residence and offence are never exported: the table only tells which categories the agency holds. Nor
is a case whose use was limited (`unlimited`), from the moment it was, also out of a file made before; nor one that the
asker's agency reads by emergency access, while that lasts: what is read for an hour does not leave in a table.
"""

from collections.abc import Iterator
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Category, Level
from foundation.words.spoken_languages import read_as
from indicators.codes.selectors import FORMS, labels
from referral.desk.filters import LISTS
from referral.htcds import selectors as htcds
from referral.htcds.rules import records as htcds_records
from referral.models import Export, ExportPiece, Orientation
from victims.access.access import emergencies
from victims.models import Case, CaseAccess, unlimited
from victims.own_labels.selectors import own_labels
from victims.reading import access as reading

from .rules import COUNTED

STATUS, SUMMARY, FILE = Level.STATUS, Level.SUMMARY, Level.FILE


def ids(listed, actor, query: str, at_most: int, content: str = Export.Content.LIST) -> list[str]:
    """Return the keys of the rows found, in the order of the list; in the standard, of cases that may be sent."""
    key, sign = "case" if listed.noun == "case" else "pk", "-" if listed.keyset.descending else ""
    rows = unlimited(listed.filtered(actor, query).qs)
    rows = rows.exclude(case__in=_read_for_an_hour(actor)) if listed.noun == "case" else rows
    rows = rows if content == Export.Content.LIST else htcds.sendable(actor, rows)
    rows = rows.order_by(*(f"{sign}{column}" for column in listed.keyset.columns))
    return [str(value) for value in rows.values_list(key, flat=True)[:at_most]]


def _read_for_an_hour(actor):
    """Return the cases that the actor's agency reads by emergency access now, and does not lead."""
    led = CaseAccess.objects.of(actor).filter(lead=True)
    return emergencies(actor).exclude(content_object__in=led.values("case")).values_list("content_object", flat=True)


def exported_alone(actor) -> int:
    """Return how many rows this member exported in seven days without a second person: the trigger counts the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nrm.exported_alone(%s)", [actor.pk])
        return cursor.fetchone()[0]


def names_beyond(actor, keys: list[str]) -> int | None:
    """Return how many people with names may still leave in seven days, when these cases are too many; None: they fit.

    Exports with names that this member asked for before, and that still wait, count as taken.
    """
    going = Export.objects.visible_to(actor).filter(by=actor, content=Export.Content.NAMED, state__in=Export.GOING)
    before = [key for export in going.select_related("order") for key in export.order.data["rows"]]
    waiting = htcds.named(actor, before)
    for bit, cases in htcds.named(actor, keys).items():
        taken = cases | waiting[bit]
        room = reading.left(actor, COUNTED[bit], taken)
        if room is not None and room < len(taken):
            return max(0, reading.left(actor, COUNTED[bit], set()) - len(waiting[bit]))
    return None


def too_many(actor, kind: str, keys: list[str]) -> bool:
    """Return whether these cases are more than the actor may still take out in seven days."""
    room = reading.left(actor, kind, set(map(UUID, keys)))
    return room is not None and room < len(keys)


def columns(export) -> list[str]:
    """Return the column titles."""
    if export.content != Export.Content.LIST:
        return htcds_records.columns(named=export.content == Export.Content.NAMED)
    case = LISTS[export.listed].noun == "case"
    return [title for _level, title in (_case_columns() if case else _orientation_columns())]


def columns_from_outside(export) -> list[str]:
    """Return the column titles in words for somebody of another agency: “your service” would be the reader's."""
    theirs = {
        _("Your own reference"): _("Own reference of that service"),
        _("You see"): _("Access of that service"),
        _("Categories open to you"): _("Categories open to that service"),
    }
    return [theirs.get(title, title) for title in columns(export)]


def lines(actor, export, keys: list[str]) -> list[dict]:
    """Return one dict per row still visible, in the order of the keys: {"id", "level", "categories", "cells"}."""
    listed = LISTS[export.listed]
    if listed.noun == "case":
        kept = set(map(str, _read_for_an_hour(actor).filter(content_object__in=keys)))
        keys = [key for key in keys if key not in kept]
    if export.content != Export.Content.LIST:
        made = htcds.lines(actor, keys, columns(export), named=export.content == Export.Content.NAMED)
    else:
        made = _case_lines(actor, listed, keys) if listed.noun == "case" else _orientation_lines(actor, listed, keys)
    return [made[key] for key in keys if key in made]


def still_open(actor, export, rows: list[dict]) -> list[dict]:
    """Return, of rows made earlier, those of which the actor still sees at least as much. Others are left out whole."""
    listed = LISTS[export.listed]
    if export.content != Export.Content.LIST:
        return htcds.still_agreed(actor, rows)
    if listed.noun != "case":
        found = unlimited(_orientations(actor, [row["id"] for row in rows]))
        open_now = set(map(str, found.values_list("pk", flat=True)))
        return [row for row in rows if row["id"] in open_now]
    accesses = unlimited(CaseAccess.objects.of(actor).filter(case__in=[row["id"] for row in rows]))
    access = {str(a.case_id): a for a in accesses}
    return [row for row in rows if (a := access.get(row["id"])) and _as_much(a, row)]


def _as_much(access, row) -> bool:
    return access.level >= row["level"] and not row["categories"] & ~access.categories


def _case_columns() -> list[tuple[int, str]]:
    return [
        (STATUS, _("Reference")), (STATUS, _("Your own reference")),
        (STATUS, _("Nickname (chosen with the person, never the real name)")),
        (STATUS, _("Opened on")), (STATUS, _("Status")), (STATUS, _("Urgency")),
        (STATUS, _("Form of exploitation")), (STATUS, _("Département")), (STATUS, _("You see")),
        (STATUS, _("Categories open to you")), (SUMMARY, _("Age")), (SUMMARY, _("Language")),
        (SUMMARY, _("People, how many")), (SUMMARY, _("Leads the case")), (SUMMARY, _("Coordination")),
        (FILE, _("Number of signs")),
    ]  # fmt: skip


def _case_lines(actor, listed, keys) -> dict[str, dict]:
    """Return lines by case id.

    Each part is read through its own policy: summary and signs of a case that the actor may not read stay empty,
    whatever the access row says.
    """
    accesses = listed.rows(actor).filter(case__in=keys).select_related("territory")
    cases = {
        case.pk: case
        for case in Case.objects.visible_to(actor).filter(pk__in=keys).select_related("lead", "coordination")
    }
    signs = dict(
        Case.objects.visible_to(actor, Level.FILE)
        .filter(pk__in=keys)
        .order_by()
        .annotate(signs=Count("observations", filter=Q(observations__counts=True)))
        .values_list("pk", "signs")
    )
    forms, own = labels(FORMS)[FORMS], own_labels(actor, keys)
    return {str(a.case_id): _case_line(a, cases.get(a.case_id), signs.get(a.case_id), forms, own) for a in accesses}


def _case_line(access, case, signs, forms, own) -> dict:
    label = own.get(access.case_id)
    cells = [
        access.reference, label.reference if label else "", label.nickname if label else "",
        _date(access.received_at), access.get_status_display(),
        access.get_urgency_display(), forms.get(access.form, access.form), f"{access.territory_id} {access.territory}",
        access.get_level_display(), ", ".join(str(bit.label) for bit in Category.of(access.categories)),
    ]  # fmt: skip
    if case is not None and access.level >= SUMMARY:
        cells += [case.get_age_side_display(), read_as(case.language), case.persons, str(case.lead),
                  str(case.coordination)]  # fmt: skip
    else:
        cells += [""] * 5
    cells.append(signs if signs is not None and access.level >= FILE else "")
    return {"id": str(access.case_id), "level": access.level, "categories": access.categories, "cells": cells}


def _orientation_columns() -> list[tuple[int, str]]:
    return [
        (STATUS, title)
        for title in (
            _("Reference"), _("Case"), _("Need"), _("To whom"), _("Kind of request"), _("Status"), _("Urgency"),
            _("Date sent"), _("Answer awaited until"),
        )
    ]  # fmt: skip


def _orientations(actor, keys):
    return Orientation.objects.sent_by(actor).filter(pk__in=keys)


def _orientation_lines(actor, listed, keys) -> dict[str, dict]:
    found = listed.rows(actor).filter(pk__in=keys).select_related("service", "addressee")
    open_cases = CaseAccess.objects.of(actor).filter(case__in=found.order_by().values("case"))
    references = dict(open_cases.values_list("case", "reference"))
    return {
        str(o.pk): {
            "id": str(o.pk),
            "level": STATUS,
            "categories": 0,
            "cells": [
                o.reference, references.get(o.case_id, ""), str(o.service), str(o.addressee), o.get_verb_display(),
                o.get_state_display(), o.get_urgency_display(), _date(o.sent_at),
                _date(o.answer_by),
            ],
        }
        for o in found
    }  # fmt: skip


def _date(moment) -> str:
    return timezone.localtime(moment).date().isoformat() if moment else ""


def pieces(export, actor) -> Iterator[ExportPiece]:
    """Yield the pieces of the file in their order, one held at a time."""
    rest = ExportPiece.objects.filter(export=export, membership=actor).order_by("first")
    piece = rest.first()
    while piece is not None:
        yield piece
        piece = rest.filter(first__gt=piece.first).first()
