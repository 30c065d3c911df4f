"""Write about commitments: state the position, check it, give an opinion, link, add, import."""

from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils import timezone

from foundation.errors import get_or_not_found as found_or_404
from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from plans.models import (
    Commitment,
    CommitmentCheck,
    CommitmentOpinion,
    CommitmentProgress,
    CommitmentSource,
    Measure,
    Provenance,
)
from plans.models.bodies import STATE, body_of, builds_policy, is_state
from plans.models.coordination import coordinates
from plans.steering import selectors as steering_selectors

ADDER = "cncdh"  # the national rapporteur adds its recommendations (mission, section 4)


def may_add(actor) -> bool:
    """Return whether the actor may add a commitment: the coordination or CNCDH."""
    return coordinates(actor) or body_of(actor) == ADDER


def responsible_for(commitment) -> str | None:
    """Return the code of the body in charge, named by the last position; None before the first."""
    return commitment.progress.values_list("responsible", flat=True).first()


def may_state(actor, commitment) -> bool:
    """Return whether the actor may state the official position.

    The coordination for any commitment; a body of the State for itself, unless another body is in charge.
    """
    if coordinates(actor):
        return True
    return is_state(actor) and responsible_for(commitment) in (None, body_of(actor))


def may_give_opinion(actor) -> bool:
    """Return whether the actor may give an opinion: not the State (CNCDH, associations, unions, companies).

    A unit of the State without a body is still the State.
    """
    return builds_policy(actor) and actor.agency.kind not in STATE


def _seen(actor, code) -> Commitment:
    return found_or_404(Commitment.objects.visible_to(actor).filter(active=True), pk=code)


@transaction.atomic
def state_progress(actor, code, *, responsible=None, **position) -> CommitmentProgress:
    """State the official position on a day. The coordination may name the body in charge (`responsible`).

    Raises NotFound, NotAllowed, or WrongState (a future day, a body that cannot be responsible).
    """
    commitment = _seen(actor, code)
    if not may_state(actor, commitment):
        raise NotAllowed("progress")
    steering_selectors.require(responsible, steering_selectors.responsible())
    if position["on"] > timezone.localdate():
        raise WrongState("day to come")
    body = responsible.pk if responsible and coordinates(actor) else body_of(actor)
    with guarded():
        made = CommitmentProgress.objects.create(
            commitment=commitment, responsible_id=body, agency=actor.agency, by=actor, **position
        )
    record("commitment.progress", made)
    return made


@transaction.atomic
def check_progress(actor, pk, *, verdict, text="") -> CommitmentCheck:
    """Confirm a position, or tell what is missing. Coordination only, once per position.

    Raises NotFound, NotAllowed, or WrongState when it was checked already.
    """
    progress = found_or_404(CommitmentProgress, pk=pk)
    if not coordinates(actor):
        raise NotAllowed("check")
    try:
        with guarded():
            made = CommitmentCheck.objects.create(
                progress=progress, verdict=verdict, text=text, agency=actor.agency, by=actor
            )
    except IntegrityError as error:
        raise WrongState("checked") from error
    record("commitment.check", made)
    return made


def draft_opinion(actor, code) -> CommitmentOpinion | None:
    """Return the draft opinion of the actor's unit on a commitment, or None."""
    mine = CommitmentOpinion.objects.visible_to(actor).filter(commitment=code, released_at=None)
    return mine.filter(agency=actor.agency_id).first()


@transaction.atomic
def write_opinion(actor, code, *, release=False, **content) -> CommitmentOpinion:
    """Save the draft opinion of the unit, and release it with `release`; then it is public and never changes.

    Nobody agrees with a position that does not exist: without one, the stance is ALONE, whatever was sent; with one,
    ALONE or none raises WrongState.
    """
    commitment = _seen(actor, code)
    if not may_give_opinion(actor):
        raise NotAllowed("opinion")
    if not commitment.progress.exists():
        content["stance"] = CommitmentOpinion.Stance.ALONE
    elif content.get("stance") in (None, "", CommitmentOpinion.Stance.ALONE):
        raise WrongState("a position stands")
    opinion = draft_opinion(actor, code) or CommitmentOpinion(commitment=commitment, agency=actor.agency)
    new = opinion._state.adding
    for name, value in {**content, "by": actor, "at": timezone.now()}.items():
        setattr(opinion, name, value)
    with guarded():
        opinion.save(force_insert=new, **({} if new else {"update_fields": [*content, "by", "at"]}))
        if release:
            opinion.released_at = timezone.now()
            opinion.save(update_fields=["released_at"])
    record("commitment.opinion_released" if release else "commitment.opinion_kept", opinion)
    return opinion


@transaction.atomic
def discard_opinion(actor, code) -> None:
    """Delete the draft opinion of the unit. Raises WrongState without one."""
    opinion = draft_opinion(actor, code)
    if opinion is None:
        raise WrongState("no draft")
    record("commitment.opinion_discarded", opinion)
    opinion.delete()


