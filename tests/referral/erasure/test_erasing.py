"""No row of an erased case stands in any table, decrypted or raw, and no row of another case is another one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import SYSTEM, acting_as
from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from referral.closing.operations import move_case
from referral.erasure.operations import tell_terms
from referral.models import (
    Alert,
    AlertContent,
    AlertDesk,
    AlertLink,
    CaseMove,
    Erasure,
    digest_of,
)
from referral.models.erasures import KEPT_AT_LEAST
from referral.policies.erasures import KEPT
from tests import factories as f
from tests.guarantees.reach import reaching
from tests.guarantees.world import World
from tests.roles import as_role
from victims.models import Assignment, Case, Departure, Restriction

from . import rows
from .markers import IDS_ALONE, MARKS, gone, held, ids_in, keys_of, named, traces
from .rows import close

# rows that may come with an erasure; an entry of the journal keeps ids, and so does what tells copies to forget
ADDED = {"referral_erasure", *IDS_ALONE}


def erase(case) -> None:
    with as_role("nrm_worker"), acting_as(SYSTEM), guarded(), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.erase_case(%s)", [case.pk])


def test_each_table_that_leads_to_a_case_is_named_among_what_is_erased(db):
    """By the foreign keys of the database, those of the models, and columns that carry the name of one."""
    left = sorted(set(reaching()) - named() - {*KEPT})
    assert not left, f"name {left} in referral/policies/erasures.py, or a row of a case would stay for ever"
    assert not named() & {*KEPT}


def test_a_table_that_nobody_named_is_found(db):
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE victims_paper (id int, case_id uuid REFERENCES victims_case)")
    assert set(reaching()) - named() - {*KEPT} == {"victims_paper"}


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_nothing_of_an_erased_case_is_left_and_the_others_are_untouched():
    """A world with a row in every table: dumped, decrypted, erased, dumped again."""
    world = World()
    world.tell_everybody([])
    rows.fill(world)
    case = world.case
    close(world.lead, case, days=800)
    with as_role("nrm_worker"), acting_as(SYSTEM):
        tell_terms()
    before = held()
    assert [mark for mark in MARKS if mark not in before.texts] == []
    erase(case)
    after = held()
    went, came = gone(before, after), gone(after, before)
    assert set(went) <= named()
    assert set(came) <= ADDED, "rows of others were changed"
    # each table lost what it had of this case, and none that is named was empty of it in this world
    assert " ".join(sorted(named() - set(went))) == ""
    assert str(case.pk) in ids_in(went["victims_case"])
    ids = keys_of(went)
    assert len(ids) > 100
    assert traces(before, ids, case.reference), "what looks for them finds them"
    assert traces(after, ids, case.reference) == []
    assert any(digest_of(case.pk) in line for line in after.tables["referral_erasure"])
    # the case of the same person elsewhere keeps its name
    assert "MARQUEUR-NOM" in after.texts


# -- which case, and by whom ------------------------------------------------------------------------------------------
@pytest.fixture
def lead(db):
    f.national()
    return f.member(f.coordination(), Role.COORDINATOR)


def there(case) -> bool:
    with as_role("nrm_owner"):
        return Case.objects.filter(pk=case.pk).exists()


@pytest.mark.parametrize(("days", "gone"), [(-1, False), (1, True)])
def test_no_case_goes_before_the_least_time(lead, days, gone):
    """Whatever the worker says: the function asks the last move of the case."""
    case = f.case(lead)
    close(lead, case, days=KEPT_AT_LEAST.days + days)
    if gone:
        erase(case)
    else:
        with pytest.raises(NotAllowed):
            erase(case)
    assert there(case) is not gone
    with as_role("nrm_owner"):
        assert [row.digest for row in Erasure.objects.all()] == [digest_of(case.pk)] * gone


def test_an_open_case_and_one_opened_again_stay(lead):
    case, again = f.case(lead), f.case(lead)
    with as_role("nrm_owner"):
        CaseMove.objects.filter(case=case).update(at=timezone.now() - timedelta(days=900))
    close(lead, again, days=900)
    with acting_as(lead):
        move_case(lead, again.pk, "reopen")
    for one in (case, again):
        with pytest.raises(WrongState):
            erase(one)
        assert there(one)


def test_neither_the_application_nor_a_member_in_the_worker_erases(lead):
    case = f.case(lead)
    close(lead, case, days=900)
    for role, actor in (("nrm_app", lead), ("nrm_worker", lead)):
        with as_role(role), pytest.raises(NotAllowed), acting_as(actor), guarded(), connection.cursor() as cursor:
            cursor.execute("SELECT nrm.erase_case(%s)", [case.pk])
    for role in ("nrm_app", "nrm_worker"):
        with as_role(role), pytest.raises(NotAllowed), acting_as(lead), guarded(), connection.cursor() as cursor:
            cursor.execute("SELECT nrm.erase_rows(%s, 'time')", [case.pk])
    assert there(case)


# -- what two cases share ---------------------------------------------------------------------------------------------
def test_an_alert_that_led_to_two_cases_goes_with_the_last_one(lead):
    author = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    alert = f.sent_alert(author)
    first, second = f.case(lead, alert=alert), f.case(lead, author=author)
    with as_role("nrm_owner"):
        AlertLink.objects.create(alert=alert, case=second)
    for case in (first, second):
        close(lead, case, days=900)
    with as_role("nrm_owner"):
        Alert.objects.filter(pk=alert.pk).update(case_status="open")  # of the first one, and out of date
    erase(first)
    with as_role("nrm_owner"):
        assert AlertContent.objects.filter(alert=alert).exists()
        assert [*AlertLink.objects.filter(alert=alert).values_list("case", flat=True)] == [second.pk]
        assert Alert.objects.get(pk=alert.pk).case_status == "closed"
    erase(second)
    with as_role("nrm_owner"):
        assert not AlertContent.objects.filter(alert=alert).exists()
        assert not Alert.objects.filter(pk=alert.pk).exists()


@pytest.mark.parametrize("restricted", [True, False])
def test_an_alert_of_a_case_that_was_kept_to_some_members_does_not_open_to_others(lead, restricted):
    """An agency keeps one of two cases to a member. That case goes: who works on the other reads the alert, and nobody
    else there; of a case that was kept to nobody, all read it as before."""
    author = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    alert = f.sent_alert(author)
    first, second = f.case(lead, alert=alert), f.case(lead, author=author)
    mate, other = (f.member(lead.agency, Role.COORDINATOR) for _ in range(2))
    mine = {"agency": lead.agency, "by": lead}
    with as_role("nrm_owner"):
        AlertLink.objects.create(alert=alert, case=second)
        Assignment.objects.get_or_create(case=first, membership=lead, defaults=mine)
        Assignment.objects.create(case=second, membership=mate, **mine)
        if restricted:
            Restriction.objects.create(case=first, **mine)

    def readers() -> list[bool]:
        return [Alert.objects.visible_to(who).filter(pk=alert.pk).exists() for who in acting((lead, mate, other))]

    assert readers() == [True, not restricted, not restricted]
    close(lead, first, days=900)
    erase(first)
    assert readers() == [not restricted, True, not restricted]
    with as_role("nrm_owner"):  # nor when the other case is kept for a time
        kept = Restriction.objects.create(case=second, **mine)
        kept.delete()
    assert readers() == [not restricted, True, not restricted]


def test_a_desk_that_sees_no_case_left_of_an_alert_waits_for_nothing_any_more(lead):
    """Of two services that kept the case that goes, one follows the other case: it stays a desk, kept to those who are
    assigned; the other could assign nobody. Nor does it when the alert comes back."""
    author, apart = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE), f.member(f.shelter())
    alert = f.sent_alert(author, desks=[lead.agency_id, apart.agency_id])
    first, second = f.case(lead, alert=alert), f.case(lead, author=author)
    with as_role("nrm_owner"):
        AlertLink.objects.create(alert=alert, case=second)
        AlertDesk.objects.filter(alert=alert).update(live=True, answer="closed", kept_cases=[first.pk])
    close(lead, first, days=900)
    with as_role("nrm_owner"):  # as a backup may bring it back
        AlertDesk.objects.filter(alert=alert).update(due_at=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("SELECT nrm.erase_rows(%s, 'replayed')", [first.pk])
        desks = AlertDesk.objects.filter(alert=alert).values_list("agency", "live", "stays_kept")
        assert {*desks} == {(lead.agency_id, True, True), (apart.agency_id, False, True)}
        waits = AlertDesk.objects.filter(alert=alert, due_at__isnull=False)
        assert [*waits.values_list("agency", flat=True)] == [lead.agency_id], "who follows what is left keeps its time"
        with connection.cursor() as cursor:
            AlertDesk.objects.filter(alert=alert).update(due_at=None, answer_by=timezone.now())
            cursor.execute("SELECT nrm.alert_weighed(%s, false)", [alert.pk])
        assert [*waits.values_list("agency", flat=True)] == [lead.agency_id], "and is the one to whom it comes back"


def acting(members):
    """Yield each of these members, acting."""
    for member in members:
        with acting_as(member):
            yield member


def test_programs_that_copy_a_list_are_told_of_what_left_it_by_its_id_alone(lead):
    author = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    alert, addressee = f.sent_alert(author), f.shelter()
    case = f.case(lead, alert=alert)
    sent = f.orientation(lead, case, addressee, state="accepted", level=2)
    close(lead, case, days=900)
    with as_role("nrm_owner"):
        Departure.objects.all().delete()
    erase(case)
    with as_role("nrm_owner"):
        told = {(row.agency_id, row.noun, row.thing) for row in Departure.objects.all()}
    assert told >= {
        (lead.agency_id, "case", case.pk),
        (addressee.pk, "case", case.pk),
        (lead.agency_id, "alert", alert.pk),
        (addressee.pk, "request", sent.pk),
        (lead.agency_id, "sent", sent.pk),
    }
    assert {thing for _agency, _noun, thing in told} == {case.pk, alert.pk, sent.pk}
