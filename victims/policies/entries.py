"""Row security of the thread, of notes under professional secrecy, of linked persons and of papers kept elsewhere."""

from foundation.sight import By, IsNot, Own
from foundation.walls import Wall
from victims.models import LinkedPerson, LinkedPersonName, PaperDocument, SecretNote, TimelineEntry
from victims.models.sight import OpenToMe, Sees

ADDS = "SELECT, INSERT"

WALLS = [
    *[
        # written by the acting member for its agency, which reads the file or leads
        Wall.of(model, insert=By() & Own() & Sees(3, lead=True), rights=ADDS)
        for model in (TimelineEntry, LinkedPerson, PaperDocument)
    ],
    Wall.of(
        SecretNote,
        # a first note needs sight of the case, a correction only the note it corrects (trigger)
        insert=By() & Own() & OpenToMe() & (IsNot("replaces_id", None) | Sees(2)),
        rights=ADDS,
    ),
    Wall.of(LinkedPersonName, insert=By() & LinkedPersonName.sight, rights=ADDS),
]
