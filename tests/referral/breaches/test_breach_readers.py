"""Who reads a breach, who answers it, and the clock that nobody moves."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agencies.models import Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from referral.audit import selectors as journal
from referral.breaches import access, operations
from referral.breaches.forms.entries import NotifiedForm
from referral.breaches.forms.report import ReportForm
from referral.models import Breach, BreachEntry
from tests import factories as f
from tests.roles import as_role

from .house import ANSWER, FOUND, READ, Sort, readers, report, row, told, write

pytestmark = pytest.mark.django_db


def test_a_report_is_read_by_its_author_those_who_answer_and_the_auditor(world):
    write(world, "admin", report(world), Sort.ASSESS, **FOUND)
    assert readers(world, Breach) == READ | {"reporter"}
    assert readers(world, BreachEntry) == READ  # the author reads the report and its state, never the register


def test_a_report_about_somebody_who_manages_accounts_is_read_above(world):
    breach = report(world, apart=True)
    write(world, "national", breach, Sort.ASSESS, **FOUND)
    above = {"national", "national_admin", "auditor"}
    # who manages no account and is data protection officer of the agency audits: the journal's readers read all of them
    assert readers(world, Breach) == above | {"reporter", "dpo"}
    assert readers(world, BreachEntry) == above | {"dpo"}
    assert {who for _kind, who in told(world)} == above | {"dpo"}
    with pytest.raises(NotFound):
        write(world, "admin", breach, Sort.ASSESS, **FOUND)
    with pytest.raises(NotAllowed):
        write(world, "dpo", breach, Sort.ASSESS, **FOUND)


def test_told_apart_in_the_national_coordination_its_administrators_read_nothing(world):
    breach = report(world, "national_policy", apart=True)
    write(world, "national", breach, Sort.ASSESS, **FOUND)
    assert readers(world, Breach) == {"national", "national_policy", "auditor", "dpo"}
    assert readers(world, BreachEntry) == {"national", "auditor", "dpo"}
    assert {who for _kind, who in told(world)} == {"national", "auditor", "dpo"}
    with pytest.raises(NotFound):
        write(world, "national_admin", breach, Sort.ASSESS, **FOUND)


@pytest.mark.parametrize("also", ["same", "elsewhere", "switched off"])
def test_an_administrator_who_audits_too_reads_nothing_told_apart(world, also):
    """Data protection officer by the same membership, or by another of the same person, who was switched off or not."""
    admin = world["admin"]
    if also == "same":
        with as_role("nrm_owner"):
            type(admin).objects.filter(pk=admin.pk).update(roles=[Role.AGENCY_ADMIN, Role.DPO])
        admin.roles = [Role.AGENCY_ADMIN, Role.DPO]
    else:
        world["hat"] = f.member(f.agency(), Role.DPO, user=admin.user)
    if also == "switched off":
        with as_role("nrm_owner"):
            type(admin).objects.filter(pk=admin.pk).update(active=False)
        del world["admin"]
    apart = report(world, apart=True)
    above = {"national", "national_admin", "auditor", "dpo"}
    assert readers(world, Breach) == above | {"reporter"}
    assert {who for _kind, who in told(world)} == above
    reader = world.get("hat", admin)
    assert not journal_of(reader, apart), "nor that it was told, by whom and when"
    assert journal_of(world["auditor"], apart) == {"breach.report"}
    plain = report(world)
    assert plain.pk in {one.pk for one in breaches_of(reader)}
    assert journal_of(reader, plain) == {"breach.report"}


def journal_of(reader, breach) -> set[str]:
    """Return the acts about a breach that this reader of the journal is shown."""
    with acting_as(reader):
        rows = journal.entries(reader).filter(subject="breach", subject_id=str(breach.pk))
        return set(rows.values_list("action", flat=True))


def breaches_of(actor):
    with acting_as(actor):
        return list(Breach.objects.visible_to(actor))


def test_who_answers_writes_and_who_only_reads_does_not(world):
    breach = report(world)
    for who in sorted(ANSWER):
        write(world, who, breach, Sort.ASSESS, **FOUND)
    for who in ("auditor", "reporter"):
        with pytest.raises(NotAllowed):
            write(world, who, breach, Sort.ASSESS, **FOUND)
        with pytest.raises(DatabaseError), transaction.atomic(), acting_as(world[who]):
            BreachEntry.objects.create(breach=breach, by=world[who], sort="assess", data={})
    for who in ("worker", "national_policy", "territorial", "other_admin", "platform"):
        with pytest.raises(NotFound):
            write(world, who, breach, Sort.ASSESS, **FOUND)
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(world["admin"]):  # in another's name
        BreachEntry.objects.create(breach=breach, by=world["national"], sort="assess", data={})


def test_python_and_the_database_say_who_answers_alike(world):
    breach = report(world)
    for name, actor in world.items():
        with acting_as(actor), connection.cursor() as cursor:
            cursor.execute("SELECT nrm.breach_as(%s)", [breach.pk])
            said = cursor.fetchone()
            assert (said[0] == "answers") == access.answers(actor, breach) == (name in ANSWER), name
            assert (said[0] is not None) == access.reads(actor, breach) == (name in READ), name


# -- the clock ---------------------------------------------------------------------------------------------------------
def test_the_database_counts_72_hours_whatever_is_said(world):
    breach = report(world, hours=5)
    assert breach.due_at - breach.known_at == timedelta(hours=72)
    ahead, actor = timezone.now() + timedelta(days=9), world["admin"]
    with acting_as(actor):
        lied = Breach.objects.create(
            agency=actor.agency, by=actor, kind="other", data={}, known_at=ahead, due_at=ahead, at=ahead, assessed=True,
            cnil="notified", notified_at=ahead, persons="informed", closing_id=breach.pk, closing_by=actor,
            closed_at=ahead, closed_by=world["national"],
        )  # fmt: skip
    made = row(lied.pk)
    assert made.known_at <= made.at <= timezone.now()
    assert made.due_at - made.known_at == timedelta(hours=72)
    assert (made.cnil, made.persons, made.assessed, made.closing_id, made.closed_at) == ("", "", False, None, None)
    with pytest.raises(WrongState), acting_as(actor):
        operations.report(actor, kind="other", known_at=ahead, ongoing=False, apart=False, text="x")


@pytest.mark.parametrize(
    "change", ["known_at = now()", "due_at = now()", "closed_at = now()", "apart = true", "data = ''"]
)
def test_nobody_changes_or_deletes_a_breach(world, change):
    breach = report(world, hours=80)
    write(world, "admin", breach, Sort.ASSESS, **FOUND)
    for role, actor in (("nrm_app", world["admin"]), ("nrm_app", world["national"]), ("nrm_worker", world["admin"])):
        for statement in (
            f"UPDATE referral_breach SET {change}",  # noqa: S608
            "DELETE FROM referral_breach",
            "UPDATE referral_breachentry SET at = now()",
            "DELETE FROM referral_breachentry",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), as_role(role), acting_as(actor):
                connection.cursor().execute(statement)
    assert row(breach.pk).known_at == breach.known_at


def test_the_owner_of_the_tables_cannot_move_the_end_of_the_clock_alone(world):
    breach = report(world)
    with pytest.raises(DatabaseError), as_role("nrm_owner"):
        Breach.objects.filter(pk=breach.pk).update(due_at=breach.due_at + timedelta(hours=1))


def test_a_late_notification_asks_for_its_reason(world):
    breach = report(world, hours=80)
    now = timezone.localtime()
    given = {"on": now.date().isoformat(), "hour": now.strftime("%H:%M"), "number": "N-1", "text": ""}
    assert "late_reason" in NotifiedForm(given, breach=breach).errors
    assert NotifiedForm(given | {"late_reason": "x"}, breach=breach).is_valid()
    early = now - timedelta(hours=90)
    before = given | {"on": early.date().isoformat(), "hour": early.strftime("%H:%M")}
    assert "on" in NotifiedForm(before, breach=breach).errors


def test_a_day_to_come_is_refused_and_one_long_ago_is_asked_again():
    said = {"kind": "paper", "text": "x", "ongoing": "no"}
    now = timezone.localtime()

    def given(moment, **more):
        return ReportForm(said | {"on": moment.date().isoformat(), "hour": moment.strftime("%H:%M"), **more})

    assert given(now).is_valid()
    assert "on" in given(now + timedelta(days=1)).errors
    assert "on" in given(now - timedelta(days=40)).errors
    assert given(now - timedelta(days=40), day_is_right="on").is_valid()
