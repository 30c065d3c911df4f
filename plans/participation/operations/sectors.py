"""Nameless signals of companies and unions: sent, read, and nothing more."""

from django.utils import timezone

from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from plans import access
from plans.models import SectorGuide, Signal
from plans.models.coordination import coordinates
from plans.participation import rules as participation_rules


class NamesSomebody(ValueError):
    """The note holds a number, an address or a name: it is refused where it would be stored, whatever the form said."""


def send_signal(actor, sector: SectorGuide, *, note: str = "", **fields) -> Signal:
    if not access.signals(actor):
        raise NotAllowed("signal")
    if participation_rules.found_in(note):
        raise NamesSomebody("note")
    if not set(fields["signs"]) <= set(sector.signs) or fields["month"] > timezone.localdate():
        raise WrongState("signs")
    made = Signal(sector=sector, note=note, agency=actor.agency, by=actor, **fields)
    with guarded():
        Signal.objects.bulk_create([made])
    record("signal.send", made)
    return made


def read_signal(actor, pk) -> Signal:
    """A signal as the reader may see it; the coordination's first reading is what its author learns."""
    found = Signal.objects.visible_to(actor).select_related("sector", "territory", "agency").filter(pk=pk).first()
    if found is None:
        raise NotFound
    if found.read_at is None and coordinates(actor):
        found.read_at = timezone.now()
        with guarded():
            Signal.objects.visible_to(actor).filter(pk=pk, read_at=None).update(read_at=found.read_at)
    record("signal.read", found)
    return found
