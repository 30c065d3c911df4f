"""Read when a desk is open, from the database, which knows the time zones (agencies/sql/duty.sql)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection


def back_at(agencies: Iterable[int], moment: datetime) -> dict[int, datetime]:
    """Return {agency id: moment from which its desk is open}; `moment` itself when it is open then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT a, nrm.back_at(a, %s) FROM unnest(%s::int[]) a", [moment, sorted(agencies)])
        return dict(cursor.fetchall())
