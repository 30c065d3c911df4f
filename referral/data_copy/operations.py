"""Make the copy that a person asked for: each making is a reading of who the person is, journalled and counted."""

from agencies.members.rules import WORKS
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from victims.cases.access import must_write_in_own_right
from victims.data_requests.access import visible_request
from victims.models import DataRequest, ReadingAlarm
from victims.reading.access import afford


def request_to_copy(actor, pk) -> DataRequest:
    """Return the request of a copy that waits for an answer, its identity checked.

    Raises NotFound, NotAllowed, WrongState for one that asks something else or is over.
    """
    found = visible_request(actor, pk)
    must_write_in_own_right(actor, found.case_id)
    if found.kind != DataRequest.Kind.ACCESS or not found.is_open:
        raise WrongState(found.state)
    if found.identity == DataRequest.Identity.PENDING or not actor.has(*WORKS):
        raise NotAllowed("identity")
    return found


def make_copy(actor, pk) -> DataRequest:
    """Note that the copy is shown, and count it as the reading of an identity. Raises as above, and Spent."""
    found = request_to_copy(actor, pk)
    afford(actor, ReadingAlarm.Kind.IDENTITY, found.case)
    record("identity.read.copy", found, case_id=found.case_id)
    return found
