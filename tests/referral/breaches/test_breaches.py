"""Breaches of personal data: clock, who reads and answers, what closes one, who is told; an administrator who hides."""

import json
from copy import deepcopy
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Membership, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from notifications.models import Notice
from notifications.operations.events import choose_mails
from referral.alerts.operations import alerts
from referral.audit import selectors as journal
from referral.breaches import access, operations
from referral.breaches.display import shown
from referral.breaches.forms.entries import FORMS, NotifiedForm
from referral.breaches.forms.report import ReportForm
from referral.breaches.rules import may
from referral.models import Breach, BreachEntry
from referral.models.breaches import A_DAY
from referral.public.display import entries
from referral.tasks import figures
from tests import factories as f
from tests.notifications.post import fan_out, one_pass
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.access import grant

pytestmark = pytest.mark.django_db
MARK = "MARQUEUR-VIOLATION"
Sort = BreachEntry.Sort
FOUND = {"nature": MARK, "categories": ["identity"], "persons": 3, "records": None, "effects": "x", "measures": "x"}


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    national, home = f.national(), f.shelter()
    return {
        "reporter": f.member(home, Role.FRONTLINE),
        "worker": f.member(home),
        "admin": f.member(home, Role.AGENCY_ADMIN),
        "second_admin": f.member(home, Role.AGENCY_ADMIN),
        "dpo": f.member(home, Role.DPO),
        "national": f.member(national, Role.COORDINATOR),
        "national_admin": f.member(national, Role.AGENCY_ADMIN),
        "national_policy": f.member(national, Role.POLICY),
        "auditor": f.member(f.shelter(), Role.AUDITOR),
        "territorial": f.member(f.coordination(), Role.COORDINATOR),
        "other_admin": f.member(f.shelter(), Role.AGENCY_ADMIN),
        "platform": f.member(f.shelter(), Role.PLATFORM_ADMIN),
    }


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


# -- who reads ---------------------------------------------------------------------------------------------------------
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


# -- decided by two ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sort", [Sort.NO_RISK, Sort.NOTIFIED])
def test_what_one_decides_is_told_to_all_and_stops_no_reminder(world, sort):
    breach = report(world, hours=73)
    write(world, "admin", breach, sort, happened_at=timezone.now() if sort == Sort.NOTIFIED else None, text="x")
    sent = told(world)
    assert {who for kind, who in sent if kind == "breach_decided"} == READ - {"admin"}
    assert {who for kind, who in sent if kind == "breach_late"} >= {"admin", "national"}
    stands = shown(row(breach.pk))
    assert stands.late and not stands.cnil_agreed


@pytest.mark.parametrize("who", ["admin", "second_admin", "dpo"])
def test_no_agency_agrees_with_itself(world, who):
    breach = report(world)
    decided(world, breach)
    with pytest.raises(NotAllowed):
        agree(world, who, breach)
    agree(world, "national", breach)
    stands = row(breach.pk)
    assert stands.cnil_agreed and stands.persons_agreed and stands.is_open


def test_the_agency_agrees_to_what_the_nation_decided_and_each_to_what_the_other_did(world):
    breach = report(world)
    write(world, "national", breach, Sort.NO_RISK, text="x")
    write(world, "admin", breach, Sort.NOT_INFORMED, reason="protected", text="x")
    agree(world, "admin", breach)
    stands = row(breach.pk)
    assert stands.cnil_agreed and not stands.persons_agreed
    with pytest.raises(NotAllowed):
        agree(world, "admin", breach)
    agree(world, "national", breach)
    assert row(breach.pk).persons_agreed
    with pytest.raises(WrongState):
        agree(world, "national_admin", breach)


def test_a_decision_written_since_the_page_was_read_is_not_agreed_to(world):
    breach = report(world)
    write(world, "admin", breach, Sort.NO_RISK, text="x")
    read = row(breach.pk).decided_id
    write(world, "admin", breach, Sort.INFORMED, happened_at=timezone.now(), text="x")
    with pytest.raises(WrongState):
        write(world, "national", breach, Sort.AGREE, answered=read)
    agree(world, "national", breach)
    write(world, "admin", breach, Sort.INFORMED, happened_at=timezone.now(), text="x")  # more of the same
    assert row(breach.pk).persons_agreed
    write(world, "admin", breach, Sort.NOTIFIED, happened_at=timezone.now(), number="N-1")  # another decision
    assert not row(breach.pk).cnil_agreed


