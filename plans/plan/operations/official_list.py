"""Completes a plan from its official list: all good lines, or nothing. A plan that stands gets a version of its own."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from foundation.tables.reading import Table
from foundation.workflow import WrongState
from plans.models import Measure, Provenance
from plans.plan.selectors.official_list import Line, read

from .moves import complete
from .plans import free_code, locked_plan, write


@transaction.atomic
def import_list(actor, code: str, brought: Table, columns: list[str], *, source: str) -> int:
    """`source`: where the list was read; said with each line it changes. How many measures were added or completed."""
    plan = locked_plan(actor, code)
    table = read(plan, brought, columns)
    todo = [line for line in table.lines if line.changes]
    if table.faulty or not todo:
        raise WrongState("lines to correct")
    complete(actor, plan, lambda: _write(plan, todo, source), reason=source)
    return len(todo)


def _write(plan, lines: list[Line], source: str) -> None:
    taken = set(plan.measures.values_list("code", flat=True))
    place = plan.measures.aggregate(last=Max("place"))["last"] or 0
    said = {"provenance": Provenance.SEEN, "source": source}
    for line in lines:
        if line.known is not None:
            write(line.known, "measure.import", {**line.changes, **said})
            continue
        place += 1
        number = line.values["number"]
        made = Measure(
            plan=plan,
            code=free_code(f"{plan.code}-m{number or place:02d}", taken),
            place=place,
            edited_at=timezone.now(),
            **line.changes,
            **said,
        )
        taken.add(made.code)
        made.save(force_insert=True)
