"""How orientations stand, read from their moves: the sender sees no desk row of another agency, moves say it all."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency

from .child_path import CRIP, crip_missing
from .models import Orientation, OrientationMove

State = Orientation.State
WAITING = (State.SENT, State.OPENED, State.QUESTION)
CARRIED = (State.ACCEPTED, State.IN_PROGRESS)
# what was done at a step; silence changes no state, so a state's word would not say it
STEPS = {
    "send": gettext_lazy("Sent"),
    "open": gettext_lazy("Opened"),
    "act": gettext_lazy("Case opened"),
    "redirect": gettext_lazy("Redirected"),
    "readdress": gettext_lazy("No answer: sent to another service"),
    "close": gettext_lazy("Closed"),
    "escalate": gettext_lazy("No answer: escalated"),
    "accept": gettext_lazy("Accepted"),
    "decline": gettext_lazy("Declined"),
    "start": gettext_lazy("In progress"),
    "complete": gettext_lazy("Completed"),
    "withdraw": gettext_lazy("Withdrawn"),
    "expire": gettext_lazy("No answer"),
    "withdraw_consent": gettext_lazy("Agreement withdrawn"),
    "ask": gettext_lazy("Question asked"),
    "answer": gettext_lazy("Question answered"),
    "revoke": gettext_lazy("Access ended"),
    "hand_on": gettext_lazy("Handed on"),
    "lapse": gettext_lazy("Run out"),
}


@dataclass(frozen=True)
class NextStep:
    """What a case waits for, and until when. `href` leads to it, when it is the reader's to do."""

    text: str
    due_at: datetime | None = None
    href: str = ""
    label: str = ""


def with_moves(orientations):
    """The same rows with their moves, in one more statement; comments stay sealed."""
    moves = OrientationMove.objects.defer("comment").select_related("agency")
    return orientations.select_related("addressee", "service", "sender").prefetch_related(Prefetch("moves", moves))


def follow(orientations) -> list[Orientation]:
    """Adds to each: `last` (move) and `opened_at`."""
    found = list(orientations)
    for orientation in found:
        moves = list(orientation.moves.all())
        orientation.last = moves[-1] if moves else None
        orientation.opened_at = next((m.at for m in moves if m.action == "open"), None)
    return found


def steps(moves, reasons: dict[str, str]) -> list:
    """Moves newest first, each with `words`, `family`, `reason_words`, and `told`: the names of who it was sent to."""
    found = list(moves)
    told = {pk for move in found for pk in move.to_agencies}
    names = dict(Agency.objects.filter(pk__in=told).values_list("pk", "name")) if told else {}
    for move in found:
        move.words = STEPS.get(move.action, move.action)
        move.family = "expired" if move.action == "escalate" else move.after
        move.reason_words = reasons.get(move.reason, "")
        move.told = [names[pk] for pk in move.to_agencies if pk in names]
    return found[::-1]


def next_step(case, leads: bool, followed: list[Orientation], agency_id: int) -> NextStep:
    """The one thing to do now on a case, from its orientations (newest first). A child's protection comes first, then
    what the reader's own agency took on: its state is the reader's to say."""
    if case.status == case.Status.CLOSED:
        href = reverse("referral:case-life", args=[case.pk]) if leads else ""
        return NextStep(_("The case is closed: nothing waits for you."), href=href, label=_("Where the case stands"))
    if leads and crip_missing(case, followed):
        href = f"{reverse('referral:orientation-new', args=[case.pk])}?service={CRIP}"
        text = _("A child, or an age in doubt: tell child protection now, without waiting for an agreement.")
        return NextStep(text, href=href, label=_("Tell child protection (CRIP)"))
    if leads and (draft := _first(followed, (State.DRAFT,))):
        text = _("An orientation to %(agency)s waits to be sent.") % {"agency": draft.addressee}
        return NextStep(text, href=reverse("referral:orientation-preview", args=[draft.pk]), label=_("Read and send"))
    own = [o for o in followed if o.addressee_id == agency_id]
    if taken := _first(own, (State.ACCEPTED,)):
        text, label = _("Say when support starts: the sender follows it."), _("Open the request")
        return NextStep(text, href=reverse("referral:orientation-detail", args=[taken.pk]), label=label)
    if waiting := _first(followed, WAITING):
        text = _("The answer of %(agency)s is awaited.") % {"agency": waiting.addressee}
        return NextStep(text, waiting.answer_by, reverse("referral:orientation-detail", args=[waiting.pk]), _("Follow"))
    if carried := _first(followed, CARRIED):
        if leads and case.status == case.Status.OPEN:
            text = _("%(agency)s has accepted: say when support begins.") % {"agency": carried.addressee}
            return NextStep(text, href=reverse("referral:case-life", args=[case.pk]), label=_("Where the case stands"))
        return NextStep(_("%(agency)s has accepted: nothing waits for you.") % {"agency": carried.addressee})
    if not leads:
        return NextStep(_("%(agency)s leads this case: nothing waits for you.") % {"agency": case.lead})
    href = reverse("referral:orientation-new", args=[case.pk])
    if refused := _first(followed, (State.DECLINED, State.EXPIRED)):
        text = _("%(agency)s does not take it: choose another service.") % {"agency": refused.addressee}
        return NextStep(text, href=href, label=_("Choose another service"))
    text = _("No request is under way.") if followed else _("No service has been asked yet.")
    return NextStep(text, href=href, label=_("Orient"))


def _first(followed, states):
    return next((o for o in followed if o.state in states), None)
