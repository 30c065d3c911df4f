"""The figures of the register as a line of links: each leads to the rows it counts."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .commitment_filters import UNSTATED

SHOWN = ("done", "partial", "in_progress", "not_started", "obsolete")


def tally(figures: dict[str, int]) -> list[tuple[str, int, str]]:
    """(address, number, words); statuses nobody used are left out."""
    words = {
        "done": pgettext("several commitments", "implemented"),
        "partial": pgettext("several commitments", "partly"),
        "in_progress": pgettext("several commitments", "in progress"),
        "not_started": pgettext("several commitments", "not started"),
        "obsolete": pgettext("several commitments", "without object"),
    }
    found = [(f"?status={code}", figures[code], words[code]) for code in SHOWN if figures[code]]
    found.append((f"?status={UNSTATED}", figures["unstated"], _("with nothing stated")))
    found.append(("?status=contested", figures["contested"], pgettext("several commitments", "contested")))
    found.append(("?late=on", figures["late"], _("past their deadline")))
    found.append(("?repeated=on", figures["repeated"], _("asked several times")))
    found.append(("?unmeasured=on", figures["without_measure"], _("without any measure")))
    found.append(("?unfunded=on", figures["unfunded"], _("with a measure that has no means")))
    return found
