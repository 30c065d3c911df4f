"""Complete a plan from its official list: all lines, or nothing.

A plan that is not open gets a version for it. The coordination vouches for the lines it brings.
"""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.tables.reading import Table
from foundation.workflow import WrongState
from plans.models import Measure, Metric, Provenance, ResourceKind, Stage
from plans.models.bodies import body_of
from plans.models.money import Unit
from plans.money.operations import envelopes
from plans.plan.selectors.official_list import Line, read

from .moves import complete
from .plans import free_code, locked_plan, write


@transaction.atomic
def import_list(actor, code: str, upload: Table, columns: list[str], *, source: str, vouched: bool = False) -> int:
    """Write the lines of an uploaded list; return the number of measures added or changed.

    `source`: where the list was read, stored with each measure whose line names no other. `vouched`: the actor's body
    vouches that these lines are the official ones. Raises WrongState when a line has a fault or nothing would change.
    """
    plan = locked_plan(actor, code)
    table = read(plan, upload, columns)
    todo = [line for line in table.lines if line.act != "same"]
    if table.faulty or not todo:
        raise WrongState("lines to correct")
    origin = {"provenance": Provenance.SEEN, "vouched_by_id": None, "vouched_on": None}
    if vouched:
        origin = {
            "provenance": Provenance.OFFICIAL,
            "vouched_by_id": body_of(actor),
            "vouched_on": timezone.localdate(),
        }
    complete(actor, plan, lambda: _write(actor, plan, todo, {"source": source, **origin}), reason=source)
    return len(todo)


def _write(actor, plan, lines: list[Line], sourcing: dict) -> None:
    taken = set(plan.measures.values_list("code", flat=True))
    place = plan.measures.aggregate(last=Max("place"))["last"] or 0
    for line in lines:
        if line.known is not None:
            measure = write(line.known, "measure.import", {**sourcing, **line.changes})
        else:
            place += 1
            number = line.values["number"]
            measure = Measure(
                plan=plan,
                code=free_code(f"{plan.code}-m{number or place:02d}", taken),
                place=place,
                edited_at=timezone.now(),
                **{**sourcing, **line.changes},
            )
            taken.add(measure.code)
            measure.save(force_insert=True)
        _add(actor, measure, line)


def _add(actor, measure: Measure, line: Line) -> None:
    """Write what stands beside the measure: partners, requests answered, metric, planned cost (to be checked)."""
    values, found = line.values, line.additions
    measure.partners.add(*found.get("partners", ()))
    measure.commitments.add(*found.get("commitments", ()))
    if "metric" in found:
        target = {"unit": values["unit"], "target": values["target"], "target_on": values["target_on"]}
        Metric.objects.update_or_create(measure=measure, label_fr=values["metric"], defaults=target)
    if "cost" in found:
        made = envelopes.add_envelope(
            actor,
            funder=values["lead"] or measure.lead,
            resource_kind=ResourceKind.FINANCIAL,
            unit=Unit.EUR,
            measure=measure,
            label_fr=measure.title_fr[:250],
            scope_fr=_("Cost of the measure as the official list says it."),
        )
        evidence = measure.source[:400]
        envelopes.add_line(
            actor, made, year=values["cost_year"], stage=Stage.PLANNED, amount=values["cost"], evidence=evidence
        )