def test_the_page_offers_to_agree_to_whoever_may(world):
    breach = report(world)
    write(world, "admin", breach, Sort.NO_RISK, text="x")
    assert 'value="agree"' not in text(Hand(world["second_admin"]).get("breach", breach.pk))
    hand = Hand(world["national"])
    page, asked = text(hand.get("breach", breach.pk)), str(row(breach.pk).decided_id)
    assert asked in page and 'value="undecide"' in page
    assert hand.post("breach", breach.pk, act="agree", **{"agree-answered": asked}).status_code == 302
    assert row(breach.pk).cnil_agreed


# -- closing -----------------------------------------------------------------------------------------------------------
def test_closed_by_two_after_both_decisions(world):
    breach = report(world, ongoing=True)
    write(world, "admin", breach, Sort.ASSESS, **FOUND)
    for missing in (Sort.NO_RISK, Sort.NOT_INFORMED, Sort.ENDED):
        with pytest.raises(WrongState):
            write(world, "admin", breach, Sort.CLOSE)
        words = {"reason": "public"} if missing == Sort.NOT_INFORMED else {}
        write(world, "admin", breach, missing, text="x", **words)
    closed = close(world, breach)
    assert closed.closed_by_id == world["national"].pk and closed.closing_by_id == world["admin"].pk
    with pytest.raises(WrongState):
        write(world, "admin", breach, Sort.ASSESS, **FOUND)


@pytest.mark.parametrize(("first", "second"), [("admin", "admin"), ("admin", "second_admin"), ("dpo", "admin")])
def test_an_agency_closes_no_breach_of_its_own(world, first, second):
    breach = report(world)
    decided(world, breach)
    asked = write(world, first, breach, Sort.CLOSE)
    with pytest.raises(NotAllowed):
        write(world, second, breach, Sort.CONFIRM, answered=asked.pk)
    assert row(breach.pk).is_open


def test_nor_does_one_who_invited_the_other(world):
    breach = report(world)
    decided(world, breach)
    asked = write(world, "national_admin", breach, Sort.CLOSE)
    with as_role("nrm_owner"):
        type(world["national"]).objects.filter(pk=world["national"].pk).update(invited_by=world["national_admin"])
    with pytest.raises(NotAllowed):
        write(world, "national", breach, Sort.CONFIRM, answered=asked.pk)
    write(world, "admin", breach, Sort.CONFIRM, answered=asked.pk)  # one of the two is above


def test_what_is_written_after_the_request_takes_it_back(world):
    """The first cannot slip a decision under what the second person has read."""
    breach = report(world)
    decided(world, breach)
    asked = write(world, "admin", breach, Sort.CLOSE)
    write(world, "admin", breach, Sort.ASSESS, **FOUND)
    with pytest.raises(WrongState):
        write(world, "national", breach, Sort.CONFIRM, answered=asked.pk)
    write(world, "admin", breach, Sort.CLOSE)
    with pytest.raises(WrongState):  # of the request that the page showed, not of another
        write(world, "national", breach, Sort.CONFIRM, answered=asked.pk)


def test_refused_asked_again_closed_and_opened_again(world):
    breach = report(world)
    decided(world, breach)
    write(world, "admin", breach, Sort.CLOSE)
    write(world, "national", breach, Sort.KEEP, text="x")
    close(world, breach)
    write(world, "dpo", breach, Sort.REOPEN, text="x")
    again = row(breach.pk)
    assert again.is_open and again.closing_id is None and again.known_at == breach.known_at
    assert (again.assessed, again.cnil, again.persons, again.cnil_agreed) == (False, "", "", False)
    with pytest.raises(WrongState):
        write(world, "dpo", breach, Sort.CLOSE)
    write(world, "dpo", breach, Sort.GOES_ON, text="x")
    decided(world, breach, "dpo")
    with pytest.raises(WrongState):  # it goes on
        write(world, "dpo", breach, Sort.CLOSE)
    write(world, "dpo", breach, Sort.ENDED, text="x")
    assert close(world, breach, "national", "national_admin").closed_at


