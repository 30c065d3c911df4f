"""Write evaluations: draft, release, corrections, and replies of those in charge.

A draft is read by its unit only, not by the coordination. One member asks for its release, a second person releases it
(nrm.decide_evaluation); once released, it is public and never changes.
"""

from django.db.models import Q
from django.utils import timezone

from agencies.accounts.operations import ask
from agencies.models import Agency
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations.events import enqueue
from plans import access
from plans.models import Evaluation, EvaluationNote, Mandate, Measure, MeasureOpinion, Plan, RightOfReply
from plans.models.bodies import EVALUATORS, body_of, builds_policy
from plans.models.coordination import coordinates

DRAFT, PROPOSED, RELEASED = Evaluation.State.DRAFT, Evaluation.State.PROPOSED, Evaluation.State.RELEASED
UNIT, COORDINATION = "unit", "coordination"  # where the second person of a release is
HEAD = ("kind", "on", "title_fr", "title_en", "text_fr", "text_en")
FIELDS = ("status", "score", "evidence", "comment")
EMPTY = ["", None, "", ""]


def start_evaluation(actor, plan_code: str, kind: str) -> Evaluation:
    """Return the draft of the actor's unit on a plan, created on the last version if needed.

    Raises NotAllowed, NotFound, or WrongState for a plan without a version.
    """
    if not access.evaluates(actor):
        raise NotAllowed("evaluates")
    plan = Plan.objects.visible_to(actor).filter(code=plan_code).first()
    if plan is None:
        raise NotFound
    begun = Evaluation.objects.filter(plan=plan, agency=actor.agency_id, state__in=(DRAFT, PROPOSED)).first()
    if begun:
        return begun
    version = plan.versions.order_by("-number").first()
    if version is None:
        raise WrongState("no version")
    with guarded():
        made = Evaluation.objects.create(
            plan=plan,
            version=version,
            evaluator_id=body_of(actor),
            agency=actor.agency,
            by=actor,
            kind=kind,
            on=timezone.localdate(),
        )
    record("evaluation.start", made)
    return made


def save_evaluation(actor, pk, *, head: dict | None = None, opinions: dict[str, dict] | None = None) -> Evaluation:
    """Save what was typed in a draft.

    `opinions`: code of measure -> fields to change; an opinion left empty is deleted. Raises NotFound for a code that
    is not in the version.
    """
    draft = _draft(actor, pk)
    for name in HEAD:
        if head and name in head:
            setattr(draft, name, head[name])
    draft.saved_at = timezone.now()
    draft.save(update_fields=[*HEAD, "saved_at"])
    if opinions:
        _keep(draft, opinions)
    return draft


def _keep(draft: Evaluation, opinions: dict[str, dict]) -> None:
    known = {measure["code"] for measure in draft.version.content["measures"]}
    if opinions.keys() - known:
        raise NotFound
    stored = {row.measure: row for row in draft.opinions.filter(measure__in=opinions)}
    with guarded():
        for code, given in opinions.items():
            row = stored.get(code) or MeasureOpinion(evaluation=draft, measure=code)
            before = [getattr(row, name) for name in FIELDS]
            for name in FIELDS:
                setattr(row, name, given.get(name, getattr(row, name)))
            after = [getattr(row, name) for name in FIELDS]
            if after == EMPTY and code in stored:
                row.delete()
            elif after not in (EMPTY, before):
                row.save(force_insert=code not in stored)


def second_at(actor, evaluation: Evaluation) -> str:
    """Return where the second person of a release is: UNIT, COORDINATION, or "" when there is none today.

    Of who asked for it; of the actor when nobody did yet.
    """
    return ask("SELECT nrm.second_evaluators(%s, %s)", evaluation.agency_id, evaluation.asked_by_id or actor.pk) or ""


def ask_release(actor, pk) -> Evaluation:
    """Ask a second person to release the draft, which nobody changes meanwhile. Notifies where that person is.

    The members of the unit are told that it was asked when the coordination decides.

    Raises WrongState when it is empty, or when there is no second person.
    """
    draft = _draft(actor, pk)
    found = _decided(draft, "ask")
    if second_at(actor, draft) == COORDINATION:
        units = access.units_of(Mandate.objects.live().values_list("body", flat=True))
        enqueue("evaluation_waiting", found, to=["desk"], agencies=[*units])
        enqueue("evaluation_asked", found, to=["desk"], agencies=[found.agency_id])
    else:
        enqueue("evaluation_waiting", found, to=["desk"], agencies=[found.agency_id])
    return found


def resume_evaluation(actor, pk) -> Evaluation:
    """Take back the request of release: the unit writes again. Notifies its members."""
    found = _decided(_visible(actor, pk), "resume")
    enqueue("evaluation_decided", found, to=["desk"], agencies=[found.agency_id])
    return found


def return_evaluation(actor, pk, reason: str) -> Evaluation:
    """Send a draft back to its unit as the second person, with the reason. Notifies its members."""
    waiting = _visible(actor, pk)
    found = _decided(waiting, "return", reason)
    enqueue("evaluation_decided", waiting, to=["desk"], agencies=[waiting.agency_id])
    return found


def release_evaluation(actor, pk) -> Evaluation:
    """Make public and frozen, as the second person, what was asked; notify those concerned.

    Raises NotAllowed for who asked, WrongState when nobody asked.
    """
    found = _decided(_visible(actor, pk), "release")
    _tell_released(found)
    enqueue("evaluation_decided", found, to=["desk"], agencies=[found.agency_id])
    return found


