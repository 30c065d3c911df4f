"""Show and edit contributions: written, sent, taken back; moderated and answered by the coordination."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.paging import Keyset
from foundation.workflow import WrongState, actions
from plans import access, workflow
from plans.models import Contribution
from plans.models.coordination import coordinates
from plans.participation import rules as participation_rules
from plans.participation.forms.contributions import AnswerForm, ContributionForm, NameForm, ReasonForm
from plans.participation.operations import names, participation
from plans.participation.selectors import targets
from plans.steering.views.guards import policy_only

from .consultations import PUBLISHED, coordination_only, paged

MINE = Keyset("saved_at", "id")
DUE = Keyset("due_at", "id", descending=False)
WITH = ("consultation", "agency__profile")
HERE = {"section": "plans:hub"}


@policy_only
@require_safe
def contribution_list(request):
    """List own contributions, or those of others as published."""
    others = request.GET.get("vue") == "publiees"
    seen = Contribution.objects.visible_to(request.actor).select_related(*WITH).prefetch_related("responses")
    context = paged(request, seen.public(), PUBLISHED) if others else paged(request, seen.of(request.actor), MINE)
    targets.labelled(context["page"])
    context |= {"others": others, "contributes": access.contributes(request.actor), **HERE}
    context["days"] = settings.CONTRIBUTION_ANSWER_DAYS
    return render(request, "plans/participation/contribution_list.html", context)


@coordination_only
@require_safe
def contribution_waiting(request):
    """List what the coordination has to answer, least time first; `moderer`: unpublished ones only."""
    seen = Contribution.objects.visible_to(request.actor).select_related(*WITH)
    waiting = seen.waiting()
    to_moderate = waiting.filter(state=Contribution.State.SUBMITTED, confidential=False)
    only = request.GET.get("vue") == "moderer"
    context = paged(request, to_moderate if only else waiting, DUE)
    targets.labelled(context["page"])
    context |= {"only": only, "waiting": waiting.count(), "to_moderate": to_moderate.count(), **HERE}
    return render(request, "plans/participation/contribution_waiting.html", context)


@policy_only
@require_http_methods(["GET", "POST"])
def contribution_new(request):
    """Write about a consultation or target named in the address; without one, choose it first."""
    consultation, about = _about(request)
    if consultation is None and about is None:
        return _choose(request)
    form = ContributionForm(
        request.POST or None, actor=request.actor, consultation=consultation, survivors=_for_survivors(request)
    )
    if form.is_valid():
        named = {"subject": about.subject, "target": about.code} if about else {}
        made = participation.start_contribution(request.actor, consultation=consultation, **named, **form.arguments())
        return _after(request, made)
    context = {"form": form, "consultation": consultation, "about": about, **HERE}
    return render(request, "plans/participation/contribution_edit.html", context)


def _about(request):
    """Return the consultation of `?consultation=`, or the target of `?sur=measure:code`."""
    if pk := request.GET.get("consultation"):
        try:
            consultation = participation.visible_consultation(request.actor, pk)
        except ValidationError as error:
            raise Http404 from error
        if not consultation.is_open:
            raise WrongState(consultation.state)
        return consultation, None
    subject, _colon, code = request.GET.get("sur", "").partition(":")
    return None, targets.named(subject, code) if code else None


def _for_survivors(request) -> bool:
    """Return whether the form opens with the voice of survivors (`?voix=survivantes`)."""
    return request.GET.get("voix") == "survivantes"


def _choose(request):
    subject, words = request.GET.get("objet", ""), request.GET.get("q", "")
    found = targets.find(subject, words)
    context = {"subjects": Contribution.Subject.choices, "subject": subject, "words": words, "found": found}
    context |= {
        "survivors": _for_survivors(request),
        "asked": bool(subject),
        "contributes": access.contributes(request.actor),
        **HERE,
    }
    return render(request, "plans/participation/contribution_new.html", context)


def _after(request, contribution):
    if request.POST.get("then") == "send":
        return redirect("plans:contribution-send", contribution.pk)
    messages.success(request, _("Draft kept. Only your organisation reads it."))
    return redirect("plans:contribution-detail", contribution.pk)


@policy_only
@require_http_methods(["GET", "POST"])
def contribution_edit(request, pk):
    found = participation.own_contribution(request.actor, pk)
    if found.state != Contribution.State.DRAFT:
        raise WrongState(found.state)
    form = ContributionForm(
        request.POST or None, actor=request.actor, consultation=found.consultation, contribution=found
    )
    if form.is_valid():
        return _after(request, participation.save_contribution(request.actor, pk, **form.arguments()))
    (shown,) = targets.labelled([found])
    context = {"form": form, "contribution": shown, "consultation": found.consultation, **HERE}
    return render(request, "plans/participation/contribution_edit.html", context)


@policy_only
@require_http_methods(["GET", "POST"])
def contribution_send(request, pk):
    """Show what others will read and what may name somebody, then send."""
    found = participation.own_contribution(request.actor, pk)
    if found.state != Contribution.State.DRAFT:
        raise WrongState(found.state)
    if request.method == "POST":
        sent = participation.send_contribution(request.actor, pk)
        message = (
            _("Published.")
            if sent.state == Contribution.State.PUBLISHED
            else _("Your contribution is with the coordination.")
        )
        messages.success(request, message)
        return redirect("plans:contribution-detail", pk)
    (shown,) = targets.labelled([found])
    telling = _telling(found)
    independent = found.author_kind == Contribution.AuthorKind.INDEPENDENT
    context = {"contribution": shown, "pairs": _pairs(found), "telling": telling, "independent": independent, **HERE}
    return render(request, "plans/participation/contribution_send.html", context)


@policy_only
@require_safe
def contribution_detail(request, pk):
    return render(request, "plans/participation/contribution_detail.html", contribution_context(request, pk))


def contribution_context(request, pk, **bound) -> dict:
    actor = request.actor
    (found,) = targets.labelled([participation.visible(actor, pk)])
    may = actions(workflow.CONTRIBUTION, found.state, side=participation.sides(actor, found), actor=actor)
    if found.settled_at:
        may = [action for action in may if action not in ("take_back", "withdraw")]
    if found.confidential:
        may = [action for action in may if action != "publish"]
    if found.author_kind == Contribution.AuthorKind.INDEPENDENT:
        may = [action for action in may if action != "set_aside"]
    own = found.agency_id == actor.agency_id
    return {
        "contribution": found,
        "pairs": _pairs(found),
        "responses": found.responses.all(),
        "own": own,
        "may": may,
        "answers": coordinates(actor) and found.is_answerable,
        "answer": bound.get("answer") or AnswerForm(),
        "aside": bound.get("aside") or ReasonForm(prefix="aside"),
        "form": next(iter(bound.values()), None),
        "moves": found.moves.all(),
        "withdrawn": found.withdrawn_names.select_related("contribution", *(["sealed"] if own else [])),
        "withdraws": names.may_withdraw(actor, found),
        "telling": _telling(found) if "publish" in may else [],
        "name": bound.get("name") or NameForm(prefix="name"),
        **HERE,
    }


def _telling(contribution) -> list[dict]:
    """Return what may name a person, each passage with the reason that would be public if it is taken out."""
    found = participation.may_name(contribution)
    return [{"words": hit.words, "text": hit.text, "reason": participation_rules.REASON[hit.kind]} for hit in found]


def _pairs(contribution) -> list[tuple[str, str]]:
    """Return the questions with a non-empty answer."""
    questions = contribution.consultation.questions if contribution.consultation else []
    return [(q, a) for q, a in zip(questions, contribution.answers, strict=False) if a]


@policy_only
@require_http_methods(["GET", "POST"])
def contribution_withdraw(request, pk):
    """Withdraw, or take back to correct, before publication. A GET redirects to the contribution."""
    participation.own_contribution(request.actor, pk)
    if request.method == "POST" and request.POST.get("act") == "take_back":
        participation.take_back_contribution(request.actor, pk)
        messages.success(request, _("A draft again: correct it, then send it. The time to answer will start again."))
        return redirect("plans:contribution-edit", pk)
    if request.method == "POST":
        participation.withdraw_contribution(request.actor, pk)
        messages.success(request, _("Withdrawn. Your organisation alone keeps the text."))
    return redirect("plans:contribution-detail", pk)


@coordination_only
@require_http_methods(["GET", "POST"])
def contribution_moderate(request, pk):
    participation.visible(request.actor, pk)
    if request.method == "GET":
        return redirect("plans:contribution-detail", pk)
    if request.POST.get("act") == "publish":
        try:
            participation.publish_contribution(request.actor, pk, seen=request.POST.getlist("seen"))
        except participation.MayName:
            return redirect("plans:contribution-publish", pk)
        messages.success(request, _("Published, beside the others."))
        return redirect("plans:contribution-detail", pk)
    form = ReasonForm(request.POST, prefix="aside")
    if not form.is_valid():
        return render(
            request, "plans/participation/contribution_detail.html", contribution_context(request, pk, aside=form)
        )
    participation.set_contribution_aside(request.actor, pk, reason=form.cleaned_data["reason"])
    messages.success(request, _("Set aside. Its author reads your reason."))
    return redirect("plans:contribution-detail", pk)


@coordination_only
@require_safe
def contribution_publish(request, pk):
    """Show what may name somebody before it is published; without any, redirect to the contribution."""
    (found,) = targets.labelled([participation.visible(request.actor, pk)])
    telling = _telling(found)
    if found.state != Contribution.State.SUBMITTED or found.confidential or not telling:
        return redirect("plans:contribution-detail", pk)
    context = {"contribution": found, "pairs": _pairs(found), "telling": telling, **HERE}
    return render(request, "plans/participation/contribution_publish.html", context)


@coordination_only
@require_http_methods(["GET", "POST"])
def contribution_answer(request, pk):
    participation.visible(request.actor, pk)
    if request.method == "GET":
        return redirect("plans:contribution-detail", pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return render(
            request, "plans/participation/contribution_detail.html", contribution_context(request, pk, answer=form)
        )
    participation.answer_contribution(request.actor, pk, **form.cleaned_data)
    messages.success(request, _("Answered. Its author is told."))
    return redirect("plans:contribution-detail", pk)
