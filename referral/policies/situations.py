"""Row security of situations: their unit. A line is read by readers of its case or alert."""

from foundation.sight import By, Follows, Is, Own
from foundation.walls import Wall
from referral.models import Situation, SituationAlert, SituationBatch, SituationCase
from victims.models.sight import Sees

_OF_MINE = Follows("situation_id", Situation)

WALLS = [
    Wall.of(
        Situation,
        insert=Own() & By("created_by_id"),
        update=Own(),
        rights="SELECT, INSERT, UPDATE (sort, happened_on, territory_id, form, place, data)",
    ),
    Wall.of(
        SituationBatch,
        insert=Own() & By() & _OF_MINE,
        update=Own(),
        rights="SELECT, INSERT, UPDATE (state, data)",
    ),
    Wall.of(
        SituationAlert,
        insert=SituationAlert.sight & _OF_MINE,
        delete=SituationAlert.sight,
        rights="SELECT, INSERT, DELETE",
    ),
    Wall.of(
        SituationCase,
        insert=Own() & _OF_MINE & Sees(2) & Is("answered_by_id", None),
        update=Own() & Sees(2),
        check=By("answered_by_id"),  # an answer is somebody's, and nobody signs with a colleague's name
        delete=SituationCase.sight,
        rights="SELECT, INSERT, UPDATE (agreement, answered_at, answered_by_id, consent_id), DELETE",
    ),
]
