"""Send and read the anonymous signals of companies and unions."""

from django.db import transaction
from django.utils import timezone

from agencies.members.rules import WRITES
from foundation.errors import NotFound, guarded
from foundation.tasks import wake
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from plans import access
from plans.models import SectorGuide, Signal
from plans.models.coordination import coordinates
from plans.participation import rules as participation_rules
from plans.participation.selectors.children import told_child


class NamesSomebody(ValueError):
    """Signal a note with a number, address or name: refused before it is stored, whatever the form checked."""


class TellsChild(ValueError):
    """Signal a child's sign, or words that tell a child: an alert, never filed as a signal only."""


def send_signal(actor, sector: SectorGuide, *, note: str = "", **fields) -> Signal:
    """Send a signal of a sector. `fields`: signs, territory, month (its first day), persons, done.

    One that tells a child is an alert: whoever may send alerts sends one; for another member the platform does, at the
    next pass of due work. Raises NotAllowed, TellsChild, NamesSomebody, or WrongState for an unknown sign or a future
    month.
    """
    if not access.signals(actor):
        raise NotAllowed("signal")
    told = told_child(fields["signs"], note)
    if told and actor.has(*WRITES):
        raise TellsChild("signs")
    if participation_rules.found_in(note):
        raise NamesSomebody("note")
    if not set(fields["signs"]) <= set(sector.signs) or fields["month"] > timezone.localdate():
        raise WrongState("signs")
    made = Signal(sector=sector, note=note, agency=actor.agency, by=actor, **fields)
    with guarded():
        Signal.objects.bulk_create([made])
    record("signal.send", made)
    if told:
        transaction.on_commit(lambda: wake("referral.tasks.due"), robust=True)
    return made


def read_signal(actor, pk) -> Signal:
    """Return a visible signal. The first reading by the coordination is stored: the author learns of it."""
    found = Signal.objects.visible_to(actor).select_related("sector", "territory", "agency").filter(pk=pk).first()
    if found is None:
        raise NotFound
    if found.read_at is None and coordinates(actor):
        found.read_at = timezone.now()
        with guarded():
            Signal.objects.visible_to(actor).filter(pk=pk, read_at=None).update(read_at=found.read_at)
    record("signal.read", found)
    return found
