"""Fetch a request of the person that the actor sees, and say what may still be done about it."""

from foundation.errors import NotFound
from victims.models import DataRequest

AUTHORS = ("agency", "by__user", "prolonged_by__user", "prolonged_by__agency", "ended_by__user", "ended_by__agency")


def visible_request(actor, pk) -> DataRequest:
    """Return a request the actor sees, with who wrote it. Raises NotFound."""
    found = requests_of(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def requests_of(actor):
    """Return the requests the actor sees, of all cases."""
    return DataRequest.objects.visible_to(actor).select_related(*AUTHORS)


def to_answer(actor):
    """Return the requests the actor sees that wait for an answer, the soonest day first."""
    waiting = DataRequest.objects.visible_to(actor).filter(ended_at=None)
    return waiting.select_related("case", "agency").order_by("due_on", "id")
