"""Distribute the persons of a situation between desks by declared places.

First a proposal, then drafts; only drafts covered by an agreement or a legal ground are sent. Each person agrees for
themselves.
"""

from dataclasses import dataclass, field

from agencies.members.rules import WORKS
from agencies.models import Agency, Service
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from referral.models import Orientation, SituationCase
from referral.orientations.operations import orientations
from referral.orientations.operations.coverage import Uncovered, check_covered
from referral.routing.selectors import ranking
from victims.models import AgeSide, Consent

from .situations import lines, visible_situation

UNDER_WAY = ("sent", "opened", "question", "accepted", "in_progress", "completed")


@dataclass
class Part:
    """Hold one person of the proposal: possible desks, the one proposed, and the orientation already made."""

    line: SituationCase
    desks: list = field(default_factory=list)
    chosen: int | None = None
    asked: Orientation | None = None

    @property
    def case(self):
        return self.line.known


def led_lines(actor, situation) -> list[SituationCase]:
    """Return the persons whose case the actor's agency leads and sees at level 2: only the lead proposes."""
    return [line for line in lines(actor, situation) if line.known and line.access.lead]


def propose(actor, situation, service: Service) -> list[Part]:
    """Propose a desk for each person, ranked as for one person, filled in turn up to the declared places.

    A desk without a number of places comes after those with one; a person for whom no place is left gets none.
    """
    parts = [Part(line) for line in led_lines(actor, situation)]
    asked = _asked(actor, [part.case.pk for part in parts], service)
    ranked, left = {}, {}
    for part in parts:
        part.asked = asked.get(part.case.pk)
        key = (part.case.age_side, part.case.language, part.case.form, part.case.territory_id, part.case.urgency)
        if key not in ranked:
            found = ranking.ranked_for_orientation(
                part.case, service.pk, sender_id=actor.agency_id, language=part.case.language
            )
            ranked[key] = [s for s in found if not s.blocked]
        part.desks = ranked[key]
        if part.asked is None or part.asked.state == Orientation.State.DRAFT:
            part.chosen = part.asked.addressee_id if part.asked else _with_room(part.desks, left)
            _take(part, left)
    return parts


def _with_room(desks, left: dict) -> int | None:
    """Return the best desk with a place left, else the best one without a declared number."""
    for suggestion in desks:
        if suggestion.desk.places is not None and left.setdefault(suggestion.agency.pk, suggestion.desk.places) > 0:
            return suggestion.agency.pk
    return next((s.agency.pk for s in desks if s.desk.places is None), None)


def _take(part: Part, left: dict) -> None:
    desk = next((s.desk for s in part.desks if s.agency.pk == part.chosen), None)
    if desk is not None and desk.places is not None:
        left[part.chosen] = left.get(part.chosen, desk.places) - 1


def _asked(actor, case_ids, service) -> dict:
    sent = Orientation.objects.sent_by(actor).filter(case__in=case_ids, service=service)
    sent = sent.filter(state__in=[*UNDER_WAY, "draft"]).select_related("addressee").order_by("created_at", "id")
    return {orientation.case_id: orientation for orientation in sent}


def draft_all(actor, situation_id, *, service: Service, chosen: dict, verb, level, child_reason: str = "") -> int:
    """Write a draft for each person and the desk chosen (case id -> agency id). Returns their number.

    The ground is an agreement of the person that covers it; for a child, danger, with one reason for the event; without
    either the draft cannot be sent yet. A second call changes the same drafts. Raises NotFound, NotAllowed, Uncovered
    when the reason is too short, WrongState when a desk can no longer take the person.
    """
    situation = visible_situation(actor, situation_id)
    if not actor.has(*WORKS):
        raise NotAllowed("split")
    parts = {part.case.pk: part for part in propose(actor, situation, service)}
    made = 0
    for case_id, agency_id in chosen.items():
        part = parts.get(case_id)
        desk = next((s for s in part.desks if s.agency.pk == agency_id), None) if part else None
        if desk is None:
            raise WrongState("desk")
        if part.asked is not None and part.asked.state != Orientation.State.DRAFT:
            continue
        _replace(actor, part, agency_id)
        ground = _ground(part.case, desk.agency, level, child_reason)
        orientations.draft_orientation(
            actor, part.case, addressee=desk.agency, service=service, verb=verb, level=level, **ground
        )
        made += 1
    record("situation.split", situation)
    return made


