"""Statements asked of the database as whoever acts now."""

from django.db import DatabaseError, connection, transaction


def rows(sql, args=None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        return cursor.fetchall()


def refusal(sql) -> str | None:
    """The code the database refuses this with, or None when it obeys."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as error:
        return error.__cause__.pgcode
    return None
