"""Say what a document may be: how large, how many, and behind which category each sort stands."""

import uuid
from datetime import timedelta

from agencies.models import Category
from victims.models import CaseFile

PER_CASE = 200
PER_HOUR = 40  # of one member
REFUSED_KEPT = timedelta(days=30)  # the title of a document that the worker refused
WAITING = "documents"  # heartbeat: everything that came before this moment was scanned
MISSING_KEPT = timedelta(days=1)  # a document in quarantine whose bytes are not found
LOST_KEPT = timedelta(days=7)  # bytes that no document has
# what a file chooser offers; a phone's camera is behind "image/*"
ACCEPT = "image/*,application/pdf,text/plain"

# where each sort stands unless its author says otherwise; 0: with the file itself
USUAL = {
    CaseFile.Sort.IDENTITY: int(Category.IDENTITY),
    CaseFile.Sort.RESIDENCE: int(Category.RESIDENCE),
    CaseFile.Sort.ATTESTATION: 0,
    CaseFile.Sort.MEDICAL: int(Category.HEALTH),
    CaseFile.Sort.COMPLAINT: int(Category.OFFENCE),
    CaseFile.Sort.PHOTO: int(Category.IDENTITY),
    CaseFile.Sort.MESSAGE: int(Category.OFFENCE),
    CaseFile.Sort.OTHER: 0,
}
_FORM = uuid.UUID("0f1d6c5e-6c0e-4f0c-9d0a-6f7c2b1f9a54")  # namespace of the ids of documents


def id_of(member: int, token: uuid.UUID) -> uuid.UUID:
    """Return the id of the document that a member adds by a form or request with this token: the same when sent again.

    Made of the member too, so that nobody writes over the document of another.
    """
    return uuid.uuid5(_FORM, f"{member} {token}")


def file_name(found: CaseFile) -> str:
    """Return the name under which a browser saves a document: the case and the sort, never its title."""
    return f"{found.reference}-{found.sort}.{found.extension.lstrip('.')}"
