"""Say how many cases a member may read in an hour and in seven days."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from victims.models import ReadingAlarm

DEMANDED = "requisition.read"  # counts as the reading of a case; its entries name none
# beginnings of the acts that count as a reading of each kind
ACTS = {
    ReadingAlarm.Kind.FILE: "case.read",
    ReadingAlarm.Kind.IDENTITY: "identity.read",
    ReadingAlarm.Kind.CONTACT: "contact.read",
}
ALERTS = "alert.read"  # counted and told, never refused: an alert waits for no second person
IN_A_FILE = ".export"  # end of the acts that put what they name in a file
LENGTHS = {ReadingAlarm.Window.HOUR: timedelta(hours=1), ReadingAlarm.Window.WEEK: timedelta(days=7)}
REASON = 20  # fewest characters of the reason of a second person


@dataclass(frozen=True)
class Budget:
    window: str
    most: int  # cases, all different

    @property
    def length(self) -> timedelta:
        return LENGTHS[self.window]


def budgets(sort: str, kind: str) -> list[Budget]:
    """Return the budgets of a person or a program for this kind of reading; none for due work."""
    given = settings.READ_BUDGETS.get(sort)
    given = given and given.get(kind)
    return [Budget(window, given[window]) for window in LENGTHS] if given else []
