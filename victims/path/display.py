"""Put the episodes of a path in words: what, where, when."""

from django.utils.translation import gettext as _

from agencies.models import Territory
from foundation.words import countries
from indicators.codes.selectors import FORMS, labels

from .forms import spoken_date


def in_words(found) -> list:
    """Return the episodes; they and their earlier versions get `what`, `where` and `period` in words."""
    forms = labels(FORMS)[FORMS]
    every = [row for episode in found for row in (episode, *episode.former)]
    codes = {row.data["department"] for row in every if row.data.get("department")}
    names = dict(Territory.objects.filter(pk__in=codes).values_list("pk", "label_fr"))
    for row in every:
        data = row.data
        row.what = forms.get(data["form"], data["form"])
        country, department = data.get("country"), data.get("department")
        row.where = countries.label(country) if country else names.get(department, "")
        row.period = _period(data)
    return found


def _period(data: dict) -> str:
    began, ended = spoken_date(data.get("began", "")), spoken_date(data.get("ended", ""))
    if data.get("ongoing"):
        return _("since %(began)s, still going on") % {"began": began} if began else _("still going on")
    if began and ended:
        return _("from %(began)s to %(ended)s") % {"began": began, "ended": ended}
    if began or ended:
        return (_("from %(began)s") if began else _("until %(ended)s")) % {"began": began, "ended": ended}
    return _("dates not known")
