"""Open a case for each person of an event, in batches, each in a transaction of its own."""

from itertools import groupby
from typing import NamedTuple
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from agencies.members.rules import WORKS
from agencies.models import Membership
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from indicators.catalogue import selectors as catalogue_selectors
from journal.operations import record
from notifications.operations.events import enqueue
from referral.alerts.operations.alerts import act_on, inform_coordination
from referral.alerts.selectors import catalogue_of, story_of
from referral.models import AlertLink, SituationBatch, SituationCase
from referral.routing.rules import discretion
from victims.models import AgeSide, Assessment, Assignment, Case, CaseText, Observation, Urgency

from .situations import next_number, readable_alerts, visible_situation

BATCH = 20  # persons opened in one transaction: about a second on one machine
MOST = 500  # persons of one order: more is a slip of the finger
State = SituationBatch.State


class Group(NamedTuple):
    """Hold persons of one side of age who share a language; empty when it is not known, or when there are several."""

    side: str
    language: str
    count: int


def open_persons(actor, situation_id, *, token, groups: list[Group], alerts=(), with_story=False) -> SituationBatch:
    """Order a case for each person, in batches, and open the first batch; return it.

    The others are opened by `open_batch`. Each case gets the signs of the event and of the alerts named, and no
    agreement: each person gives their own. `token` comes from the form: the same token returns the same batch. Raises
    NotFound, NotAllowed outside a coordination unit, ValueError outside 1 to MOST persons, WrongState when a named
    alert is no longer readable.
    """
    situation = visible_situation(actor, situation_id, lock=True)  # locked: serialises two clicks
    _require_unit(actor)
    done = SituationBatch.objects.filter(pk=token, situation=situation).first()
    if done is None:
        done = _order(actor, situation, token, groups, alerts, with_story)
    return open_batch(actor, done.pk)


def _require_unit(actor) -> None:
    if not actor.agency.is_coordination or not actor.has(*WORKS):
        raise NotAllowed("situation")


def _order(actor, situation, token, groups, alerts, with_story) -> SituationBatch:
    persons = [(group.side, group.language) for group in groups for _ in range(group.count)]
    if not 1 <= len(persons) <= MOST:
        raise ValueError(f"1 to {MOST} persons")
    first, told = next_number(situation), {"alerts": [str(pk) for pk in alerts], "with_story": with_story}
    batches = [
        SituationBatch(
            pk=uuid5(UUID(str(token)), str(at)) if at else token,
            situation=situation,
            agency=actor.agency,
            by=actor,
            count=len(some := persons[at : at + BATCH]),
            first=first + at,
            data={"groups": [[*who, len(list(same))] for who, same in groupby(some)], **told},
        )
        for at in range(0, len(persons), BATCH)
    ]
    try:
        with transaction.atomic():
            SituationBatch.objects.bulk_create(batches)
    except IntegrityError:  # the token belongs to another situation or unit
        raise NotFound from None
    record("situation.order", situation)
    return batches[0]


def planned(actor, situation_id):
    """Return the batches of the event that are still to be opened, in the order of the list."""
    return SituationBatch.objects.visible_to(actor).filter(situation=situation_id, state=State.PLANNED)


def open_batch(actor, batch_id, *, without_alerts=False) -> SituationBatch:
    """Open the cases of one batch, or none of them; no effect when it is open already.

    The cases are assigned to the actor, when it is a person, so that each waits for somebody. `without_alerts`: leave
    out what was to be copied from alerts. Raises NotFound, NotAllowed outside a coordination unit, WrongState when a
    named alert is no longer readable, or when the batch was dropped.
    """
    _require_unit(actor)
    batch = SituationBatch.objects.visible_to(actor).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound
    situation = visible_situation(actor, batch.situation_id, lock=True)
    batch.refresh_from_db()  # another click may have opened it while this one waited
    if batch.state == State.OPENED:
        return batch
    if batch.state == State.DROPPED:
        raise WrongState(batch.state)
    named = [] if without_alerts else _named(actor, situation, batch)
    persons = [(side, language) for side, language, count in batch.data["groups"] for _ in range(count)]
    with guarded():
        cases = Case.objects.bulk_create([_case(actor, situation, *who, named) for who in persons])
        SituationCase.objects.bulk_create(
            SituationCase(situation=situation, case=case, agency=actor.agency, batch=batch, number=batch.first + n)
            for n, case in enumerate(cases)
        )
        _copy_signs(actor, cases, situation, named)
        for alert in named:
            _join(actor, alert, cases, batch.data["with_story"])
        batch.state, batch.data = State.OPENED, None
        batch.save(update_fields=["state", "data"])
        if actor.kind == Membership.Sort.PERSON:  # a program is nobody's colleague
            Assignment.objects.bulk_create(
                Assignment(case=case, agency=actor.agency, membership=actor, by=actor) for case in cases
            )
    for case in cases:
        record("case.open", case, case_id=case.pk)
        enqueue("case_opened", case, to=["holders"])
    record("situation.open", situation)
    return batch


