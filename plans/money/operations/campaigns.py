"""Run the yearly campaign: opened and followed by the coordination, answered by each body in its grid."""

from collections.abc import Callable
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agencies.models import Directory, Membership, Role
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound, guarded
from foundation.tasks import one_by_one
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations.events import enqueue
from plans import access
from plans.models import BudgetLine, Campaign, CampaignAnswer, CampaignDraft, CampaignReminder
from plans.models.bodies import body_of, is_state
from plans.models.coordination import coordinates
from plans.money.selectors import grid

from . import envelopes

REMINDED_BEFORE = 7  # days before a campaign closes


def visible_campaign(actor, pk) -> Campaign:
    """Return the campaign. Raises NotFound."""
    found = Campaign.objects.visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def answering(actor) -> str:
    """Return the code of the body the actor answers for. Raises NotAllowed for those that enter no money."""
    if not is_state(actor):
        raise NotAllowed("campaign")
    return body_of(actor)


def open_campaign(actor, *, year: int, stage: str, opens, closes, note: str = "") -> Campaign:
    """Create a campaign; notify the bodies if it opens today. Coordination only.

    Raises WrongState when this year and stage already have one.
    """
    if not coordinates(actor):
        raise NotAllowed("campaign")
    if Campaign.objects.filter(year=year, stage=stage).exists():
        raise WrongState("campaign")
    with guarded():
        made = Campaign.objects.create(
            year=year, stage=stage, opens=opens, closes=closes, note=note, agency=actor.agency, by=actor
        )
    record("campaign.open", made)
    if made.is_open:
        notify_opened(made)
    return made


def notify_opened(campaign: Campaign) -> None:
    """Notify once every body that may answer, and store when."""
    Campaign.objects.filter(pk=campaign.pk).update(told_at=timezone.now())
    _tell("campaign_opened", campaign, expected_bodies())


def notify_ending(campaign: Campaign) -> None:
    """Notify once the bodies that have envelopes and did not answer, and store when."""
    Campaign.objects.filter(pk=campaign.pk).update(reminded_at=timezone.now())
    answered = CampaignAnswer.objects.filter(campaign=campaign).values("body")
    own = Q(envelopes__isnull=False) | Q(led_measures__envelopes__isnull=False)
    _tell("campaign_reminder", campaign, expected_bodies().filter(own).exclude(pk__in=answered).distinct())


def notify_due() -> int:
    """Notify campaigns that open and those that close soon, each in its own transaction; return how many.

    For the worker.
    """
    done = 0
    for waiting, notify in (
        (Campaign.objects.open().filter(told_at=None), notify_opened),
        (Campaign.objects.ending(REMINDED_BEFORE).filter(reminded_at=None), notify_ending),
    ):
        with acting_as(SYSTEM):
            due = list(waiting.values_list("pk"))
        done += one_by_one("campaign", due, partial(_notify_once, waiting, notify))
    return done


def _notify_once(waiting, notify: Callable[[Campaign], None], pk) -> int:
    """Notify this campaign unless another worker did, or does; return 1 when it was notified."""
    with acting_as(SYSTEM):
        campaign = waiting.select_for_update(skip_locked=True).filter(pk=pk).first()
        if campaign is None:
            return 0
        notify(campaign)
        return 1


def _tell(kind: str, campaign: Campaign, bodies) -> None:
    units = list(access.payers().filter(profile__in=bodies).values_list("pk", flat=True).distinct())
    if units:
        enqueue(kind, campaign, to=["desk"], agencies=units)


def draft_of(actor, campaign: Campaign) -> CampaignDraft | None:
    """Return the draft of the actor's body, or None."""
    return (
        CampaignDraft.objects.visible_to(actor)
        .filter(campaign=campaign, body=answering(actor))
        .select_related("saved_by", "given_to__agency")
        .first()
    )


def save_draft(actor, campaign: Campaign, typed: dict, version: int) -> CampaignDraft:
    """Save what was typed, valid or not.

    `version`: of the draft the form was opened with, 0 without one. Raises WrongState when a colleague saved since, or
    the campaign is closed.
    """
    body = answering(actor)
    if not campaign.is_open:
        raise WrongState("closed")
    now = {"content": typed, "saved_at": timezone.now(), "saved_by": actor}
    with guarded():
        rows = CampaignDraft.objects.filter(campaign=campaign, body=body)
        known = rows.select_for_update().first()
        if (known.version if known else 0) != version:
            raise WrongState("draft")
        if known is None:
            made = CampaignDraft(campaign=campaign, body_id=body, **now)
            if (
                not CampaignDraft.objects.bulk_create([made], ignore_conflicts=True)
                or not rows.filter(saved_at=now["saved_at"], saved_by=actor).exists()
            ):
                raise WrongState("draft")  # a colleague saved first, at the same moment
        else:
            rows.update(version=version + 1, **now)
    record("campaign.draft", campaign)
    return rows.get()


