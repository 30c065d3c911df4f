"""Write, keep, discard and send an alert; open a case from it, or join it to one."""

import uuid

from django.db import IntegrityError
from django.utils import timezone

from agencies.members.rules import WORKS, WRITES
from agencies.models import Agency, Kind, Membership, Territory
from foundation.errors import NotFound, guarded
from foundation.statements.kept import KeptStatement
from foundation.words import free_text
from foundation.workflow import NotAllowed, WrongState
from indicators.catalogue.selectors import replay_signs
from journal.operations import record
from notifications.operations.events import enqueue
from referral.alerts import rules
from referral.alerts.selectors import catalogue_of, contact_of, reading_of, story_of
from referral.inbox.operations.alerts import move, notify_taken, row_of, visible
from referral.models import Alert, AlertContact, AlertContent, AlertLink, AlertOffence
from referral.routing.rules import discretion
from referral.routing.rules.deadlines import first_due
from referral.routing.selectors import desks as desks_selectors
from victims.access.access import grant
from victims.access.operations.assignment import assign_member
from victims.matching.operations import request_comparison
from victims.models import Assessment, Case, CaseText, Grant, Observation, Urgency

from .agreements import copy_agreement

# « À qui est ce numéro ? » : somebody who controls the person, or nobody knows
NOT_TO_CALL = ("controller", "unknown")


def start_draft(actor, *, draft_id: uuid.UUID | None = None, answers: dict | None = None) -> Alert:
    """Create a draft, encrypted from its first answer; the same id again returns the same alert.

    It begins with how an agency of this kind meets people, when that is one way.

    Raises NotAllowed for a membership that writes no alerts.
    """
    if not actor.has(*WRITES):
        raise NotAllowed("start")
    known = {"detection": found} if (found := rules.DETECTED_BY.get(actor.agency.kind)) else {}
    try:
        with guarded():
            alert = Alert.objects.create(id=draft_id or uuid.uuid4(), author=actor, agency=actor.agency)
            AlertContent.objects.create(alert=alert, data={**known, **(answers or {})})
    except IntegrityError as error:
        # sent twice: the actor's own is the same alert; one that is not seen is the same as none
        alert = Alert.objects.mine(actor).select_related("content").filter(pk=draft_id).first()
        if alert is None:
            raise NotFound from error
        return alert
    record("alert.start", alert)
    return alert


def _draft(reader, alert):
    drafts = Alert.objects.mine(reader).filter(state=Alert.State.DRAFT, pk=alert)
    return drafts.select_related("content", "author")


DRAFT = KeptStatement(_draft)
LOCKED = KeptStatement(lambda reader, alert: _draft(reader, alert).select_for_update(of=("self",)))


def own_draft(actor, alert_id, *, lock=False) -> Alert:
    """Return a draft of the actor, with its content. Raises NotFound."""
    found = (LOCKED if lock else DRAFT).rows(actor, alert=alert_id)
    if not found:
        raise NotFound
    return found[0]


def save_draft(actor, alert_id, answers: dict, *, step: int, contact: dict | None = None) -> Alert:
    """Add answers to a draft and return it; what is given replaces what stood, the rest stays.

    If the side of age changes, signs give way to their pairs of the other side. `step`: the page reached; `contact`
    goes to its own table, `{}` clears it. Raises NotFound.
    """
    alert = own_draft(actor, alert_id, lock=True)
    if contact is not None:
        seal_contact(alert, contact)
    alert.step = max(alert.step, step)
    alert.save(update_fields=["step", "saved_at"])
    before, alert.content.data = alert.content.data, {**alert.content.data, **answers}
    kept = alert.content.data
    if "note" in answers and answers["note"] != before.get("note"):
        kept.pop("adult_sure", None)  # said of other words
    if kept.get("observations") and kept.get("minor") not in (None, "", before.get("minor")):
        side, version = rules.age_side(kept), kept.get("catalogue_version")
        kept["observations"] = replay_signs(kept["observations"], age_side=side, version=version)
    alert.content.save()
    return alert


def seal_contact(alert: Alert, contact: dict) -> None:
    """Keep the safe contact of a draft; `{}` clears it (a change of mind about the agreement).

    A number that may be the exploiter's is no way to reach the person: the contact keeps « Ne pas appeler » only, and
    the number stands apart as offence data, which an association never receives (RGPD art. 10).
    """
    AlertContact.objects.filter(alert=alert).delete()
    AlertOffence.objects.filter(alert=alert).delete()
    if not contact:
        return
    if contact.get("whose") in NOT_TO_CALL:
        if contact.get("value"):
            number = {"channel": contact.get("channel") or "", "number": contact["value"], "whose": contact["whose"]}
            AlertOffence.objects.create(alert=alert, data=number)
        contact = {"whose": contact["whose"], "do_not_call": True}
    AlertContact.objects.create(alert=alert, data=contact)


