"""The person's path (level 3), and where the case is now: its département and the unit that coordinates it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Territory

from . import nationalities
from .case_frame import framed
from .code_labels import FORMS, labels
from .operations import episodes, relocations
from .path_forms import EpisodeForm, MoveForm, ProfileForm, profile_typed, spoken_date, typed
from .refusals import cases_only, known_act
from .workflow import NotAllowed


@cases_only
@require_http_methods(["GET", "POST"])
def case_path(request, pk):
    """Episodes oldest first, each with its earlier versions; a new one; what the yearly survey asks."""
    context = framed(request, pk, "path")
    leads = context["access"].lead
    act = known_act(request, "episode", "profile")
    form = EpisodeForm(request.POST if act == "episode" else None, leads=leads)
    said = getattr(context["case"], "profile", None)
    profile = ProfileForm(request.POST if act == "profile" else None, initial=profile_typed(said.data) if said else {})
    if form.is_valid():
        main = form.cleaned_data.get("main", False)
        episodes.write_episode(request.actor, pk, data=form.episode(), main=main)
        messages.success(request, _("Episode kept."))
        return redirect("referral:case-path", pk)
    if profile.is_valid():
        episodes.say_profile(request.actor, pk, data=profile.profile())
        messages.success(request, _("Kept. The yearly survey counts it without being typed again."))
        return redirect("referral:case-path", pk)
    context |= {"form": form, "profile": profile, "episodes": _in_words(episodes.current(context["case"])), "act": act}
    return render(request, "referral/case_path.html", context)


def _in_words(found) -> list:
    """Each episode, and each of its earlier versions, with `what`, `where` and `period` to read."""
    forms = labels(FORMS)[FORMS]
    every = [row for episode in found for row in (episode, *episode.former)]
    codes = {row.data["department"] for row in every if row.data.get("department")}
    names = dict(Territory.objects.filter(pk__in=codes).values_list("pk", "label_fr"))
    for row in every:
        data = row.data
        row.what = forms.get(data["form"], data["form"])
        country, department = data.get("country"), data.get("department")
        row.where = nationalities.label(country) if country else names.get(department, "")
        row.period = _period(data)
    return found


def _period(data: dict) -> str:
    began, ended = spoken_date(data.get("began", "")), spoken_date(data.get("ended", ""))
    if data.get("ongoing"):
        return _("since %(began)s, still going on") % {"began": began} if began else _("still going on")
    if began and ended:
        return _("from %(began)s to %(ended)s") % {"began": began, "ended": ended}
    if began or ended:
        return (_("from %(began)s") if began else _("until %(ended)s")) % {"began": began, "ended": ended}
    return _("dates not known")


@cases_only
@require_http_methods(["GET", "POST"])
def episode_correct(request, pk, episode):
    """A correction is a new version; the former stays readable."""
    context = framed(request, pk, "path")
    row = next((e for e in episodes.current(context["case"]) if e.pk == episode), None)
    if row is None and request.method == "GET":
        raise Http404
    initial = typed(row.data) if row else {}
    form = EpisodeForm(request.POST or None, leads=context["access"].lead, initial=initial)
    if form.is_valid():
        main = form.cleaned_data.get("main", False)
        episodes.write_episode(request.actor, pk, data=form.episode(), main=main, replaces=episode)
        messages.success(request, _("Corrected. The former version stays readable."))
        return redirect("referral:case-path", pk)
    return render(request, "referral/case_episode.html", {**context, "form": form, "episode": episode})


@cases_only
@require_http_methods(["POST"])
def episode_remove(request, pk, episode):
    episodes.remove_episode(request.actor, pk, episode)
    messages.success(request, _("Taken off. It was written by mistake; its versions stay in the journal."))
    return redirect("referral:case-path", pk)


@cases_only
@require_http_methods(["GET", "POST"])
def case_place(request, pk):
    """Where the case is, who coordinates it, and for the lead: what a move changes, said before it is done."""
    context = framed(request, pk, "place")
    case, leads = context["case"], context["access"].lead
    if request.method == "POST" and not leads:
        raise NotAllowed("move")
    form = MoveForm(request.POST or None, case=case) if leads else None
    if form and form.is_valid() and (done := _moved(request, case, form, context)):
        return done
    named = ("from_territory", "to_territory", "from_unit", "to_unit")
    context |= {"form": form, "moves": case.relocations.select_related(*named)}
    return render(request, "referral/case_place.html", context)


def _moved(request, case, form, context):
    """The page to go to once moved; None with what would change, or what stands in the way, on the page."""
    place = form.cleaned_data["territory"]
    try:
        context["change"] = relocations.change(request.actor, case, place)
    except relocations.TransferWaits as waits:
        form.add_error("territory", str(waits))
        return None
    if request.POST.get("act") != "confirm":
        return None
    done = relocations.move_case(request.actor, case.pk, place)
    if done.same_unit:
        messages.success(request, _("Moved. The same unit coordinates it."))
    else:
        said = _("Moved. %(unit)s coordinates it from now on; both units are told.")
        messages.success(request, said % {"unit": done.unit})
    if relocations.still_reads(request.actor, case.pk):
        return redirect("referral:case-place", case.pk)
    return redirect("referral:case-list")
