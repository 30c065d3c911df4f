"""Acts of a coordination unit on an event that concerns several persons: the forms and the operations of its pages."""

import uuid
from collections.abc import Callable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agencies.members.rules import WORKS
from agencies.models import Service
from foundation.errors import NotFound
from foundation.workflow import WrongState
from indicators.catalogue import selectors as catalogue_selectors
from referral.api.forms.acts import NOT_HERE, Step
from referral.api.forms.bodies import body_of, refused
from referral.api.forms.sharing import BITS, COVERS, REACH, agreement_as_posted
from referral.api.rules import Problem
from referral.api.serializers.alerts import UNKNOWN_CODE, ClientId
from referral.api.serializers.strict import Choice, Codes, Flag, Number, Strict, Text
from referral.models import Situation, SituationCase
from referral.orientations.operations.coverage import Uncovered
from referral.situations.forms.asking import AskedForm, PartForm
from referral.situations.forms.events import AlertReferenceForm, EventForm
from referral.situations.forms.persons import COUNTED, ROWS, SIDES, PersonsForm
from referral.situations.forms.sharing import SplitForm
from referral.situations.operations import asking, opening, situations, split
from victims.cases.access import visible_case
from victims.models import AgeSide

NO_DESK = _("This person is not here, or may not be sent to this service: read the proposal again.")
OF_SIDE = {side: name for name, side in SIDES.items()}


class GroupInput(Strict):
    age_side = Choice(choices=AgeSide.values)
    count = Number(min_value=1, max_value=opening.MOST)
    language = Text(max_length=8, required=False, help_text=_("Code of `languages`: the one they share."))


class PersonsInput(Strict):
    groups = GroupInput(many=True)
    alerts = Codes(
        child=ClientId(),
        required=False,
        help_text=_("Their signs are copied to each case: ids of alerts of the event."),
    )
    with_story = Flag(required=False, help_text=_("Their notes too, which every service with the file reads."))


class NextInput(Strict):
    without_alerts = Flag(required=False, help_text=_("Copy nothing from alerts: one of them is no longer readable."))


class SignInput(Strict):
    indicator = Text(max_length=40)
    known_by = Text(max_length=40, required=False, help_text=_("How it is known; left out: as its wording says."))


class SignsInput(Strict):
    signs = SignInput(many=True)


class CaseInput(Strict):
    case = ClientId(help_text=_("Id of a case that your agency reads."))


class AnswerInput(Strict):
    said = Choice(choices=SituationCase.Answer.values)
    agencies = Codes(child=Number(min_value=1), required=False, help_text=_("With `part`: of those asked."))
    kinds = Codes(child=Text(max_length=20), required=False, help_text=_("With `part`: of those asked."))
    level = Choice(choices=list(REACH), required=False, help_text=_("With `part`: how far."))
    categories = Codes(child=Choice(choices=list(BITS)), required=False, help_text=_("With `part`: of those asked."))


class DeskInput(Strict):
    case = ClientId()
    agency = Number(min_value=1)


class SplitInput(Strict):
    service = Text(max_length=40, help_text=_("Code of `services`: the need."))
    verb = Choice(choices=[code for code, _words in SplitForm.base_fields["verb"].choices if code])
    level = Choice(choices=list(REACH))
    categories = Codes(
        child=Choice(choices=list(BITS)),
        required=False,
        help_text=_(
            "Each request carries those that the person's own agreement covers; that of a child, on the ground of "
            "danger, none: a request for this child alone can."
        ),
    )
    child_reason = Text(max_length=1000, required=False, help_text=_("For children and ages in doubt: 20 characters."))
    persons = DeskInput(many=True)


NO_ALERT = _("No alert that your unit reads has this id.")


def _start(actor, _pk, *, alert=None, **said) -> Situation:
    form = EventForm(said)
    if not form.is_valid():
        raise refused(form)
    try:
        return situations.start_situation(actor, alert_id=alert, **form.cleaned_data)
    except NotFound as error:
        raise serializers.ValidationError({"alert": [NO_ALERT]}, code="not_given") from error


def _add_alert(actor, pk, *, reference: str) -> None:
    form = AlertReferenceForm({"reference": reference}, actor=actor)
    if not form.is_valid():
        raise refused(form)
    situations.add_alert(actor, pk, form.alert.pk)


