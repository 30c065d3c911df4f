"""Make the figures of the register a line of links, each to the rows it counts."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from plans.commitments.filters import UNSTATED
from plans.models import CommitmentStatus

SHOWN = ("done", "partial", "in_progress", "not_started", "obsolete")


def states(figures: dict[str, int]) -> list[tuple[str, int, str]]:
    """Return (code, number, words) of each status in use, then of commitments without a status."""
    found = [(code, figures[code], str(CommitmentStatus(code).label)) for code in SHOWN if figures[code]]
    return [*found, (UNSTATED, figures["unstated"], pgettext("commitment", "Nothing stated"))]


def tally(figures: dict[str, int], asked=None) -> list[tuple[str, int, str]]:
    """Return (address, number, words) of each figure.

    The address keeps the filters in use (`asked`, query parameters).
    """
    found = [("status", code, number, label) for code, number, label in states(figures)]
    found.append(("status", "contested", figures["contested"], pgettext("commitment", "Contested")))
    found += [
        ("late", "on", figures["late"], _("Past its deadline")),
        ("repeated", "on", figures["repeated"], _("Asked several times")),
    ]
    if "without_measure" in figures:
        found += [
            ("unmeasured", "on", figures["without_measure"], _("No measure entered here")),
            ("unfunded", "on", figures["unfunded"], _("A measure without means entered here")),
        ]
    return [(_address(asked, name, value), number, label) for name, value, number, label in found]


def _address(asked, name: str, value: str) -> str:
    query = asked.copy() if asked is not None else QueryDict(mutable=True)
    query.pop("page", None)
    query[name] = value
    return f"?{query.urlencode()}"
