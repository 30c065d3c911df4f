"""Show on the summary what is owed to a child at once.

Whatever the score, the agreement or the proof of age (CASF L226-2-1 and L226-4, code civil 375, CPP 706-50).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from agencies.directory.selectors import spoken
from agencies.members.rules import WORKS
from agencies.models import Agency, Helpline, Kind, Level
from foundation.templatetags.words import day
from referral.alerts.display import addressees
from referral.models import AlertMove, Checklist, Clock, Orientation
from referral.procedures.display import named
from referral.procedures.selectors import PROCEDURE, STEP, Report, made_elsewhere, told_elsewhere

State = Orientation.State
# orientations without result do not count
IN_VAIN = (State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.CONSENT_WITHDRAWN)
CRIP, PROSECUTOR = "child_care", "prosecution"
OWED = {Agency.Office.CRIP: CRIP, Agency.Office.PROSECUTOR: PROSECUTOR}
TOOK_UP = ("act", "acting", "with_person")  # its own word: that it was reached by phone is somebody else's
RUNAWAY = "hl_116000"


@dataclass(frozen=True)
class Line:
    """Hold one obligation: its state, and where to fulfil it when the reader may."""

    label: str
    state: str
    done: bool
    href: str = ""
    due_at: datetime | None = None
    records: str = ""  # code of the procedure whose first step records that it was done elsewhere


def owed_to(agency) -> str:
    """Return the service whose obligation is met at this agency, or ''.

    The report of concern goes to the CRIP alone: the ASE and the homes that offer the same service do not evaluate it.
    The other report goes to the prosecutor: a court of the same kind does not receive it.
    """
    return OWED.get(agency.office_held, "")


def newest_request(followed, service: str):
    """Return the newest orientation that meets what is owed to this service and is not IN_VAIN."""
    asked = (o for o in followed if o.service_id == service and o.state not in IN_VAIN)
    return next((o for o in asked if owed_to(o.addressee) == service), None)


def with_addressees(alerts):
    """Return the alerts with the moves that `told_by_alerts` reads, comments deferred. One more query."""
    moves = AlertMove.objects.defer("comment").select_related("agency").order_by("at", "id")
    return alerts.prefetch_related(Prefetch("moves", moves))


def told_by_alerts(case, alerts) -> dict[str, dict]:
    """Return service -> what the CRIP and the prosecutor did of the alerts of a child's case.

    `alerts`: those that the reader sees, `with_addressees`. One that acts comes before one that was only told.
    """
    if not case.is_minor:
        return {}
    lines = [line | {"alert": alert} for alert in alerts for line in addressees(alert.moves.all())]
    lines.sort(key=lambda line: line["did"] in TOOK_UP)
    told = Agency.objects.filter(pk__in=[line["pk"] for line in lines]).only("profile_id", "office")
    services = {agency.pk: owed_to(agency) for agency in told}
    return {service: line for line in lines if (service := services.get(line["pk"]))}


def took_up(told: dict[str, dict], service: str) -> bool:
    """Return whether the desk of this service acts on an alert, or was reached about it."""
    return service in told and told[service]["did"] in TOOK_UP


def report_made(actor, access) -> Report | None:
    """Return the report of concern recorded as made elsewhere; None when none is.

    Who reads the summary alone learns that it counts as made, and not by whose word.
    """
    if not access.case.is_minor or access.case.status == access.case.Status.CLOSED:
        return None
    if access.lead or access.level >= Level.FILE:
        return made_elsewhere(actor, access.case)
    return told_elsewhere(access.case)


def crip_missing(case, followed, told, made: Report | None = None) -> bool:
    """Return whether the CRIP must still be informed: a draft tells it nothing.

    `told`: see `told_by_alerts`; `made`: see `report_made`.
    """
    found = newest_request(followed, CRIP)
    owed = case.is_minor and case.status != case.Status.CLOSED and (found is None or found.state == State.DRAFT)
    return owed and not (made and made.counts) and not case.lead.is_crip and not took_up(told, CRIP)


def in_child_protection(case, followed) -> bool:
    """Return whether a service of child protection has the child, or the report to the CRIP is a draft.

    The report is still owed. What waits for an answer comes before it then: where no CRIP is on the platform, it is
    made in writing elsewhere, and recorded when somebody comes back to it (`report_made`).
    """
    asked = (o for o in followed if o.service_id == CRIP and o.state not in IN_VAIN)
    return case.lead.kind == Kind.CHILD_PROTECTION or any(o.state != State.DRAFT or o.addressee.is_crip for o in asked)


def child_path(actor, access, followed, told, made: Report | None = None) -> dict | None:
    """Return the obligations and the helpline for runaways. `told`: see `told_by_alerts`; `made`: see `report_made`.

    None for an adult and for a closed case; an age in doubt counts as a child.
    """
    case = access.case
    if not case.is_minor or case.status == case.Status.CLOSED:
        return None
    lines = [
        _report(actor, access, followed, told, made),
        _orientation(access, followed, told, PROSECUTOR, _("Prosecutor: report")),
    ]
    if access.lead or access.level >= Level.FILE:
        begun = set(Checklist.objects.visible_to(actor).filter(case=case).values_list("procedure", flat=True))
        lines += [
            _procedure(
                case, begun, "administrateur_ad_hoc", _("Ad hoc administrator, if the parents are absent or involved")
            ),
            _procedure(case, begun, "mineur_placement", _("Safe place away from the network")),
            _evaluation(actor, case),
        ]
    number = Helpline.objects.filter(code=RUNAWAY, active=True).first()
    return {"lines": lines, "runaway": spoken(number) if number else None}


def _report(actor, access, followed, told, made) -> Line:
    """Return the line of the CRIP: a request sent here, else the report made elsewhere, else how to record it."""
    line = _orientation(access, followed, told, CRIP, _("Child protection (CRIP): report of concern"))
    if line.done:
        return line
    if made and made.counts:
        href = reverse("referral:checklist-step", args=[made.act.checklist_id, STEP]) if made.act else ""
        return Line(line.label, _noted(actor, made), True, href)
    if made:
        line = replace(line, state=f"{line.state} ({_noted(actor, made)})")
    works = actor.has(*WORKS) and (access.lead or access.level >= Level.FILE)
    return replace(line, records=PROCEDURE) if works else line


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
        done = found.state != State.DRAFT  # nobody reads a draft
        return Line(label, said, done, reverse("referral:orientation-detail", args=[found.pk]))
    if service == CRIP and access.case.lead.is_crip:
        leads = _("The CRIP leads the case. It is still owed this report if it has none: an alert is not one")
        return Line(label, leads, True)
    if took_up(told, service):
        line = told[service]
        said = _("Alert %(reference)s: %(said)s") % {"reference": line["alert"].reference, "said": line["said"]}
        return Line(label, said, True, reverse("referral:inbox-alert", args=[line["alert"].pk]))
    href = f"{reverse('referral:orientation-new', args=[access.case_id])}?service={service}" if access.lead else ""
    owed = _("To do now, without waiting for an agreement")
    if service in told:
        silent = (
            _("told by the alert, opened, no answer")
            if told[service]["opened"]
            else _("told by the alert, not read yet")
        )
        owed = f"{owed} ({silent})"
    return Line(label, owed, False, href)


def _procedure(case, begun: set[str], code: str, label: str) -> Line:
    done = code in begun
    words = _("Procedure begun") if done else _("Procedure to begin")
    return Line(label, words, done, reverse("referral:case-procedures", args=[case.pk]))


def _evaluation(actor, case) -> Line:
    clock = Clock.objects.visible_to(actor).filter(case=case, kind=Clock.Kind.EVALUATION).order_by("-at").first()
    label = _("Evaluation by child protection within three months")
    if clock is None and case.lead.kind == Kind.CHILD_PROTECTION:
        return Line(label, _("Procedure to begin"), False, reverse("referral:case-procedures", args=[case.pk]))
    if clock is None:
        return Line(label, _("Starts when child protection accepts"), False)
    href = reverse("referral:clock-detail", args=[clock.pk])
    running = clock.state == Clock.State.RUNNING
    return Line(label, clock.get_state_display(), not running, href, clock.due_at if running else None)
