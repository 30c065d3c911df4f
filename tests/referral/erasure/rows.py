"""Rows of the tables in which the main case of the world has none, so that each is judged on its own."""

from datetime import timedelta

from django.utils import timezone

from foundation.actor import acting_as
from notifications.models import Hook, HookDelivery, Notice
from referral.closing.operations import move_case
from referral.models import (
    AlertAddition,
    AlertDesk,
    AlertMove,
    AlertOffence,
    CaseImport,
    CaseMove,
    DeskCall,
    ImportedCase,
    LegalHold,
    Match,
    Situation,
    SituationAlert,
    SituationBatch,
    SituationCase,
)
from tests.roles import as_role
from victims.models import CaseLink, DataRequest, Limitation, OwnLabel, Relocation
from victims.own_labels.rules import label_digests


def fill(world) -> None:
    """Write them as the owner, each with a mark in its words, as the acts would leave them."""
    case, alert, by = world.case, world.alert, world.lead
    mine = {"agency": by.agency, "by": by}
    with as_role("nrm_owner"):
        AlertOffence.objects.create(alert=alert, data={"value": "MARQUEUR-EMPLOYEUR"})
        now = timezone.now()
        DeskCall.objects.update(alert=alert)  # the one call of this world: a trigger lets a unit alone call
        _site(world, mine)
        held = {"ground": "complaint", "state": "ended", "review_on": now.date() + timedelta(days=9)}
        LegalHold.objects.create(case=case, data={"authority": "MARQUEUR-PARQUET", "reason": ""}, **held, **mine)
        one, other = sorted([case.pk, world.relations["provisional_lead"].case.pk])
        CaseLink.objects.create(one_id=one, other_id=other, sort="family", **mine)
        said = {"reference": "MARQUEUR-REFERENCE", "nickname": "MARQUEUR-SURNOM"}
        digests = {f"{name}_digest": label_digests(by.agency_id, text)[0] for name, text in said.items()}
        OwnLabel.objects.create(case=case, data=said, **digests, **mine)
        place, unit = case.territory, case.coordination
        Relocation.objects.create(
            case=case, by=by, at=now, from_territory=place, to_territory=place, from_unit=unit, to_unit=unit
        )
        origin = CaseImport.objects.filter(state="loaded").latest("at")
        ImportedCase.objects.create(origin=origin, case=case, agency=origin.agency, line=99)
        LegalHold.objects.update(changed_at=now - timedelta(days=8))
        for asked in DataRequest.objects.filter(ended_at=None):
            asked.state, asked.ended_at, asked.ended_by = "answered", now - timedelta(days=63), by
            asked.outcome = {"text": "MARQUEUR-SUITE"}
            asked.save()
        Limitation.objects.update(ended_at=now, ended_by=by, ended_because="asked")
        Match.objects.update(state="apart")
        notice = Notice.objects.filter(subject_id=case.pk).first()
        HookDelivery.objects.create(hook=Hook.objects.first(), notice=notice, position=99)


def _site(world, mine) -> None:
    """A collective situation of this alert and this case alone, and another one that has a case besides."""
    agency, by = mine["agency"], mine["by"]
    said = {"sort": "raid", "happened_on": timezone.localdate(), "territory": world.case.territory}
    for others in ([], [world.relations["provisional_lead"].case]):
        note = "MARQUEUR-LIEU" if not others else "lieu partagé"
        made = Situation.objects.create(agency=agency, created_by=by, data={"note": note}, **said)
        batch = SituationBatch.objects.create(id=made.pk, situation=made, count=1, first=1, **mine)
        SituationAlert.objects.create(situation=made, alert=world.alert, agency=agency)
        for number, case in enumerate([world.case, *others], 1):
            SituationCase.objects.create(situation=made, case=case, agency=agency, batch=batch, number=number)


def close(actor, case, days: float) -> None:
    """Close the case as its lead, this many days ago, the alerts that led to it settled."""
    with acting_as(actor):
        move_case(actor, case.pk, "close", reason="autonomy", outcome={"wish": "MARQUEUR-SOUHAIT"})
    at = timezone.now() - timedelta(days=days)
    with as_role("nrm_owner"):
        CaseMove.objects.filter(case=case).update(at=at)
        for model in (AlertMove, AlertAddition):
            model.objects.filter(alert__links__case=case).update(at=at)
        AlertDesk.objects.filter(alert__links__case=case).update(due_at=None)  # nobody is waited for
