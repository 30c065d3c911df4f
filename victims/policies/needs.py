"""Row security of needs and of the support plan: level 3; texts of health or residence with their bit."""

from foundation.sight import By, Is, Own
from foundation.walls import Wall
from victims.models import Need, NeedText, SupportAction
from victims.models.needs import HoldsBit
from victims.models.sight import Sees

_LEADS_OR_READS = Sees(3, lead=True)
# without a bit: as the need itself; with one: holders of the bit, whoever leads
_ADDS = By() & (Is("bit", 0) & _LEADS_OR_READS | HoldsBit(plain=False))
_DONE = Is("done_by_id", None) | By("done_by_id")  # signed by the actor, or not done

WALLS = [
    Wall.of(
        Need,
        insert=By() & Own() & _LEADS_OR_READS,
        # not visible: not changed either, nor revealed by the number of rows changed
        update=_LEADS_OR_READS & Need.sight,
        rights="SELECT, INSERT, UPDATE (priority, state, reason, changed_at)",
    ),
    Wall.of(NeedText, insert=_ADDS, rights="SELECT, INSERT"),
    Wall.of(
        SupportAction,
        insert=_DONE & _ADDS,
        update=SupportAction.sight,
        check=_DONE,
        rights="SELECT, INSERT, UPDATE (due_on, done_on, done_by_id)",
    ),
]
