"""Enter focal points: each ministry its own, with their first and last day."""

from datetime import date

from django.utils import timezone

from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from plans.models import FocalContact, FocalPoint
from plans.models.bodies import body_of, is_state


def add_focal_points(actor, *, territories: list, function: str, start: date, end=None, email="", phone="") -> int:
    """Add a focal point in each territory (None: the whole country); return how many were added.

    One that is in office there is left as it is. Bodies of the State only.
    """
    if not is_state(actor):
        raise NotAllowed("state")
    body = body_of(actor)
    running = set(FocalPoint.objects.live(start).filter(body=body).values_list("territory", flat=True))
    wanted = [t for t in territories if getattr(t, "pk", None) not in running]
    points = [FocalPoint(body_id=body, territory=t, start=start, end=end, by=actor) for t in wanted]
    with guarded():
        FocalPoint.objects.bulk_create(points)
        FocalContact.objects.bulk_create(
            [FocalContact(point=point, function=function, email=email, phone=phone) for point in points]
        )
    for point in points:
        record("focal.add", point)
    return len(points)


def end_focal_point(actor, pk, *, end: date) -> FocalPoint:
    """Set the last day of a focal point; when it is past, erase how to contact it.

    Raises NotFound, NotAllowed for another body, WrongState.
    """
    found = FocalPoint.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    if not is_state(actor) or found.body_id != body_of(actor):
        raise NotAllowed("not yours")
    if end < found.start or (found.end and found.end < timezone.localdate()):
        raise WrongState("ended")
    found.end = end
    with guarded():
        found.save(update_fields=["end"])
        if end < timezone.localdate():
            FocalContact.objects.filter(point=found).update(email="", phone="")
    record("focal.end", found)
    return found