def test_the_agency_takes_no_notification_back(world):
    breach = report(world)
    write(world, "admin", breach, Sort.NO_RISK, text="x")
    write(world, "admin", breach, Sort.NOTIFIED, happened_at=timezone.now(), number="N-1")
    write(world, "admin", breach, Sort.MORE, happened_at=timezone.now(), text="x")
    for sort in (Sort.NO_RISK, Sort.NOTIFIED):
        with pytest.raises(WrongState):
            write(world, "admin", breach, sort, happened_at=timezone.now(), text="x")
    for who in ("admin", "dpo"):
        with pytest.raises(NotAllowed):
            write(world, who, breach, Sort.UNDECIDE, text="x")
    write(world, "national", breach, Sort.UNDECIDE, text="x")
    again = row(breach.pk)
    assert (again.cnil, again.notified_at, again.persons, again.decided_id) == ("", None, "", None)
    write(world, "admin", breach, Sort.NO_RISK, text="x")


def test_python_and_the_database_say_alike_what_may_be_written():
    names = ("ongoing", "assessed", "cnil_agreed", "persons_agreed")
    shapes = product(*[[False, True]] * 4, ["", "notified", "no_risk"], ["", "informed"], [None, 1], [None, 1])
    for *flags, cnil, persons, closing, closed in shapes:
        breach = Breach(**dict(zip(names, flags, strict=True)), cnil=cnil, persons=persons)
        breach.closing_id = closing and breach.pk
        breach.closed_at = closed and timezone.now()
        for sort in FORMS:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT nrm.breach_may(jsonb_populate_record(NULL::referral_breach, %s), %s)",
                    [_as_json(breach), sort],
                )
                assert cursor.fetchone()[0] == may(breach, sort), (sort, breach.__dict__)


def _as_json(breach) -> str:
    names = ("ongoing", "assessed", "cnil_agreed", "persons_agreed", "cnil", "persons")
    said = {name: getattr(breach, name) for name in names}
    said |= {"closing_id": breach.closing_id and str(breach.closing_id)}
    return json.dumps(said | {"closed_at": breach.closed_at and breach.closed_at.isoformat()})


# -- who is told -------------------------------------------------------------------------------------------------------
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


# -- which cases were read ---------------------------------------------------------------------------------------------
@pytest.fixture
def read(world):
    """Two cases of two leads, read by the worker, one of them also seen by the territorial coordination; one with an
    identity; and a third that nobody has read."""
    other = f.member(f.shelter())
    cases = {"own": f.own_case(world["worker"]), "far": f.own_case(other), "unread": f.own_case(other)}
    done = {"membership_id": world["worker"].pk, "agency_id": world["worker"].agency_id, "outcome": "done"}
    before = timezone.now() - timedelta(days=9)
    with as_role("nrm_owner"):
        unit, by = world["territorial"].agency_id, world["worker"]
        grant(cases["own"], unit, level=2, ground="alert", ground_id=uuid4(), given_by=by)
        Entry.objects.all().delete()
        for case, act, at in (("own", "case.read", None), ("own", "identity.read", None), ("far", "case.read", None),
                              ("unread", "case.read", before)):  # fmt: skip
            made = Entry.objects.create(case_id=cases[case].pk, action=act, **done)
            Entry.objects.filter(pk=made.pk).update(at=at or timezone.now())
        Entry.objects.create(case_id=cases["unread"].pk, action="case-detail", **(done | {"outcome": "refused"}))
    return world | {"other_lead": other, "cases": cases}


def period(days=1):
    return timezone.now() - timedelta(days=days), timezone.now() + timedelta(hours=1)


def test_the_cases_that_an_account_has_read_are_counted(read):
    breach = report(read)
    made = write(read, "admin", breach, Sort.READINGS, account=read["worker"], period=period())
    with as_role("nrm_owner"):
        found = BreachEntry.objects.get(pk=made.pk)
    assert (found.cases, found.identities) == (2, 1)
    wider = write(read, "national", breach, Sort.READINGS, account=read["worker"], period=period(days=10))
    with as_role("nrm_owner"):
        assert BreachEntry.objects.get(pk=wider.pk).cases == 3


def test_nobody_counts_the_readings_of_another_agency_but_the_national_level(read):
    breach = report(read)
    with pytest.raises(NotAllowed):
        write(read, "admin", breach, Sort.READINGS, account=read["other_lead"], period=period())
    write(read, "national", breach, Sort.READINGS, account=read["other_lead"], period=period())
    for who in ("auditor", "reporter"):
        with pytest.raises(NotAllowed):
            write(read, who, breach, Sort.READINGS, account=read["worker"], period=period())


def leads(world) -> set[tuple[str, str]]:
    """Who was told of which case: names of both."""
    one_pass()
    cases = {case.pk: name for name, case in world["cases"].items()}
    people = {member.pk: name for name, member in world.items() if name != "cases"}
    with as_role("nrm_owner"):
        found = Notice.objects.filter(kind="breach_read", channel="app").values_list("subject_id", "membership_id")
        return {(cases[case], people[member]) for case, member in found}


