"""What the tests of breaches do and look at."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from foundation.actor import acting_as
from notifications.models import Notice
from referral.breaches import operations
from referral.models import Breach, BreachEntry
from referral.tasks import figures
from tests.notifications.post import fan_out
from tests.roles import as_role

MARK = "MARQUEUR-VIOLATION"
Sort = BreachEntry.Sort
FOUND = {"nature": MARK, "categories": ["identity"], "persons": 3, "records": None, "effects": "x", "measures": "x"}


def report(world, who="reporter", *, hours=0, ongoing=False, apart=False) -> Breach:
    known_at = timezone.now() - timedelta(hours=hours)
    with acting_as(world[who]):
        made = operations.report(world[who], kind="device", known_at=known_at, ongoing=ongoing, apart=apart, text=MARK)
    return row(made.pk)


def row(pk) -> Breach:
    with as_role("nrm_owner"):
        return Breach.objects.get(pk=pk)


def write(world, who, breach, sort, **said):
    with acting_as(world[who]):
        return operations.write(world[who], breach.pk, sort, **said)


def decided(world, breach, who="admin") -> None:
    write(world, who, breach, Sort.ASSESS, **FOUND)
    write(world, who, breach, Sort.NO_RISK, text=MARK)
    write(world, who, breach, Sort.NOT_INFORMED, reason="no_high_risk", text=MARK)


def agree(world, who, breach) -> None:
    write(world, who, breach, Sort.AGREE, answered=row(breach.pk).decided_id)


def close(world, breach, first="admin", second="national") -> Breach:
    asked = write(world, first, breach, Sort.CLOSE)
    write(world, second, breach, Sort.CONFIRM, answered=asked.pk)
    return row(breach.pk)


def readers(world, model) -> set[str]:
    """Who reads a row of the table, by bare SQL and by the first wall, which agree."""
    found = set()
    for name, actor in world.items():
        with acting_as(actor), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")  # noqa: S608
            bare = cursor.fetchone()[0]
            assert bare == model.objects.visible_to(actor).count(), name
            found |= {name} if bare else set()
    return found


def told(world) -> set[tuple[str, str]]:
    with as_role("nrm_worker"):
        figures()
    fan_out()
    names = {actor.pk: name for name, actor in world.items()}
    with as_role("nrm_owner"):
        found = Notice.objects.filter(event__subject="breach", channel="app").select_related("event")
        return {(notice.event.kind, names[notice.membership_id]) for notice in found}


ANSWER = {"admin", "second_admin", "dpo", "national", "national_admin"}
READ = ANSWER | {"auditor"}


def period(days=1):
    return timezone.now() - timedelta(days=days), timezone.now() + timedelta(hours=1)
