"""Who is at a desk, and when: asked of the database, which knows the clocks of all places (agencies/sql/duty.sql)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection


def back_at(agencies: Iterable[int], moment: datetime) -> dict[int, datetime]:
    """When each of these desks has somebody, from `moment` on; `moment` itself for those that have."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT a, nrm.back_at(a, %s) FROM unnest(%s::int[]) a", [moment, sorted(agencies)])
        return dict(cursor.fetchall())
