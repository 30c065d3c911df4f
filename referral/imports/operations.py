"""Import an organisation's own cases: read, match columns, check each line, load all at once, undo."""

from collections import Counter
from datetime import datetime, time

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from agencies.members.rules import WORKS
from agencies.models import Level, Territory
from foundation.actor import acting_as
from foundation.errors import NotFound, guarded
from foundation.tables.reading import Table
from foundation.tasks import publish
from foundation.words.comparison import plain
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from referral.htcds.rules.tables import in_standard, read_at_once
from referral.models import CaseImport, ImportedCase, ImportMatching
from referral.routing.selectors import desks
from victims.models import AgeSide, Case, CaseAccess, Consent, OwnLabel, Profile, Urgency
from victims.own_labels.operations import fill
from victims.own_labels.rules import digest
from victims.own_labels.selectors import under_reference

from .rules import FIELDS, Line, Reader, guess_columns, naming

State = CaseImport.State
PROFILE = ("sex", "age_group", "nationality", "detection")
BATCH = 100


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


def _require_importer(actor) -> None:
    if not may_import(actor):
        raise NotAllowed("import")


def start_import(actor, table: Table) -> CaseImport:
    """Store the table, encrypted, until its columns are matched. Raises NotAllowed."""
    _require_importer(actor)
    remembered = ImportMatching.objects.filter(agency=actor.agency_id).first()
    known = remembered.data if remembered else {}
    matching = guess_columns(table.headers, known)
    content = {
        "headers": table.headers,
        "rows": table.rows,
        "matching": {str(k): v for k, v in matching.items()},
        "values": _values_of(known),
        "first": table.first,
    }
    with guarded():
        made = CaseImport.objects.create(agency=actor.agency, by=actor, content=content, total=len(table.rows))
    record("import.start", made)
    return made


def match_columns(actor, import_id, matching: dict[int, str]) -> CaseImport:
    """Set the meaning of each column, each field once. Columns without a meaning are deleted.

    Raises NotFound, WrongState once it is being loaded, KeyError for an unknown field, NotAllowed for a column whose
    title announces a name, a contact or a story.
    """
    _require_importer(actor)
    made = visible_import(actor, import_id, lock=True)
    if made.state != State.UPLOADED:
        raise WrongState(made.state)
    headers, rows = made.content["headers"], made.content["rows"]
    kept = {number: FIELDS[code].code for number, code in matching.items() if number < len(headers)}
    if any(naming(headers[number]) for number in kept):
        raise NotAllowed("column")
    order = sorted(kept)
    made.content = {
        "headers": [headers[n] for n in order],
        "rows": [[read_at_once(headers[n], row[n]) for n in order] for row in rows],
        "matching": {str(at): kept[n] for at, n in enumerate(order)},
        "unnamed": in_standard(headers),
        "first": made.content["first"],
        "values": made.content.get("values", {}),
    }
    made.state, made.good = State.MATCHED, sum(line.good for line in check(actor, made))
    with guarded():
        made.save(update_fields=["content", "state", "good"])
        _remember(actor, {plain(headers[n]): code for n, code in kept.items()})
    record("import.match", made)
    return made


def match_again(actor, import_id) -> CaseImport:
    """Go back to the columns. Those that had no meaning are deleted and do not come back.

    Raises NotFound, NotAllowed, WrongState once it is being loaded.
    """
    made = _checked(actor, import_id)
    made.state = State.UPLOADED
    with guarded():
        made.save(update_fields=["state"])
    record("import.rematch", made)
    return made


def match_values(actor, import_id, values: dict[str, dict[str, str]]) -> CaseImport:
    """Say what the organisation's own words mean, {field: {text: code}}; remembered for its next imports.

    Raises NotFound, NotAllowed, WrongState once it is being loaded, KeyError for a code that the field has not.
    """
    made = _checked(actor, import_id)
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
    made.good = sum(line.good for line in check(actor, made))
    with guarded():
        made.save(update_fields=["content", "good"])
        _remember(actor, {f"{f}={plain(t)}": code for f, chosen in values.items() for t, code in chosen.items()})
    record("import.match", made)
    return made


