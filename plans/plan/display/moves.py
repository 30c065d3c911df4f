"""Describe the moves offered on the page of a plan: label and effect."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from foundation.workflow import actions
from plans import access
from plans.plan.operations.moves import INNER
from plans.workflow import PLAN


@dataclass(frozen=True)
class Button:
    """Describe a move; `main`: offered as a main action."""

    action: str
    label: str
    effect: str
    main: bool = True


BUTTONS = {
    button.action: button
    for button in (
        Button(
            "consult",
            _("Publish the text for consultation"),
            _(
                "The public reads the text as it stands now. To ask for opinions, then open a consultation,"
                " with its questions and dates, on the page “Consultations”."
            ),
        ),
        Button(
            "arbitrate",
            _("Go to arbitration"),
            _("Ministries settle what remains. A consultation that is still open stays so until its last day."),
        ),
        Button("publish", _("Publish"), _("The gate is asked; the version is frozen with its checksum.")),
        Button(
            "prepare",
            _("Prepare an amendment"),
            _("Measures may be written again; the public keeps the last version."),
        ),
        Button("amend", _("Publish the amendment"), _("The gate is asked; a new version is frozen.")),
        Button("abandon", _("Abandon the amendment"), _("Everything comes back to the last version."), False),
        Button("review", _("Mid-term review"), _("A dated snapshot is kept, with what is missing that day."), False),
        Button(
            "close",
            _("Close the plan"),
            _("Its last version is frozen; unfinished measures may be carried over."),
            False,
        ),
    )
}


def moves_of(actor, plan) -> list[Button]:
    """Return the moves this actor may make now."""
    found = actions(PLAN, plan.state, side=access.sides(actor), actor=actor)
    preparing = plan.amending_since is not None
    hidden = {*INNER, *(("prepare", "close") if preparing else ("amend", "abandon"))}
    return [BUTTONS[action] for action in found if action not in hidden]