def _named(actor, situation, batch) -> list:
    wanted = set(batch.data["alerts"])
    named = list(readable_alerts(actor, situation).filter(pk__in=wanted).select_related("content"))
    if len(named) != len(wanted):
        raise WrongState("alert")
    return named


def alerts_lost(actor, situation, batch: SituationBatch) -> bool:
    """Return whether an alert whose signs the batch was to copy is no longer readable."""
    wanted = set(batch.data["alerts"])
    return readable_alerts(actor, situation).filter(pk__in=wanted).count() != len(wanted)


def drop_planned(actor, situation_id) -> int:
    """Give up the batches that are not open yet; return the number of persons. Cases already open stay."""
    situation = visible_situation(actor, situation_id, lock=True)
    _require_unit(actor)
    left = list(planned(actor, situation.pk))
    with guarded():
        SituationBatch.objects.filter(pk__in=[batch.pk for batch in left]).update(state=State.DROPPED, data=None)
    if left:
        record("situation.drop", situation)
    return sum(batch.count for batch in left)


def _case(actor, situation, side, language, alerts) -> Case:
    worst = [alert.urgency for alert in alerts]
    urgency = next((u for u in (Urgency.VITAL, Urgency.HIGH) if u in worst), Urgency.NORMAL)
    if side != AgeSide.ADULT and urgency == Urgency.NORMAL:
        urgency = Urgency.HIGH  # a child, or an age in doubt, is never of normal urgency
    return Case(
        form=situation.form,
        # the link of each alert warns by itself (nrm.alert_linked); what was seen during the event is only here
        employer_immunity=discretion.employer_immunity(situation.data),
        age_side=side,
        urgency=urgency,
        territory=situation.territory,
        language=language,
        lead=actor.agency,
        coordination=actor.agency,
        opened_by=actor,
    )


def _copy_signs(actor, cases, situation, alerts) -> None:
    """Copy the signs of the event and of each alert to each case, and assess them by the shared rules.

    A sign worded for the other side of age is replaced by its pair, as when the age changes in an alert.
    """
    seen, version = dict(situation.data["observations"]), situation.data["catalogue_version"]
    for alert in alerts:
        seen |= alert.content.data.get("observations") or {}
        version = max(version, catalogue_of(alert.content.data).version)
    if not seen:
        return
    in_danger, assessed = any(alert.urgency == Urgency.VITAL for alert in alerts), {}
    for side in {case.age_side for case in cases}:
        signs = catalogue_selectors.replay_signs(seen, age_side=side, version=version)
        of_this_side = [case for case in cases if case.age_side == side]
        Observation.objects.note(of_this_side, signs, catalogue=catalogue_selectors.at(version), by=actor)
        assessed[side] = catalogue_selectors.assess_signs(
            signs, age_side=side, form=situation.form, immediate_danger=in_danger, version=version
        )
    Assessment.objects.bulk_create(
        Assessment(case=case, result=assessed[case.age_side], catalogue_version=version, by=actor) for case in cases
    )


def _join(actor, alert, cases, with_story: bool) -> None:
    """Link the alert to the cases, so that its author follows them; notify the other units that received it."""
    act_on(actor, alert)
    AlertLink.objects.bulk_create(AlertLink(alert=alert, case=case) for case in cases)
    if with_story and (story := story_of(alert)):
        CaseText.objects.bulk_create(CaseText(case=case, data=story, by=actor) for case in cases)
    for case in cases:
        inform_coordination(actor, case, alert)