def _checked(actor, import_id) -> CaseImport:
    _require_importer(actor)
    made = visible_import(actor, import_id, lock=True)
    if made.state != State.MATCHED:
        raise WrongState(made.state)
    return made


def _values_of(remembered: dict[str, str]) -> dict[str, dict[str, str]]:
    """Return the words matched in former imports: kept beside the titles, as « field=text », which no title is."""
    found: dict[str, dict[str, str]] = {}
    for name, code in remembered.items():
        field, sign, text = name.partition("=")
        if sign:
            found.setdefault(field, {})[text] = code
    return found


def unknown_words(lines: list[Line]) -> list[tuple[str, str, int]]:
    """Return (field, text, number of lines) of the texts that no list has, the most frequent first."""
    counted = Counter((field, text) for line in lines for field, text in line.unknown)
    return [(field, text, count) for (field, text), count in counted.most_common()]


def _remember(actor, names: dict[str, str]) -> None:
    row = ImportMatching.objects.filter(agency=actor.agency_id).first() or ImportMatching(agency=actor.agency)
    row.data = {**(row.data or {}), **names}
    row.save()


def check(actor, made: CaseImport) -> list[Line]:
    """Return the dry run: for each line, what it would make and its faults. Changes nothing."""
    content = made.content or {"rows": [], "matching": {}, "first": 2}
    matching = {int(at): code for at, code in content["matching"].items()}
    own = [row[at] for at, code in matching.items() if code == "reference" for row in content["rows"]]
    reader = Reader(
        actor.agency,
        _taken(actor, own),
        lambda text: digest(actor.agency_id, text),
        content.get("values"),
        unnamed=content.get("unnamed", False),
    )
    return [
        reader.line(number, {code: row[at] for at, code in matching.items()})
        for number, row in enumerate(content["rows"], content["first"])
    ]


def _taken(actor, references: list[str]) -> dict[str, CaseAccess | None]:
    """Return {digest: access row} of the own references in use; None for a case that the actor does not see."""
    taken = under_reference(actor, references)
    rows = {
        row.case_id: row for row in CaseAccess.objects.of(actor).filter(case__in=[pk for pk in taken.values() if pk])
    }
    return {key: rows.get(pk) for key, pk in taken.items()}


def order_load(actor, import_id, *, only_good: bool) -> CaseImport:
    """Ask the worker to load every line, or only the valid ones.

    A repeated call only wakes the worker again. Raises NotFound, NotAllowed, WrongState; also with a fault when not
    `only_good`.
    """
    _require_importer(actor)
    made = visible_import(actor, import_id, lock=True)
    if made.state not in (State.MATCHED, State.LOADING) or not made.good:
        raise WrongState(made.state)
    if made.state == State.MATCHED:
        if made.good < made.total and not only_good:
            raise WrongState("faults")
        made.state, made.only_good = State.LOADING, only_good
        with guarded():
            made.save(update_fields=["state", "only_good"])
        record("import.load", made)
    transaction.on_commit(lambda: _wake(actor, made.pk), robust=True)
    return made


def _wake(actor, pk) -> None:
    with acting_as(actor):  # so that the worker acts as the asker
        publish("referral.imports.tasks.load", str(pk))


def load_lines(actor, import_id) -> int:
    """Load all ordered lines or none, in the caller's transaction; then delete the table. Returns their number.

    A second call waits for the first and returns 0. Raises NotFound, NotAllowed for a member who may no longer import,
    WrongState when an ordered line has a fault now.
    """
    _require_importer(actor)
    made = visible_import(actor, import_id, lock=True)
    if made.state != State.LOADING:
        return 0
    lines = check(actor, made)
    good = [line for line in lines if line.good]
    if not good or (len(good) < len(lines) and not made.only_good):
        raise WrongState("faults")
    places = {t.pk: t for t in Territory.objects.filter(pk__in={line.values["territory"] for line in good})}
    units = {code: desks.coordination_of(place) for code, place in places.items()}
    with guarded():
        for at in range(0, len(good), BATCH):
            _load(actor, made, good[at : at + BATCH], places, units)
            store_progress(made.pk, min(at + BATCH, len(good)))
        made.state, made.content, made.done, made.ended_at = State.LOADED, None, len(good), timezone.now()
        made.save(update_fields=["state", "content", "done", "ended_at"])
    record("import.loaded", made)
    return len(good)


