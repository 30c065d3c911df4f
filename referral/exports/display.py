"""Describe an export: its possible actions and its history."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from foundation.workflow import actions
from referral.models import WITHOUT_APPROVAL, Export
from referral.workflow import EXPORT

from .operations import from_outside, sides

STEPS = {
    "queue": format_lazy(_("Asked; {rows} rows at most, no second person needed"), rows=WITHOUT_APPROVAL),
    "submit": _("Asked; waiting for a second person"),
    "approve": _("Approved"),
    "refuse": _("Refused: nothing was made"),
    "build": _("The file is being made"),
    "finish": _("The file is ready"),
    "fetch": _("Handed over; the platform keeps no copy"),
    "cancel": _("Given up by the person who asked"),
    "stop": _("Stopped: the person who asked may no longer act, or has taken out as many names as seven days allow"),
    "expire": _("Out of time: nothing is kept"),
}
# done by the worker in the asker's name: no button
BY_WORKER = {"build", "finish"}


def described(actor, export: Export) -> Export:
    """Set on the export `available` actions, `from_outside` and `percent`; return it."""
    export.available = [
        name for name in actions(EXPORT, export.state, side=sides(actor, export), actor=actor) if name not in BY_WORKER
    ]
    export.from_outside = from_outside(actor, export)
    export.percent = 100 * export.done // export.total
    return export


def too_many_names(left: int) -> str:
    """Return what to do when the seven days hold no more than `left` people with identity or contact."""
    if not left:
        return str(
            _(
                "You have read as many identities or contacts in seven days as one may. A second person of your "
                "organisation can lift this limit: see “Records viewed over the limit”."
            )
        )
    return ngettext(
        "In seven days one person takes out or reads a limited number of identities: you have %(left)s person left. "
        "Filter the list, or leave identity and contact out.",
        "In seven days one person takes out or reads a limited number of identities: you have %(left)s people left. "
        "Filter the list, or leave identity and contact out.",
        left,
    ) % {"left": left}


def steps_of(export: Export) -> list:
    """Return the moves newest first, each with `words`."""
    moves = list(export.moves.select_related("membership__user", "agency"))
    for move in moves:
        move.words = STEPS[move.action]
    return moves[::-1]
