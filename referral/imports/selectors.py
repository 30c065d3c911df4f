"""Read an import piece by piece: what its lines say, and which are to be corrected, in the words of the reader."""

from collections.abc import Iterator
from itertools import islice

from django.db import connection

from agencies.members.rules import WORKS
from foundation.errors import NotFound
from referral.models import CaseImport, ImportedCase, ImportPiece
from victims.models import AgeSide, CaseAccess
from victims.own_labels.rules import digest
from victims.own_labels.selectors import labelled, under_reference

from .rules import Line, Reader

SHOWN = 100  # lines on a page
EARLIER = """
SELECT k.key, min(p.first + k.place) FROM referral_importpiece p, unnest(p.keys) WITH ORDINALITY k(key, place)
WHERE p.origin_id = %s AND p.first < %s AND k.key = ANY(%s) GROUP BY k.key
"""


def may_import(actor) -> bool:
    """Return whether the actor works on cases of an organisation that supports people.

    The cases stay internal to it.
    """
    return actor.agency.supports_people and not actor.agency.is_coordination and actor.has(*WORKS)


def visible_import(actor, import_id, *, lock=False) -> CaseImport:
    """Return an import visible to the actor, optionally locked. Raises NotFound."""
    rows = CaseImport.objects.visible_to(actor)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=import_id).first()
    if found is None:
        raise NotFound
    return found


def pieces(made: CaseImport, **narrowed) -> Iterator[ImportPiece]:
    """Yield the pieces of an import in their order, one held at a time."""
    rest = ImportPiece.objects.filter(origin=made, **narrowed).order_by("first")
    piece = rest.first()
    while piece is not None:
        yield piece
        piece = rest.filter(first__gt=piece.first).first()


def cells_of(made: CaseImport, piece: ImportPiece) -> dict[int, dict[str, str]]:
    """Return {number of the line: {field: text}} of the lines of a piece."""
    content = made.content
    matching = {int(at): code for at, code in content["matching"].items()}
    return {
        number: {code: row[at] for at, code in matching.items()}
        for number, row in enumerate(piece.rows, content["first"] + piece.first)
    }


def reader_of(actor, made: CaseImport, lines: list[dict[str, str]]) -> Reader:
    """Return what parses these lines: it knows which of their own references are in use."""
    content = made.content
    return Reader(
        actor.agency,
        _taken(actor, [cells["reference"] for cells in lines if "reference" in cells]),
        lambda text: digest(actor.agency_id, text),
        content.get("values"),
        unnamed=content.get("unnamed", False),
    )


def _taken(actor, references: list[str]) -> dict[str, CaseAccess | None]:
    """Return {digest: access row} of the own references in use; None for a case that the actor does not see."""
    taken = under_reference(actor, references)
    rows = {
        row.case_id: row for row in CaseAccess.objects.of(actor).filter(case__in=[pk for pk in taken.values() if pk])
    }
    return {key: rows.get(pk) for key, pk in taken.items()}


def parsed(actor, made: CaseImport, piece: ImportPiece) -> tuple[list[Line], dict[str, int]]:
    """Return the lines of a piece, and {digest: number of the line} of their own references.

    A reference that an earlier line has is a fault, wherever that line stands.
    """
    cells = cells_of(made, piece)
    reader = reader_of(actor, made, list(cells.values()))
    keys = sorted({reader.digest(line["reference"]) for line in cells.values() if line.get("reference")})
    reader.seen = earlier = _earlier(made, piece, keys)
    before = set(earlier)
    lines = [reader.line(number, line) for number, line in cells.items()]
    return lines, {key: number for key, number in reader.seen.items() if key not in before}


def _earlier(made: CaseImport, piece: ImportPiece, keys: list[str]) -> dict[str, int]:
    """Return {digest: number of the first line that has it} of these, among the pieces before this one."""
    with connection.cursor() as cursor:
        cursor.execute(EARLIER, [made.pk, piece.first, keys])
        return {key: made.content["first"] + place - 1 for key, place in cursor.fetchall()}


def faulty_lines(actor, made: CaseImport, *, since: int = 0, most: int = SHOWN) -> list[Line]:
    """Return lines to correct, from the number `since` on: as the check found them, as they stand now.

    The words are those of the reader: the worker stores cells, not sentences.
    """
    left = (line for piece in pieces(made, faults__gt=0) for line in piece.faulty if line[0] >= since)
    found: list[Line] = []
    while len(found) < most and (some := list(islice(left, most))):
        found += _still_faulty(actor, made, some)
    return found[:most]


def _still_faulty(actor, made: CaseImport, found: list) -> list[Line]:
    """Parse lines as the check stored them, without those that are good by now."""
    reader = reader_of(actor, made, [cells for _number, cells, _earlier in found])
    lines = []
    for number, cells, earlier in found:
        reader.seen = {reader.digest(cells["reference"]): earlier} if earlier else {}
        lines.append(reader.line(number, cells))
    return [line for line in lines if not line.good]


def children_loaded(actor, made: CaseImport) -> int:
    """Return how many of its cases are of a child, or of a person whose age is in doubt."""
    rows = ImportedCase.objects.filter(agency=actor.agency_id, origin=made)
    return rows.exclude(case__age_side=AgeSide.ADULT).count()


def loaded_lines(actor, made: CaseImport, *, since: int = 0, most: int = SHOWN) -> list[ImportedCase]:
    """Return lines that became cases, from the number `since` on, with the own label of each."""
    rows = ImportedCase.objects.filter(agency=actor.agency_id, origin=made, line__gte=since).select_related("case")
    return labelled(actor, rows.order_by("line")[:most])
