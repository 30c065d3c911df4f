"""Row security of the thread, notes under professional secrecy, linked persons and documents kept on paper."""

from foundation.sight import By, IsNot, Own
from foundation.walls import Wall
from victims.models import LinkedPerson, LinkedPersonName, PaperDocument, SecretNote, TimelineEntry
from victims.models.sight import OpenToMe, Sees

ADDS = "SELECT, INSERT"

WALLS = [
    *[
        # the acting member writes for its agency, which reads the file or leads
        Wall.of(model, insert=By() & Own() & Sees(3, lead=True), rights=ADDS)
        for model in (TimelineEntry, LinkedPerson, PaperDocument)
    ],
    Wall.of(
        SecretNote,
        # a first note needs access to the case, a correction only the note it corrects (trigger)
        insert=By() & Own() & OpenToMe() & (IsNot("replaces_id", None) | Sees(2)),
        rights=ADDS,
    ),
    Wall.of(LinkedPersonName, insert=By() & LinkedPersonName.sight, rights=ADDS),
]
