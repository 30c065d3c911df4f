"""The figures of the register as a line of links: each leads to the rows it counts."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .commitment_filters import UNSTATED
from .models import CommitmentStatus

SHOWN = ("done", "partial", "in_progress", "not_started", "obsolete")


def states(figures: dict[str, int]) -> list[tuple[str, int, str]]:
    """(code, number, words) of each state somebody stated, then of those where nothing is stated."""
    found = [(code, figures[code], str(CommitmentStatus(code).label)) for code in SHOWN if figures[code]]
    return [*found, (UNSTATED, figures["unstated"], pgettext("commitment", "Nothing stated"))]


def tally(figures: dict[str, int]) -> list[tuple[str, int, str]]:
    """(address, number, words)."""
    return [
        *[(f"?status={code}", number, label) for code, number, label in states(figures)],
        ("?status=contested", figures["contested"], pgettext("commitment", "Contested")),
        ("?late=on", figures["late"], _("Past its deadline")),
        ("?repeated=on", figures["repeated"], _("Asked several times")),
        ("?unmeasured=on", figures["without_measure"], _("Without any measure")),
        ("?unfunded=on", figures["unfunded"], _("A measure of it has no means")),
    ]
