"""Read public figures of participation, counted by the database (plans/sql/participation.sql)."""

from django.conf import settings
from django.db import connections, router

from plans.models import SectorGuide

QUARTERS = 4


def answers() -> dict:
    """Return how contributions are answered, confidential ones included.

    `rate`: answered in per cent of those due, None while none is due; `days`: time to answer.
    """
    with connections[router.db_for_read(SectorGuide)].cursor() as cursor:
        cursor.execute("SELECT * FROM nrm.participation_figures()")
        found = dict(zip([column.name for column in cursor.description], cursor.fetchone(), strict=True))
    found["days"] = settings.CONTRIBUTION_ANSWER_DAYS
    found["rate"] = round(100 * found["settled"] / found["due"]) if found["due"] else None
    return found


def signals() -> dict:
    """Return signals by sector and past quarter.

    `quarters`: newest first; `rows`: each sector with its numbers, None from 1 to 10.
    """
    with connections[router.db_for_read(SectorGuide)].cursor() as cursor:
        cursor.execute("SELECT quarter, sector_id, signals FROM nrm.signal_figures()")
        counted = {(quarter, sector): number for quarter, sector, number in cursor.fetchall()}
    guides = list(SectorGuide.objects.only("code", "label_fr", "label_en", "order"))
    ended = sorted({quarter for quarter, _sector in counted}, reverse=True)[:QUARTERS]
    quarters = [{"number": (day.month + 2) // 3, "year": day.year} for day in ended]
    numbers = {guide.pk: [counted.get((day, guide.pk), 0) for day in ended] for guide in guides}
    rows = [{"guide": guide, "cells": list(zip(quarters, numbers[guide.pk], strict=True))} for guide in guides]
    return {"quarters": quarters, "rows": rows}
