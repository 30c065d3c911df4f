"""What can be done with an alert."""

import uuid
from datetime import datetime

from django.db import IntegrityError
from django.utils import timezone

from agencies.members.rules import WRITES
from agencies.models import Agency, Kind, Territory
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed
from indicators.assessment.rules.assess import assess, replayed
from indicators.assessment.rules.explanation import explain
from indicators.catalogue import selectors as catalogue_selectors
from journal.operations import record
from notifications.operations.events import enqueue
from referral.inbox.operations.alerts import (
    move,
    taken,
    visible,
)
from referral.models import Alert, AlertContent, AlertLink
from referral.routing.rules import discretion
from referral.routing.rules.deadlines import first_due
from referral.routing.selectors import desks as desks_selectors
from victims.access.access import grant
from victims.models import AgeSide, Assessment, Case, CaseText, Grant, Observation, Urgency

from .agreements import copy_agreement, seal_contact


def start_draft(actor, *, draft_id: uuid.UUID | None = None, answers: dict | None = None) -> Alert:
    """A new draft, encrypted from its first answer; the same id again is the same alert.

    Raises NotAllowed for a membership that writes no alerts.
    """
    if not actor.has(*WRITES):
        raise NotAllowed("start")
    try:
        with guarded():
            alert = Alert.objects.create(id=draft_id or uuid.uuid4(), author=actor, agency=actor.agency)
            AlertContent.objects.create(alert=alert, data=answers or {})
    except IntegrityError as error:
        # sent twice: the actor's own is the same alert; one that is not seen is the same as none
        alert = Alert.objects.mine(actor).select_related("content").filter(pk=draft_id).first()
        if alert is None:
            raise NotFound from error
        return alert
    record("alert.start", alert)
    return alert


def own_draft(actor, alert_id, *, lock=False) -> Alert:
    """The actor's own draft, or 404."""
    drafts = Alert.objects.mine(actor).filter(state=Alert.State.DRAFT).select_related("content", "author")
    if lock:
        drafts = drafts.select_for_update(of=("self",))
    alert = drafts.filter(pk=alert_id).first()
    if alert is None:
        raise NotFound
    return alert


def save_draft(actor, alert_id, answers: dict, *, step: int, contact: dict | None = None) -> Alert:
    """Add answers to a draft; what is given replaces what stood, the rest stays.

    `contact` goes to the table apart; `{}` clears it (a change of mind about the agreement).
    """
    alert = own_draft(actor, alert_id, lock=True)
    alert.content.data = _side_changed(alert.content.data, answers)
    alert.content.save()
    alert.step = max(alert.step, step)
    alert.save(update_fields=["step", "saved_at"])
    if contact is not None:
        seal_contact(alert, contact)
    return alert


def _side_changed(before: dict, answers: dict) -> dict:
    """The answers together. If the side of age changes, signs give way to their pairs of the other side."""
    merged = {**before, **answers}
    side = SIDES.get(merged.get("minor"))
    if side and merged.get("observations") and merged.get("minor") != before.get("minor"):
        pairs, shared = catalogue_selectors.grids().pairs, shared_indicators(merged)
        merged["observations"] = replayed(merged["observations"], age_side=side, pairs=pairs, catalogue=shared)
    return merged


def discard_draft(actor, alert_id) -> None:
    alert = own_draft(actor, alert_id, lock=True)
    record("alert.discard", alert)
    seal_contact(alert, {})
    AlertContent.objects.filter(alert=alert).delete()
    # not delete(): it would first delete from tables derived by trigger, which the application may only read
    Alert.objects.filter(pk=alert.pk)._raw_delete(alert._state.db)


def urgency_of(answers: dict, now: datetime) -> str:
    """Danger now is vital; a child, a doubt about age, or little time left to reach the person is urgent."""
    if answers.get("danger") == "yes":
        return Urgency.VITAL
    until = parse_moment(answers.get("reachable_until"))
    if answers.get("minor") in ("yes", "doubt") or (until and until - now < FIRST_DAY):
        return Urgency.HIGH
    return Urgency.NORMAL


FIRST_DAY = timezone.timedelta(hours=24)
AGE_SIDES = {"yes": AgeSide.MINOR, "no": AgeSide.ADULT, "doubt": AgeSide.DOUBT}


def parse_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def send_alert(actor, alert_id) -> Alert:
    """Send a draft to the desks chosen by rule and by the author. Sending it again returns the same alert.

    Raises `routing.Incomplete` when a required answer is missing, 404 for a draft of somebody else.
    """
    own = Alert.objects.mine(actor).filter(pk=alert_id)
    # the walls let nobody lock a sent alert: a second click waits, finds no draft, and reads what was sent
    alert = own.filter(state=Alert.State.DRAFT).select_for_update(of=("self",)).first()
    if alert is None:
        alert = own.first()
        if alert is None:
            raise NotFound
        return alert
    answers, now = alert.content.data, timezone.now()
    desks_selectors.require_complete(answers)
    alert.territory = Territory.objects.get(pk=answers["territory"])
    alert.form = answers.get("form") or "unknown"
    alert.age_side = AGE_SIDES[answers["minor"]]
    alert.urgency = urgency_of(answers, now)
    alert.agreement = answers.get("agreement") or Alert.Agreement.NOT_ASKED
    alert.persons = answers.get("persons") or 1
    alert.reachable_until = parse_moment(answers.get("reachable_until"))
    alert.employer_immunity = discretion.employer_immunity(answers)
    desks, due = desks_selectors.chosen_desks(alert, answers), first_due(alert.urgency, now, alert.reachable_until)
    if desks == [alert.agency_id]:  # kept: nobody waits
        due = None
    else:
        desks = desks_selectors.with_stand_ins(alert, desks, due)
    with guarded():
        if alert.agreement != Alert.Agreement.YES or alert.agency.kind == Kind.EMPLOYER:
            seal_contact(alert, {})  # without the person's yes nothing says how to reach her, nor from a company
        alert.save()
        move(actor, alert, "send", to=desks, due=due)
    record("alert.send", alert)
    enqueue("alert_vital" if alert.urgency == Urgency.VITAL else "alert_sent", alert, to=["desk"])
    return alert


