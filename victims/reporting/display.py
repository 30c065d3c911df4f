"""Present a decision on a report to the prosecutor in words."""

from datetime import date

from django.utils.translation import gettext as _

from foundation.templatetags.words import day
from victims.cases.words import word

from .words import Agreement, Decision, Ground, Way


def facts(data: dict) -> list[tuple[str, str]]:
    """Return the (question, answer) pairs, without empty answers."""
    said = [
        (_("Report to the prosecutor"), word(Decision.choices, data.get("decision"))),
        (_("Day"), day(date.fromisoformat(data["on"]))),
        (_("Ground"), word(Ground.choices, data.get("ground"))),
        (_("Does the person agree?"), word(Agreement.choices, data.get("agreement"))),
        (_("To which court?"), data.get("court", "")),
        (_("By what way?"), word(Way.choices, data.get("way"))),
        (_("Why?"), data.get("why", "")),
    ]
    return [(question, answer) for question, answer in said if answer]
