"""Run consultations, contributions and answers."""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound, guarded
from foundation.tasks import one_by_one
from foundation.words.free_text import Found
from foundation.workflow import NotAllowed, WrongState, step
from journal.operations import record
from notifications.operations.events import Due, enqueue, enqueue_once
from plans import access, workflow
from plans.models import Consultation, Contribution, ContributionMove, Response, SurvivorSummary
from plans.models.coordination import coordinates
from plans.participation import rules
from plans.participation.selectors import targets

COORDINATION = "coordination"


def _coordination(actor, action: str) -> None:
    if not coordinates(actor):
        raise NotAllowed(action)


# -- consultations ----------------------------------------------------------------------------------------------------
def open_consultation(actor, **fields) -> Consultation:
    """Create a consultation, public from its first day; members are notified on that day."""
    _coordination(actor, "consultation")
    made = Consultation(agency=actor.agency, by=actor, **fields)
    with guarded():
        Consultation.objects.bulk_create([made])
    record("consultation.open", made)
    if made.is_open:
        notify_opened(made)
    return made


def notify_opened(consultation: Consultation) -> None:
    """Notify members once, and store when."""
    consultation.told_at = timezone.now()
    Consultation.objects.filter(pk=consultation.pk).update(told_at=consultation.told_at)
    enqueue("consultation_opened", consultation, to=["desk"])


def notify_openings() -> int:
    """Notify the consultations that open, each in its own transaction; return how many. For the worker."""
    with acting_as(SYSTEM):
        due = list(Consultation.objects.open().filter(told_at=None).values_list("pk"))

    def notify(pk) -> int:
        with acting_as(SYSTEM):
            waiting = Consultation.objects.open().filter(told_at=None).select_for_update(skip_locked=True)
            found = waiting.filter(pk=pk).first()
            if found is not None:
                notify_opened(found)
            return found is not None

    return one_by_one("consultation", due, notify)


def change_consultation(actor, pk, **fields) -> Consultation:
    """Change anything before it opens; afterwards only postpone its end. Coordination only.

    Raises NotFound, NotAllowed, or WrongState once it is over.
    """
    found = visible_consultation(actor, pk)
    _coordination(actor, "consultation")
    if found.state in (Consultation.State.WITHDRAWN, Consultation.State.CLOSED):
        raise WrongState(found.state)
    if found.is_open:
        fields = {"closes": fields["closes"]}
    for name, value in fields.items():
        setattr(found, name, value)
    with guarded():
        found.save(update_fields=[*fields])
    record("consultation.change", found)
    if found.is_open and found.told_at is None:
        notify_opened(found)
    return found


def withdraw_consultation(actor, pk, *, reason: str) -> Consultation:
    """Stop a consultation, with a public reason; contributions stay. Coordination only."""
    found = visible_consultation(actor, pk)
    _coordination(actor, "consultation")
    if found.state == Consultation.State.WITHDRAWN:
        raise WrongState(found.state)
    found.withdrawn_at, found.withdrawn_reason = timezone.now(), reason
    with guarded():
        found.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    record("consultation.withdraw", found)
    return found


def conclude_consultation(actor, pk, *, outcome: str) -> Consultation:
    """Publish what was heard and what follows from it, once, after it closed. Coordination only."""
    found = visible_consultation(actor, pk)
    _coordination(actor, "consultation")
    if found.state != Consultation.State.CLOSED or found.outcome:
        raise WrongState(found.state)
    found.outcome, found.outcome_at = outcome, timezone.now()
    with guarded():
        found.save(update_fields=["outcome", "outcome_at"])
    record("consultation.conclude", found)
    return found


def visible_consultation(actor, pk) -> Consultation:
    """Return the consultation. Raises NotFound."""
    found = Consultation.objects.visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


# -- contributions ----------------------------------------------------------------------------------------------------
def start_contribution(actor, *, consultation=None, subject="", target="", **fields) -> Contribution:
    """Create a draft, in a consultation or on something public (`subject`, `target`).

    Raises NotAllowed, or WrongState when the consultation is not open or the target is not public.
    """
    if not access.contributes(actor):
        raise NotAllowed("contribute")
    if consultation is not None and not consultation.is_open:
        raise WrongState(consultation.state)
    if consultation is None and targets.named(subject, target) is None:
        raise WrongState("not public")
    made = Contribution(
        consultation=consultation, subject=subject, target=target, agency=actor.agency, by=actor, **fields
    )
    with guarded():
        Contribution.objects.bulk_create([made])
    made.refresh_from_db()  # a trigger sets author_kind
    record("contribution.start", made)
    return made


def save_contribution(actor, pk, **fields) -> Contribution:
    """Change a draft of the actor's agency. Raises NotFound, NotAllowed, WrongState."""
    found = own_contribution(actor, pk)
    if found.state != Contribution.State.DRAFT:
        raise WrongState(found.state)
    for name, value in fields.items():
        setattr(found, name, value)
    found.saved_at = timezone.now()
    with guarded():
        found.save(update_fields=[*fields, "saved_at"])
    found.refresh_from_db()
    record("contribution.save", found)
    return found


def visible(actor, pk) -> Contribution:
    """Return the contribution. Raises NotFound."""
    seen = Contribution.objects.visible_to(actor).select_related("consultation", "agency__profile")
    if (found := seen.filter(pk=pk).first()) is None:
        raise NotFound
    return found


def own_contribution(actor, pk) -> Contribution:
    """Return a contribution of the actor's agency. Raises NotFound, NotAllowed."""
    found = visible(actor, pk)
    if found.agency_id != actor.agency_id:
        raise NotAllowed("contribution")
    return found


