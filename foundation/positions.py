"""Give each row that programs synchronise a position: the number of the transaction that last wrote it.

A time cannot be a position: it is taken when a row is written, and the row is seen when its transaction ends, after
others that were written later. `settled` is the lowest number that may still be written: a program that asks from there
is given every row that was not seen yet, and some it has seen. Triggers of SQL set both columns (`nrm.positioned`).
"""

from dataclasses import dataclass

from django.db import connection, models
from django.utils import timezone


class Positioned(models.Model):
    """Base of rows that programs synchronise. A trigger sets both columns when what is shown of the row changes."""

    position = models.BigIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class Coming(models.Func):
    """The first position that no row this statement sees can have.

    A restored database holds positions of the former one, which may lie above: they are not from after any question.
    """

    template = "pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    output_field = models.BigIntegerField()


@dataclass(frozen=True)
class Settled:
    """Hold the position below which every transaction has ended, and which database counts so."""

    position: int
    database: str


def settled() -> Settled:
    """Return what is settled now. Ask for it before the rows, in a statement of its own.

    `database` changes with the server, its timeline (a recovery to a moment, a failover) and the database itself (a
    dump restored): positions of one say nothing in another.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, concat_ws('.', s.system_identifier,"
            " c.timeline_id, d.oid) FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d"
            " WHERE d.datname = current_database()"
        )
        return Settled(*cursor.fetchone())


def from_position(rows: models.QuerySet, position: int, also: models.Q | None = None) -> models.QuerySet:
    """Keep what was written at `position` or later, and `also` this."""
    written = models.Q(position__gte=position, position__lt=Coming())
    return rows.filter(written | also if also else written)
