"""Distribute the persons of a situation between desks by declared places.

First a proposal, then drafts; only drafts covered by an agreement or a legal ground are sent. Each person agrees for
themselves: who did not is proposed to no desk and stays with the unit.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from agencies.members.rules import WORKS
from agencies.models import Agency, Service
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from referral.models import Orientation, SituationCase
from referral.orientations.operations import orientations
from referral.orientations.operations.coverage import Uncovered, reason_not_to_send
from referral.routing.selectors import ranking
from referral.situations import rules
from victims.models import Assignment, Consent

from .situations import lines, visible_situation

AT_ONCE = 20  # requests sent in one transaction
WAITING = ("sent", "opened", "question")
UNDER_WAY = ("sent", "opened", "question", "accepted", "in_progress", "completed")


class Refusal(NamedTuple):
    """Hold that a service did not take a person for this need: it said no with a reason, or never answered."""

    state: str
    reason: str


@dataclass
class Part:
    """Hold one person of the proposal: desks she may be sent to, the one proposed, and the orientation already made.

    `refused`: {agency id: Refusal} for this need; those desks come last and are never proposed. `closed`: desks that
    her agreement names and that cannot take her, each with why.
    """

    line: SituationCase
    desks: list = field(default_factory=list)
    chosen: int | None = None
    asked: Orientation | None = None
    agreements: list[Consent] = field(default_factory=list)
    refused: dict[int, Refusal] = field(default_factory=dict)
    closed: list = field(default_factory=list)

    @property
    def open_desks(self) -> list:
        """Return the desks that did not refuse her."""
        return [s for s in self.desks if s.agency.pk not in self.refused]

    @property
    def case(self):
        return self.line.known

    @property
    def free(self) -> bool:
        """Return whether no request for this need has left yet."""
        return self.asked is None or self.asked.state == Orientation.State.DRAFT

    @property
    def agreed(self) -> bool:
        """Return whether anything covers sending her somewhere: her agreement, or for a child the law."""
        return self.case.is_minor or (self.line.agreement != SituationCase.Answer.NO and bool(self.agreements))

    def may_go_to(self, agency: Agency) -> bool:
        """Return whether her agreement names this agency; a child may go to any, on the ground of danger."""
        return self.case.is_minor or (self.agreed and any(consent.names(agency) for consent in self.agreements))


class Run(NamedTuple):
    """Hold « the next twenty to this service »."""

    agency_id: int
    count: int


def led_lines(actor, situation) -> list[SituationCase]:
    """Return the persons whose case the actor's agency leads and sees at level 2: only the lead proposes."""
    return [line for line in lines(actor, situation) if line.known and line.access.lead]


def propose(actor, situation, service: Service, runs: Sequence[Run] = ()) -> list[Part]:
    """Propose a desk for each person, in the order of the list, among those that her agreement names.

    With `runs`, as they say: the first so many persons who may go to the first desk, then the next ones; the others are
    left for later. Without, desks are ranked as for one person and filled in turn up to the declared places; a desk
    without a number of places comes after those with one, and a person for whom no place is left gets none. A desk that
    refused a person for this need is proposed to her neither way.
    """
    parts = [Part(line) for line in led_lines(actor, situation)]
    ids = [part.case.pk for part in parts]
    asked, agreements, refused = _asked(actor, ids, service), live_agreements(ids), _refused(actor, ids, service)
    ranked, left = {}, {}
    for part in parts:
        part.asked, part.agreements = asked.get(part.case.pk), agreements.get(part.case.pk, [])
        part.refused = refused[part.case.pk]
        key = (part.case.age_side, part.case.language, part.case.form, part.case.territory_id, part.case.urgency)
        if key not in ranked:
            ranked[key] = ranking.ranked_for_orientation(
                part.case, service.pk, sender_id=actor.agency_id, language=part.case.language
            )
        named = [s for s in ranked[key] if part.may_go_to(s.agency)]
        part.desks, part.closed = [s for s in named if not s.blocked], [s for s in named if s.blocked]
        part.desks.sort(key=lambda s: s.agency.pk in part.refused)  # stable: the ranking stays
        if part.free and not runs:
            part.chosen = part.asked.addressee_id if part.asked else _with_room(part.open_desks, left)
            _take(part, left)
    _fill(parts, runs)
    return parts


def _fill(parts: list[Part], runs: Sequence[Run]) -> None:
    for run in runs:
        may = (p for p in parts if p.free and not p.chosen and run.agency_id in {s.agency.pk for s in p.open_desks})
        for part in islice(may, run.count):
            part.chosen = run.agency_id