def sides(actor, contribution: Contribution) -> set[str]:
    """Return what the actor is to a contribution; an independent body is never moderated."""
    if contribution.agency_id == actor.agency_id and access.contributes(actor):
        independent = contribution.author_kind == Contribution.AuthorKind.INDEPENDENT
        return {workflow.AUTHOR, workflow.INDEPENDENT} if independent else {workflow.AUTHOR}
    return access.sides(actor)


def send_contribution(actor, pk) -> Contribution:
    """Send a draft to the coordination, with the day an answer is due.

    That of an independent body is published at once, unless it is confidential. Raises NotFound, NotAllowed,
    WrongState.
    """
    found = own_contribution(actor, pk)
    if found.consultation and not found.consultation.is_open:
        raise WrongState(found.consultation.state)
    free = found.author_kind == Contribution.AuthorKind.INDEPENDENT and not found.confidential
    due = timezone.now() + timedelta(days=settings.CONTRIBUTION_ANSWER_DAYS)
    return _move(actor, found, "release" if free else "submit", due_at=due)


def take_back_contribution(actor, pk) -> Contribution:
    """Make an unanswered contribution a draft again."""
    return _move(actor, _unanswered(own_contribution(actor, pk)), "take_back")


def withdraw_contribution(actor, pk) -> Contribution:
    """Withdraw a draft or an unpublished contribution: only its author keeps the text."""
    return _move(actor, _unanswered(own_contribution(actor, pk)), "withdraw")


def _unanswered(found: Contribution) -> Contribution:
    if found.settled_at is not None:
        raise WrongState(found.state)
    return found


class MayName(ValueError):
    """Signal passages that may name a person, and that whoever publishes has not been shown; `found` lists them."""

    def __init__(self, found: list[Found]):
        self.found = found
        super().__init__([item.kind for item in found])


def publish_contribution(actor, pk, *, seen: Collection[str] = ()) -> Contribution:
    """Publish a contribution. Coordination only. Raises NotFound, NotAllowed, WrongState when it is confidential.

    `seen`: the passages that may name a person and that the actor read and leaves in. Raises MayName when the text
    holds another one: a name published with an accusation cannot be called back.
    """
    contribution = visible(actor, pk)
    _coordination(actor, "publish")
    if contribution.confidential:
        raise WrongState("confidential")
    found = may_name(contribution)
    if contribution.state == Contribution.State.SUBMITTED and not {item.text for item in found} <= set(seen):
        raise MayName(found)
    return _move(actor, contribution, "publish")


def may_name(contribution: Contribution) -> list[Found]:
    """Return the passages of its title, text and answers that may name a person."""
    return rules.found_in(contribution.title, contribution.text, *contribution.answers)


def set_contribution_aside(actor, pk, *, reason: str) -> Contribution:
    """Set a contribution aside, with a reason its author reads; never that of an independent body."""
    found = visible(actor, pk)
    _coordination(actor, "set_aside")
    if found.author_kind == Contribution.AuthorKind.INDEPENDENT:
        raise NotAllowed("set_aside")
    moved = _move(actor, found, "set_aside", reason=reason)
    enqueue("contribution_answered", moved, to=["author"])
    return moved


def _move(actor, found: Contribution, action: str, *, reason: str = "", due_at=None) -> Contribution:
    after = step(workflow.CONTRIBUTION, found.state, action, side=sides(actor, found), actor=actor).after
    move = ContributionMove(
        contribution=found,
        action=action,
        before=found.state,
        after=after,
        reason=reason,
        due_at=due_at,
        agency=actor.agency,
        by=actor,
    )
    with guarded():
        ContributionMove.objects.bulk_create([move])
    found.refresh_from_db()
    record(f"contribution.{action}", found)
    return found


def answer_contribution(actor, pk, *, verdict: str, text: str) -> Response:
    """Answer a published or confidential contribution, and notify its author. Coordination only."""
    found = visible(actor, pk)
    _coordination(actor, "answer")
    if not found.is_answerable:
        raise WrongState(found.state)
    made = Response(contribution=found, verdict=verdict, text=text, agency=actor.agency, by=actor)
    with guarded():
        Response.objects.bulk_create([made])
    record("contribution.answer", found)
    enqueue("contribution_answered", found, to=["author"])
    return made


def remind_answers() -> int:
    """Notify the coordination of answers due soon or late; return how many. For the worker.

    Once for each time limit: sent again after it was taken back, a contribution has another one.
    """
    waiting, now = Contribution.objects.waiting(), timezone.now()
    soon = waiting.filter(due_at__gte=now, due_at__lt=now + timedelta(days=settings.CONTRIBUTION_REMINDER_DAYS))
    late = enqueue_once("contribution_late", "contribution", _due(waiting.filter(due_at__lt=now)), to=[COORDINATION])
    return late + enqueue_once("contribution_due", "contribution", _due(soon), to=[COORDINATION])


def _due(contributions) -> list[Due]:
    return [Due(f"{found.pk} {found.due_at.timestamp()}", found.pk, found.reference, []) for found in contributions]


def sum_up_survivors(actor, *, title: str, text: str, consultation=None) -> SurvivorSummary:
    """Publish the summary of what survivors said. Coordination only."""
    _coordination(actor, "summary")
    made = SurvivorSummary(title=title, text=text, consultation=consultation, agency=actor.agency, by=actor)
    with guarded():
        SurvivorSummary.objects.bulk_create([made])
    record("survivors.sum_up", made)
    return made
