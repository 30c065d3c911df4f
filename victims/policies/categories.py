"""Row security of health, offence and residence: by the category bit, whoever leads."""

from foundation.sight import By
from foundation.walls import Wall
from victims.models import HealthNote, OffenceFact, ResidenceFact

WALLS = [
    Wall.of(model, insert=By() & model.sight, rights="SELECT, INSERT")
    for model in (HealthNote, OffenceFact, ResidenceFact)
]
