"""Read health, offence and residence."""

from agencies.models import Category
from victims.models import Case, HealthNote, OffenceFact, ResidenceFact

TABLES = {Category.HEALTH: HealthNote, Category.OFFENCE: OffenceFact, Category.RESIDENCE: ResidenceFact}


def for_sheet(case: Case, bit) -> dict:
    """Return what an orientation carries of this category: its current entries."""
    entries = [entry.data for entry in TABLES[bit].objects.filter(case=case, replaced_by=None)]
    return {"entries": entries} if entries else {}
