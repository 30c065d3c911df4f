"""Log the calls of a program for the administrators of its agency: no content, no id of what it was about."""

import re
import time
from functools import partial

from agencies.models import ProgramCall

IDS = re.compile(r"<\w+:(\w+)>")  # of a route: <uuid:pk>


def log_call(request, status: int, began: float) -> None:
    """Write the call of a known program; of one that is refused once its transaction is rolled back."""
    program, match = getattr(request, "actor", None), request.resolver_match
    if program is None or match is None:
        return
    address = IDS.sub("{id}", match.route).removeprefix("api/v1")
    call = ProgramCall(
        membership_id=program.pk,
        operation=f"{request.method} {address}"[:120],
        status=status,
        took=round((time.monotonic() - began) * 1000),
        trace=getattr(request, "trace_id", "")[:64],
    )
    write = partial(call.save, force_insert=True)
    if status < 400:
        write()
    else:
        request.after_refusal = write
