"""Read what the mechanism did in a period, for public policy: from `since` on, before `till`.

As far as the reader sees: another reader than the worker in system mode would count little. A place is a region; an
overseas collectivity, which has none, stands for itself. Small counts come out of here: `operations/policy_figures.py`
protects them. A case whose use the person had limited is not counted.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import Coalesce

from agencies.models import Agency, Capacity, Kind
from referral.models import OrientationMove
from referral.orientations.selectors.answers import first_answers, refusals_for_lack_of_places
from victims.models import AgeSide, Case, unlimited

IN_TIME = timedelta(days=1)  # to protect a child, from the reception of its case
PROTECTING = ("child_care", "emergency_shelter", "safe_housing")  # services that protect a child


def _region(territory: str) -> Coalesce:
    return Coalesce(f"{territory}__region", territory)


def waits_until_accepted(since: datetime, till: datetime) -> list[tuple[str, timedelta]]:
    """Return (place, wait) of each case whose first orientation was accepted in the period.

    The wait begins with the first alert about the person, or with the case when it is older or without an alert.
    """
    accepted = unlimited(OrientationMove.objects.filter(action="accept"), "orientation__case")
    rows = accepted.order_by().values("orientation__case")
    first = rows.annotate(
        place=_region("orientation__case__territory"),
        received_at=F("orientation__case__received_at"),
        accepted_at=Min("at"),
        alert_at=Min("orientation__case__alert_links__alert__sent_at"),
    ).filter(accepted_at__gte=since, accepted_at__lt=till)
    return [
        (row["place"], row["accepted_at"] - min(filter(None, (row["received_at"], row["alert_at"])))) for row in first
    ]


def times_to_answer(since: datetime, till: datetime) -> list[timedelta]:
    """Return the time to the first answer of each request first answered in the period."""
    found = unlimited(first_answers(), "orientation__case").filter(answered_at__gte=since, answered_at__lt=till)
    return [row["answered_at"] - row["sent_at"] for row in found]


def refused_cases(since: datetime, till: datetime) -> Counter[str]:
    """Return the number of cases by place that were refused for lack of places in the period."""
    rows = unlimited(refusals_for_lack_of_places(), "orientation__case").filter(at__gte=since, at__lt=till)
    cases = rows.values_list("orientation__case", _region("orientation__case__territory")).distinct()
    return Counter(place for _case, place in cases)


def children_received(since: datetime, till: datetime) -> list[tuple[str, bool]]:
    """Return (place, protected in time) of each child received in the period; a doubt about the age counts as a child.

    In time: accepted by a protecting service within a day, or received by child protection. What a prosecutor receives
    is a report (`is_report`), whatever was asked: it protects nobody.
    """
    accepted = OrientationMove.objects.filter(
        action="accept",
        orientation__case=OuterRef("pk"),
        orientation__service__in=PROTECTING,
        at__lte=OuterRef("received_at") + IN_TIME,
    ).exclude(orientation__addressee__in=Agency.objects.holding(Agency.Office.PROSECUTOR))
    protected = Q(Exists(accepted)) | Q(opened_by__agency__kind=Kind.CHILD_PROTECTION)
    received = unlimited(Case.objects.filter(received_at__gte=since, received_at__lt=till), "pk")
    children = received.exclude(age_side=AgeSide.ADULT)
    return list(children.order_by().annotate(in_time=protected).values_list(_region("territory"), "in_time"))


def places_declared(since: datetime, till: datetime) -> Counter[str]:
    """Return free places by place of the desk: its last declaration in the period, since an older one says nothing."""
    declared = Capacity.objects.filter(at__gte=since, at__lt=till, places__isnull=False)
    last = declared.exclude(desk__agency__territory=None).order_by("desk", "-at", "-id").distinct("desk")
    found: Counter[str] = Counter()
    for place, places in last.values_list(_region("desk__agency__territory"), "places"):
        found[place] += places
    return found


def situations_received(since: datetime, till: datetime) -> dict[str, Counter[str]]:
    """Return how many cases were received, by column: form of exploitation, département, side of the age."""
    rows = unlimited(Case.objects.filter(received_at__gte=since, received_at__lt=till), "pk").order_by()
    columns = ("form", "territory", "age_side")
    return {name: Counter(dict(rows.values_list(name).annotate(number=Count("pk")))) for name in columns}
