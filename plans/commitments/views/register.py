"""Show and edit the register: filtered list, one commitment with what may be done about it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.workflow import NotAllowed
from plans.commitments.display.tally import tally
from plans.commitments.filters import CommitmentFilter, WorkingFilter
from plans.commitments.forms.commitments import (
    CheckForm,
    CommitmentForm,
    MeasureLinkForm,
    OpinionForm,
    ProgressForm,
    RepeatLinkForm,
)
from plans.commitments.operations import commitments as ops
from plans.commitments.selectors import register
from plans.commitments.selectors import waiting as waits
from plans.models import Commitment, CommitmentOpinion, Measure
from plans.models.coordination import coordinates
from plans.plan.selectors.in_force import answers_are_recorded
from plans.steering.views.guards import policy_only

PAGE = 15


def listing(request, commitments, narrowed=CommitmentFilter) -> dict:
    """Return the context of a page of the register. `commitments`: those visible to the reader."""
    recorded = narrowed is WorkingFilter or answers_are_recorded()
    filters = narrowed(request.GET, register.rows(commitments), recorded=recorded)
    found = register.lines(list(filters.qs))
    sort = filters.form.cleaned_data.get("sort", "") if filters.form.is_valid() else ""
    page = Paginator(register.sort_lines(found, sort), PAGE).get_page(request.GET.get("page"))
    figures = register.figures(found, recorded=recorded)
    return {
        "filters": filters,
        "active": filters.words,
        "has_errors": filters.is_bound and not filters.form.is_valid(),
        "figures": figures,
        "tally": tally(figures, request.GET),
        "total": commitments.count(),
        "page": page,
        "sort": sort,
    }


@policy_only
@require_safe
def register_page(request):
    rows = Commitment.objects.visible_to(request.actor).filter(active=True)
    context = listing(request, rows, WorkingFilter) | {"may_add": ops.may_add(request.actor)}
    context |= {"coordinates": coordinates(request.actor), "section": "plans:hub"}
    context["mine"] = waits.actions_waiting(request.actor)
    context["aside"] = Commitment.objects.visible_to(request.actor).filter(active=False)
    return render(request, "plans/commitments/commitments.html", context)


@policy_only
@require_http_methods(["GET", "POST"])
def commitment_page(request, code):
    """Show one commitment; each act is a form of the page, named by `act`."""
    rows = register.rows(Commitment.objects.visible_to(request.actor))
    commitment = get_object_or_404(rows, pk=code)
    bound = {}
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act"), _unknown)
        bound = act(request, commitment)
        if bound is None:
            return redirect("plans:commitment", code)
    context = detail(commitment, request.actor) | _forms(request.actor, commitment) | bound
    return render(request, "plans/commitments/commitment.html", {**context, "section": "plans:hub"})


def detail(commitment, actor=None) -> dict:
    """Return the context shared by the working and the public page of a commitment."""
    history = commitment.progress.select_related("responsible", "agency__profile", "verdict")
    opinions = (
        CommitmentOpinion.objects.public().current().filter(commitment=commitment).select_related("agency__profile")
    )
    return {
        "commitment": commitment,
        "line": register.lines([commitment])[0],
        "history": list(history),
        "opinions": list(opinions.select_related("agency__profile")),
        "former": list(
            commitment.opinions.public()
            .exclude(pk__in=[opinion.pk for opinion in opinions])
            .select_related("agency__profile")
        ),
        "measures": register.carried_out_by(commitment, actor),
        "means": register.means_of(commitment, actor),
        "pushed": register.figures_of(commitment, actor),
        "recorded": answers_are_recorded(),
    }


def _forms(actor, commitment) -> dict:
    """Return the forms of what this member may do."""
    forms, draft = {}, None
    if ops.may_state(actor, commitment):
        forms["progress_form"] = ProgressForm(actor=actor, initial={"responsible": commitment.in_charge})
    if coordinates(actor):
        forms["check_form"] = CheckForm()
        forms["measure_form"] = MeasureLinkForm(actor=actor, commitment=commitment)
        forms["repeat_form"] = RepeatLinkForm(actor=actor, commitment=commitment)
    if ops.may_give_opinion(actor):
        draft = ops.draft_opinion(actor, commitment.pk)
        initial = {"stance": draft.stance, "text": draft.text, "evidence": draft.evidence} if draft else {}
        forms["opinion_form"] = OpinionForm(initial=initial, stated=commitment.progress.exists())
    return {**forms, "draft": draft, "coordinates": coordinates(actor)}


# -- acts: return None once done, else the context to show again -----------------------------------------------
def _progress(request, commitment):
    form = ProgressForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return {"progress_form": form, "form": form}
    ops.state_progress(request.actor, commitment.pk, **form.cleaned_data)
    messages.success(request, _("Stated. It is public now; the coordination checks it."))
    return None


def _check(request, commitment):
    form = CheckForm(request.POST)
    if not form.is_valid():
        return {"check_form": form, "form": form}
    last = commitment.progress.first()
    ops.check_progress(request.actor, last.pk if last else 0, **form.cleaned_data)
    messages.success(request, _("Checked. The body in charge reads it."))
    return None


def _opinion(request, commitment):
    stated = commitment.progress.exists()
    form = OpinionForm(request.POST, stated=stated)
    if not form.is_valid():
        return {"opinion_form": form, "form": form}
    release = "release" in request.POST
    ops.write_opinion(request.actor, commitment.pk, release=release, **form.cleaned_data)
    kept = _("Kept. Only your organisation reads it until you release it.")
    out = _("Released. It stands beside the official position.") if stated else _("Released. Anybody may read it.")
    messages.success(request, out if release else kept)
    return None


def _discard(request, commitment):
    ops.discard_opinion(request.actor, commitment.pk)
    messages.success(request, _("Draft thrown away."))


def _link_measure(request, commitment):
    form = MeasureLinkForm(request.POST, actor=request.actor, commitment=commitment)
    if not form.is_valid():
        return {"measure_form": form, "form": form}
    measure = get_object_or_404(Measure.objects.visible_to(request.actor), pk=form.cleaned_data["measure"])
    ops.link_measure(request.actor, commitment.pk, measure)
    messages.success(request, _("Linked."))
    return None


def _link_repeat(request, commitment):
    form = RepeatLinkForm(request.POST, actor=request.actor, commitment=commitment)
    if not form.is_valid():
        return {"repeat_form": form, "form": form}
    older = get_object_or_404(Commitment.objects.visible_to(request.actor), pk=form.cleaned_data["older"])
    ops.link_repeat(request.actor, commitment.pk, older)
    messages.success(request, _("Linked."))
    return None


def _unlink(request, commitment):
    ops.unlink(request.actor, commitment.pk, request.POST.get("what", ""))
    messages.success(request, _("Link taken off."))


def _aside(request, commitment):
    back = not commitment.active
    ops.put_aside(request.actor, commitment.pk, back=back)
    messages.success(request, _("Back in the register.") if back else _("Put aside: nobody else reads it."))


def _unknown(request, commitment):
    raise NotAllowed(request.POST.get("act", "")[:40])


ACTS = {
    "progress": _progress,
    "check": _check,
    "opinion": _opinion,
    "discard": _discard,
    "link_measure": _link_measure,
    "link_repeat": _link_repeat,
    "unlink": _unlink,
    "aside": _aside,
}


@policy_only
@require_http_methods(["GET", "POST"])
def add(request):
    """Add a commitment by hand (coordination or CNCDH); others read who may."""
    may, form = ops.may_add(request.actor), CommitmentForm(request.POST or None)
    if request.method == "POST" and (not may or form.is_valid()):
        made = ops.add_commitment(request.actor, **form.cleaned_data if may else {})
        messages.success(request, _("Added under number %(code)s.") % {"code": made.pk})
        return redirect("plans:commitment", made.pk)
    return render(request, "plans/commitments/commitment_add.html", {"form": form, "may": may, "section": "plans:hub"})
