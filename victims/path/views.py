"""Section « Parcours » of a case (level 3): episodes of exploitation and answers to the yearly survey."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.view_guards import cases_only, known_act
from victims.cases.views.frame import framed

from . import operations as path
from .display import in_words
from .forms import EpisodeForm, ProfileForm, profile_typed, typed


@cases_only
@require_http_methods(["GET", "POST"])
def case_path(request, pk):
    """Show episodes, oldest first with earlier versions; add one, or answer the yearly survey."""
    context = framed(request, pk, "path")
    leads = context["access"].lead
    act = known_act(request, "episode", "profile")
    form = EpisodeForm(request.POST if act == "episode" else None, leads=leads)
    said = getattr(context["case"], "profile", None)
    profile = ProfileForm(request.POST if act == "profile" else None, initial=profile_typed(said.data) if said else {})
    if form.is_valid():
        main = form.cleaned_data.get("main", False)
        path.write_episode(request.actor, pk, data=form.episode(), main=main)
        messages.success(request, _("Episode kept."))
        return redirect("referral:case-path", pk)
    if profile.is_valid():
        path.record_profile(request.actor, pk, data=profile.profile())
        messages.success(request, _("Kept. The yearly survey counts it without being typed again."))
        return redirect("referral:case-path", pk)
    context |= {"form": form, "profile": profile, "episodes": in_words(path.current(context["case"])), "act": act}
    return render(request, "victims/path/case_path.html", context)


@cases_only
@require_http_methods(["GET", "POST"])
def episode_correct(request, pk, episode):
    """Correct an episode by a new version; the former stays readable."""
    context = framed(request, pk, "path")
    row = next((e for e in path.current(context["case"]) if e.pk == episode), None)
    if row is None and request.method == "GET":
        raise Http404
    initial = typed(row.data) if row else {}
    form = EpisodeForm(request.POST or None, leads=context["access"].lead, initial=initial)
    if form.is_valid():
        main = form.cleaned_data.get("main", False)
        path.write_episode(request.actor, pk, data=form.episode(), main=main, replaces=episode)
        messages.success(request, _("Corrected. The former version stays readable."))
        return redirect("referral:case-path", pk)
    return render(request, "victims/path/episode_correct.html", {**context, "form": form, "episode": episode})


@cases_only
@require_http_methods(["POST"])
def episode_remove(request, pk, episode):
    path.remove_episode(request.actor, pk, episode)
    messages.success(request, _("Taken off. It was written by mistake; its versions stay in the journal."))
    return redirect("referral:case-path", pk)