def hand_over(actor, campaign: Campaign, colleague: Membership, note: str = "") -> None:
    """Hand the grid to a colleague of the same body.

    Raises NotAllowed for anybody else, WrongState when the campaign is closed.
    """
    draft = draft_of(actor, campaign)
    if not campaign.is_open:
        raise WrongState("closed")
    if not colleagues(actor).filter(pk=colleague.pk).exists():
        raise NotAllowed("colleague")
    with guarded():
        values = {"given_to": colleague, "given_note": note, "saved_by": actor}
        if draft is None:
            CampaignDraft.objects.create(campaign=campaign, body_id=answering(actor), **values)
        else:
            CampaignDraft.objects.filter(pk=draft.pk).update(**values)
    record("campaign.given", campaign)


def colleagues(actor):
    """Return the other members who answer for the same body, in any of its units."""
    return (
        Membership.objects.filter(
            active=True,
            kind=Membership.Sort.PERSON,
            roles__contains=[Role.POLICY],
            agency__active=True,
            agency__profile=body_of(actor),
        )
        .exclude(pk=actor.pk)
        .select_related("agency")
        .order_by("agency__name", "title", "pk")
    )


def submit(actor, campaign: Campaign, typed: dict) -> tuple[list[grid.Row], int]:
    """Hand over the grid: return its rows and the number of lines written.

    When a row has errors nothing is written, and the rows hold them. Raises WrongState when the campaign is closed.
    """
    body = answering(actor)
    if not campaign.is_open:
        raise WrongState("closed")
    rows = grid.rows(actor, campaign, body, typed)
    typed_lines = [(row, row.read()) for row in rows]
    if any(row.errors for row in rows) or not rows:
        return rows, 0
    with transaction.atomic():
        written = sum(_write(actor, campaign, row, lines) for row, lines in typed_lines)
        with guarded():
            CampaignAnswer.objects.create(campaign=campaign, body_id=body, lines=written, agency=actor.agency, by=actor)
            CampaignDraft.objects.filter(campaign=campaign, body=body).delete()
        record("campaign.answer", campaign)
    return rows, written


def _write(actor, campaign: Campaign, row: grid.Row, lines: list[grid.TypedLine]) -> int:
    """Write the lines of a row, or corrections of those handed over and not published yet."""
    standing = {line.nature: line for line in row.now}
    for typed in lines:
        values = {
            "amount": typed.amount, "exactness": typed.exactness, "share": typed.share, "evidence": typed.evidence,
        }  # fmt: skip
        known = standing.pop(typed.nature, None)
        if known is not None:
            envelopes.correct_line(actor, known, **values)
        else:
            envelopes.add_line(
                actor, row.envelope, year=campaign.year, stage=campaign.stage, nature=typed.nature, **values
            )
    if lines:  # a different answer: the remaining lines of the former one no longer apply
        for former in standing.values():
            envelopes.correct_line(actor, former, exactness=BudgetLine.Exactness.WITHDRAWN)
    return len(lines)


def state(actor, campaign: Campaign) -> dict:
    """Return the last answer of the actor's body and its last reminder."""
    body = answering(actor)
    return {
        "answer": CampaignAnswer.objects.filter(campaign=campaign, body=body).first(),
        "reminder": CampaignReminder.objects.filter(campaign=campaign, body=body).first(),
    }


def remind(actor, campaign: Campaign, body: Directory) -> None:
    """Remind a body that did not answer. Coordination only.

    Raises WrongState when it answered or the campaign closed.
    """
    if not coordinates(actor):
        raise NotAllowed("remind")
    if not campaign.is_open or CampaignAnswer.objects.filter(campaign=campaign, body=body).exists():
        raise WrongState("answered")
    with guarded():
        CampaignReminder.objects.create(campaign=campaign, body=body, agency=actor.agency, by=actor)
    record("campaign.remind", campaign)
    _tell("campaign_reminder", campaign, Directory.objects.filter(pk=body.pk))


def expected_bodies():
    """Return the bodies expected to answer: those with a unit here that enters money."""
    return Directory.objects.filter(pk__in=access.payers().values("profile")).order_by("name")


def waiting_for(actor) -> list[Campaign]:
    """Return the open campaigns the actor has to answer, without those handed to a colleague."""
    if not is_state(actor):
        return []
    body = body_of(actor)
    answered = CampaignAnswer.objects.filter(body=body).values("campaign")
    given = CampaignDraft.objects.filter(body=body, given_to__isnull=False).exclude(given_to=actor).values("campaign")
    return list(Campaign.objects.open().exclude(pk__in=answered).exclude(pk__in=given))
