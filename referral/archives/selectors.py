"""Read the archive of one's agency, and until when a case of it is open."""

from victims.models import Archive, ArchiveOpening


def archives(actor):
    """Return the archived cases that the actor may open, the last closed first."""
    return Archive.objects.visible_to(actor)


def archived_as(actor, reference: str) -> Archive | None:
    """Return the archived case of this reference that the actor may open."""
    return archives(actor).filter(reference=reference).first()


def opening_of(actor, case_id) -> ArchiveOpening | None:
    """Return the actor's own last opening of this case."""
    return ArchiveOpening.objects.visible_to(actor).filter(case=case_id, membership=actor).order_by("-at").first()