def stored(made) -> BreachEntry:
    with as_role("nrm_owner"):
        return BreachEntry.objects.get(pk=made.pk)


def tell(world, who, breach, counted) -> tuple[int, int, int]:
    found = stored(write(world, who, breach, Sort.TOLD, answered=counted.pk))
    return found.cases, found.nobody, found.elsewhere


def test_leads_are_told_once_by_the_reference_of_their_case(read, mailoutbox):
    breach = report(read)
    made = write(read, "admin", breach, Sort.READINGS, account=read["worker"], period=period())
    assert tell(read, "national", breach, made) == (2, 0, 0)
    with pytest.raises(WrongState):
        write(read, "national", breach, Sort.TOLD, answered=made.pk)
    # the lead of one is the account alone: its coordination is told
    assert leads(read) == {("own", "territorial"), ("far", "other_lead")}
    names = [case.reference for case in read["cases"].values()]
    mails = [one.subject + one.body for one in mailoutbox if any(name in one.subject + one.body for name in names)]
    assert mails
    assert not [one for one in mails for word in (MARK, breach.reference, "iolation", "détourné") if word in one]


def test_a_colleague_of_the_account_is_told_and_the_account_is_not(read):
    read["colleague"] = f.member(read["worker"].agency)
    breach = report(read)
    made = write(read, "admin", breach, Sort.READINGS, account=read["worker"], period=period())
    tell(read, "national", breach, made)
    assert leads(read) == {("own", "colleague"), ("far", "other_lead")}


def test_cases_of_which_nobody_can_be_told_are_counted_and_told_once_somebody_can(read):
    with as_role("nrm_owner"):
        for name in ("worker", "territorial"):
            Membership.objects.filter(pk=read[name].pk).update(active=False)
    breach = report(read)
    made = write(read, "admin", breach, Sort.READINGS, account=read["worker"], period=period())
    assert tell(read, "admin", breach, made) == (0, 1, 1)
    assert "aucun" in text(Hand(read["admin"]).get("breach", breach.pk)).lower()
    assert leads(read) == set()
    with pytest.raises(WrongState):
        write(read, "admin", breach, Sort.TOLD, answered=made.pk)
    read["colleague"] = f.member(read["worker"].agency)
    assert tell(read, "admin", breach, made) == (1, 0, 1)
    assert leads(read) == {("own", "colleague")}


def test_an_agency_tells_its_own_cases_and_the_national_level_the_others(read):
    breach = report(read)
    made = write(read, "admin", breach, Sort.READINGS, account=read["worker"], period=period())
    assert tell(read, "admin", breach, made) == (1, 0, 1)
    with acting_as(read["admin"]):
        assert access.untold(read["admin"], breach) == []
    with acting_as(read["national"]):
        assert access.untold(read["national"], breach) == [made]
    assert tell(read, "national", breach, made) == (1, 0, 0)
    assert leads(read) == {("own", "territorial"), ("far", "other_lead")}


def test_a_case_is_told_once_whatever_the_counts(read):
    breach = report(read)
    for expected in ((2, 0, 0), (0, 0, 0)):
        made = write(read, "national", breach, Sort.READINGS, account=read["worker"], period=period())
        assert tell(read, "national", breach, made) == expected
    wider = write(read, "national", breach, Sort.READINGS, account=read["worker"], period=period(days=10))
    assert tell(read, "national", breach, wider) == (1, 0, 0)
    later = report(read)
    made = write(read, "national", later, Sort.READINGS, account=read["worker"], period=period())
    assert tell(read, "national", later, made) == (2, 0, 0)


def test_alerts_and_safe_contacts_are_counted(read):
    other = read["other_lead"]
    sent, joined = f.sent_alert(other, recipients=[]), f.sent_alert(other, recipients=[])
    with acting_as(other):
        case = alerts.open_case(other, joined.pk)
    with as_role("nrm_owner"):
        done = {"membership_id": read["worker"].pk, "outcome": "done"}
        for alert in (sent, joined, joined):
            Entry.objects.create(action="alert.read", subject="alert", subject_id=str(alert.pk), **done)
        Entry.objects.create(action="contact.read", case_id=read["cases"]["far"].pk, **done)
    read["cases"]["joined"] = case
    breach = report(read)
    made = write(read, "national", breach, Sort.READINGS, account=read["worker"], period=period())
    found = stored(made)
    assert (found.cases, found.identities, found.alerts) == (3, 2, 2)
    tell(read, "national", breach, made)
    assert ("joined", "other_lead") in leads(read)
    assert "tables exportées" in text(Hand(read["national"]).get("breach", breach.pk))