def _decided(found: Evaluation, act: str, why: str = "") -> Evaluation:
    """Run an act of nrm.decide_evaluation and record it. The second person may see the evaluation no more then."""
    with guarded():
        ask("SELECT nrm.decide_evaluation(%s, %s, %s)", found.pk, act, why)
    record(f"evaluation.{act}", found)
    return Evaluation.objects.filter(pk=found.pk).select_related("plan").first() or found


def _tell_released(released: Evaluation) -> None:
    """Notify those who may reply (leads of the measures or plan, coordination) and the other evaluators."""
    codes = released.opinions.values_list("measure", flat=True)
    leads = set(Measure.objects.filter(plan=released.plan_id, code__in=codes).values_list("lead", flat=True))
    bodies = {*leads, released.plan.lead_id, *Mandate.objects.live().values_list("body", flat=True)} - {None}
    answering = access.units_of(bodies, but=released.agency_id)
    others = Agency.objects.filter(active=True, kind__in=EVALUATORS, profile__isnull=False)
    reading = others.exclude(pk__in=[released.agency_id, *answering]).values_list("pk", flat=True)
    enqueue("evaluation_reply", released, to=["desk"], agencies=answering)
    enqueue("evaluation_released", released, to=["desk"], agencies=sorted(reading))


def discard_evaluation(actor, pk) -> None:
    """Delete a draft with its opinions."""
    draft = _draft(actor, pk)
    record("evaluation.discard", draft)
    with guarded():
        draft.delete()


def add_note(actor, pk, text: str) -> EvaluationNote:
    """Add a correction beside an evaluation released by the actor's unit."""
    evaluation = _released(actor, pk)
    if evaluation.agency_id != actor.agency_id:
        raise NotAllowed("not yours")
    with guarded():
        note = EvaluationNote.objects.create(evaluation=evaluation, text=text, agency=actor.agency, by=actor)
    record("evaluation.note", evaluation)
    return note


def reply(actor, pk, *, measure: str = "", text: str) -> RightOfReply:
    """Reply to a released evaluation on the plan, or on one measure, as the body in charge. Notifies the evaluator."""
    evaluation = _released(actor, pk)
    if not may_reply(actor, evaluation, measure):
        raise NotAllowed("not in charge")
    with guarded():
        made = RightOfReply.objects.create(
            evaluation=evaluation,
            measure=measure,
            body_id=body_of(actor),
            text=text,
            agency=actor.agency,
            by=actor,
        )
    record("evaluation.reply", evaluation)
    if evaluation.agency_id:  # evaluations of the pack have no agency to notify
        enqueue("evaluation_answered", evaluation, to=["desk"], agencies=[evaluation.agency_id])
    return made


def may_reply(actor, evaluation: Evaluation, measure: str) -> bool:
    """Return whether the actor may reply on the plan (`measure` empty) or on a measure.

    The lead of the plan or measure; the coordination for the plan and for measures without a lead. A unit does not
    reply to its own evaluation: it corrects it.
    """
    body = body_of(actor)
    if body is None or evaluation.state != RELEASED or evaluation.agency_id == actor.agency_id:
        return False
    if not measure:
        return evaluation.plan.lead_id == body or coordinates(actor)
    return measure in answerable(actor, evaluation)


def answerable(actor, evaluation: Evaluation) -> set[str]:
    """Return the codes of measures on which the actor may reply: `may_reply` for all at once."""
    body = body_of(actor)
    if body is None or evaluation.state != RELEASED or evaluation.agency_id == actor.agency_id:
        return set()
    mine = Q(lead=body) | Q(lead=None) if coordinates(actor) else Q(lead=body)
    codes = evaluation.opinions.values_list("measure", flat=True)
    return set(evaluation.plan.measures.filter(mine, code__in=codes).values_list("code", flat=True))


def to_answer(actor) -> list[MeasureOpinion]:
    """Return the released opinions on measures led by the actor's body without its reply, newest first."""
    body = body_of(actor)
    if body is None:
        return []
    answered = set(RightOfReply.objects.filter(body=body).values_list("evaluation_id", "measure"))
    led = Measure.objects.filter(lead=body).in_bulk(field_name="code")
    found = (
        MeasureOpinion.objects.filter(evaluation__state=RELEASED, measure__in=led)
        .exclude(evaluation__agency=actor.agency_id)
        .select_related("evaluation__plan", "evaluation__evaluator")
        .order_by("-evaluation__released_at", "measure")
    )
    waiting = [opinion for opinion in found if (opinion.evaluation_id, opinion.measure) not in answered]
    for opinion in waiting:
        opinion.led = led[opinion.measure]  # the measure, for its title
    return waiting


def _draft(actor, pk) -> Evaluation:
    """Return a draft of the actor's unit, locked, so that two tabs write one after the other."""
    found = _visible(actor, pk)
    if found.agency_id != actor.agency_id or not builds_policy(actor):
        raise NotAllowed("not yours")
    # row security lets nobody lock a released evaluation
    locked = Evaluation.objects.select_for_update(of=("self",)).filter(pk=pk, state=DRAFT).first()
    if locked is None:
        raise WrongState(found.state)
    return locked


def _visible(actor, pk) -> Evaluation:
    found = Evaluation.objects.visible_to(actor).select_related("plan").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _released(actor, pk) -> Evaluation:
    found = _visible(actor, pk)
    if found.state != RELEASED:
        raise WrongState(found.state)
    return found
