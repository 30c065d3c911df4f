"""Acts on procedures and time limits."""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from foundation.workflow import WrongState
from referral.api.forms.acts import NOT_HERE, Act, works
from referral.api.forms.bodies import refused
from referral.api.serializers.strict import Day, Hour, Number, Text
from referral.models import Checklist, Clock, StepAct
from referral.procedures import forms
from referral.procedures.access import step_of
from referral.procedures.operations import checklists, clocks

Action = StepAct.Action
STEP = Number(min_value=1, max_value=99, help_text=_("`order` of the step."))
IN_STEP = "checklists/<uuid:thing>/"


def _of_step(name: str, address: str, summary, do, form=None, **more) -> Act:
    """Return an act on one step of a checklist: the body names the step."""

    def operation(actor, pk, *, step: int, **given) -> None:
        do(actor, pk, step, **given)

    own = {"step": STEP, **more.pop("own", {})}
    return Act(
        name,
        f"{IN_STEP}{address}/",
        summary,
        operation,
        form,
        thing=Checklist,
        may=works,
        own=own,
        beside=("step",),
        **more,
    )


def _settle(action: Action):
    def settle(actor, pk, step: int, **given):
        return checklists.settle_step(actor, pk, step, action, **given)

    return settle


def _start_clock(actor, pk, *, step: int, **said):
    """Start the time limit of a step with what its form asks: a day, a moment where the person is, or a last day."""
    checklist = Checklist.objects.visible_to(actor).select_related("case__territory").get(pk=pk)
    asked = forms.clock_form(checklist, step_of(checklist, step), checklist.case)
    if asked is None:
        raise WrongState("no time limit")
    form = asked(said)
    if others := said.keys() - form.fields.keys():
        raise serializers.ValidationError({name: [NOT_HERE] for name in others}, code="rule")
    if not form.is_valid():
        raise refused(form)
    if isinstance(form, forms.MomentForm):
        moment = form.moment(ZoneInfo(checklist.case.territory.time_zone))
        return clocks.start_clock(actor, pk, step, moment=moment)
    return clocks.start_clock(actor, pk, step, **form.cleaned_data)


PROCEDURES = (
    Act(
        "start_procedure",
        "",
        _("Begin a procedure"),
        lambda actor, case_id, procedure: checklists.start_procedure(actor, case_id, procedure),
        may=works,
        own={"procedure": Text(max_length=40, help_text=_("Code of the section: `proposed` or `others`."))},
        description=_("Begun already, it is the same one. 404 for a code that is not in the list."),
    ),
    Act(
        "offer_reflection",
        "reflection/",
        _("Record the offer of the reflection period, and the answer"),
        lambda actor, case_id, **given: checklists.offer_reflection(actor, case_id, **given),
        forms.OfferForm,
        may=works,
        description=_("It settles the first step of this procedure; accepted, thirty days run from that day."),
    ),
    _of_step("do_step", "done", _("Say that a step is done"), _settle(Action.DONE), forms.DoneForm),
    _of_step("waive_step", "waive", _("Say why a step is not done"), _settle(Action.WAIVED), forms.WaiveForm),
    _of_step("pass_step", "pass", _("Say that a step does not apply"), _settle(Action.NOT_APPLICABLE)),
    _of_step("reopen_step", "reopen", _("Take a settled step up again"), checklists.reopen_step),
    Act(
        "start_clock",
        f"{IN_STEP}clock/",
        _("Start the time limit of a step"),
        _start_clock,
        thing=Checklist,
        may=works,
        own={
            "step": STEP,
            "counted_on": Day(required=False, help_text=_("Day of the event, for a limit that is counted.")),
            "hour": Hour(required=False, help_text=_("For a limit in hours, where the person is.")),
            "ends_on": Day(required=False, help_text=_("Last day written on the document, for a permit or asylum.")),
        },
    ),
    Act(
        "meet_clock",
        "clocks/<uuid:thing>/meet/",
        _("Say that what a time limit asks is done"),
        lambda actor, clock: clocks.end_clock(actor, clock, met=True) and None,
        thing=Clock,
        may=works,
    ),
    Act(
        "stop_clock",
        "clocks/<uuid:thing>/stop/",
        _("Stop a time limit, with a reason"),
        lambda actor, clock, **given: clocks.end_clock(actor, clock, met=False, **given) and None,
        forms.StopForm,
        thing=Clock,
        may=works,
    ),
    Act(
        "extend_clock",
        "clocks/<uuid:thing>/extend/",
        _("Change the last day of a time limit, with a reason"),
        lambda actor, clock, **given: clocks.extend_clock(actor, clock, **given) and None,
        forms.ExtendForm,
        thing=Clock,
        may=works,
    ),
)
