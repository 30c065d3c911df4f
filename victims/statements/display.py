"""Present identification in words: a summary of current views, and each body's statements."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from foundation.statements.kept import KeptStatement
from indicators.codes.selectors import labels
from victims.models import Case, IdentificationView, Statement, Status

BODIES = "identification_deciders"
RANK = (Status.RECOGNISED, Status.IDENTIFIED, Status.PRESUMED, Status.NOT_ESTABLISHED)
FAMILIES = {Status.RECOGNISED: "completed", Status.IDENTIFIED: "completed", Status.PRESUMED: "accepted"}

VIEWS = KeptStatement(lambda _, case: IdentificationView.objects.filter(case=case))


@dataclass(frozen=True)
class Glance:
    """Hold the current views of bodies on identification.

    `highest`: the furthest status, with the `bodies` that state it. `contradictory`: one body states « not established
    » and another does not. Falsy without a view.
    """

    views: list[IdentificationView]
    highest: Status | None = None
    bodies: str = ""
    contradictory: bool = False

    @property
    def family(self) -> str:
        return FAMILIES.get(self.highest, "closed")

    def __bool__(self) -> bool:
        return bool(self.views)


def views_summary(case: Case) -> Glance:
    """Return the summary, readable at level 2: kinds of bodies and statuses, no text, no name of a service."""
    views = sorted(VIEWS.rows(None, case=case.pk), key=lambda view: RANK.index(view.status))
    if not views:
        return Glance([])
    names = labels(BODIES)[BODIES]
    for view in views:
        view.body_words = _("Asylum body") if view.asylum_body_id else names.get(view.body, view.body)
    highest = Status(views[0].status)
    bodies = ", ".join(view.body_words for view in views if view.status == highest)
    said = {view.status for view in views}
    return Glance(views, highest, bodies, Status.NOT_ESTABLISHED in said and len(said) > 1)


def visible_statements(case: Case) -> list[Statement]:
    """Return every statement visible to the reader, newest first; `in_force` marks the latest of each body."""
    found = list(Statement.objects.filter(case=case).select_related("agency", "by__user"))
    seen = set()
    for statement in found:
        statement.in_force = statement.agency_id not in seen
        statement.family = FAMILIES.get(statement.status, "closed")
        seen.add(statement.agency_id)
    return found