def live_agreements(case_ids) -> dict:
    """Return {case id: agreements in force}, the newest first. One query."""
    found: dict = {}
    for consent in Consent.objects.filter(case__in=case_ids, withdrawn_at=None):
        if consent.is_live:
            found.setdefault(consent.case_id, []).append(consent)
    return found


def runs_of(parts: list[Part]) -> list[Run]:
    """Return what is proposed as runs: how many persons to each desk, in the order of the list."""
    chosen = Counter(part.chosen for part in parts if part.free and part.chosen)
    return [Run(agency_id, count) for agency_id, count in chosen.items()]


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


def _refused(actor, case_ids, service) -> dict[UUID, dict[int, Refusal]]:
    """Return {case id: {agency id: Refusal}} for this need; who accepted since then is left out. One query."""
    ends = (Orientation.State.DECLINED, Orientation.State.EXPIRED)
    rows = Orientation.objects.sent_by(actor).filter(case__in=case_ids, service=service)
    rows = rows.filter(moves__after__in=(*ends, Orientation.State.ACCEPTED)).order_by("moves__at", "pk")
    found: dict = defaultdict(dict)
    said = ("case_id", "addressee_id", "state", "moves__after", "moves__reason")
    for case_id, agency_id, state, after, reason in rows.values_list(*said):
        if after == Orientation.State.ACCEPTED:
            found[case_id].pop(agency_id, None)
        elif state in ends:
            found[case_id][agency_id] = Refusal(state, reason)
    return found