def _load(actor, made, lines, places, units) -> None:
    cases = Case.objects.bulk_create([_case(actor, line.values, places, units) for line in lines])
    pairs = list(zip(cases, lines, strict=True))
    profiles = [(case, {k: line.values[k] for k in PROFILE if k in line.values}) for case, line in pairs]
    Profile.objects.bulk_create(Profile(case=case, data=data, by=actor) for case, data in profiles if data)
    ImportedCase.objects.bulk_create(
        ImportedCase(origin=made, case=case, agency=actor.agency, line=line.number) for case, line in pairs
    )
    OwnLabel.objects.bulk_create(
        fill(OwnLabel(case=case, agency=actor.agency), actor, reference=line.values["reference"], nickname="")
        for case, line in pairs
        if "reference" in line.values
    )
    for case in cases:
        record("case.open", case, case_id=case.pk)
    # an adult's own yes, for this organisation alone: a table does not say who agreed for a child
    agreed = [case for case, line in pairs if line.values.get("consent") == "yes" and case.age_side == AgeSide.ADULT]
    for consent in Consent.objects.bulk_create(_agreement(actor, case) for case in agreed):
        record("consent.record", consent, case_id=consent.case_id)


def _agreement(actor, case) -> Consent:
    return Consent(case=case, purpose="record", agencies=[actor.agency_id], level=Level.FILE, obtained_by=actor)


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


def fail_import(actor, import_id) -> None:
    """Return the import to MATCHED after a failed load, so that its lines are checked again."""
    made = visible_import(actor, import_id, lock=True)
    if made.state == State.LOADING:
        made.state = State.MATCHED
        made.good = sum(line.good for line in check(actor, made))
        made.save(update_fields=["state", "good"])
        record("import.failed", made)


def discard_import(actor, import_id) -> None:
    """Discard an import before it is loaded; its table is deleted. Raises NotFound, NotAllowed, WrongState."""
    _require_importer(actor)
    made = visible_import(actor, import_id, lock=True)
    if made.state not in (State.UPLOADED, State.MATCHED):
        raise WrongState(made.state)
    made.state, made.content, made.ended_at = State.DISCARDED, None, timezone.now()
    with guarded():
        made.save(update_fields=["state", "content", "ended_at"])
    record("import.discard", made)


def cases_worked_on(actor, import_id) -> int:
    """Return how many of its cases were worked on since. One is enough to forbid undoing."""
    made = visible_import(actor, import_id)
    with guarded(), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.import_touched(%s)", [made.pk])
        return cursor.fetchone()[0]


def undo_import(actor, import_id) -> int:
    """Delete every case of the import and return their number.

    Raises NotFound, NotAllowed, WrongState when any of them was worked on.
    """
    _require_importer(actor)
    made = visible_import(actor, import_id)
    with guarded(), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.undo_import(%s)", [made.pk])
        gone = cursor.fetchone()[0]
    record("import.undo", made)
    return gone


def store_progress(pk, done: int) -> None:
    """Store the progress of the worker for the page.

    Outside the transaction on purpose, and optional: errors of the cache are ignored.
    """
    try:
        cache.set(f"import:{pk}", done, 3600)
    except RedisError:
        return


def progress(pk) -> int:
    """Return the number of lines loaded so far; 0 when unknown."""
    try:
        return cache.get(f"import:{pk}") or 0
    except RedisError:
        return 0