def test_days_that_the_journal_does_not_hold_are_not_counted(read):
    breach = report(read)
    with pytest.raises(WrongState):
        write(read, "admin", breach, Sort.READINGS, account=read["worker"], period=period(days=366))
    made = stored(write(read, "admin", breach, Sort.READINGS, account=read["worker"], period=period(days=364)))
    assert made.until <= made.at
    today = timezone.localdate()

    def errors(since, until):
        given = {"account": read["worker"].pk, "since": today - timedelta(since), "until": today - timedelta(until)}
        with acting_as(read["admin"]):
            return {*FORMS[Sort.READINGS](given, breach=breach, actor=read["admin"]).errors}

    assert (errors(364, 0), errors(365, 0), errors(1, -1)) == (set(), {"since"}, {"until"})


def test_an_account_that_reads_the_register_is_switched_off_before_it_is_counted(read):
    breach, today = report(read), timezone.localdate()

    def offered(account) -> set[str]:
        given = {"account": read[account].pk, "since": today, "until": today}
        with acting_as(read["national"]):
            return {*FORMS[Sort.READINGS](given, breach=breach, actor=read["national"]).errors}

    for account in ("second_admin", "dpo"):
        assert offered(account) == {"account"}
        with pytest.raises(NotAllowed):
            write(read, "national", breach, Sort.READINGS, account=read[account], period=period())
        with as_role("nrm_owner"):
            Membership.objects.filter(pk=read[account].pk).update(active=False)
        assert offered(account) == set()
        write(read, "national", breach, Sort.READINGS, account=read[account], period=period())
    for account in ("auditor", "national_admin"):
        with pytest.raises(NotAllowed):
            write(read, "national", breach, Sort.READINGS, account=read[account], period=period())
    apart = report(read, apart=True)
    write(read, "national", apart, Sort.READINGS, account=read["admin"], period=period())


def test_leads_are_told_of_counted_readings_of_this_breach_alone(read):
    breach, other = report(read), report(read, apart=True)
    made = write(read, "national", other, Sort.READINGS, account=read["worker"], period=period())
    for answered in (made.pk, breach.pk):
        with pytest.raises(WrongState):
            write(read, "admin", breach, Sort.TOLD, answered=answered)


# -- pages -------------------------------------------------------------------------------------------------------------
def now_said() -> dict:
    now = timezone.localtime()
    return {"on": now.date().isoformat(), "hour": now.strftime("%H:%M")}


def test_reported_in_a_minute_and_read_by_its_author_without_the_register(world):
    hand = Hand(world["reporter"])
    said = {"kind": "device", "text": MARK, "ongoing": "yes", **now_said()}
    page = hand.post("breach-new", **said)
    with as_role("nrm_owner"):
        breach = Breach.objects.get()
    assert page.status_code == 302 and breach.ongoing and not breach.apart
    write(world, "admin", breach, Sort.ASSESS, **(FOUND | {"nature": "MARQUEUR-REGISTRE"}))
    shown = text(hand.get("breach", breach.pk))
    assert MARK in shown and "MARQUEUR-REGISTRE" not in shown and 'name="act"' not in shown
    assert hand.post("breach", breach.pk, act="assess").status_code == 403
    listed = text(hand.get("breach-list"))
    assert breach.reference in listed and breach.reference not in text(Hand(world["worker"]).get("breach-list"))
    assert Hand(world["worker"]).get("breach", breach.pk).status_code == 404


def test_one_account_reports_so_many_a_day_and_no_more(world):
    hand, said = Hand(world["reporter"]), {"kind": "device", "text": "x", "ongoing": "no", **now_said()}
    for _ in range(A_DAY):
        report(world)
    with pytest.raises(WrongState):
        report(world)
    refused = hand.post("breach-new", **said)
    assert refused.status_code == 200 and "téléphonez aux personnes qui décident" in text(refused)
    report(world, "worker")  # another account
    with as_role("nrm_owner"):
        first, day = Breach.objects.last(), timedelta(hours=25)
        earlier = {name: getattr(first, name) - day for name in ("at", "known_at", "due_at")}
        Breach.objects.filter(pk=first.pk).update(**earlier)
    assert hand.post("breach-new", **(said | {"text": "y"})).status_code == 302


