"""Find the next step of a case."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.members.rules import WORKS
from agencies.models import Level
from foundation.statements.kept import KeptStatement
from indicators.codes.words import wording
from indicators.procedures.selectors import book
from referral.models import Clock, Orientation
from referral.orientations.rules import CARRIED, WAITING, State, is_report
from victims.cases.access import may_write
from victims.models import CaseAccess, Need

from .child_path import CRIP, Told, crip_missing, in_child_protection

DECLINED_BY_PERSON = "no_consent"  # of forms.yaml, decline_reasons: nobody is to be asked again
SOON = timedelta(days=7)  # a time limit that ends within a week comes before what can wait

RUNNING = KeptStatement(
    lambda reader, case: (
        Clock.objects.visible_to(reader)
        .filter(case=case, state=Clock.State.RUNNING)
        .select_related("checklist")
        .order_by("due_at", "id")[:1]
    )
)
NEEDS = KeptStatement(
    lambda reader, case: (
        Need.objects.visible_to(reader)
        .filter(case=case, state__in=Need.WAITING)
        .exclude(reason=DECLINED_BY_PERSON)
        .in_order()
    )
)


@dataclass(frozen=True)
class NextStep:
    """Hold what a case waits for, and until when. `href` leads to it when the reader may do it."""

    text: str
    due_at: datetime | None = None
    href: str = ""
    label: str = ""


def next_step(actor, access: CaseAccess, followed: list[Orientation], told: Told) -> NextStep:
    """Return the next step of a case for this reader.

    `followed`: its orientations, newest first; `told`: see `told_by_alerts`.

    In this order: protection of a child; an alert about one that its service left unanswered; what the reader left
    unfinished or was asked; time limits that end soon; needs nobody was asked for; answers awaited; what the reader's
    own agency carries. Three queries at most.
    """
    case, leads = access.case, access.lead
    if case.status == case.Status.CLOSED:
        href = reverse("referral:case-life", args=[case.pk]) if leads else ""
        return NextStep(
            _("The case is closed: nothing is waiting for you."), href=href, label=_("Where the case stands")
        )
    owed = leads and crip_missing(case, followed, told)
    if owed and not in_child_protection(case, followed):
        text = _("A child, or an age in doubt: tell child protection now, without waiting for an agreement.")
        return NextStep(text, href=_asking(case, CRIP), label=_("Tell child protection (CRIP)"))
    if alert := told.silent.get(actor.agency_id):  # to accept a request answers no alert: its time limit goes on
        text = _("Alert %(reference)s still waits for the answer of your service.") % {"reference": alert.reference}
        return NextStep(text, href=reverse("referral:inbox-alert", args=[alert.pk]), label=_("Answer the alert"))
    own = [o for o in followed if o.addressee_id == actor.agency_id]
    if mine := _unfinished(followed, own) if leads else _taken(own):
        return mine
    clock = next(iter(RUNNING.rows(actor, case=case.pk)), None)
    if clock and clock.due_at < timezone.now() + SOON:
        return _time_limit(clock)
    if owed:
        text = _("A child, or an age in doubt: the CRIP must have a report of concern, in writing if it is not here.")
        return NextStep(text, href=_asking(case, CRIP), label=_("Tell the CRIP"))
    if leads and (needs := _needs_without_service(actor, case, followed)):
        return _need(case, needs[0])
    return (
        _awaited(followed)
        or _carried(actor, access, followed, own)
        or (_time_limit(clock) if clock else None)
        or _received(access, followed, own)
        or _nothing_asked(actor, access, followed)
    )


def _unfinished(followed, own) -> NextStep | None:
    """Return what the lead began or was asked: a draft, a question, support to declare."""
    if draft := _first(followed, (State.DRAFT,)):
        text = _("A referral to %(agency)s waits to be sent.") % {"agency": draft.addressee}
        return NextStep(text, href=reverse("referral:orientation-preview", args=[draft.pk]), label=_("Read and send"))
    if asked := _first([o for o in followed if o not in own], (State.QUESTION,)):
        text = _("%(agency)s asks a question before it answers.") % {"agency": asked.addressee}
        return NextStep(text, asked.answer_by, _request(asked), _("Answer the question"))
    return _taken(own)


def _taken(own) -> NextStep | None:
    if taken := _first(_supports(own), (State.ACCEPTED,)):
        text = _("Say when support starts: the sender is told.")
        return NextStep(text, href=_request(taken), label=_("Open the request"))
    return None


def _time_limit(clock: Clock) -> NextStep:
    shown = book().get(clock.checklist.code) if clock.kind == Clock.Kind.STEP else None
    text = _("A time limit runs: %(kind)s.") % {"kind": wording(shown) if shown else clock.kind.label}
    return NextStep(text, clock.due_at, reverse("referral:clock-detail", args=[clock.pk]), _("Open the time limit"))


def _needs_without_service(actor, case, followed) -> list[Need]:
    """Return the needs not met for which no service is asked, the most urgent first. A report asks for no help."""
    asked = {o.service_id for o in _supports(followed) if o.state in (State.DRAFT, *WAITING, *CARRIED)}
    return [need for need in NEEDS.rows(actor, case=case.pk) if need.service_id not in asked]


def _need(case, need: Need) -> NextStep:
    said = _("Nobody has been asked yet for this need: %(need)s.")
    if need.state == Need.State.NOT_MET:
        said = _("This need is still not met: %(need)s.")
    return NextStep(said % {"need": need.service}, href=_asking(case, need.service_id), label=_("Look for a service"))


def _awaited(followed) -> NextStep | None:
    waiting = sorted((o for o in followed if o.state in WAITING), key=lambda o: (o.answer_by is None, o.answer_by))
    if not waiting:
        return None
    text = _("The answer of %(agency)s is awaited.") % {"agency": waiting[0].addressee}
    return NextStep(text, waiting[0].answer_by, _request(waiting[0]), _("Open the request"))


def _carried(actor, access, followed, own) -> NextStep | None:
    case, leads = access.case, access.lead
    carried, own = _first(_supports(followed), CARRIED), _supports(own)
    if carried is None:
        return None
    if leads and case.status == case.Status.OPEN and carried not in own:
        text = _("%(agency)s has accepted: say when support begins.") % {"agency": carried.addressee}
        if begun := _first([o for o in _supports(followed) if o not in own], (State.IN_PROGRESS,)):
            text = _("%(agency)s has begun: move the case to “Being supported”.") % {"agency": begun.addressee}
        return NextStep(text, href=reverse("referral:case-life", args=[case.pk]), label=_("Where the case stands"))
    if (mine := _first(own, CARRIED)) and not may_write(actor, access):  # the thread and the needs refuse it
        if not actor.has(*WORKS):
            return NextStep(_("Your service supports this person: nothing is waiting for you."))
        text = _("Your service supports this person: write to the lead what changes.")
        return NextStep(text, href=f"{_request(mine)}#messages", label=_("Write a message"))
    if mine:
        text = _("Your service supports this person: write down what changes.")
        return NextStep(text, href=reverse("referral:case-timeline", args=[case.pk]), label=_("Write in the thread"))
    said = _("%(agency)s has accepted: nothing is waiting for you.")
    if carried.state == State.IN_PROGRESS:
        said = _("%(agency)s supports the person: nothing is waiting for you.")
    return NextStep(said % {"agency": carried.addressee})


def _received(access, followed, own) -> NextStep | None:
    """Return where a report that a prosecutor acknowledged stands: it supports nobody, the lead still asks."""
    report = next((o for o in followed if o.state in CARRIED and is_report(o)), None)
    if report is None:
        return None
    if report in own:
        text = _("Your service has received this report. You may write to the service that made it.")
        return NextStep(text, href=f"{_request(report)}#messages", label=_("Write a message"))
    if access.lead and access.case.status == access.case.Status.OPEN:
        text = _("%(agency)s has received the report. No service helps the person yet.") % {"agency": report.addressee}
        href = reverse("referral:orientation-new", args=[access.case_id])
        return NextStep(text, href=href, label=_("Ask a service for help"))
    return NextStep(_("%(agency)s has received the report: nothing is waiting for you.") % {"agency": report.addressee})


def _supports(followed) -> list[Orientation]:
    """Return those that ask for support: a report to a prosecutor is received, and supports nobody."""
    return [o for o in followed if not is_report(o)]


def _nothing_asked(actor, access, followed) -> NextStep:
    case = access.case
    if not access.lead and case.coordination_id == actor.agency_id and access.level < Level.FILE:
        text = _("%(agency)s leads this case. Needs and requests are not shown to you: ask it where they stand.")
        return NextStep(text % {"agency": case.lead})
    if not access.lead:
        return NextStep(_("%(agency)s leads this case: nothing is waiting for you.") % {"agency": case.lead})
    href = reverse("referral:orientation-new", args=[case.pk])
    if refused := _first(followed, (State.DECLINED, State.EXPIRED)):
        text = _("%(agency)s does not take it: choose another service.") % {"agency": refused.addressee}
        return NextStep(text, href=href, label=_("Ask a service for help"))
    text = _("No request is under way.") if followed else _("No service has been asked yet.")
    return NextStep(text, href=href, label=_("Ask a service for help"))


def _asking(case, service: str) -> str:
    return f"{reverse('referral:orientation-new', args=[case.pk])}?service={service}"


def _request(orientation: Orientation) -> str:
    return reverse("referral:orientation-detail", args=[orientation.pk])


def _first(followed, states):
    return next((o for o in followed if o.state in states), None)