def _persons(actor, pk, *, groups: list[dict], **said) -> None:
    tongues = list(dict.fromkeys(group.get("language", "") for group in groups))
    if len(tongues) > len(ROWS):
        raise serializers.ValidationError({"groups": [_("Six languages at most in one order.")]}, code="rule")
    typed = {"token": str(uuid.uuid4()), **said}
    for group in groups:
        row = ROWS[tongues.index(group.get("language", ""))]
        counted = OF_SIDE[group["age_side"]] + row
        typed |= {"language" + row: group.get("language", ""), counted: typed.get(counted, 0) + group["count"]}
    form = PersonsForm(typed, alerts=situations.readable_alerts(actor, situations.visible_situation(actor, pk)))
    if not form.is_valid():
        raise refused(form, **{name + row: "groups" for name in (*COUNTED, "language") for row in ROWS})
    opening.open_persons(actor, pk, **form.persons())


def _drop(actor, pk) -> None:
    opening.drop_planned(actor, pk)


def _open_next(actor, pk, *, without_alerts=False) -> None:
    batch = opening.planned(actor, pk).first()
    if batch is None:
        raise WrongState("opened")
    opening.open_batch(actor, batch.pk, without_alerts=without_alerts)


def grid_of(situation: Situation) -> dict[str, str]:
    """Return the signs that may be noted of an event: {indicator: how it is known}."""
    shared = catalogue_selectors.current()
    grid = catalogue_selectors.short_grid(situation.form, "adult")
    return {item.indicator: item.known_by for item in grid.items if item.indicator in shared.indicators}


def _signs(actor, pk, *, signs: list[dict]) -> None:
    grid = grid_of(situations.visible_situation(actor, pk))
    ways = catalogue_selectors.current().ways_known
    wrong = {
        n: {name: [UNKNOWN_CODE]}
        for n, sign in enumerate(signs)
        for name, known in (("indicator", grid), ("known_by", ways))
        if name in sign and sign[name] not in known
    }
    if wrong:
        raise serializers.ValidationError({"signs": wrong}, code="unknown_code")
    known_by = {sign["indicator"]: sign.get("known_by") or grid[sign["indicator"]] for sign in signs}
    situations.set_signs(actor, pk, list(known_by), known_by)


def _answer(actor, line_id, *, said: str, **part) -> None:
    line = SituationCase.objects.visible_to(actor).filter(pk=line_id).select_related("situation").first()
    if line is None:
        raise NotFound
    asked = asking.asked_of(line.situation)
    if asked is None:
        raise Problem("wrong-state", str(_("Nothing is asked yet: write it first with `set_question`.")))
    scope = None
    if part and said != SituationCase.Answer.PART:
        raise serializers.ValidationError({name: [NOT_HERE] for name in part}, code="rule")
    if said == SituationCase.Answer.PART and not visible_case(actor, line.case_id).is_minor:
        form = PartForm({**part, **_numbers(part)}, asked=asked)
        if not form.is_valid():
            raise refused(form)
        scope = form.part()
    asking.answer(actor, line.situation_id, line.pk, said, part=scope)


def _numbers(part: dict) -> dict:
    """Return level and categories as a page posts them."""
    level = {"level": int(REACH[part["level"]])} if "level" in part else {}
    return level | {"categories": [int(BITS[name]) for name in part.get("categories", [])]}


def _split(actor, pk, *, service: str, persons: list[dict], **said) -> None:
    need = Service.objects.filter(pk=service).first()
    if need is None:
        raise serializers.ValidationError({"service": [UNKNOWN_CODE]}, code="unknown_code")
    parts = split.propose(actor, situations.visible_situation(actor, pk), need)
    typed = {"verb": said["verb"], "child_reason": said.get("child_reason", ""), **_numbers(said)}
    desks = {f"desk_{one['case']}": str(one["agency"]) for one in persons}
    form = SplitForm(typed | desks, parts=parts, service=need)
    if unknown := desks.keys() - form.fields.keys():
        raise serializers.ValidationError({"persons": [NO_DESK] * bool(unknown)}, code="rule")
    if not form.is_valid():
        raise refused(form, **dict.fromkeys(desks, "persons"))
    data = form.cleaned_data
    try:
        split.draft_all(
            actor,
            pk,
            service=need,
            chosen=data["chosen"],
            verb=data["verb"],
            level=data["level"],
            categories=data["categories"],
            child_reason=data.get("child_reason", ""),
        )
    except Uncovered as uncovered:
        raise Problem("wrong-state", str(uncovered)) from uncovered