def test_the_auditor_reads_the_register_and_writes_nothing(world):
    breach = report(world)
    write(world, "admin", breach, Sort.ASSESS, **(FOUND | {"nature": "MARQUEUR-REGISTRE"}))
    hand = Hand(world["auditor"])
    shown = text(hand.get("breach", breach.pk))
    assert "MARQUEUR-REGISTRE" in shown and 'name="act"' not in shown
    assert hand.post("breach", breach.pk, act="assess").status_code == 403


def test_the_whole_way_by_its_pages(world):
    breach = report(world, hours=80, ongoing=True)
    admin, above = Hand(world["admin"]), Hand(world["national"])

    def send(hand, act, **said):
        return hand.post("breach", breach.pk, act=act, **{f"{act}-{name}": value for name, value in said.items()})

    assert send(admin, "close").status_code == 409
    assert send(admin, "assess", nature="x").status_code == 200
    found = {"nature": "x", "categories": ["identity", "health"], "persons": "3", "effects": "x", "measures": "x"}
    assert send(admin, "assess", **found).status_code == 302
    assert send(admin, "ended", text="x").status_code == 302
    assert send(admin, "notified", number="N-1", **now_said()).status_code == 200  # late without a reason
    assert send(admin, "notified", number="N-1", late_reason="x", **now_said()).status_code == 302
    assert send(admin, "more", text="x", **now_said()).status_code == 302
    assert send(admin, "informed", who="x", text="x", **now_said()).status_code == 302
    assert send(admin, "close").status_code == 302
    shown = text(admin.get("breach", breach.pk))
    assert 'value="confirm"' not in shown and "N-1" in shown
    asked = str(row(breach.pk).closing_id)
    assert asked in text(above.get("breach", breach.pk))
    assert send(admin, "confirm", answered=asked).status_code == 403
    assert send(above, "confirm", answered=asked).status_code == 302
    assert not row(breach.pk).is_open


def test_a_list_costs_the_same_at_two_sizes(world):
    counts = []
    for size in (2, 12):
        for _ in range(size):
            report(world)
        hand = Hand(world["national"])
        hand.get("breach-list")
        with CaptureQueriesContext(connection) as asked:
            assert hand.get("breach-list").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_page_costs_the_same_whatever_its_register(world):
    breach, counts = report(world), []
    for size in (1, 9):
        for _ in range(size):
            write(world, "admin", breach, Sort.ASSESS, **FOUND)
        hand = Hand(world["national"])
        hand.get("breach", breach.pk)
        with CaptureQueriesContext(connection) as asked:
            assert hand.get("breach", breach.pk).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_readings_are_counted_and_leads_told_by_the_page(read):
    breach = report(read)
    hand = Hand(read["admin"])
    today = timezone.localdate().isoformat()

    def send(act, **said):
        return hand.post("breach", breach.pk, act=act, **{f"{act}-{name}": value for name, value in said.items()})

    assert send("told", answered=breach.pk).status_code == 403  # nothing was counted
    assert send("readings", since=today, until=today).status_code == 200  # whose?
    assert send("readings", account=read["other_lead"].pk, since=today, until=today).status_code == 200  # not of here
    assert 'name="readings-number"' not in text(hand.get("breach", breach.pk))
    assert 'name="readings-number"' in text(Hand(read["national"]).get("breach", breach.pk))
    assert send("readings", account=read["worker"].pk, since=today, until=today).status_code == 302
    shown = text(hand.get("breach", breach.pk))
    assert "2 dossiers" in shown and not [one.reference for one in read["cases"].values() if one.reference in shown]
    with as_role("nrm_owner"):
        made = BreachEntry.objects.get(sort="readings")
    assert send("told", answered=made.pk).status_code == 302
    assert 'value="told"' not in text(hand.get("breach", breach.pk))


def test_the_page_says_whether_it_goes_on_and_what_is_missing_before_it_is_closed(world):
    """One who reads « quand elle aura cessé » on a breach already over would wait, and close nothing."""
    over, going = report(world), report(world, ongoing=True)
    page = text(Hand(world["admin"]).get("breach", over.pk))
    assert "Non, c'est terminé" in page and "qu'elle ait cessé" not in page
    assert "il manque" in page and "les constats" in page and "la décision de notifier ou non la CNIL" in page
    page = text(Hand(world["admin"]).get("breach", going.pk))
    assert "Oui, ou on ne le sait pas" in page and "qu'elle ait cessé" in page
