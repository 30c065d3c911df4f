"""Consultations and contributions for tests, made by the real operations."""

from datetime import timedelta

from django.utils import timezone

from foundation.actor import acting_as
from plans.models import Contribution, SectorGuide
from plans.participation.operations import participation
from tests import factories as f
from tests.roles import as_role

TEXT = "Prévoir un hébergement à distance par région."


def consultation(coordination, *, opens=0, closes=20, **fields):
    today = timezone.localdate()
    said = {"subject": "other", "title": "Quelles priorités ?", "text": "Dites-nous.", "questions": ["Que changer ?"]}
    with acting_as(coordination):
        return participation.open_consultation(
            coordination, opens=today + timedelta(opens), closes=today + timedelta(closes), **{**said, **fields}
        )


def draft(author, *, to=None, **fields) -> Contribution:
    about = (
        {"consultation": to}
        if to
        else {"subject": fields.pop("subject", "plan"), "target": fields.pop("target", "plan3")}
    )
    with acting_as(author):
        return participation.start_contribution(author, **about, **{"title": "Héberger", "text": TEXT, **fields})


def sent(author, **fields) -> Contribution:
    made = draft(author, **fields)
    with acting_as(author):
        return participation.send_contribution(author, made.pk)


def published(author, coordination, **fields) -> Contribution:
    made = sent(author, **fields)
    if made.state == "published":
        return made
    with acting_as(coordination):
        seen = [passage.text for passage in participation.may_name(made)]
        return participation.publish_contribution(coordination, made.pk, seen=seen)


def answered(author, coordination, *, verdict="partly", text="Repris dans la mesure 4.", **fields) -> Contribution:
    made = published(author, coordination, **fields)
    with acting_as(coordination):
        participation.answer_contribution(coordination, made.pk, verdict=verdict, text=text)
    made.refresh_from_db()
    return made


def long_ago(contribution, days=40):
    """As if it had been sent `days` ago: its time to answer is past."""
    with as_role("nrm_owner"):
        Contribution.objects.filter(pk=contribution.pk).update(
            submitted_at=timezone.now() - timedelta(days), due_at=timezone.now() - timedelta(days - 30)
        )
        contribution.refresh_from_db()


def sector(code="construction") -> SectorGuide:
    return SectorGuide.objects.get(pk=code)


def signal_fields(**fields) -> dict:
    said = {"territory": f.territory(), "month": timezone.localdate().replace(day=1), "signs": ["FR-TRV-01"]}
    return {**said, "persons": "2-5", "done": ["informed"], **fields}