def answer_age(actor, alert_id, age: str) -> None:
    """Answer whether the person of whom the note tells a child is one: `yes`, `doubt`, or `no`, an adult for sure.

    Raises NotFound.
    """
    said = {"minor": age, "adult_sure": age == "no"}
    save_draft(actor, alert_id, said, step=rules.CHECK)


def clean_note(actor, alert_id, *, move: bool) -> bool:
    """Take the numbers out of the note of a draft and return whether one became the safe contact.

    `move`: take out the first number or address only, into the contact, to be completed there. It moves nothing without
    the person's agreement, nor from a company. Raises NotFound.
    """
    alert = own_draft(actor, alert_id, lock=True)
    answers, contact = alert.content.data, contact_of(alert)
    may_move = move and answers.get("agreement") == "yes" and actor.agency.kind != Kind.EMPLOYER
    note = answers.get("note") or ""
    found = free_text.found_in(note)
    moved = [item for item in found if item.kind in ("phone", "email")][:1] if may_move else []
    note = free_text.without(note, moved or found)
    if moved:
        contact.pop("do_not_call", None)
        contact["value"] = moved[0].text
    save_draft(actor, alert_id, {"note": note}, step=rules.CHECK, contact=contact if moved else None)
    return bool(moved)


def discard_draft(actor, alert_id) -> None:
    """Erase a draft with its answers and its contact. Raises NotFound."""
    alert = own_draft(actor, alert_id, lock=True)
    record("alert.discard", alert)
    seal_contact(alert, {})
    AlertContent.objects.filter(alert=alert).delete()
    # not delete(): it would first delete from tables derived by trigger, which the application may only read
    Alert.objects.filter(pk=alert.pk)._raw_delete(alert._state.db)


def send_alert(actor, alert_id) -> Alert:
    """Send a draft to the desks chosen by rule and by the author. Sending it again returns the same alert.

    Raises Incomplete when a required answer is missing, NotFound for a draft of somebody else.
    """
    own = Alert.objects.mine(actor).filter(pk=alert_id)
    # the walls let nobody lock a sent alert: a second click waits, finds no draft, and reads what was sent
    alert = own.filter(state=Alert.State.DRAFT).select_for_update(of=("self",)).first()
    if alert is None:
        alert = own.first()
        if alert is None:
            raise NotFound
        return alert
    if rules.told_young(alert.content.data):
        # whose answer is what: the desks read that the author said « no »
        save_draft(actor, alert.pk, {"minor": "doubt", "minor_said": "no"}, step=rules.CHECK)
        alert = own.select_related("content").get()
    answers, now = alert.content.data, timezone.now()
    rules.require_complete(answers)
    alert.territory = Territory.objects.get(pk=answers["territory"])
    alert.form = answers.get("form") or "unknown"
    alert.age_side = rules.age_side(answers)
    alert.urgency = rules.urgency(answers, now)
    alert.agreement = answers.get("agreement") or Alert.Agreement.NOT_ASKED
    alert.persons = answers.get("persons") or 1
    alert.reachable_until = rules.reachable_until(answers)
    alert.employer_immunity = discretion.employer_immunity(answers)
    desks, due = desks_selectors.chosen_desks(alert, answers), first_due(alert.urgency, now, alert.reachable_until)
    if desks == [alert.agency_id]:
        if alert.agreement == Alert.Agreement.NO and not desks_selectors.ground_of(answers):
            due = None  # kept, since the person refused: nobody waits
    else:
        desks = desks_selectors.with_stand_ins(alert, desks, due)
    with guarded():
        if alert.agreement != Alert.Agreement.YES or alert.agency.kind == Kind.EMPLOYER:
            seal_contact(alert, {})  # without the person's yes nothing says how to reach her, nor from a company
        alert.save()
        move(actor, alert, "send", to=desks, due=due)
    record("alert.send", alert)
    # these desks only: one that an escalation adds before the worker notifies is told of that
    enqueue("alert_vital" if alert.urgency == Urgency.VITAL else "alert_sent", alert, to=["desk"], agencies=desks)
    return alert


def send_danger(actor, draft_id, answers: dict) -> Alert:
    """Write and send an alert of immediate danger; sent again, it returns the same alert. Raises as `send_alert`."""
    alert = start_draft(actor, draft_id=draft_id)
    if alert.state == Alert.State.DRAFT:
        save_draft(actor, alert.pk, answers, step=1)
    return send_alert(actor, alert.pk)