def draft_all(
    actor, situation_id, *, service: Service, chosen: dict, verb, level, categories: int = 0, child_reason: str = ""
) -> int:
    """Write a draft for each person and the desk chosen (case id -> agency id). Returns their number.

    The ground is an agreement of the person that covers it; for a child, danger, with one reason for the event. An
    agreement that names the desk and does not go as far as `level` makes a draft that cannot be sent yet. Of
    `categories` each request carries those that its agreement covers; on the ground of danger none: nobody chose them
    for this child. A second call changes the same drafts. Raises NotFound, NotAllowed, Uncovered when the reason is too
    short, WrongState when a desk can no longer take the person, or the person did not agree to it.
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
        if not part.free:
            continue
        _replace(actor, part, agency_id)
        ground = _ground(part, desk.agency, level, categories, child_reason)
        covered = ground["consent"].categories if "consent" in ground else 0
        orientations.draft_orientation(
            actor,
            part.case,
            addressee=desk.agency,
            service=service,
            verb=verb,
            level=level,
            categories=categories & covered & desk.agency.may_hold,
            **ground,
        )
        made += 1
    record("situation.split", situation)
    return made


def _replace(actor, part: Part, agency_id: int) -> None:
    """Withdraw the draft to another desk for the same need."""
    if part.asked is not None and part.asked.addressee_id != agency_id:
        orientations.withdraw_orientation(actor, part.asked.pk)


def _ground(part: Part, addressee: Agency, level: int, categories: int, child_reason: str) -> dict:
    """Return what the request stands on: of her agreements that cover it, the one that covers most of `categories`."""
    for consent in sorted(part.agreements, key=lambda c: -(c.categories & categories).bit_count()):
        if not reason_not_to_send(Orientation(case=part.case, addressee=addressee, consent=consent, level=level)):
            return {"consent": consent}
    if part.case.is_minor:
        return {"legal_ground": Orientation.LegalGround.CHILD_IN_DANGER, "legal_reason": child_reason}
    return {}


@dataclass
class Draft:
    """Hold a draft of the group; `waits`: in words, what prevents sending it, empty when nothing does; `asked`: who was
    already asked for the same need of this person and has not said no."""

    line: SituationCase
    orientation: Orientation
    waits: str = ""
    asked: list[Agency] = field(default_factory=list)

    @property
    def again(self) -> bool:
        return self.orientation.addressee in self.asked


def drafts(actor, situation) -> list[Draft]:
    """Return the drafts for the persons of the event, in the order of the list."""
    by_case = {line.case_id: line for line in led_lines(actor, situation)}
    rows = Orientation.objects.sent_by(actor).filter(case__in=list(by_case), state=Orientation.State.DRAFT)
    rows = rows.select_related("addressee__desk", "service", "case", "consent", "sender")
    asked = defaultdict(list)
    under_way = Orientation.objects.sent_by(actor).filter(case__in=list(by_case), state__in=UNDER_WAY)
    for request in under_way.select_related("addressee").order_by("created_at", "id"):
        asked[request.case_id, request.service_id].append(request.addressee)
    found = []
    for orientation in sorted(rows, key=lambda o: (by_case[o.case_id].number, o.created_at)):
        line, need = by_case[orientation.case_id], (orientation.case_id, orientation.service_id)
        found.append(Draft(line, orientation, reason_not_to_send(orientation), asked[need]))
    return found


def send_covered(actor, situation_id) -> tuple[int, int]:
    """Send up to AT_ONCE drafts covered by an agreement or a legal ground, each by itself. Returns (sent, ready still).

    A request that cannot leave keeps none of the others from leaving: it stays among the drafts with its reason. A call
    after the last one sends nothing more.
    """
    situation = visible_situation(actor, situation_id, lock=True)
    ready = [draft.orientation.pk for draft in drafts(actor, situation) if not draft.waits]
    sent = 0
    for pk in ready[:AT_ONCE]:
        try:
            with guarded():
                orientations.send_orientation(actor, pk)
        except (Uncovered, NotAllowed, NotFound, WrongState):
            continue  # changed meanwhile
        sent += 1
    record("situation.send", situation)
    return sent, len(ready) - sent


def follow(actor, found: list[SituationCase]) -> None:
    """Set on each line what the actor sees of its progress; the number of queries does not depend on the lines.

    `requests`: the newest sent for each need, without reports that wait for others; `orientation`: that of them to look
    at; `agreed`: an agreement is in force; `drafted`; `in_charge`: members of the actor's agency; `wait`: what comes
    next (`rules.Wait`).
    """
    ids, now = [line.case_id for line in found], timezone.now()
    agreements, requests, drafted, team = live_agreements(ids), defaultdict(list), set(), defaultdict(list)
    asked = Orientation.objects.visible_to(actor).filter(case__in=ids).select_related("addressee", "service")
    for request in asked.order_by("created_at", "id"):
        if request.state != Orientation.State.DRAFT:
            requests[request.case_id].append(request)
        elif request.sender_id == actor.agency_id:
            drafted.add(request.case_id)
    for one in Assignment.objects.filter(case__in=ids, agency=actor.agency_id).select_related("membership__user"):
        team[one.case_id].append(one.membership)
    for line in found:
        line.requests = rules.newest_of_each_need(requests[line.case_id], now)
        line.agreed, line.drafted = line.case_id in agreements, line.case_id in drafted
        line.in_charge = team[line.case_id]
        late = [request for request in line.requests if rules.is_late(request, now)]
        line.wait = rules.wait_of(
            rules.Person(
                status=line.access.status,
                led=line.access.lead,
                states=frozenset(request.state for request in line.requests),
                late=bool(late),
                drafted=line.drafted,
                agreed=line.agreed,
                child=bool(line.known and line.known.is_minor),
                agreement=line.agreement,
                earlier=line.earlier,
            )
        )
        line.orientation = _to_look_at(line, late)


def _to_look_at(line, late) -> Orientation | None:
    """Return the request that says whom this person waits for; else the newest one."""
    for states in ({"question"}, {"declined", "expired"}):
        if found := [request for request in line.requests if request.state in states]:
            return found[-1]
    waiting = [request for request in line.requests if request.state in WAITING]
    return next(iter(late or waiting or reversed(line.requests)), None)


def progress(found: list[SituationCase]) -> dict[str, int]:
    """Return how many of these persons wait for what, in the order of `rules.Wait`; none without persons."""
    counted = Counter(line.wait for line in found)
    return {wait: counted[wait] for wait in rules.Wait if counted[wait]}


def take_charge(actor, situation_id) -> int:
    """Put the actor in charge of each person of the event whom nobody of the unit is; return their number.

    Raises NotFound, NotAllowed.
    """
    situation = visible_situation(actor, situation_id, lock=True)
    if not actor.has(*WORKS):
        raise NotAllowed("situation")
    led = [line.case_id for line in led_lines(actor, situation)]
    taken = set(Assignment.objects.filter(case__in=led, agency=actor.agency_id).values_list("case_id", flat=True))
    mine = [case_id for case_id in led if case_id not in taken]
    with guarded():
        Assignment.objects.bulk_create(
            Assignment(case_id=case_id, agency=actor.agency, membership=actor, by=actor) for case_id in mine
        )
    if mine:
        record("situation.charge", situation)
    return len(mine)
