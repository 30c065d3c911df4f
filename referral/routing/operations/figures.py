"""Compute the figures of routing: how fast desks answer, and refusals for lack of places.

By the worker in system mode: a member would count what it sees, and row security refuses what it writes.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Case, Count, DateField, F, Value, When
from django.db.models.functions import TruncMonth
from django.utils import timezone

from referral.models import AnswerTime, UnmetNeed
from referral.orientations.selectors.answers import first_answers, refusals_for_lack_of_places
from victims.models import AgeSide

COUNTED = timedelta(days=90)  # requests sent since are in the time to answer
CHANGING = timedelta(days=100)  # refusals since are counted again: older months stay as they are


def count_answer_times() -> int:
    """Store the median time to the first answer of each desk that answered lately; return the number of desks."""
    now, took = timezone.now(), defaultdict(list)
    for row in first_answers().filter(sent_at__gt=now - COUNTED):
        took[row["addressee"]].append(row["answered_at"] - row["sent_at"])
    AnswerTime.objects.exclude(agency__in=took).delete()
    AnswerTime.objects.bulk_create(
        [AnswerTime(agency_id=a, answers=len(t), median=median(t), computed_at=now) for a, t in took.items()],
        update_conflicts=True,
        unique_fields=["agency"],
        update_fields=["answers", "median", "computed_at"],
    )
    return len(took)


def count_unmet_needs() -> int:
    """Store refusals for lack of places by need, place, profile and month; return the number of figures.

    A figure never goes down: its cases may be erased later, but the need existed.
    """
    since = timezone.now() - CHANGING
    kept = UnmetNeed.objects.select_for_update().filter(month__gte=timezone.localdate(since).replace(day=1))
    before = {_key(figure): figure for figure in kept.order_by("pk")}
    found = [UnmetNeed(**row) for row in _refused_since(since)]
    for figure in found:
        if known := before.get(_key(figure)):
            figure.refusals = max(figure.refusals, known.refusals)
            figure.situations = max(figure.situations, known.situations)
    UnmetNeed.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["service", "territory", "profile", "month"],
        update_fields=["refusals", "situations"],
    )
    return len(found)


def _key(figure: UnmetNeed) -> tuple:
    return figure.service_id, figure.territory_id, figure.profile, figure.month


def _refused_since(since: datetime):
    """Return rows of refusals, with the columns of UnmetNeed."""
    adult = When(orientation__case__age_side=AgeSide.ADULT, then=Value(UnmetNeed.Profile.ADULT))
    rows = (
        refusals_for_lack_of_places()
        .filter(at__gt=since)
        .values(
            service_id=F("orientation__service"),
            territory_id=F("orientation__case__territory"),
            profile=Case(adult, default=Value(UnmetNeed.Profile.MINOR)),
            month=TruncMonth("at", output_field=DateField()),
        )
    )
    return rows.annotate(refusals=Count("pk"), situations=Count("orientation__case", distinct=True))
