"""Hold back mails and text messages of a copy of the database until those who run it say that it is the platform."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections, transaction

from notifications.models import Installation

HERE = """
INSERT INTO notifications_installation (id, cluster, timeline, database, site)
SELECT 1, cluster, timeline, database, %(site)s FROM nrm.here()
ON CONFLICT (id) DO {conflict}
"""
ANEW = (
    "UPDATE SET cluster = excluded.cluster, timeline = excluded.timeline, database = excluded.database,"
    " site = excluded.site"
)


def site() -> str:
    """Return the host of this site, without its port."""
    return urlsplit(settings.SITE_URL).hostname or ""


def reason(using: str = "default") -> str:
    """Return why nothing may leave this database, "" when it may."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT nrm.held_back(%s)", [site()])
        return cursor.fetchone()[0]


def settle(using: str) -> None:
    """Tell a new database where it lives; one that was told already is left as it is. As the owner, after migrate."""
    _tell(using, "NOTHING")


def lift(using: str = "owner") -> None:
    """Tell this database that it is the platform from now on: what waits in it leaves. As the owner."""
    _tell(using, ANEW)


def hold(using: str = "owner") -> None:
    """Hold back everything until `lift`. As the owner."""
    with transaction.atomic(using=using):
        Installation.objects.using(using).update(cluster="")


def _tell(using: str, conflict: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(HERE.format(conflict=conflict), {"site": site()})
