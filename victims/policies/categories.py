"""Row security of health, offence and residence, by the category bit, whoever leads; of a decision on a report to the
prosecutor, by that of the presumed authors or the lead."""

from foundation.sight import By
from foundation.walls import Wall
from victims.models import HealthNote, OffenceFact, ReportDecision, ResidenceFact

WALLS = [
    Wall.of(model, insert=By() & model.sight, rights="SELECT, INSERT")
    for model in (HealthNote, OffenceFact, ResidenceFact, ReportDecision)
]
