"""Rank services for a request by what they take and how they answer, with reasons in words.

Being near gives no points: the person's safety may ask for far (territories.yaml, `safety_fr`). Place and distance are
shown, and give an order only to a reader who chooses it.
"""

from datetime import timedelta
from math import asin, cos, radians, sin, sqrt

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import Desk, Territory
from referral.routing.rules import discretion
from victims.models import AgeSide

from .desks import Suggestion

SORTS = {
    "": gettext_lazy("Best suited first"),
    "quick": gettext_lazy("Quickest to answer first"),
    "near": gettext_lazy("Nearest first"),
    "far": gettext_lazy("Farthest first"),
}
SORTED = [code for code in SORTS if code]  # as a program names them: left out, best suited first
FRESH = timedelta(days=7)  # hosts update their places weekly (mission, section 3)
FEW = 5  # answers below which a median says nothing
QUICK, SLOW = timedelta(hours=24), timedelta(hours=72)
EARTH = 6371


def ranked_for_orientation(case, service_code: str, *, sender_id: int, language: str = "", sort="") -> list[Suggestion]:
    """Return the desks for one need, best first, with reasons; those that cannot take the person last, with why."""
    desks = (
        Desk.objects.filter(receives_orientations=True, agency__active=True, services=service_code)
        .exclude(pk=sender_id)
        .select_related("agency__territory", "agency__answer_time")
        .prefetch_related("territories", "services")
        .order_by("pk")
    )
    here, near = case.territory, {t.pk for t in case.territory.neighbours.all()}
    found = [_rank(desk, case, here, near, language) for desk in desks]
    return sorted(found, key=lambda s: (bool(s.blocked), *_order(s, sort), -s.score, s.agency.name))


def _order(s: Suggestion, sort: str) -> tuple:
    """Return the key of the order the reader chose; unknown values come last."""
    if sort == "quick":
        time = answer_time(s.desk)
        return (time is None or time.answers < FEW, time.median if time else timedelta(0))
    if sort in ("near", "far"):
        return (s.km is None, s.km * (1 if sort == "near" else -1) if s.km is not None else 0)
    return ()


def _rank(desk, case, here, near, language) -> Suggestion:
    s = Suggestion(desk, blocked=_blocked(desk, case))
    s.km = distance(here, desk.agency.territory)
    if case.age_side != AgeSide.ADULT and desk.takes_minors:
        _say(s, 1, _("Takes children"))
    if case.form in desk.forms:
        _say(s, 2, _("Specialised in this form of exploitation"))
    if language and language in desk.languages:
        _say(s, 2, _("Speaks the person's language"))
    _say_places(s)
    _say_answers(s)
    _say(s, 0, where(desk, here, near))
    if s.km is not None:
        _say(s, 0, _("About %(km)d km away, between chief towns") % {"km": s.km} if s.km else _("Same département"))
    return s


def _say(s: Suggestion, score: int, words: str) -> None:
    s.reasons.append(words)
    s.score += score


def _blocked(desk, case) -> str:
    """Return in words why the desk cannot take this person; empty when it can."""
    minor = case.age_side != AgeSide.ADULT
    if not (desk.takes_minors if minor else desk.takes_adults):
        return _("Does not take children") if minor else _("Does not take adults")
    if desk.forms and case.form not in (*desk.forms, "unknown"):
        return _("Does not take this form of exploitation")
    if barred := discretion.barred_from_case(case, desk):
        return barred
    if desk.places == 0 and fresh(desk):
        return _("No place declared")
    return ""


def _say_places(s: Suggestion) -> None:
    desk = s.desk
    if desk.places is None:
        return
    words = ngettext("%(count)d place declared", "%(count)d places declared", desk.places) % {"count": desk.places}
    if fresh(desk):
        if desk.places:  # none is why it is greyed
            _say(s, 1, words)
    else:
        _say(s, 0 if desk.places else -1, f"{words}, {stale_words(desk)}")


def fresh(desk) -> bool:
    """Return whether the places of a desk were declared in the last week."""
    return desk.places_updated_at is not None and timezone.now() - desk.places_updated_at <= FRESH


def stale_words(desk) -> str:
    """Return the warning about places declared long ago."""
    if desk.places_updated_at is None:
        return _("on an unknown date: ask before counting on it")
    days = (timezone.now() - desk.places_updated_at).days
    return _("%(days)d days ago: ask before counting on it") % {"days": days}


def answer_time(desk):
    """Return the AnswerTime of the desk's agency, or None."""
    return getattr(desk.agency, "answer_time", None)


def _say_answers(s: Suggestion) -> None:
    time = answer_time(s.desk)
    if time is None:
        return
    if time.answers < FEW:
        _say(s, 0, _("Few answers so far: no usual time to say"))
        return
    hours = round(time.median.total_seconds() / 3600)
    score = 1 if time.median <= QUICK else -1 if time.median > SLOW else 0
    words = (
        ngettext("Answers in about %(hours)d hour", "Answers in about %(hours)d hours", hours)
        if hours
        else _("Answers within the hour")
    )
    _say(s, score, f"{words % {'hours': hours}} {_('(half of its answers, 90 days)')}")


def where(desk, here: Territory, near: set) -> str:
    """Return in words where a desk works, seen from the territory of the case; `near`: ids of its neighbours."""
    codes = {t.pk for t in desk.territories.all()}
    if here.pk in codes or here.region_id in codes:
        return _("In this territory: check that distance is not needed for safety")
    if codes & near:
        return _("In a neighbouring département")
    if desk.nationwide:
        return _("Works everywhere in France")
    return _("Elsewhere: away from the place of exploitation")


def distance(a: Territory | None, b: Territory | None) -> int | None:
    """Return the kilometres between two chief towns as the crow flies, to the nearest ten; None when one is unknown."""
    if a is None or b is None:
        return None
    if a.pk == b.pk:
        return 0
    if None in (a.lat, a.lon, b.lat, b.lon):
        return None
    (lat, lon), (lat2, lon2) = ((radians(t.lat), radians(t.lon)) for t in (a, b))
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return max(10, round(2 * EARTH * asin(sqrt(half)) / 10) * 10)
