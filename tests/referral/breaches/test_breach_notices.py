"""Who is told of a breach, and when."""

from datetime import timedelta

import pytest

from foundation.actor import acting_as
from notifications.models import Notice
from notifications.operations.events import choose_mails
from referral.breaches import access
from referral.models import Breach
from referral.public.display import entries
from referral.tasks import figures
from tests.notifications.post import fan_out, one_pass
from tests.roles import as_role

from .house import MARK, READ, agree, close, decided, report, row, told

pytestmark = pytest.mark.django_db


def test_all_who_read_it_are_told_at_once_and_the_author_is_not(world):
    report(world)
    assert told(world) == {("breach_reported", who) for who in READ}


def test_when_the_only_administrator_reports_those_above_are_told(world):
    report(world, "other_admin")
    assert told(world) == {("breach_reported", who) for who in ("national", "national_admin", "auditor", "dpo")}


@pytest.mark.parametrize(
    ("hours", "kinds"),
    [(47, set()), (49, {"breach_soon"}), (71, {"breach_soon"}), (73, {"breach_late"})],
)
def test_told_a_day_before_and_when_late(world, hours, kinds):
    report(world, hours=hours)
    assert told(world) == {(kind, who) for kind in {"breach_reported", *kinds} for who in READ}


def test_late_is_told_each_day_and_open_each_week_until_it_is_closed(world):
    breach = report(world, hours=24 * 15)
    late = reminders(world, "breach_late")
    assert late == reminders(world, "breach_late") == 1  # once a day, however often the worker looks
    shift(breach, days=1)
    assert reminders(world, "breach_late") == 2
    decided(world, breach)
    shift(breach, days=1)
    assert reminders(world, "breach_late") == 3  # one person decided
    agree(world, "national", breach)
    shift(breach, days=1)
    assert reminders(world, "breach_late") == 3 and reminders(world, "breach_open") == 1
    shift(breach, days=7)
    assert reminders(world, "breach_open") == 2
    close(world, breach)
    shift(breach, days=7)
    assert reminders(world, "breach_open") == 2


def reminders(world, kind) -> int:
    with as_role("nrm_worker"):
        figures()
    fan_out()
    with as_role("nrm_owner"):
        return Notice.objects.filter(event__kind=kind, channel="app", membership=world["admin"]).count()


def shift(breach, days) -> None:
    with as_role("nrm_owner"):
        now = row(breach.pk)
        Breach.objects.filter(pk=breach.pk).update(
            known_at=now.known_at - timedelta(days=days), due_at=now.due_at - timedelta(days=days)
        )


def test_mails_say_nothing_of_it(world, mailoutbox):
    report(world)
    one_pass()
    written = [words for one in mailoutbox for words in (one.subject, one.body)]
    assert len(mailoutbox) == len(READ)
    assert not [word for words in written for word in (MARK, "CNIL", "72 h", "iolation", "fuite") if word in words]


def test_no_mail_of_a_running_clock_is_muted(world):
    kinds = {"breach_reported", "breach_undecided", "breach_soon", "breach_late"}
    with acting_as(world["admin"]):
        assert not set(choose_mails(world["admin"], kinds, set())) & kinds
        assert choose_mails(world["admin"], {"breach_open"}, set()) == {"breach_open": False}


def test_who_keeps_the_register_finds_it_in_the_menu(world):
    listed = {name for name, who in world.items() if "referral:breach-list" in {e["route"] for e in entries(who)}}
    assert listed == {name for name, who in world.items() if access.keeps_register(who)}


def test_the_author_is_told_when_it_is_closed(world):
    breach = report(world)
    decided(world, breach)
    close(world, breach)
    assert ("breach_closed", "reporter") in told(world)
    assert ("breach_closing", "national_admin") in told(world)
