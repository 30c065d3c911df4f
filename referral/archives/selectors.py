"""Read until when a case of the archive is open."""

from victims.models import ArchiveOpening


def opening_of(actor, case_id) -> ArchiveOpening | None:
    """Return the actor's own last opening of this case."""
    return ArchiveOpening.objects.visible_to(actor).filter(case=case_id, membership=actor).order_by("-at").first()
