"""Show on the summary what is owed to a child at once.

Whatever the score, the agreement or the proof of age (CASF L226-2-1 and L226-4, code civil 375, CPP 706-50).
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.directory.selectors import spoken
from agencies.members.rules import WORKS
from agencies.models import Agency, Helpline, Kind, Level
from foundation.templatetags.words import day
from referral.alerts.display import addressees
from referral.models import Alert, AlertMove, Checklist, Clock, Orientation
from referral.orientations.rules import CARRIED, acknowledges, is_report
from referral.procedures.display import named
from referral.procedures.selectors import PROCEDURE, STEP, Fact, Report, made_elsewhere, report_owed, told_elsewhere
from referral.routing.selectors.desks import holding

State = Orientation.State
# orientations without result do not count
IN_VAIN = (State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.CONSENT_WITHDRAWN)
CRIP, PROSECUTOR = "child_care", "prosecution"
OWED = {Agency.Office.CRIP: CRIP, Agency.Office.PROSECUTOR: PROSECUTOR}
TOOK_UP = ("act", "acting", "with_person")  # its own word: that it was reached by phone is somebody else's
EVALUATED = 3  # the step of the evaluation, in the procedure of the report
RUNAWAY = "hl_116000"
# a request that nobody opened protects nobody yet
UNREAD = {
    CRIP: gettext_lazy("Request sent through Repère, not read yet. In danger: call the CRIP, or 119"),
    PROSECUTOR: gettext_lazy("Report sent through Repère, not read yet. In danger: call the prosecutor on duty"),
}
OWED_NOW = gettext_lazy("To do now, without waiting for an agreement")
OWED_IN_DANGER = gettext_lazy("If there is serious danger or an offence: to do now, without waiting for an agreement")


@dataclass(frozen=True)
class Line:
    """Hold one obligation: its state, and where to fulfil it when the reader may."""

    label: str
    state: str
    done: bool
    href: str = ""
    due_at: datetime | None = None
    records: str = ""  # code of the procedure whose first step records that it was done elsewhere


@dataclass(frozen=True)
class Told:
    """Hold what the CRIP and the prosecutor did of the alerts of a child's case, of those that the reader sees."""

    desks: dict[str, dict] = field(default_factory=dict)  # by service; one that acts before one that was only told
    # by alert, and CRIP that has it still: whether it took it up
    crip: dict[tuple[UUID, int], bool] = field(default_factory=dict)
    silent: dict[int, Alert] = field(default_factory=dict)  # by agency that has it still and said nothing of it
    owed: list[Fact] = field(default_factory=list)  # what the CRIP is owed a report of, while the case is open


def owed_to(agency) -> str:
    """Return the service whose obligation is met at this agency, or ''.

    The report of concern goes to the CRIP alone: the ASE and the homes that offer the same service do not evaluate it.
    The other report goes to the prosecutor: a court of the same kind does not receive it.
    """
    return OWED.get(agency.office_held, "")


def newest_request(followed, service: str):
    """Return the newest orientation that meets what is owed to this service and is not IN_VAIN; a draft, only alone.

    Whatever a prosecutor is asked is a report, but a transfer, which it cannot accept.
    """
    asked = [o for o in followed if o.state not in IN_VAIN and owed_to(o.addressee) == service]
    owed = [o for o in asked if (acknowledges(o) if service == PROSECUTOR else o.service_id == service)]
    return next((o for o in owed if o.state != State.DRAFT), owed[0] if owed else None)


def with_addressees(alerts):
    """Return the alerts with the moves that `told_by_alerts` reads, comments deferred. One more query."""
    moves = AlertMove.objects.defer("comment").select_related("agency").order_by("at", "id")
    return alerts.prefetch_related(Prefetch("moves", moves))


def told_by_alerts(case, alerts) -> Told:
    """Return what the CRIP and the prosecutor did of the alerts. `alerts`: those of the reader, `with_addressees`."""
    if not case.is_minor:
        return Told()
    lines = [line | {"alert": alert} for alert in alerts for line in addressees(alert.moves.all())]
    lines.sort(key=lambda line: line["did"] in TOOK_UP)
    told = Agency.objects.filter(pk__in=[line["pk"] for line in lines]).only("profile_id", "office")
    services = {agency.pk: owed_to(agency) for agency in told}
    held = {alert.pk: holding(alert) for alert in alerts}
    return Told(
        {service: line for line in lines if (service := services.get(line["pk"]))},
        {
            (line["alert"].pk, line["pk"]): line["did"] in TOOK_UP
            for line in lines
            if services.get(line["pk"]) == CRIP and line["pk"] in held[line["alert"].pk]
        },
        {line["pk"]: line["alert"] for line in lines if not line["did"] and line["pk"] in held[line["alert"].pk]},
        [] if case.status == case.Status.CLOSED else report_owed(case),
    )


