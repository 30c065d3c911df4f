"""Ask the persons of an event, one by one: what is asked is written once, each answer is a record of its own."""

from datetime import datetime

from django.utils import timezone

from agencies.members.rules import WORKS
from agencies.models import Agency
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


class AnotherQuestion(WrongState):
    """Signal that what is asked is no longer what was read to the person. Nothing was changed."""


Answer = SituationCase.Answer
# what an adult may be asked, and may agree to in part; the rest of an agreement is how it was asked
SCOPE = ("agencies", "kinds", "level", "categories")
HOW = ("purpose", "explained", "proof", "language", "interpreter")
# with one of these changed it is another question; the rest is how it is asked
QUESTION = ("purpose", *SCOPE, "until")
# of `Situation.data`: ids of the agreements that answers of this situation made, whichever answer came after them
MADE = "agreements"
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
    question ends of the earlier agreements that this situation made those that it takes back (see `_ended`): who sleeps
    in a shelter keeps her bed while she is asked something else. What was agreed to elsewhere, by her or by who speaks
    for her, ends there alone; what was prepared on it and has not left is withdrawn when she refuses it. `heard`: the
    `since` of the question that was read to her. Raises NotFound, NotAllowed unless the actor leads the case,
    WrongState before anything is asked, AnotherQuestion when a colleague changed what is asked meanwhile, ValueError
    for a part that goes beyond what was asked.
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
        raise AnotherQuestion("another question")
    if said not in STANCES:
        raise ValueError(said)
    scope = None if case.is_minor else _scope(asked, said, part)
    if _unchanged(line, said, scope) and not answered_before(line, asked):
        return line
    corrected = None if answered_before(line, asked) else line.consent_id
    for consent in made_here(situation, line):
        if consent.pk == corrected or (not case.is_minor and _ended(consent, asked, said, scope)):
            withdraw_consent(actor, consent.pk)
    if case.is_minor:
        _hear(actor, case, said, asked)
    consent = _agree(actor, situation, case, scope) if scope else None
    line.agreement, line.answered_at, line.answered_by, line.consent = said, timezone.now(), actor, consent
    with guarded():
        line.save(update_fields=["agreement", "answered_at", "answered_by", "consent"])
    if not case.is_minor:
        _take_back(actor, case, asked, said, scope)
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


def made_here(situation: Situation, line: SituationCase) -> list[Consent]:
    """Return the agreements in force that this person gave by answers of this situation."""
    made = {*situation.data.get(MADE, ()), str(line.consent_id)}
    return [consent for consent in _in_force(line) if str(consent.pk) in made]


def _in_force(line: SituationCase) -> list[Consent]:
    return [consent for consent in Consent.objects.filter(case=line.case_id, withdrawn_at=None) if consent.is_live]


def agreed_elsewhere(situation: Situation, line: SituationCase) -> bool:
    """Return whether an agreement in force on the case of this person is none of this situation: no answer ends it."""
    made = {*situation.data.get(MADE, ()), str(line.consent_id)}
    return any(str(consent.pk) not in made for consent in _in_force(line))


def _ended(consent: Consent, asked: dict, said: str, scope: dict | None) -> bool:
    """Return whether an answer takes this agreement back: all of it was asked anew, and not all of it agreed to.

    A service was asked about anew when the question names it; it is still agreed to when the answer names it or its
    kind: who refuses a kind did not speak of the service that she is with, who agrees to one did.
    """
    if said not in (Answer.NO, Answer.PART) or consent.purpose != asked["purpose"]:
        return False
    if not _within(consent, asked, set(asked["agencies"])):
        return False
    return scope is None or not _within(consent, scope, _named(scope, consent))


def _named(scope: dict, consent: Consent) -> set[int]:
    """Return the services of this agreement that a scope names, by id or by kind (`Consent.names`)."""
    reach = Consent(agencies=scope["agencies"], kinds=scope["kinds"])
    return {agency.pk for agency in Agency.objects.filter(pk__in=consent.agencies) if reach.names(agency)}


def _within(consent: Consent, scope: dict, named: set[int]) -> bool:
    reached = set(consent.agencies) <= named and set(consent.kinds) <= set(scope["kinds"])
    return reached and consent.level <= scope["level"] and not consent.categories & ~scope["categories"]


def _agree(actor, situation: Situation, case: Case, scope: dict) -> Consent:
    asked = situation.data["asked"]
    until = datetime.fromisoformat(asked["until"]) if asked.get("until") else None
    how = {name: asked[name] for name in HOW}
    how["language"] = case.language or how["language"]
    consent = record_consent(actor, case.pk, **scope, **how, until=until)
    situation.data = {**situation.data, MADE: [*situation.data.get(MADE, ()), str(consent.pk)]}
    with guarded():
        situation.save(update_fields=["data"])
    return consent


def _hear(actor, case: Case, said: str, asked: dict) -> None:
    text = {"heard_by": asked["asked_by"]} if asked.get("asked_by") else None
    how = {"language": case.language or asked["language"], "interpreter": asked["interpreter"]}
    record_opinion(actor, case.pk, stance=STANCES[Answer(said)], text=text, **how)


def _take_back(actor, case: Case, asked: dict, said: str, scope: dict | None) -> None:
    """Withdraw what was prepared for a person who did not agree to it.

    Apart from drafts on a legal ground, on what somebody else agreed to for her, and on an agreement to something else.
    """
    drafts = Orientation.objects.sent_by(actor).filter(case=case, state=Orientation.State.DRAFT, legal_ground="")
    for draft in drafts.select_related("addressee", "consent"):
        consent = draft.consent
        if consent is None or consent.withdrawn_at is not None:
            refused = scope is None
        else:
            refused = consent.giver == Consent.Giver.PERSON and consent.purpose == asked["purpose"]
            refused = refused and said in (Answer.NO, Answer.PART) and _refused(draft.addressee, asked, scope)
        if refused:
            withdraw_orientation(actor, draft.pk)


def _refused(agency: Agency, asked: dict, scope: dict | None) -> bool:
    """Return whether the person was asked about this service, by name or by kind, and did not agree to it."""
    was_asked, agreed = (
        bool(reach) and Consent(agencies=reach["agencies"], kinds=reach["kinds"]).names(agency)
        for reach in (asked, scope)
    )
    return was_asked and not agreed
