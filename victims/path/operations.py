"""Write the person's path: episodes of exploitation, corrected by new versions, and answers to the yearly survey."""

from django.utils import timezone

from agencies.members.rules import WORKS
from agencies.models import Level
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from victims.cases.access import must_lead, visible_case
from victims.models import Case, Episode, Profile

from .rules import standing


def current(case: Case) -> list[Episode]:
    """Return current episodes, oldest first, undated last; each with `former`, its earlier versions.

    One query: rows are read with the reader's own rights and chained in Python.
    """
    return standing(case.episodes.select_related("by__agency"))


def _worker(actor, case_id) -> Case:
    case = visible_case(actor, case_id, Level.FILE)
    if not actor.has(*WORKS):
        raise NotAllowed("episode")
    return case


def write_episode(actor, case_id, *, data: dict, main: bool = False, replaces=None) -> Episode:
    """Write an episode, or a correction of `replaces`. `main`: only the lead may make its form that of the case.

    Raises NotFound below level 3 or for an episode not visible, NotAllowed, WrongState when it was corrected meanwhile.
    """
    case = _worker(actor, case_id)
    if main:
        must_lead(actor, case)
    former = _standing(case, replaces) if replaces else None
    with guarded():
        episode = Episode.objects.create(case=case, by=actor, data=data, replaces=former)
        if main and case.form != data["form"]:
            case = Case.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=case.pk)
            case.form = data["form"]
            case.save(update_fields=["form"])
    record("episode.correct" if former else "episode.write", episode, case_id=case.pk)
    return episode


def remove_episode(actor, case_id, episode_id) -> None:
    """Remove an episode written by mistake: a last version marks it, the former ones stay readable."""
    case = _worker(actor, case_id)
    former = _standing(case, episode_id)
    with guarded():
        gone = Episode.objects.create(case=case, by=actor, data={**former.data, "removed": True}, replaces=former)
    record("episode.remove", gone, case_id=case.pk)


def _standing(case: Case, episode_id) -> Episode:
    """Return the episode when it is current. Raises NotFound, WrongState."""
    episode = case.episodes.filter(pk=episode_id).first()
    if episode is None:
        raise NotFound
    if episode.data.get("removed") or case.episodes.filter(replaces=episode).exists():
        raise WrongState("corrected")
    return episode


def record_profile(actor, case_id, *, data: dict) -> Profile:
    """Record the answers to the yearly survey for this person; the survey counts them."""
    case = _worker(actor, case_id)
    with guarded():
        profile = Profile.objects.filter(case=case).select_for_update().first()
        if profile is None:
            profile = Profile.objects.create(case=case, data=data, by=actor)
        else:
            profile.data, profile.by = data, actor
            profile.at = timezone.now()
            profile.save(update_fields=["data", "by", "at"])
    record("profile.say", profile, case_id=case.pk)
    return profile