def took_up(told: Told, service: str) -> bool:
    """Return whether the desk of this service acts on an alert, or was reached about it."""
    return service in told.desks and told.desks[service]["did"] in TOOK_UP


def report_made(actor, access, told: Told) -> Report | None:
    """Return the report of concern recorded as made elsewhere; None when none is. `told`: see `told_by_alerts`.

    Who reads the summary alone learns that it counts as made, and not by whose word.
    """
    if not access.case.is_minor or access.case.status == access.case.Status.CLOSED:
        return None
    if access.lead or access.level >= Level.FILE:
        return made_elsewhere(actor, access.case, told.owed)
    return told_elsewhere(told.owed)


def untold(followed, told: Told) -> list[Fact]:
    """Return that of which nobody told the CRIP: neither a writing, nor a request sent since it joined the case, nor
    an alert that a CRIP took up, or that waits at the one that has a request: the alert's own time limit holds there.
    """
    sent = [o for o in followed if _tells_crip(o)]
    asked = {o.addressee_id for o in sent}

    def heard(fact: Fact) -> bool:
        if fact.told or any(took or pk in asked for (alert, pk), took in told.crip.items() if alert == fact.id):
            return True
        return fact.joined is not None and any(o.sent_at and o.sent_at >= fact.joined for o in sent)

    return [fact for fact in told.owed if not heard(fact)]


def _tells_crip(orientation) -> bool:
    """Return whether this is a request that the CRIP has: a draft tells it nothing."""
    lost = orientation.state in (State.DRAFT, *IN_VAIN)
    return orientation.service_id == CRIP and not lost and owed_to(orientation.addressee) == CRIP


def crip_missing(case, followed, told: Told) -> bool:
    """Return whether the CRIP must still be informed of what it is owed a report of. `told`: see `told_by_alerts`."""
    return not case.lead.is_crip and bool(untold(followed, told))


def in_child_protection(case, followed) -> bool:
    """Return whether a service of child protection has the child, or the report to the CRIP is a draft.

    The report is still owed. What waits for an answer comes before it then: where no CRIP is on the platform, it is
    made in writing elsewhere, and recorded when somebody comes back to it (`report_made`). A CRIP that has an older
    request and was told nothing since is told first.
    """
    asked = (o for o in followed if o.service_id == CRIP and o.state not in IN_VAIN and not is_report(o))
    return case.lead.kind == Kind.CHILD_PROTECTION or any(
        (o.state == State.DRAFT) == o.addressee.is_crip for o in asked
    )


def child_path(actor, access, followed, told, made: Report | None = None) -> dict | None:
    """Return the obligations and the helpline for runaways. `told`: see `told_by_alerts`; `made`: see `report_made`.

    None for an adult and for a closed case; an age in doubt counts as a child.
    """
    case = access.case
    if not case.is_minor or case.status == case.Status.CLOSED:
        return None
    reads = access.lead or access.level >= Level.FILE
    clocks = _clocks(actor, case) if reads else {}
    report = _report(actor, access, followed, told, made)
    due = clocks.get(STEP)
    if not report.done and due and due.state == Clock.State.RUNNING:
        report = replace(report, due_at=due.due_at)
    lines = [
        report,
        _orientation(access, followed, told, PROSECUTOR, _("Prosecutor: report (serious danger or offence)")),
    ]
    if reads:
        begun = {begun.code for begun in Checklist.objects.visible_to(actor).filter(case=case)}
        lines += [
            _procedure(
                case, begun, "administrateur_ad_hoc", _("Ad hoc administrator, if the parents are absent or involved")
            ),
            _procedure(case, begun, "mineur_placement", _("Safe place away from the network")),
            _evaluation(case, clocks.get(EVALUATED)),
        ]
    number = Helpline.objects.filter(code=RUNAWAY, active=True).first()
    # neither is done: which of the two comes is said
    to_report = not lines[0].done and not lines[1].done
    return {"lines": lines, "to_report": to_report, "runaway": spoken(number) if number else None}


def _report(actor, access, followed, told, made) -> Line:
    """Return the line of the CRIP: a request sent here, else the report made elsewhere, else how to record it."""
    line = _orientation(access, followed, told, CRIP, _("Child protection (CRIP): report of concern"))
    case = access.case
    if line.done:
        left = [] if case.lead.is_crip else untold(followed, told)
        if not left:
            return line
        line = Line(line.label, f"{OWED_NOW} ({_not_told(access, line, left)})", False, _asking(access, CRIP))
        made = None  # what it says of a writing is of what was told
    if made and made.counts:
        href = reverse("referral:checklist-step", args=[made.act.checklist_id, STEP]) if made.act else ""
        return Line(line.label, _noted(actor, made), True, href)
    if made:
        line = replace(line, state=f"{line.state} ({_noted(actor, made)})")
    works = actor.has(*WORKS) and (access.lead or access.level >= Level.FILE)
    return replace(line, records=PROCEDURE) if works else line