@transaction.atomic
def link_measure(actor, code, measure) -> None:
    """Link a measure that carries out the commitment. The loader then leaves its links unchanged."""
    with _linking(actor, code) as commitment:
        commitment.measures.add(Measure.objects.visible_to(actor).get(pk=measure.pk))


@transaction.atomic
def link_repeat(actor, code, older) -> None:
    """Link an older text that asked the same. Raises WrongState for a later date: chains never turn back."""
    with _linking(actor, code) as commitment:
        if older.pk == code or older.from_text.dated > commitment.from_text.dated:
            raise WrongState("not older")
        commitment.repeats.add(older)


@transaction.atomic
def unlink(actor, code, link: str) -> None:
    """Remove a link. `what`: « measure/<key> » or « repeat/<code> ». Raises WrongState when it does not exist."""
    kind, _sign, key = link.partition("/")
    with _linking(actor, code) as commitment:
        found = {"measure": commitment.measures, "repeat": commitment.repeats}.get(kind)
        if found is None or not (target := found.filter(pk=int(key) if kind == "measure" else key).first()):
            raise WrongState("not linked")
        found.remove(target)


@contextmanager
def _linking(actor, code):
    commitment = _seen(actor, code)
    if not coordinates(actor):
        raise NotAllowed("links")
    with guarded():
        yield commitment
        Commitment.objects.filter(pk=commitment.pk).update(edited_at=timezone.now())
    record("commitment.links", commitment)


@transaction.atomic
def put_aside(actor, code, *, back=False) -> None:
    """Take a commitment entered by mistake out of the register, or put it `back`. Coordination only."""
    commitment = found_or_404(Commitment.objects.visible_to(actor), pk=code)
    if not coordinates(actor):
        raise NotAllowed("put aside")
    if commitment.active == back:
        raise WrongState("aside")
    with guarded():
        Commitment.objects.filter(pk=commitment.pk).update(active=back, edited_at=timezone.now())
    record("commitment.put_back" if back else "commitment.put_aside", commitment)


@transaction.atomic
def add_commitment(actor, *, source_title="", source_dated="", code="", **fields) -> Commitment:
    """Add a commitment, and its text when it is new, by the coordination or CNCDH."""
    if not may_add(actor):
        raise NotAllowed("add")
    with guarded():
        if fields.get("from_text") is None:
            fields["from_text"] = _new_source(source_title, source_dated)
        made = Commitment(
            code=code or _free_code(), order=_last(Commitment) + 1, provenance=Provenance.ENTERED, **fields
        )
        made.edited_at = timezone.now()
        made.save(force_insert=True)
    record("commitment.added", made)
    return made


def _new_source(title: str, dated: str) -> CommitmentSource:
    order = _last(CommitmentSource) + 1
    return CommitmentSource.objects.create(code=f"text-{order}", order=order, title_fr=title, dated=dated)


def _last(model) -> int:
    return model.objects.order_by("-order").values_list("order", flat=True).first() or 0


def _free_code() -> str:
    """Return the next code A-01, A-02...: series of commitments added here, apart from those of the pack."""
    taken = Commitment.objects.filter(code__regex=r"^A-[0-9]+$").values_list("code", flat=True)
    return f"A-{max((int(code[2:]) for code in taken), default=0) + 1:02d}"


@transaction.atomic
def import_commitments(actor, lines) -> int:
    """Add or change commitments from lines without faults; return how many. Coordination only.

    Raises WrongState when a line has a fault.
    """
    if not coordinates(actor):
        raise NotAllowed("import")
    if any(not line.good for line in lines):
        raise WrongState("faulty")
    order, done = _last(Commitment), 0
    with guarded():
        _new_texts(lines)
        for line in lines:
            if line.act == "same":
                continue
            order += line.act == "new"
            commitment = line.known or Commitment(code=line.values["code"], order=order, provenance=Provenance.ENTERED)
            for name, column in IMPORTED.items():
                setattr(commitment, column, line.values[name])
            commitment.edited_at = timezone.now()
            commitment.save(force_insert=line.known is None)
            record("commitment.imported", commitment)
            done += 1
    return done


# column of the table -> column of the register
IMPORTED = {
    "body": "body_id",
    "source": "from_text_id",
    "paragraph": "paragraph",
    "urgency": "urgency_id",
    "theme": "theme_id",
    "text_fr": "text_fr",
    "text_en": "text_en",
    "due_date": "due_date",
}


def _new_texts(lines) -> None:
    known = set(CommitmentSource.objects.values_list("pk", flat=True))
    for line in lines:
        code = line.values["source"]
        if code not in known:
            known.add(code)
            CommitmentSource.objects.create(
                code=code,
                order=_last(CommitmentSource) + 1,
                title_fr=line.values["source_title"],
                dated=line.values["source_date"],
            )