def open_case(actor, alert_id) -> Case:
    """Open a case from an alert.

    A coordination unit is provisional lead with `summary`; an agency that supports people leads it. The alert's
    content and agreement are copied, its contact stays sealed with the alert (the database copies it when the lead
    is the agency that wrote it). Coordination units the alert was addressed to get `summary` on it.
    Of a child whose alert a CRIP let go of, the report to it is owed, with its time limit (nrm.report_of_link).
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
            lead=agency,
            coordination=agency if agency.is_coordination else desks_selectors.coordination_of(alert.territory),
            opened_by=actor,
        )
        AlertLink.objects.create(alert=alert, case=case)
        case.refresh_from_db(fields=["employer_immunity", "asylum_confidential"])  # set by the link
        _copy_content(actor, case, alert, answers)
        inform_coordination(actor, case, alert)
        if alert.moves.filter(action="act").exclude(agency=actor.agency_id).exists():  # another desk has one already
            request_comparison(actor, case)
    record("case.open", case, case_id=case.pk)
    notify_taken(actor, alert)
    enqueue("case_opened", case, to=["holders"])
    return case


def may_open_own_case(actor) -> bool:
    """Return whether the actor may open a case without an alert: it works on cases, in an agency that leads some."""
    return actor.has(*WORKS) and (actor.agency.is_coordination or actor.agency.supports_people)


def open_own_case(actor, draft_id: uuid.UUID, answers: dict) -> Case:
    """Open a case for a person that the actor's agency receives; it is assigned to the actor, who may be a program.

    It comes of an alert that the agency keeps, so that what opens a case is written once. Raises NotAllowed for an
    agency that leads no cases, and for answers that call for protection: they are sent as an alert; Incomplete.
    """
    if not may_open_own_case(actor) or rules.protection_ground(answers):
        raise NotAllowed("act")
    alert = start_draft(actor, draft_id=draft_id, answers=answers)
    return _open_for_oneself(actor, send_alert(actor, alert.pk))


def _open_for_oneself(actor, alert: Alert) -> Case:
    case = open_case(actor, alert.pk)
    if actor.kind == Membership.Sort.PERSON:  # a program is nobody's colleague
        assign_member(actor, case.pk, actor)
    return case


def send_with_case(actor, alert_id) -> tuple[Alert, Case | None]:
    """Send a draft, and open the case that the author's agency asked for; return both, None without a case.

    « Nouveau dossier » of a child, an age in doubt or a danger goes on as an alert (`own_case` in its answers): whoever
    shelters the person follows her from the same moment. An adult's case needs her agreement. Raises as `send_alert`.
    """
    sent = send_alert(actor, alert_id)
    answers = sent.content.data
    agreed = rules.protection_ground(answers) or sent.agreement == Alert.Agreement.YES
    if not (answers.get("own_case") and agreed and may_open_own_case(actor)) or sent.links.exists():
        return sent, None
    return sent, _open_for_oneself(actor, sent)


def act_on(actor, alert: Alert) -> None:
    """Move an alert to « Dossier ouvert », for several persons; no effect when this desk did it already."""
    row = row_of(actor, alert)
    if row is None or row.case_at is None:
        move(actor, alert, "act")
        notify_taken(actor, alert)


def join_case(actor, alert_id, case: Case) -> Case:
    """Join an alert to a case the actor's agency leads: same content copied, nobody else sees more.

    Of a child, the report to the CRIP is owed again, with its time limit (nrm.report_of_link).
    Raises NotFound, NotAllowed, WrongState when the case is closed: what the alert tells would wait for nobody there.
    """
    alert = visible(actor, alert_id)
    case = (
        Case.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=case.pk, lead=actor.agency_id).first()
    )
    if case is None:
        raise NotFound
    if case.status == Case.Status.CLOSED:
        raise WrongState(case.status)
    with guarded():
        move(actor, alert, "act")
        AlertLink.objects.create(alert=alert, case=case)
        _copy_content(actor, case, alert, alert.content.data)
    record("case.join", case, case_id=case.pk)
    notify_taken(actor, alert)
    return case


def inform_coordination(actor, case, alert) -> None:
    """Grant `summary` on a case to the coordination units its alert was sent to (design, section 4)."""
    units = (
        Agency.objects.exclude(mandate="").filter(pk__in=desks_selectors.alert_agencies(alert)).exclude(pk=case.lead_id)
    )
    for unit in units:
        grant(case, unit.pk, level=2, ground=Grant.Ground.ALERT, ground_id=alert.pk, given_by=actor)


def _copy_content(actor, case, alert, answers: dict) -> None:
    catalogue, observed = catalogue_of(answers), answers.get("observations") or {}
    Observation.objects.note([case], observed, catalogue=catalogue, by=actor)
    if observed:
        result = reading_of(discretion.without_asylum(answers))  # its words say no more than the signs do
        Assessment.objects.create(case=case, result=result, catalogue_version=catalogue.version, by=actor)
    if story := story_of(alert):
        CaseText.objects.create(case=case, data=story, by=actor)
    copy_agreement(actor, case, alert, answers)
