"""Describe the operations of `views/acts.py` for OpenAPI."""

from django.utils.translation import gettext_lazy

from referral.api.serializers import acts as asked
from referral.api.serializers import alerts as given
from referral.api.serializers import records as shown

from .document import answers, posts


def _ends(name, summary, request, description=""):
    return posts(name, summary, tag="alerts", request=request, response=shown.AlertDetail, description=description)


def _moves(name, summary, request=given.Nothing, description=""):
    return posts(name, summary, tag="cases", request=request, response=shown.CaseDetail, description=description)


ask_orientation = answers(
    "ask_orientation",
    gettext_lazy("Ask the sender a question"),
    given.WordsInput,
    gettext_lazy("The first question stops your clock until the sender answers; a danger to life waits for nothing."),
)
answer_question = answers("answer_question", gettext_lazy("Answer a desk's question"), given.WordsInput)
write_message = answers(
    "write_message",
    gettext_lazy("Write a message"),
    given.WordsInput,
    gettext_lazy("While the request is open, by its sender or its desk. The notice holds none of the words."),
)
send_orientation = answers(
    "send_orientation",
    gettext_lazy("Send a draft"),
    given.Nothing,
    gettext_lazy(
        "What the preview shows is frozen. 409 when agreement or ground does not cover it: `detail` says why."
    ),
)
withdraw_orientation = answers(
    "withdraw_orientation", gettext_lazy("Take back a request not answered yet"), given.Nothing
)
revoke_orientation = answers(
    "revoke_orientation",
    gettext_lazy("End the access an acceptance gave"),
    given.RevokeInput,
    gettext_lazy("For the agency that leads the case."),
)
reroute_orientation = answers(
    "reroute_orientation",
    gettext_lazy("Ask another service, after a refusal or no answer"),
    asked.RerouteInput,
    gettext_lazy("Answers the draft for that service, with the same need and reach: read it, then send it."),
)
state_of_person = _moves(
    "make_statement",
    gettext_lazy("State what your agency holds the person to be"),
    asked.StatementInput,
    gettext_lazy("For a body entitled to it, which reads the file or leads the case. What it stated before stays."),
)
act_on_alert = _ends(
    "act_on_alert",
    gettext_lazy("Open a case from an alert"),
    given.Nothing,
    gettext_lazy("For an agency that coordinates or supports people; `case` is then its id."),
)
declare_on_alert = _ends(
    "declare_on_alert",
    gettext_lazy("Say that your service acts, or that somebody is with the person"),
    given.DeclareInput,
    gettext_lazy("Stops your own time limit. About a child or a danger to life, no other service's."),
)
stand_down_alert = _ends(
    "stand_down_alert",
    gettext_lazy("Tell the other desks that they have nothing to do"),
    given.StandDownInput,
    gettext_lazy("For a desk that acts. Each confirms it; until then its time limit runs."),
)
confirm_alert = _ends(
    "confirm_alert",
    gettext_lazy("Confirm that your service has nothing to do, as a desk that acts said"),
    given.Nothing,
)
redirect_alert = _ends("redirect_alert", gettext_lazy("Send an alert on to other desks"), given.RedirectInput)
close_alert = _ends(
    "close_alert",
    gettext_lazy("Close your share of an alert, without a case"),
    given.CloseInput,
    gettext_lazy("With a reason. A low score is never one. The alert is closed when every desk has closed its share."),
)
start_support = _moves(
    "start_support",
    gettext_lazy("Say that the support of the person has begun"),
    description=gettext_lazy("By the agency that leads the case, as its three other moves; also back from follow-up."),
)
follow_up = _moves("follow_up_case", gettext_lazy("Say that follow-up after exit has begun"))
close_case = _moves(
    "close_case",
    gettext_lazy("Close a case, with its outcome"),
    given.ClosingInput,
    gettext_lazy(
        "Ends the requests under way and what other agencies hold for them: they keep the state only. Time limits set "
        "by law run on."
    ),
)
reopen_case = _moves(
    "reopen_case",
    gettext_lazy("Open a closed case again"),
    description=gettext_lazy("Gives no access back: ask the services again."),
)
