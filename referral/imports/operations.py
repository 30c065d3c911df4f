"""Import an organisation's own cases: read, match columns, check each line, load, undo.

The lines stand in pieces. A piece is checked, or loaded and deleted, in one transaction: a worker that is lost is
replaced where it stopped, and no line becomes two cases.
"""

import logging
from datetime import datetime, time
from functools import partial
from itertools import batched

from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from agencies.models import Level, Territory
from foundation.errors import guarded
from foundation.tables.reading import Stream, Table
from foundation.tasks import wake
from foundation.words.comparison import plain
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from referral.htcds.rules.tables import in_standard, read_at_once
from referral.models import CaseImport, ImportedCase, ImportMatching, ImportPiece
from referral.routing.selectors import desks
from victims.models import AgeSide, Case, Consent, OwnLabel, Profile, Urgency
from victims.own_labels.operations import fill

from . import selectors as tables
from .rules import FIELDS, Line, Reader, count_in, guess_columns, naming, values_of
from .selectors import may_import, visible_import

log = logging.getLogger(__name__)
State = CaseImport.State
PROFILE = ("sex", "age_group", "nationality", "detection")
PIECE = 200  # lines of one transaction; a table of one piece is checked at once, not by the worker
WAKE = partial(wake, "referral.imports.tasks.work")
AT_WORK = (State.CHECKING, State.LOADING, State.UNDOING)
BEFORE_LOAD = (State.UPLOADED, State.CHECKING, State.MATCHED)


def _require_importer(actor) -> None:
    if not may_import(actor):
        raise NotAllowed("import")


def start_import(actor, table: Table | Stream) -> CaseImport:
    """Store the table in pieces, encrypted, until its columns are matched.

    Raises NotAllowed, Unreadable where the file is no table any more.
    """
    _require_importer(actor)
    remembered = ImportMatching.objects.filter(agency=actor.agency_id).first()
    known = remembered.data if remembered else {}
    with guarded():
        made = CaseImport.objects.create(agency=actor.agency, by=actor, content={})
        for rows in batched(table.rows, PIECE):
            ImportPiece.objects.create(origin=made, agency=actor.agency, first=made.total, rows=rows)
            made.total += len(rows)
        made.content = {
            "headers": table.headers,  # whole once the rows were read
            "matching": {str(k): v for k, v in guess_columns(table.headers, known).items()},
            "values": values_of(known),
            "first": table.first,
        }
        made.asked_by = actor
        made.save(update_fields=["content", "total", "asked_by"])
    record("import.start", made)
    return made


def match_columns(actor, import_id, matching: dict[int, str]) -> CaseImport:
    """Set the meaning of each column, each field once; then the lines are checked. Others are deleted at once.

    Raises NotFound, WrongState once it is being checked or loaded, KeyError for an unknown field, NotAllowed for a
    column whose title announces a name, a contact or a story.
    """
    _require_importer(actor)
    made = visible_import(actor, import_id, lock=True)
    if made.state != State.UPLOADED:
        raise WrongState(made.state)
    headers = made.content["headers"]
    kept = {number: FIELDS[code].code for number, code in matching.items() if number < len(headers)}
    if any(naming(headers[number]) for number in kept):
        raise NotAllowed("column")
    order = sorted(kept)
    with guarded():
        for piece in tables.pieces(made):
            cells = [row + [""] * (len(headers) - len(row)) for row in piece.rows]
            piece.rows = [[read_at_once(headers[n], row[n]) for n in order] for row in cells]
            piece.save(update_fields=["rows"])
        made.content = {
            "headers": [headers[n] for n in order],
            "matching": {str(at): kept[n] for at, n in enumerate(order)},
            "unnamed": in_standard(headers),
            "first": made.content["first"],
            "values": made.content.get("values", {}),
        }
        _remember(actor, {plain(headers[n]): code for n, code in kept.items()})
        _check(actor, made)
    record("import.match", made)
    return made


def _check(actor, made: CaseImport) -> None:
    """Have all lines checked: at once when they are one piece, else by the worker."""
    ImportPiece.objects.filter(origin=made).update(faults=None, faulty=None, keys=[])
    made.state, made.asked_by, made.checked, made.good = State.CHECKING, actor, 0, 0
    made.content = {**made.content, "words": [], "sample": []}
    if made.total <= PIECE:
        _check_piece(actor, made)
    else:
        transaction.on_commit(WAKE, robust=True)
        _save_check(made)


def match_again(actor, import_id) -> CaseImport:
    """Go back to the columns. Those that had no meaning are deleted and do not come back.

    Raises NotFound, NotAllowed, WrongState once it is being loaded.
    """
    made = _found(actor, import_id, State.CHECKING, State.MATCHED)
    made.state, made.asked_by = State.UPLOADED, actor
    with guarded():
        made.save(update_fields=["state", "asked_by"])
    record("import.rematch", made)
    return made


