"""What is done about a commitment: stating where it stands, checking it, contesting it, linking it, adding it."""

from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils import timezone

from foundation.errors import found as found_or_404
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

ADDER = "cncdh"  # the national rapporteur adds what it asks for (mission, section 4)


def may_add(actor) -> bool:
    return coordinates(actor) or body_of(actor) == ADDER


def responsible_for(commitment) -> str | None:
    """Code of the body in charge: the one its last position names; None before the first."""
    return commitment.progress.values_list("responsible", flat=True).first()


def may_state(actor, commitment) -> bool:
    """The coordination of any; a body of the State for itself, where no other body is in charge."""
    if coordinates(actor):
        return True
    return is_state(actor) and responsible_for(commitment) in (None, body_of(actor))


def may_give_opinion(actor) -> bool:
    """Whoever is not the State: CNCDH, associations, unions, companies. A unit of the State that speaks for no body is
    the State all the same."""
    return builds_policy(actor) and actor.agency.kind not in STATE


def _seen(actor, code) -> Commitment:
    return found_or_404(Commitment.objects.visible_to(actor).filter(active=True), pk=code)


@transaction.atomic
def state_progress(actor, code, *, responsible=None, **said) -> CommitmentProgress:
    """The official position, dated. A ministry speaks for itself; the coordination names who is in charge."""
    commitment = _seen(actor, code)
    if not may_state(actor, commitment):
        raise NotAllowed("progress")
    steering_selectors.require(responsible, steering_selectors.responsible())
    if said["on"] > timezone.localdate():
        raise WrongState("day to come")
    body = responsible.pk if responsible and coordinates(actor) else body_of(actor)
    with guarded():
        made = CommitmentProgress.objects.create(
            commitment=commitment, responsible_id=body, agency=actor.agency, by=actor, **said
        )
    record("commitment.progress", made)
    return made


@transaction.atomic
def check_progress(actor, pk, *, verdict, text="") -> CommitmentCheck:
    """The coordination says that a position holds, or what is missing. Once."""
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
    mine = CommitmentOpinion.objects.visible_to(actor).filter(commitment=code, released_at=None)
    return mine.filter(agency=actor.agency_id).first()


@transaction.atomic
def write_opinion(actor, code, *, release=False, **said) -> CommitmentOpinion:
    """One draft a unit and commitment, its own alone; released, it stands beside the official position and stays."""
    commitment = _seen(actor, code)
    if not may_give_opinion(actor):
        raise NotAllowed("opinion")
    opinion = draft_opinion(actor, code) or CommitmentOpinion(commitment=commitment, agency=actor.agency)
    new = opinion._state.adding
    for name, value in {**said, "by": actor, "at": timezone.now()}.items():
        setattr(opinion, name, value)
    with guarded():
        opinion.save(force_insert=new, **({} if new else {"update_fields": [*said, "by", "at"]}))
        if release:
            opinion.released_at = timezone.now()
            opinion.save(update_fields=["released_at"])
    record("commitment.opinion_released" if release else "commitment.opinion_kept", opinion)
    return opinion


@transaction.atomic
def discard_opinion(actor, code) -> None:
    opinion = draft_opinion(actor, code)
    if opinion is None:
        raise WrongState("no draft")
    record("commitment.opinion_discarded", opinion)
    opinion.delete()


@transaction.atomic
def link_measure(actor, code, measure) -> None:
    """A measure that carries it out. The pack leaves its links alone after."""
    with _linking(actor, code) as commitment:
        commitment.measures.add(Measure.objects.visible_to(actor).get(pk=measure.pk))


@transaction.atomic
def link_repeat(actor, code, older) -> None:
    """An older text that asked the same. Raises WrongState for a text of a later date: a chain never turns back."""
    with _linking(actor, code) as commitment:
        if older.pk == code or older.from_text.dated > commitment.from_text.dated:
            raise WrongState("not older")
        commitment.repeats.add(older)


@transaction.atomic
def unlink(actor, code, what: str) -> None:
    """`what`: « measure/<key> » or « repeat/<code> »."""
    kind, _sign, key = what.partition("/")
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
    """A line entered by mistake leaves the register, with all that was said of it; the coordination may put it back."""
    commitment = found_or_404(Commitment.objects.visible_to(actor), pk=code)
    if not coordinates(actor):
        raise NotAllowed("put aside")
    if commitment.active == back:
        raise WrongState("aside")
    with guarded():
        Commitment.objects.filter(pk=commitment.pk).update(active=back, edited_at=timezone.now())
    record("commitment.put_back" if back else "commitment.put_aside", commitment)


@transaction.atomic
def add_commitment(actor, *, source_title="", source_dated="", code="", **said) -> Commitment:
    """A line of the register, by the coordination or CNCDH; with its text if the register does not know it yet."""
    if not may_add(actor):
        raise NotAllowed("add")
    with guarded():
        if said.get("from_text") is None:
            said["from_text"] = _new_source(source_title, source_dated)
        made = Commitment(code=code or _free_code(), order=_last(Commitment) + 1, provenance=Provenance.ENTERED, **said)
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
    """A-01, A-02...: what was added here, whatever the pack brings later."""
    taken = Commitment.objects.filter(code__regex=r"^A-[0-9]+$").values_list("code", flat=True)
    return f"A-{max((int(code[2:]) for code in taken), default=0) + 1:02d}"


@transaction.atomic
def import_commitments(actor, lines) -> int:
    """The lines of a table that was read and found good: new ones added, others brought to what the table says."""
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


# columns of the table -> columns of the register
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