def _works(actor, situation) -> bool:
    return actor.has(*WORKS)


def _when(waits: Callable) -> Callable:
    """Return what offers an act to who works on cases, when `waits(actor, situation)`."""
    return lambda actor, situation: actor.has(*WORKS) and bool(waits(actor, situation))


def _asked(actor, situation) -> bool:
    return asking.asked_of(situation) is not None


def _planned(actor, situation) -> bool:
    return opening.planned(actor, situation.pk).exists()


START = Step(
    "start_situation",
    "",
    _("Record an event that concerns several persons"),
    _start,
    strict=body_of(
        EventForm,
        "start_situation",
        territory=Text(max_length=4, help_text=_("INSEE code of the département.")),
        form=Text(max_length=40, help_text=_("Code of `forms`; `unknown` is one.")),
        alert=ClientId(required=False, help_text=_("Id of an alert that told of it.")),
    ),
    description=_("For a coordination unit. It opens nothing to anybody: say then how many persons (`open_persons`)."),
)
ASKED = body_of(AskedForm, "set_question", **COVERS, giver=None, proxy=None, decision=None, parent_verified=None,
                verified=None, parent_cleared=None, cleared=None)  # fmt: skip
SITUATIONS = (
    Step(
        "add_alert_to_situation",
        "alerts/",
        _("Add an alert to an event"),
        _add_alert,
        strict=body_of(AlertReferenceForm, "add_alert_to_situation"),
        may=_works,
    ),
    Step(
        "add_case_to_situation",
        "cases/",
        _("Add a case to an event"),
        lambda actor, pk, case: situations.add_case(actor, pk, visible_case(actor, case)),
        strict=CaseInput,
        may=_works,
        description=_("Nobody sees more of it."),
    ),
    Step(
        "open_persons",
        "persons/",
        _("Open a case for each person of an event"),
        _persons,
        strict=PersonsInput,
        may=_works,
        description=_(
            "Twenty at once; the others are `planned`, and opened with `open_next_persons`. No agreement is copied: "
            "each person gives their own."
        ),
    ),
    Step(
        "open_next_persons",
        "opening/",
        _("Open the next twenty"),
        _open_next,
        strict=NextInput,
        may=_when(_planned),
    ),
    Step(
        "drop_planned_persons",
        "opening/drop/",
        _("Open no more"),
        _drop,
        may=_when(_planned),
        description=_("Cases that are open stay."),
        of="get_situation",
    ),
    Step(
        "note_situation_signs",
        "signs/",
        _("Note the signs of an event"),
        _signs,
        strict=SignsInput,
        may=_works,
        description=_("In the place of those noted before; copied to the cases opened from then on."),
        of="get_situation",
    ),
    Step(
        "set_question",
        "question/",
        _("Write what each person is asked"),
        lambda actor, pk, **asked: asking.set_question(actor, pk, asked),
        AskedForm,
        strict=ASKED,
        may=_works,
        options=lambda actor, situation: {"actor": actor, "asked": asking.asked_of(situation)},
        typed=agreement_as_posted,
        given=lambda form: form.asked(),
        description=_("Without any answer in it: each person answers by herself (`answer_question_of_situation`)."),
        of="get_situation",
    ),
    Step(
        "answer_question_of_situation",
        "persons/<uuid:thing>/answer/",
        _("Record what one person answered"),
        _answer,
        strict=AnswerInput,
        thing=SituationCase,
        by="case",
        of_case=lambda situation: Q(situation=situation),
        may=_when(_asked),
        description=_(
            "An agreement for `yes` and `part`, an opinion for a child. Another answer ends the agreement of the "
            "former one and withdraws what was prepared on it."
        ),
        of="get_person_of_situation",
    ),
    Step(
        "split_situation",
        "split/",
        _("Draft a request for each person"),
        _split,
        strict=SplitInput,
        may=_works,
        description=_("To the service given for each; nothing leaves yet. The same again changes the same drafts."),
    ),
    Step(
        "send_situation",
        "send/",
        _("Send the requests that are covered"),
        lambda actor, pk: split.send_covered(actor, pk) and None,
        may=_works,
        description=_(
            "Twenty at once, each by itself; what cannot leave stays among the drafts with its reason: read them again "
            "(`get_situation_drafts`)."
        ),
        of="get_situation_drafts",
    ),
)
