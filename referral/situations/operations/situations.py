"""Operations on a situation: group alerts and cases, open a case for each person, follow them together."""

from django.db import IntegrityError, transaction
from django.db.models import Count

from agencies.members.rules import WORKS
from agencies.models import Level
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from indicators.catalogue import selectors as catalogue_selectors
from journal.operations import record
from journal.selectors import read_quota
from notifications.operations.events import enqueue
from referral.alerts.operations.alerts import act_on, inform_coordination
from referral.alerts.selectors import catalogue_of, story_of
from referral.models import Alert, AlertDesk, AlertLink, Situation, SituationAlert, SituationBatch, SituationCase
from victims.models import AgeSide, Assessment, Case, CaseAccess, CaseText, Observation, Urgency

GROUP_READING = "situation.read"
READINGS_AN_HOUR = 60  # a page of a group shows many persons: it counts as one reading, limited per hour
AT_ONCE = 50


def visible_situation(actor, situation_id, *, lock=False) -> Situation:
    """Return a situation visible to the actor, optionally locked. Raises NotFound."""
    rows = Situation.objects.visible_to(actor).select_related("territory")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=situation_id).first()
    if found is None:
        raise NotFound
    return found


def start_situation(actor, *, alert_id=None, note: str = "", observations=None, **fields) -> Situation:
    """Record an event. Fields: sort, happened_on, territory, form, place. It gives no access.

    Raises NotAllowed outside a coordination unit, NotFound for an alert the actor does not see.
    """
    if not actor.agency.is_coordination or not actor.has(*WORKS):
        raise NotAllowed("situation")
    data = {
        "note": note,
        "observations": observations or {},
        "catalogue_version": catalogue_selectors.current().version,
    }
    with guarded():
        situation = Situation.objects.create(agency=actor.agency, created_by=actor, data=data, **fields)
    record("situation.start", situation)
    if alert_id:
        add_alert(actor, situation.pk, alert_id)
    return situation


def add_alert(actor, situation_id, alert_id) -> None:
    """Add an alert to the event; no effect when it is already there. Raises NotFound."""
    situation = visible_situation(actor, situation_id)
    alert = Alert.objects.visible_to(actor).exclude(state=Alert.State.DRAFT).filter(pk=alert_id).first()
    if alert is None:
        raise NotFound
    with guarded():
        SituationAlert.objects.get_or_create(situation=situation, alert=alert, defaults={"agency": actor.agency})
    record("situation.alert", situation)


def add_case(actor, situation_id, case: Case) -> None:
    """Add a case the actor sees at level 2 to the event. Nobody gains access. Raises NotFound."""
    situation = visible_situation(actor, situation_id, lock=True)
    if not Case.objects.visible_to(actor).filter(pk=case.pk).exists():
        raise NotFound
    with guarded():
        SituationCase.objects.get_or_create(
            situation=situation, case=case, defaults={"agency": actor.agency, "number": _next_number(situation)}
        )
    record("situation.case", situation, case_id=case.pk)


def read_group(actor, situation_id) -> Situation:
    """Return a situation to show. One journal entry for the whole group, limited per hour.

    Raises NotFound, read_quota.Exhausted.
    """
    situation = visible_situation(actor, situation_id)
    read_quota.require(actor, GROUP_READING, READINGS_AN_HOUR)
    record(GROUP_READING, situation)
    return situation


def readable_alerts(actor, situation: Situation):
    """Return alerts of the event whose content the actor still reads, so that their signs can be copied."""
    lines = SituationAlert.objects.visible_to(actor).filter(situation=situation)
    live = AlertDesk.objects.of(actor).filter(live=True, alert__in=lines.values("alert"))
    return Alert.objects.visible_to(actor).filter(pk__in=live.values("alert")).order_by("sent_at", "pk")


def open_persons(
    actor, situation_id, *, token, adults=0, minors=0, doubts=0, language="", alerts=(), with_story=False
) -> SituationBatch:
    """Open a case for each person, with the signs of the event and of the alerts named.

    No agreement is copied: each person gives their own. `token` comes from the form: the same token returns the same
    batch. Raises NotFound, NotAllowed outside a coordination unit, ValueError outside 1 to AT_ONCE persons, WrongState
    when a named alert is no longer readable.
    """
    situation = visible_situation(actor, situation_id, lock=True)  # locked: serialises two clicks
    if not actor.agency.is_coordination or not actor.has(*WORKS):
        raise NotAllowed("situation")
    done = SituationBatch.objects.filter(pk=token, situation=situation).first()
    if done is not None:
        return done
    sides = [AgeSide.ADULT] * adults + [AgeSide.MINOR] * minors + [AgeSide.DOUBT] * doubts
    if not 1 <= len(sides) <= AT_ONCE:
        raise ValueError("1 to 50 persons at once")
    named = list(readable_alerts(actor, situation).filter(pk__in=alerts).select_related("content"))
    if len(named) != len(set(alerts)):
        raise WrongState("alert")
    first = _next_number(situation)
    with guarded():
        batch = _batch(actor, situation, token, len(sides))
        cases = Case.objects.bulk_create([_case(actor, situation, side, language, named) for side in sides])
        SituationCase.objects.bulk_create(
            SituationCase(situation=situation, case=case, agency=actor.agency, batch=batch, number=first + n)
            for n, case in enumerate(cases)
        )
        _copy_signs(actor, cases, situation, named)
        for alert in named:
            _join(actor, alert, cases, with_story)
    for case in cases:
        record("case.open", case, case_id=case.pk)
        enqueue("case_opened", case, to=["holders"])
    record("situation.open", situation)
    return batch


