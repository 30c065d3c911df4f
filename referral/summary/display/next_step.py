"""Find the next step of a case."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from referral.models import Orientation
from referral.orientations.rules import CARRIED, WAITING, State

from .child_path import CRIP, crip_missing


@dataclass(frozen=True)
class NextStep:
    """Hold what a case waits for, and until when. `href` leads to it when the reader may do it."""

    text: str
    due_at: datetime | None = None
    href: str = ""
    label: str = ""


def next_step(case, leads: bool, followed: list[Orientation], agency_id: int) -> NextStep:
    """Return the next step, from the orientations (newest first).

    Protection of a child comes first, then what the reader's own agency accepted: only it can report the state.
    """
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
