"""Operations on a situation: group alerts and cases, note its signs, follow its persons together."""

from django.db.models import Count

from agencies.members.rules import WORKS
from agencies.models import Level
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed
from indicators.catalogue import selectors as catalogue_selectors
from journal.operations import record
from journal.selectors import read_quota
from referral.models import Alert, AlertDesk, Situation, SituationAlert, SituationBatch, SituationCase
from referral.situations.rules import answered_before
from victims.models import Case, CaseAccess

GROUP_READING = "situation.read"
READINGS_AN_HOUR = 60  # a page of a group shows many persons: it counts as one reading, limited per hour


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
            situation=situation, case=case, defaults={"agency": actor.agency, "number": next_number(situation)}
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


def read_person(actor, situation: Situation, line: SituationCase) -> None:
    """Record that one person of the event was shown, without anything of her case."""
    record("situation.person", situation, case_id=line.case_id)


def readable_alerts(actor, situation: Situation):
    """Return alerts of the event whose content the actor still reads, so that their signs can be copied."""
    lines = SituationAlert.objects.visible_to(actor).filter(situation=situation)
    live = AlertDesk.objects.of(actor).filter(live=True, alert__in=lines.values("alert"))
    return Alert.objects.visible_to(actor).filter(pk__in=live.values("alert")).order_by("sent_at", "pk")


def next_number(situation) -> int:
    """Return the number after the highest one seen and after all batches: lines no longer visible keep theirs."""
    batches = SituationBatch.objects.filter(situation=situation).exclude(state=SituationBatch.State.DROPPED)
    after = [batch.first + batch.count for batch in batches]
    last = SituationCase.objects.filter(situation=situation).order_by("number").last()
    return max([last.number + 1 if last else 1, *after])


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


def lines(actor, situation: Situation) -> list[SituationCase]:
    """Return the persons of the event whose case the actor sees, each with `access`, `known` and `earlier`.

    `earlier`: the answer is to an earlier question than the one of `situation`. Three queries.
    """
    found = list(SituationCase.objects.visible_to(actor).filter(situation=situation).order_by("number", "pk"))
    rows = CaseAccess.objects.of(actor).filter(case__in=[line.case_id for line in found]).select_related("territory")
    by_case = {row.case_id: row for row in rows}
    full = Case.objects.visible_to(actor, Level.SUMMARY).select_related("lead").in_bulk(list(by_case))
    for line in found:
        line.access = by_case.get(line.case_id)
        line.known = full.get(line.case_id)
        line.earlier = answered_before(line, situation.data.get("asked"))
    return [line for line in found if line.access]


def counts(actor, ids) -> dict:
    """Return {situation id: number of persons whose case the actor sees}. One query."""
    rows = SituationCase.objects.visible_to(actor).filter(situation__in=ids).order_by().values("situation")
    return dict(rows.annotate(n=Count("pk")).values_list("situation", "n"))
