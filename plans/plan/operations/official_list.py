"""Complete a plan from its official list: all lines, or nothing.

A plan that is not open gets a version for it.
"""

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
def import_list(actor, code: str, upload: Table, columns: list[str], *, source: str) -> int:
    """Write the lines of an uploaded list; return the number of measures added or changed.

    `source`: where the list was read, stored with each measure changed. Raises WrongState when a line has a fault or
    nothing would change.
    """
    plan = locked_plan(actor, code)
    table = read(plan, upload, columns)
    todo = [line for line in table.lines if line.changes]
    if table.faulty or not todo:
        raise WrongState("lines to correct")
    complete(actor, plan, lambda: _write(plan, todo, source), reason=source)
    return len(todo)


def _write(plan, lines: list[Line], source: str) -> None:
    taken = set(plan.measures.values_list("code", flat=True))
    place = plan.measures.aggregate(last=Max("place"))["last"] or 0
    sourcing = {"provenance": Provenance.SEEN, "source": source}
    for line in lines:
        if line.known is not None:
            write(line.known, "measure.import", {**line.changes, **sourcing})
            continue
        place += 1
        number = line.values["number"]
        made = Measure(
            plan=plan,
            code=free_code(f"{plan.code}-m{number or place:02d}", taken),
            place=place,
            edited_at=timezone.now(),
            **line.changes,
            **sourcing,
        )
        taken.add(made.code)
        made.save(force_insert=True)