def _replace(actor, part: Part, agency_id: int) -> None:
    """Withdraw the draft to another desk for the same need."""
    if part.asked is not None and part.asked.addressee_id != agency_id:
        orientations.withdraw_orientation(actor, part.asked.pk)


def _ground(case, addressee: Agency, level: int, child_reason: str) -> dict:
    for consent in Consent.objects.filter(case=case, withdrawn_at=None):
        try:
            check_covered(Orientation(case=case, addressee=addressee, consent=consent, level=level))
        except Uncovered:
            continue
        return {"consent": consent}
    if case.age_side != AgeSide.ADULT:
        return {"legal_ground": Orientation.LegalGround.CHILD_IN_DANGER, "legal_reason": child_reason}
    return {}


@dataclass
class Draft:
    """Hold a draft of the group and, in words, what prevents sending it; empty when nothing does."""

    line: SituationCase
    orientation: Orientation
    waits: str = ""


def drafts(actor, situation) -> list[Draft]:
    """Return the drafts for the persons of the event, in the order of the list."""
    by_case = {line.case_id: line for line in led_lines(actor, situation)}
    rows = Orientation.objects.sent_by(actor).filter(case__in=list(by_case), state=Orientation.State.DRAFT)
    rows = rows.select_related("addressee__desk", "service", "case", "consent", "sender")
    found = []
    for orientation in sorted(rows, key=lambda o: (by_case[o.case_id].number, o.created_at)):
        waits = ""
        try:
            check_covered(orientation)
        except Uncovered as uncovered:
            waits = str(uncovered)
        found.append(Draft(by_case[orientation.case_id], orientation, waits))
    return found


def send_covered(actor, situation_id) -> tuple[int, int]:
    """Send the drafts covered by an agreement or a legal ground. Returns (sent, waiting).

    A second call finds nothing more to send.
    """
    situation = visible_situation(actor, situation_id, lock=True)
    sent = waiting = 0
    for draft in drafts(actor, situation):
        if draft.waits:
            waiting += 1
            continue
        orientations.send_orientation(actor, draft.orientation.pk)
        sent += 1
    record("situation.send", situation)
    return sent, waiting


def progress(actor, found: list[SituationCase]) -> dict:
    """Return counts of the progress of these persons, from what the actor sees only.

    Sets on each line `orientation` (the newest sent), `agreed` (an agreement is live) and `drafted`.
    """
    ids = [line.case_id for line in found]
    sent = Orientation.objects.visible_to(actor).filter(case__in=ids).exclude(state=Orientation.State.DRAFT)
    newest = {}
    for orientation in sent.select_related("addressee").order_by("created_at", "id"):
        newest[orientation.case_id] = orientation
    drafted = set(
        Orientation.objects.sent_by(actor)
        .filter(case__in=ids, state=Orientation.State.DRAFT)
        .values_list("case_id", flat=True)
    )
    agreed = {c.case_id for c in Consent.objects.filter(case__in=ids, withdrawn_at=None) if c.is_live}
    for line in found:
        line.orientation = newest.get(line.case_id)
        line.agreed = line.case_id in agreed
        line.drafted = line.case_id in drafted
    states = [line.orientation.state for line in found if line.orientation]
    return {
        "persons": len(found),
        "agreed": sum(line.agreed for line in found),
        "drafted": sum(line.drafted for line in found),
        "waiting": sum(state in ("sent", "opened", "question") for state in states),
        "accepted": sum(state in ("accepted", "in_progress", "completed") for state in states),
        "led": sum(line.access.lead for line in found),
    }
