"""Make demonstration desks: a shelter with hours, duty list and stand-in, and alerts it does not answer."""

from datetime import time, timedelta

from django.db.models import F

from agencies.models import Agency, Desk
from foundation.actor import acting_as
from journal.models import Entry
from notifications.models import Event, Notice
from referral.alerts.operations import additions, alerts
from referral.models import Alert, AlertDesk, AlertMove
from referral.organisations.operations import duty

from .story import member, signs

SILENT, SECOND = "foyer-horizon", "ul-batiment"
STREET = {"detection": "street_outreach", "place": "street"}
HOURS = [(day, time(9), time(18)) for day in range(5)]


def tell() -> int:
    """Make them once; return the number of alerts."""
    if Desk.objects.filter(agency__code=SILENT, second__isnull=False).exists():
        return 0
    second = Agency.objects.get(code=SECOND)
    Desk.objects.using("owner").filter(agency__code=SILENT).update(second=second.pk)
    with acting_as(member("direction-foyer")) as admin:
        duty.set_hours(admin, HOURS)
        duty.set_duty_list(admin, {member("foyer").pk: "01 99 00 00 17"})
    silent = Agency.objects.get(code=SILENT).pk
    _silent(_alert("maraude", silent, minor="no", form="sexual_exploitation", language="en", **STREET), hours=60)
    _silent(_alert("social", silent, minor="no", form="domestic_servitude", employer_immunity=True), hours=80)
    with acting_as(member("maraude")) as author:
        sent = _alert("maraude", silent, minor="no", form="unknown", language="es", **STREET)
        additions.add_to_alert(author, sent.pk, "La personne est revenue, elle peut être jointe jusqu'à ce soir.")
    return 3


def _alert(author: str, desk: int, **answers):
    form = answers["form"]
    with acting_as(member(author)) as actor:
        draft = alerts.start_draft(actor, answers={
            "territory": "75", "when": "today", "danger": "no", "persons": 1, "agreement": "yes",
            "recipients": ["association"], "desks": [desk],
            "observations": signs(form, "adult", 3), **answers,
        })  # fmt: skip
        return alerts.send_alert(actor, draft.pk)


def _silent(alert, hours: int) -> None:
    """Date the alert back by `hours`: its row, moves, desk row, journal entries and notices."""
    ago = timedelta(hours=hours)
    Alert.objects.using("owner").filter(pk=alert.pk).update(
        created_at=F("created_at") - ago, saved_at=F("saved_at") - ago, sent_at=F("sent_at") - ago
    )
    Entry.objects.using("owner").filter(subject="alert", subject_id=str(alert.pk)).update(at=F("at") - ago)
    for told in (Event, Notice):
        told.objects.using("owner").filter(subject="alert", subject_id=alert.pk).update(at=F("at") - ago)
    AlertDesk.objects.using("owner").filter(alert=alert.pk).update(
        due_at=F("due_at") - ago, answer_by=F("answer_by") - ago, received_at=F("received_at") - ago
    )
    AlertMove.objects.using("owner").filter(alert=alert.pk).update(at=F("at") - ago, due_at=F("due_at") - ago)