def send_danger(actor, draft_id, answers: dict) -> Alert:
    """Immediate danger: written and sent in one act; sent twice, the same alert."""
    alert = start_draft(actor, draft_id=draft_id)
    if alert.state == Alert.State.DRAFT:
        save_draft(actor, alert.pk, answers, step=1)
    return send_alert(actor, alert.pk)


def open_case(actor, alert_id) -> Case:
    """Open a case from an alert.

    A coordination unit is provisional lead with `summary`; an agency that supports people leads it. The alert's
    content and agreement are copied, its contact stays sealed with the alert (the database copies it when the lead
    is the agency that wrote it). Coordination units the alert was addressed to get `summary` on it.
    Raises NotAllowed for an agency that neither coordinates nor supports people.
    """
    alert = visible(actor, alert_id)
    agency = actor.agency
    if not (agency.is_coordination or agency.supports_people):
        raise NotAllowed("act")
    with guarded():
        move(actor, alert, "act")
        answers = alert.content.data  # after the move: who may not act may not read it either
        case = Case.objects.create(
            form=alert.form,
            age_side=alert.age_side,
            urgency=alert.urgency,
            territory=alert.territory,
            language=answers.get("language") or "",
            persons=alert.persons,
            employer_immunity=alert.employer_immunity,
            lead=agency,
            coordination=agency if agency.is_coordination else desks_selectors.coordination_of(alert.territory),
            opened_by=actor,
        )
        AlertLink.objects.create(alert=alert, case=case)
        _copy_content(actor, case, alert, answers)
        inform_coordination(actor, case, alert)
    record("case.open", case, case_id=case.pk)
    taken(actor, alert)
    enqueue("case_opened", case, to=["holders"])
    return case


def act_on(actor, alert: Alert) -> None:
    """« Dossier ouvert » for an alert that concerns several persons; a second opening finds it done already."""
    if alert.state != Alert.State.ACTED:
        move(actor, alert, "act")
        taken(actor, alert)


def join_case(actor, alert_id, case: Case) -> Case:
    """Join an alert to a case the actor's agency leads: same content copied, nobody else sees more."""
    alert = visible(actor, alert_id)
    case = (
        Case.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=case.pk, lead=actor.agency_id).first()
    )
    if case is None:
        raise NotFound
    with guarded():
        move(actor, alert, "act")
        AlertLink.objects.create(alert=alert, case=case)
        _copy_content(actor, case, alert, alert.content.data)
    record("case.join", case, case_id=case.pk)
    taken(actor, alert)
    return case


def inform_coordination(actor, case, alert) -> None:
    """Coordination units get `summary` on cases opened from alerts sent to them, without asking (design, section 4)."""
    units = (
        Agency.objects.exclude(mandate="").filter(pk__in=desks_selectors.alert_agencies(alert)).exclude(pk=case.lead_id)
    )
    for unit in units:
        grant(case, unit.pk, level=2, ground=Grant.Ground.ALERT, ground_id=alert.pk, given_by=actor)


def _copy_content(actor, case, alert, answers: dict) -> None:
    version = shared_indicators(answers).version
    observed = answers.get("observations") or {}
    Observation.objects.bulk_create(
        [
            Observation(case=case, indicator=code, value=value, catalogue_version=version, by=actor)
            for code, value in observed.items()
        ]
    )
    if observed:
        result = read_answers(answers)
        Assessment.objects.create(case=case, result=result, catalogue_version=version, by=actor)
    if alert.agency.kind == Kind.ASYLUM:
        answers = discretion.without_asylum(answers)
    if story := {k: answers[k] for k in ("note", "where", "place", "when", "when_date") if answers.get(k)}:
        CaseText.objects.create(case=case, data=story, by=actor)
    copy_agreement(actor, case, alert, answers)


SIDES = {"yes": "minor", "no": "adult", "doubt": "doubt"}


def shared_indicators(answers: dict):
    """The catalogue these answers were begun with; a published version stays for what was observed with it."""
    version = answers.get("catalogue_version")
    return catalogue_selectors.at(version) if version else catalogue_selectors.current()


def grid_for(answers: dict):
    """The short grid for the form and the side of age, in the version the answers were begun with."""
    side, form = SIDES.get(answers.get("minor"), "unknown"), answers.get("form") or "unknown"
    grid = catalogue_selectors.short_grid(form, side)
    if grid.code == answers.get("grid") and answers.get("grid_version") not in (None, grid.version):
        return catalogue_selectors.short_grid_at(grid.code, answers["grid_version"])
    return grid


def read_answers(answers: dict) -> dict:
    """The shared rules' reading of an alert's answers, in words (live explanation, assessment of the case)."""
    grid, catalogue = grid_for(answers), shared_indicators(answers)
    found = assess(
        answers.get("observations") or {},
        age_side=SIDES.get(answers.get("minor"), "unknown"),
        form=answers.get("form") or "unknown",
        immediate_danger=answers.get("danger") == "yes",
        short_grid=grid,
        catalogue=catalogue,
    )
    return explain(found, catalogue, grid)


def planned(alert: Alert) -> list[desks_selectors.Addressee]:
    """Who would receive this draft if it were sent now, with the reasons: what the check page shows."""
    answers = alert.content.data
    alert.territory = Territory.objects.get(pk=answers["territory"])
    return desks_selectors.addressees(alert, answers)
