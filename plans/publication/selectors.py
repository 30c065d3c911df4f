"""Read the organisations anybody may know of."""

from django.db.models import Func, Value
from django.db.models.functions import Lower

from agencies.models import Directory

# as in a French book, whatever collations the database was built with
ALPHABETICAL = Func(Lower("name"), Value("àâäéèêëîïôöùûüç"), Value("aaaeeeeiioouuuc"), function="translate")


def listed():
    """Organisations anybody may know of. No address, no person: the directory holds none (agencies/models)."""
    return Directory.objects.filter(active=True).prefetch_related("services").order_by(ALPHABETICAL, "pk")
