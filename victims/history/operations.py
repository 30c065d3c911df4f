"""Read former identities and contacts of a person."""

from journal.operations import record
from victims.models import ContactVersion, IdentityVersion, ReadingAlarm
from victims.reading.access import afford

AT_MOST = 50


def read_former(actor, case) -> tuple[list[IdentityVersion], list[ContactVersion]]:
    """Return the versions of identity and of contacts, newest first. The reading is a separate journal entry.

    Policies hide those whose category the reader does not hold. Raises Spent.
    """
    afford(actor, ReadingAlarm.Kind.IDENTITY, case)
    record("identity.read.history", case, case_id=case.pk)
    identities = IdentityVersion.objects.filter(case=case).order_by("-pgh_id")[:AT_MOST]
    contacts = ContactVersion.objects.filter(case=case).order_by("-pgh_id")[:AT_MOST]
    return list(identities), list(contacts)
