"""Read the public organisations of the directory."""

from django.db.models import Func, Value
from django.db.models.functions import Lower

from agencies.models import Directory

# French alphabetical order, whatever collations the database has
ALPHABETICAL = Func(Lower("name"), Value("àâäéèêëîïôöùûüç"), Value("aaaeeeeiioouuuc"), function="translate")


def listed():
    """Return the public organisations with their services; the directory holds no address and no person.

    A shelter whose place must stay unknown is not among them.
    """
    return (
        Directory.objects.filter(active=True, unlisted=False).prefetch_related("services").order_by(ALPHABETICAL, "pk")
    )