def match_values(actor, import_id, values: dict[str, dict[str, str]]) -> CaseImport:
    """Say what the organisation's own words mean, {field: {text: code}}; then the lines are checked again.

    They are remembered for its next imports. Raises NotFound, NotAllowed, WrongState while it is being checked or once
    it is being loaded, KeyError for a code that the field has not.
    """
    made = _found(actor, import_id, State.MATCHED)
    reader = Reader(actor.agency, {}, str)
    for field, chosen in values.items():
        for text, code in chosen.items():
            if code not in dict(reader.options(field, text)):
                raise KeyError(code)
    known = made.content.get("values", {})
    fields = {*known, *values}
    made.content["values"] = {
        field: known.get(field, {}) | {plain(text): code for text, code in values.get(field, {}).items()}
        for field in fields
    }
    with guarded():
        _remember(actor, {f"{f}={plain(t)}": code for f, chosen in values.items() for t, code in chosen.items()})
        _check(actor, made)
    record("import.match", made)
    return made


def _found(actor, import_id, *states: str) -> CaseImport:
    """Return an import in one of these states, locked. Raises NotFound, NotAllowed, WrongState."""
    _require_importer(actor)
    made = visible_import(actor, import_id, lock=True)
    if made.state not in states:
        raise WrongState(made.state)
    return made


def _remember(actor, names: dict[str, str]) -> None:
    row = ImportMatching.objects.filter(agency=actor.agency_id).first() or ImportMatching(agency=actor.agency)
    row.data = {**(row.data or {}), **names}
    row.save()


def work_on(actor, import_id) -> bool:
    """Check or load the next piece of an import, or undo it whole, in the caller's transaction; return whether lines
    are left.

    Raises NotFound, NotAllowed for a member who may no longer import, WrongState when it was given up or is done.
    """
    made = _found(actor, import_id, *AT_WORK)
    with guarded():
        if made.state == State.CHECKING:
            _check_piece(actor, made)
        elif made.state == State.UNDOING:
            _undo(made)
        else:
            _load_piece(actor, made)
    return made.state in AT_WORK


def _check_piece(actor, made: CaseImport) -> None:
    """Say which lines of the next piece are to be corrected; the last one ends the check. Makes no case."""
    piece = ImportPiece.objects.filter(origin=made, faults=None).order_by("first").first()
    if piece is not None:
        lines, mine = tables.parsed(actor, made, piece)
        cells = tables.cells_of(made, piece)
        piece.faulty = [[line.number, cells[line.number], line.earlier] for line in lines if not line.good]
        piece.faults = len(piece.faulty)
        numbers = {number: key for key, number in mine.items()}
        piece.keys = [numbers.get(line.number) for line in lines]
        piece.save(update_fields=["faults", "faulty", "keys"])
        made.checked += len(lines)
        made.good += len(lines) - piece.faults
        count_in(made.content, lines)
    if made.checked >= made.total:
        made.state = State.MATCHED
    _save_check(made)


def _save_check(made: CaseImport) -> None:
    made.save(update_fields=["state", "asked_by", "content", "checked", "good"])


def order_load(actor, import_id, *, only_good: bool) -> CaseImport:
    """Ask the worker to load every line, or only the valid ones.

    A repeated call only wakes the worker again. Raises NotFound, NotAllowed, WrongState; also with a fault when not
    `only_good`.
    """
    made = _found(actor, import_id, State.MATCHED, State.LOADING)
    if made.state == State.MATCHED:
        if not made.good or (made.good < made.total and not only_good):
            raise WrongState("faults")
        made.state, made.only_good, made.asked_by = State.LOADING, only_good, actor
        with guarded():
            made.save(update_fields=["state", "only_good", "asked_by"])
        record("import.load", made)
    transaction.on_commit(WAKE, robust=True)
    return made


def load_lines(actor, import_id) -> int:
    """Load the pieces that are left, all in the caller's transaction; return how many lines were loaded.

    0 when there is nothing to load. Raises NotFound, NotAllowed.
    """
    _require_importer(actor)
    before = visible_import(actor, import_id)
    if before.state != State.LOADING:
        return 0
    while work_on(actor, import_id):
        pass
    return visible_import(actor, import_id).done - before.done


def _load_piece(actor, made: CaseImport) -> None:
    """Make the cases of the next piece and delete it; the last one ends the import.

    A line that was good when it was checked and is not now is left out, and told by its number.
    """
    piece = next(tables.pieces(made), None)
    if piece is not None:
        corrected = {number for number, _cells, _earlier in piece.faulty}
        lines = [line for line in tables.parsed(actor, made, piece)[0] if line.number not in corrected]
        loaded = _load_each(actor, made, [line for line in lines if line.good])
        made.left_out = made.left_out + sorted({line.number for line in lines} - {line.number for line in loaded})
        made.done += len(loaded)
        piece.delete()
    if not ImportPiece.objects.filter(origin=made).exists():
        made.state = State.LOADED if made.done else State.FAILED
        made.content, made.ended_at = None, timezone.now()
        if made.done:
            record("import.loaded", made)
        else:
            record("import.failed", made)
    made.save(update_fields=["state", "content", "done", "left_out", "ended_at"])