def _not_told(access, line: Line, left: list[Fact]) -> str:
    """Return what was done, and that it does not tell of what joined since; of which alert, to who reads the file."""
    if not (access.lead or access.level >= Level.FILE):
        return _("%(done)s. It does not tell of what joined the case since") % {"done": line.state}
    said = _("%(done)s. It does not tell of: %(alerts)s")
    return said % {"done": line.state, "alerts": get_text_list([named(fact) for fact in left], _("and"))}


def _asking(access, service: str) -> str:
    """Return the page on which the lead asks for this service; nothing for another reader."""
    return f"{reverse('referral:orientation-new', args=[access.case_id])}?service={service}" if access.lead else ""


def _noted(actor, made: Report) -> str:
    """Return what was recorded: by whom of the reader's own agency, by which other agency; to who reads the summary
    alone, on which day.
    """
    if made.act is None:
        return _("Noted as made in writing on %(day)s") % {"day": day(made.on)}
    act, by = made.act, made.act.by
    who = by.agency.name
    if by.agency_id == actor.agency_id:
        who = f"{by.called}, {by.title}" if by.user and by.title else by.called
    said = _("Noted as made in writing on %(day)s: %(who)s")
    if not made.written:
        said = _("Noted as made on %(day)s, not in writing: %(who)s")
    elif not made.own:
        said = _("Noted as made on %(day)s, to confirm by who leads the case: %(who)s")
    elif made.on is None:
        said = _("Noted as made on %(day)s, before what is told now: %(who)s")
    elif not made.counts:
        said = _("Noted as made in writing on %(day)s: %(who)s. No writing tells yet of: %(alerts)s")
    return said % {
        "day": day(act.on),
        "who": who,
        "alerts": get_text_list([named(fact) for fact in made.untold], _("and")),
    }


def _orientation(access, followed, told, service: str, label: str) -> Line:
    found = newest_request(followed, service)
    if found:
        said = _("Request: %(state)s") % {"state": found.get_state_display().lower()}
        if found.state == State.SENT:
            said = UNREAD[service]
        elif found.state in CARRIED and is_report(found):
            said = _("Received by the prosecutor")
        done = found.state != State.DRAFT  # nobody reads a draft
        return Line(label, said, done, reverse("referral:orientation-detail", args=[found.pk]))
    if service == CRIP and access.case.lead.is_crip:
        leads = _("The CRIP leads the case. It is still owed this report if it has none: an alert is not one")
        if access.lead:
            leads = _(
                "Your service leads the case. Ask for this report if you have none; evaluate without waiting for it"
            )
        return Line(label, leads, True)
    if took_up(told, service):
        line = told.desks[service]
        said = _("Alert %(reference)s: %(said)s") % {"reference": line["alert"].reference, "said": line["said"]}
        href = reverse("referral:inbox-alert", args=[line["alert"].pk])
        if service == PROSECUTOR:  # a report is in writing (code de procédure pénale, article 40): an alert is not one
            said = _("%(alert)s. The report in writing is still to be sent: an alert is not one") % {"alert": said}
            return Line(label, said, False, _asking(access, service) or href)
        return Line(label, said, True, href)
    owed = str(OWED_IN_DANGER if service == PROSECUTOR else OWED_NOW)
    if service in told.desks and not told.desks[service]["gone"]:
        silent = (
            _("told by the alert, opened, no answer")
            if told.desks[service]["opened"]
            else _("told by the alert, not read yet")
        )
        owed = f"{owed} ({silent})"
    return Line(label, owed, False, _asking(access, service))


def _procedure(case, begun: set[str], code: str, label: str) -> Line:
    done = code in begun
    words = _("Procedure begun") if done else _("Procedure to begin")
    return Line(label, words, done, reverse("referral:case-procedures", args=[case.pk]))


def _clocks(actor, case) -> dict[int, Clock]:
    """Return the last time limit of the report of concern and of its evaluation, by step."""
    of = Clock.objects.visible_to(actor).filter(case=case, checklist__procedure=PROCEDURE, step__in=(STEP, EVALUATED))
    return {clock.step: clock for clock in of.order_by("at", "id")}


def _evaluation(case, clock: Clock | None) -> Line:
    label = _("Evaluation by child protection within three months")
    if clock is None and case.lead.kind == Kind.CHILD_PROTECTION:
        return Line(label, _("Procedure to begin"), False, reverse("referral:case-procedures", args=[case.pk]))
    if clock is None:
        return Line(label, _("Starts when child protection accepts"), False)
    href = reverse("referral:clock-detail", args=[clock.pk])
    running = clock.state == Clock.State.RUNNING
    return Line(label, clock.get_state_display(), not running, href, clock.due_at if running else None)
