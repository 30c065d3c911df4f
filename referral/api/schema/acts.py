"""Describe the operations of `views/acts.py` for OpenAPI."""

from django.utils.translation import gettext_lazy

from referral.api.serializers import acts as asked
from referral.api.serializers import alerts as given
from referral.api.serializers import records as shown
from referral.api.serializers.sections.orienting import PreviewShown

from .document import answers, posts, reads


def ends(name, summary, request, description="", of="get_alert"):
    """Describe a POST on one alert, which returns its detail. `of`: see `posts`."""
    said = {"request": request, "response": shown.AlertDetail, "description": description}
    return posts(name, summary, tag="alerts", of=of, urgent=bool(of), **said)


def moves(name, summary, request, description="", of="get_case"):
    """Describe a POST on one case, which returns its detail. `of`: see `posts`."""
    said = {"request": request, "response": shown.CaseDetail, "description": description}
    return posts(name, summary, tag="cases", of=of, **said)


preview_orientation = reads(
    "preview_orientation",
    gettext_lazy("Read a draft as its service would"),
    PreviewShown,
    gettext_lazy("Sending freezes this, and nothing else. A name or a contact shown counts as read."),
    tag="orientations",
)
send_orientation = answers(
    "send_orientation",
    gettext_lazy("Send a draft"),
    asked.SendInput,
    gettext_lazy(
        "What the preview shows is frozen. 409 when agreement or ground does not cover it: `detail` says why."
    ),
    of="preview_orientation",
)
reroute_orientation = answers(
    "reroute_orientation",
    gettext_lazy("Ask another service, after a refusal or no answer"),
    asked.RerouteInput,
    gettext_lazy("Answers the draft for that service, with the same need and reach: read it, then send it."),
    of="",
)
state_of_person = moves(
    "make_statement",
    gettext_lazy("State what your agency holds the person to be"),
    asked.StatementInput,
    gettext_lazy("For a body entitled to it, which reads the file or leads the case. What it stated before stays."),
    of="",
)
add_to_alert = ends(
    "add_to_alert",
    gettext_lazy("Add what you learned since you sent it"),
    given.AdditionInput,
    gettext_lazy("For the program that sent the alert; the services that have it are told. In every state."),
    of="",
)
address_alert = ends(
    "address_alert",
    gettext_lazy("Send an alert that your agency keeps to the coordination"),
    given.Nothing,
    gettext_lazy("For the program that sent it, while nobody else has it."),
    of="",
)
finish_alert = ends(
    "finish_alert",
    gettext_lazy("Close an alert that your agency keeps"),
    given.FinishInput,
    gettext_lazy("For the program that sent it, while nobody else has it."),
)
join_alert = ends(
    "join_alert",
    gettext_lazy("Join an alert to a case that your agency leads"),
    given.JoinInput,
    gettext_lazy("Where `actions` names `act`: the same person has a case already. Nobody else sees more of it."),
)
act_on_alert = ends(
    "act_on_alert",
    gettext_lazy("Open a case from an alert"),
    given.Nothing,
    gettext_lazy("For an agency that coordinates or supports people; `case` is then its id."),
)
close_case = moves(
    "close_case",
    gettext_lazy("Close a case, with its outcome"),
    given.ClosingInput,
    gettext_lazy(
        "Ends the requests under way and what other agencies hold for them: they keep the state only. Time limits set "
        "by law run on."
    ),
)