def _batch(actor, situation, token, count) -> SituationBatch:
    try:
        with transaction.atomic():
            return SituationBatch.objects.create(
                pk=token, situation=situation, agency=actor.agency, by=actor, count=count
            )
    except IntegrityError:  # the token belongs to another situation or unit
        raise NotFound from None


def _case(actor, situation, side, language, alerts) -> Case:
    worst = [alert.urgency for alert in alerts]
    urgency = next((u for u in (Urgency.VITAL, Urgency.HIGH) if u in worst), Urgency.NORMAL)
    if side != AgeSide.ADULT and urgency == Urgency.NORMAL:
        urgency = Urgency.HIGH  # a child, or an age in doubt, is never of normal urgency
    return Case(
        form=situation.form,
        age_side=side,
        urgency=urgency,
        territory=situation.territory,
        language=language,
        lead=actor.agency,
        coordination=actor.agency,
        opened_by=actor,
    )


def _next_number(situation) -> int:
    """Return the number after the highest one seen and after all batches: lines no longer visible keep theirs."""
    batches = sum(SituationBatch.objects.filter(situation=situation).values_list("count", flat=True))
    last = SituationCase.objects.filter(situation=situation).order_by("number").last()
    return max(last.number if last else 0, batches) + 1


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
    in_danger, by_side, assessed = any(alert.urgency == Urgency.VITAL for alert in alerts), {}, {}
    for side in {case.age_side for case in cases}:
        by_side[side] = catalogue_selectors.replay_signs(seen, age_side=side, version=version)
        assessed[side] = catalogue_selectors.assess_signs(
            by_side[side], age_side=side, form=situation.form, immediate_danger=in_danger, version=version
        )
    Observation.objects.bulk_create(
        Observation(case=case, indicator=code, value=value, catalogue_version=version, by=actor)
        for case in cases
        for code, value in by_side[case.age_side].items()
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


def set_signs(actor, situation_id, codes: list[str], known_by: dict[str, str] | None = None) -> None:
    """Replace the signs of the event, in the current catalogue. Cases already open keep theirs.

    `known_by`: how a sign is known; by default, and for anything unknown, as its wording says.
    """
    situation = visible_situation(actor, situation_id, lock=True)
    if not actor.has(*WORKS):
        raise NotAllowed("situation")
    catalogue, said = catalogue_selectors.current(), known_by or {}
    ways = {code: said[code] if said.get(code) in catalogue.ways_known else catalogue.known_by(code) for code in codes}
    situation.data = {
        **situation.data,
        "observations": ways,
        "catalogue_version": catalogue.version,
    }
    with guarded():
        situation.save(update_fields=["data"])
    record("situation.signs", situation)


def set_agreements(actor, situation_id, said: dict[int, str]) -> int:
    """Record the answer of each person on the spot: {line id: answer}. Returns the number changed.

    It gives no access: sharing needs an agreement.
    """
    situation = visible_situation(actor, situation_id)
    if not actor.has(*WORKS):
        raise NotAllowed("situation")
    mine = SituationCase.objects.visible_to(actor).filter(situation=situation)
    changed = 0
    with guarded():
        for line in mine.filter(pk__in=said):
            if line.agreement != said[line.pk]:
                changed += mine.filter(pk=line.pk).update(agreement=said[line.pk])
    if changed:
        record("situation.agreements", situation)
    return changed


def lines(actor, situation: Situation) -> list[SituationCase]:
    """Return the persons of the event whose case the actor sees, each with `access` and `known`. Three queries."""
    found = list(SituationCase.objects.visible_to(actor).filter(situation=situation).order_by("number", "pk"))
    rows = CaseAccess.objects.of(actor).filter(case__in=[line.case_id for line in found]).select_related("territory")
    by_case = {row.case_id: row for row in rows}
    full = Case.objects.visible_to(actor, Level.SUMMARY).select_related("lead").in_bulk(list(by_case))
    for line in found:
        line.access = by_case.get(line.case_id)
        line.known = full.get(line.case_id)
    return [line for line in found if line.access]


def counts(actor, ids) -> dict:
    """Return {situation id: number of persons whose case the actor sees}. One query."""
    rows = SituationCase.objects.visible_to(actor).filter(situation__in=ids).order_by().values("situation")
    return dict(rows.annotate(n=Count("pk")).values_list("situation", "n"))
