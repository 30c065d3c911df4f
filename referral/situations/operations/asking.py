"""Ask the persons of an event, one by one: what is asked is written once, each answer is a record of its own."""

from datetime import datetime

from django.utils import timezone

from agencies.members.rules import WORKS
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from referral.models import Orientation, Situation, SituationCase
from referral.orientations.operations.orientations import withdraw_orientation
from referral.situations.rules import answered_before
from victims.cases.access import must_lead, visible_case
from victims.consents.operations import nameable, record_consent, record_opinion, withdraw_consent
from victims.models import Case, ChildOpinion, Consent

from .situations import visible_situation

Answer = SituationCase.Answer
# what an adult may be asked, and may agree to in part; the rest of an agreement is how it was asked
SCOPE = ("agencies", "kinds", "level", "categories")
HOW = ("purpose", "explained", "proof", "language", "interpreter")
# with one of these changed it is another question; the rest is how it is asked
QUESTION = ("purpose", *SCOPE, "until")
# a child is heard and does not agree: the same four answers are kept as an opinion
STANCES = {
    Answer.YES: ChildOpinion.Stance.FAVOURABLE,
    Answer.PART: ChildOpinion.Stance.MIXED,
    Answer.NO: ChildOpinion.Stance.UNFAVOURABLE,
    Answer.LATER: ChildOpinion.Stance.SILENT,
    Answer.NOT_ASKED: ChildOpinion.Stance.NOT_HEARD,  # an answer noted by mistake is taken back so
}


def set_question(actor, situation_id, asked: dict) -> None:
    """Write what each person will be asked. Answers already given keep what was asked then (`rules.was_asked`).

    `asked`: SCOPE and HOW as in `Consent`, `until` (ISO 8601 or empty), `asked_by` (function, with whom). Raises
    NotFound, NotAllowed for a service that no agreement may name.
    """
    situation = visible_situation(actor, situation_id, lock=True)
    named = set(asked["agencies"])
    if not actor.has(*WORKS) or named - set(nameable(actor).filter(pk__in=named).values_list("pk", flat=True)):
        raise NotAllowed("question")
    before = asked_of(situation)
    same = before is not None and all(_plain(before[name]) == _plain(asked[name]) for name in QUESTION)
    since = before.get("since", "") if same else timezone.now().isoformat()
    situation.data = {**situation.data, "asked": {**asked, "since": since}}
    with guarded():
        situation.save(update_fields=["data"])
    record("situation.question", situation)


def asked_of(situation: Situation) -> dict | None:
    """Return what the persons of the event are asked; None until it is written."""
    return situation.data.get("asked")


def _plain(value):
    return sorted(value) if isinstance(value, list) else value


def answer(
    actor, situation_id, line_id: int, said: str, *, part: dict | None = None, heard: str | None = None
) -> SituationCase:
    """Record what one person answered: an agreement for « yes » and « part », for a child an opinion.

    `part`: what was agreed to, within what was asked (SCOPE). The same answer again to the same question has no effect;
    another one ends the agreement of the first, and withdraws what was prepared and rested on it. An answer to a later
    question ends of the earlier agreements those that it takes back (see `_ended`): who sleeps in a shelter keeps her
    bed while she is asked something else. `heard`: the `since` of the question that was read to her. Raises NotFound,
    NotAllowed unless the actor leads the case, WrongState before anything is asked and when a colleague changed what is
    asked meanwhile, ValueError for a part that goes beyond what was asked.
    """
    situation = visible_situation(actor, situation_id, lock=True)  # a question that is being changed is waited for
    lines = SituationCase.objects.visible_to(actor).filter(situation=situation, pk=line_id)
    line = lines.select_for_update(of=("self",)).first()  # serialises two taps
    if line is None:
        raise NotFound
    case, asked = visible_case(actor, line.case_id), asked_of(situation)
    must_lead(actor, case)
    if asked is None:
        raise WrongState("question")
    if heard is not None and heard != asked.get("since", ""):
        raise WrongState("another question")
    if said not in STANCES:
        raise ValueError(said)
    scope = None if case.is_minor else _scope(asked, said, part)
    if _unchanged(line, said, scope) and not answered_before(line, asked):
        return line
    corrected = None if answered_before(line, asked) else line.consent_id
    for consent in Consent.objects.filter(case=case, withdrawn_at=None):
        # what a guardian agreed to for a child does not end by the child's opinion
        if consent.pk == corrected or (not case.is_minor and _ended(consent, asked, said, scope)):
            withdraw_consent(actor, consent.pk)
    if case.is_minor:
        _hear(actor, case, said, asked)
    consent = _agree(actor, case, scope, asked) if scope else None
    line.agreement, line.answered_at, line.answered_by, line.consent = said, timezone.now(), actor, consent
    with guarded():
        line.save(update_fields=["agreement", "answered_at", "answered_by", "consent"])
    if consent is None and not case.is_minor:
        _take_back(actor, case)
    record("situation.answer", situation, case_id=case.pk)
    return line


def _scope(asked: dict, said: str, part: dict | None) -> dict | None:
    """Return what an agreement would cover, None for an answer that makes none."""
    if said == Answer.YES:
        return {name: asked[name] for name in SCOPE}
    if said != Answer.PART:
        return None
    if part is None:
        raise ValueError("which part")
    beyond = set(part["agencies"]) - set(asked["agencies"]) or set(part["kinds"]) - set(asked["kinds"])
    if beyond or part["level"] > asked["level"] or part["categories"] & ~asked["categories"]:
        raise ValueError("beyond what was asked")
    if not part["agencies"] and not part["kinds"]:
        raise ValueError("nobody")
    return {name: part[name] for name in SCOPE}


def _unchanged(line: SituationCase, said: str, scope: dict | None) -> bool:
    if line.agreement != said:
        return False
    if scope is None:
        return True
    held = line.consent
    return held is not None and held.is_live and all(getattr(held, name) == scope[name] for name in SCOPE)


def _ended(consent: Consent, asked: dict, said: str, scope: dict | None) -> bool:
    """Return whether an answer takes this agreement back: all of it was asked anew, and not all of it agreed to."""
    if said not in (Answer.NO, Answer.PART) or consent.purpose != asked["purpose"]:
        return False
    return _within(consent, asked) and not (scope and _within(consent, scope))


def _within(consent: Consent, scope: dict) -> bool:
    named = set(consent.agencies) <= set(scope["agencies"]) and set(consent.kinds) <= set(scope["kinds"])
    return named and consent.level <= scope["level"] and not consent.categories & ~scope["categories"]


def _agree(actor, case: Case, scope: dict, asked: dict) -> Consent:
    until = datetime.fromisoformat(asked["until"]) if asked.get("until") else None
    how = {name: asked[name] for name in HOW}
    return record_consent(actor, case.pk, **scope, **how | {"language": case.language or how["language"]}, until=until)


def _hear(actor, case: Case, said: str, asked: dict) -> None:
    text = {"heard_by": asked["asked_by"]} if asked.get("asked_by") else None
    how = {"language": case.language or asked["language"], "interpreter": asked["interpreter"]}
    record_opinion(actor, case.pk, stance=STANCES[Answer(said)], text=text, **how)


def _take_back(actor, case: Case) -> None:
    """Withdraw what was prepared for a person who did not agree, apart from drafts on a legal ground or an agreement
    to something else."""
    drafts = Orientation.objects.sent_by(actor).filter(case=case, state=Orientation.State.DRAFT, legal_ground="")
    for pk in drafts.exclude(consent__isnull=False, consent__withdrawn_at=None).values_list("pk", flat=True):
        withdraw_orientation(actor, pk)
