"""A copy of the database sends nothing, however it was copied, until its operator says that it is the platform."""

import os
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from agencies.models import Kind, Role
from journal.models import Entry
from notifications.models import Notice
from notifications.operations import delivery
from notifications.operations.fence import lift, settle
from referral.config import health
from referral.erasure.documents import append
from referral.models import Erasure
from tests import database
from tests import factories as f
from tests.roles import as_role

from .post import committed_worker, one_pass

ALONE = pytest.mark.django_db(transaction=True)


def an_alert_waits():
    f.national()
    f.member(f.coordination(), Role.COORDINATOR)
    f.sent_alert(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))


@contextmanager
def copied():
    """Work on a copy of the test's database: what a restored dump is, without the time it takes."""
    name = connection.settings_dict["NAME"]
    for alias in connections:
        connections[alias].close()
    with database.administration(os.environ["DATABASE_OWNER_URL"]) as cursor:
        cursor.execute(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
    for alias in connections:
        connections[alias].settings_dict["NAME"] = f"{name}_copy"
    try:
        yield
    finally:
        for alias in connections:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
        database.drop(f"{name}_copy")


def sent() -> int:
    with committed_worker():
        delivery.fan_out(100)
        return delivery.send_all(delivery.hand_over())


def fence(*arguments) -> str:
    call_command("fence", *arguments, stdout=(said := StringIO()))
    return said.getvalue()


@ALONE
def test_copied_database_sends_nothing_until_it_is_declared_the_platform(mailoutbox):
    an_alert_waits()
    with copied():
        assert sent() == 0
        assert mailoutbox == []
        with committed_worker():  # what its broker still holds is not sent either
            assert delivery.send_all(list(Notice.objects.using("owner").values_list("pk", flat=True))) == 0
        said = fence()
        assert "Held back: copied from another database." in said
        assert "\n1 message waits, the oldest of " in said and "; no event waits to become messages." in said
        assert health._sending() == "copied from another database"
        with pytest.raises(CommandError, match="is not there: .* The register says which cases were erased"):
            fence("--lift", "--folder", "/nowhere")
        assert health._sending() == "copied from another database"
        said = fence("--lift", "--no-register")
        assert "leave, for localhost" in said
        assert list(
            Entry.objects.using("owner").filter(action__startswith="sending").values_list("action", flat=True)
        ) == ["sending.lift"]
        assert sent() == 1
        assert len(mailoutbox) == 1
        assert health._sending() == "ok"
    assert sent() == 1, "the platform itself was not touched"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("cluster", "1", "another cluster"),
        ("timeline", 7, "restored from a backup"),
        ("site", "repere.exemple", "another site"),
    ],
)
def test_each_sign_of_a_copy_holds_back(column, value, reason, mailoutbox):
    an_alert_waits()
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE notifications_installation SET {column} = %s", [value])
    assert one_pass() == 0
    assert mailoutbox == []
    assert reason in health._sending()
    with as_role("nrm_owner"):
        lift("default")
    assert one_pass() == 1


@pytest.mark.django_db
def test_database_that_was_never_told_where_it_lives_sends_nothing(mailoutbox):
    an_alert_waits()
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM notifications_installation")
    assert one_pass() == 0
    assert "never told" in health._sending()
    with as_role("nrm_owner"):
        settle("default")
    assert one_pass() == 1


@ALONE
def test_operator_holds_back_and_lets_leave(mailoutbox, settings, tmp_path):
    settings.JOURNAL_CHECKPOINTS = tmp_path
    settings.JOURNAL_KEY = "a2V5IG9mIHRoZSB0ZXN0cyBvZiB0aGUgam91cm5hbCE="
    an_alert_waits()
    assert "Held back: held back by hand." in fence("--hold")
    assert sent() == 0
    with pytest.raises(CommandError, match="is not there"):
        fence("--lift")
    append(tmp_path, [])
    assert "Mails and text messages leave" in fence("--lift")
    assert sent() == 1
    assert set(Entry.objects.using("owner").values_list("action", flat=True)) >= {"sending.hold", "sending.lift"}


@ALONE
def test_a_register_that_does_not_name_what_stood_in_it_lifts_nothing(settings, tmp_path):
    """The folder of another installation, a new one, or a line taken away."""
    settings.JOURNAL_KEY = "a2V5IG9mIHRoZSB0ZXN0cyBvZiB0aGUgam91cm5hbCE="
    said = {"at": timezone.now(), "kind": "case", "ground": "time"}
    for digest, outside in (("a" * 64, True), ("b" * 64, True), ("c" * 64, False)):
        Erasure.objects.using("owner").create(digest=digest, outside=outside, **said)
    fence("--hold")
    lines = [{"digest": digest * 64} for digest in "abd"]
    for name, held, missing in (("new", [], 2), ("short", lines[1:], 1)):
        append(tmp_path / name, held)
        with pytest.raises(CommandError, match=f"^{missing} erasure.* not in this register.*--folder.*--pass-missing"):
            fence("--lift", "--folder", str(tmp_path / name))
        assert health._sending() == "held back by hand"
        fence("--lift", "--folder", str(tmp_path / name), "--pass-missing")
        fence("--hold")
    append(tmp_path / "whole", lines)
    assert "Mails and text messages leave" in fence("--lift", "--folder", str(tmp_path / "whole"))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["nrm_app", "nrm_worker"])
def test_neither_application_nor_worker_lifts_it(role):
    with as_role(role), connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('notifications_installation', 'INSERT, UPDATE, DELETE')")
        assert cursor.fetchone() == (False,)