def _load_each(actor, made, lines: list[Line]) -> list[Line]:
    """Load lines together; when the database refuses one, each by itself. Return those that were loaded."""
    try:
        with transaction.atomic():
            _load(actor, made, lines)
    except (DataError, IntegrityError) as error:
        if len(lines) == 1:
            log.warning("import %s: line %s refused: %s", made.pk, lines[0].number, type(error).__name__)
            return []
        return [loaded for line in lines for loaded in _load_each(actor, made, [line])]
    return lines


def _load(actor, made, lines: list[Line]) -> None:
    places = {t.pk: t for t in Territory.objects.filter(pk__in={line.values["territory"] for line in lines})}
    units = {code: desks.coordination_of(place) for code, place in places.items()}
    cases = Case.objects.bulk_create([_case(actor, line.values, places, units) for line in lines])
    pairs = list(zip(cases, lines, strict=True))
    profiles = [(case, {k: line.values[k] for k in PROFILE if k in line.values}) for case, line in pairs]
    Profile.objects.bulk_create(Profile(case=case, data=data, by=actor) for case, data in profiles if data)
    OwnLabel.objects.bulk_create(
        fill(OwnLabel(case=case, agency=actor.agency), actor, reference=line.values["reference"], nickname="")
        for case, line in pairs
        if "reference" in line.values
    )
    for case in cases:
        record("case.open", case, case_id=case.pk)
    # an adult's own yes, for this organisation alone: a table does not say who agreed for a child
    agreed = [case for case, line in pairs if line.values.get("consent") == "yes" and case.age_side == AgeSide.ADULT]
    agreement = {"purpose": "record", "agencies": [actor.agency_id], "level": Level.FILE}
    for consent in Consent.objects.bulk_create(Consent(case=case, obtained_by=actor, **agreement) for case in agreed):
        record("consent.record", consent, case_id=consent.case_id)
    ImportedCase.objects.bulk_create(  # last: what is newer than its moment is work on the case
        ImportedCase(origin=made, case=case, agency=actor.agency, line=line.number) for case, line in pairs
    )


def _case(actor, values: dict, places, units) -> Case:
    side, code = values["age_side"], values["territory"]
    since = values.get("received_on")
    noon = timezone.make_aware(datetime.combine(datetime.fromisoformat(since), time(12))) if since else timezone.now()
    return Case(
        form=values.get("form") or "unknown",
        age_side=side,
        urgency=Urgency.NORMAL if side == AgeSide.ADULT else Urgency.HIGH,
        territory=places[code],
        language=values.get("language", ""),
        lead=actor.agency,
        coordination=units[code],
        opened_by=actor,
        received_at=min(noon, timezone.now()),
    )


def fail_import(import_id) -> None:
    """As the system, stop the work on an import whose asker may no longer import: a colleague takes it up.

    What was loaded stays, and the rest is forgotten; while nothing was, the table goes back to its columns.
    """
    made = CaseImport.objects.select_for_update().get(pk=import_id)
    if made.state == State.UNDOING:
        _stay_loaded(made)
    elif made.state in AT_WORK:
        if made.done:
            _end(made)
        else:
            made.state = State.UPLOADED
            made.save(update_fields=["state"])
        record("import.failed", made)


def _end(made: CaseImport) -> None:
    """Forget the lines that are left; what was loaded is an import of fewer lines."""
    made.state, made.content, made.ended_at = State.LOADED if made.done else State.DISCARDED, None, timezone.now()
    with guarded():
        made.save(update_fields=["state", "content", "ended_at", "asked_by"])
        ImportPiece.objects.filter(origin=made).delete()


def discard_import(actor, import_id) -> None:
    """Give up an import before or while it is loaded. Waits for a piece. Raises NotFound, NotAllowed, WrongState."""
    made = _found(actor, import_id, *BEFORE_LOAD, State.LOADING)
    made.asked_by = actor
    _end(made)
    record("import.discard", made)


def cases_worked_on(actor, import_id) -> int:
    """Return how many of its cases were worked on since. One is enough to forbid undoing."""
    made = visible_import(actor, import_id)
    with guarded(), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.import_touched(%s)", [made.pk])
        return cursor.fetchone()[0]


def undo_import(actor, import_id) -> int:
    """Delete every case of the import and return their number; 0 when there are many: the worker deletes them then.

    Raises NotFound, NotAllowed, WrongState when any of them was worked on.
    """
    made = _found(actor, import_id, State.LOADED)
    if made.done <= PIECE:
        with guarded():
            return _delete_cases(made)
    if cases_worked_on(actor, import_id):
        raise WrongState("worked on")
    made.state, made.asked_by = State.UNDOING, actor
    with guarded():
        made.save(update_fields=["state", "asked_by"])
    transaction.on_commit(WAKE, robust=True)
    return 0


def _undo(made: CaseImport) -> None:
    """As the worker, undo all of it, or nothing when somebody worked on a case."""
    try:
        with guarded():
            _delete_cases(made)
        made.state = State.UNDONE
    except WrongState:
        _stay_loaded(made)


def _stay_loaded(made: CaseImport) -> None:
    made.state = State.LOADED
    made.save(update_fields=["state"])


def _delete_cases(made: CaseImport) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nrm.undo_import(%s)", [made.pk])
        gone = cursor.fetchone()[0]
    record("import.undo", made)
    return gone
