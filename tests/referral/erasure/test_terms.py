"""Until which day a case is kept, and that the worker's own task erases it then, not a day before."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from agencies.models import Agency, Category, Kind, Level, Role
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from notifications.operations import fence
from referral.alerts.operations.additions import add_to_alert
from referral.closing.operations import move_case
from referral.erasure import operations as erasure
from referral.erasure.rules import erased_on, latest_birth, years_after
from referral.erasure.selectors import keeping_of
from referral.models import AlertDesk, AlertLink, AlertMove, CaseMove, CaseTerm, LegalHold, Match
from referral.tasks import forget
from tests import factories as f
from tests.roles import as_role
from victims.data_requests import operations as data_requests
from victims.identity.operations import enter_identity
from victims.models import Case, DataRequest
from victims.requisitions import operations as requisitions

PLACES = ["Europe/Paris", "America/Martinique", "Indian/Reunion", "Pacific/Noumea"]


# -- the rule ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, date(2028, 3, 10)),
        ({"minor": True, "born": date(2010, 5, 4)}, date(2030, 5, 4)),  # 18 on 4 May 2028
        ({"minor": True, "born": date(2008, 1, 2)}, date(2028, 3, 10)),  # of age before the closing
        ({"minor": True}, date(2045, 1, 15)),  # born at the earliest when the case came
        ({"born": date(1990, 1, 1)}, date(2028, 3, 10)),
    ],
)
def test_two_years_from_the_closing_and_a_childs_from_majority(said, expected):
    given = {"minor": False, "born": None, "received_on": date(2025, 1, 15), **said}
    assert erased_on(date(2026, 3, 10), 2, **given) == expected


def test_a_29_february_ends_on_the_1_march():
    assert years_after(date(2024, 2, 29), 2) == date(2026, 3, 1)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_of_a_birth_known_to_the_month_or_the_year_the_latest_day_counts():
    assert latest_birth(["2009"]) == date(2009, 12, 31)
    assert latest_birth(["2009-02", "2008-05-04"]) == date(2009, 2, 28)
    assert latest_birth([]) is None


# -- the task ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def lead(db):
    f.national()
    f.coordination()
    return f.member(f.shelter(may_hold=int(Category.IDENTITY)))


def closed_at(lead, moment: datetime, **fields) -> Case:
    """A case of this lead, closed at this moment."""
    case = f.own_case(lead)
    with as_role("nrm_owner"):
        Case.objects.filter(pk=case.pk).update(**{"age_side": "adult", **fields})
    closed(lead, case, moment)
    return case


def closed(lead, case, moment) -> None:
    with acting_as(lead):
        move_case(lead, case.pk, "close", reason="autonomy")
    with as_role("nrm_owner"):
        CaseMove.objects.filter(case=case).update(at=moment)
        AlertMove.objects.filter(alert__links__case=case).update(at=moment)


def there(*cases) -> list[bool]:
    with as_role("nrm_worker"):
        forget()
    with as_role("nrm_owner"):
        return [Case.objects.filter(pk=case.pk).exists() for case in cases]


@pytest.mark.parametrize("place", PLACES)
def test_the_day_is_that_of_the_place_to_the_second(lead, place, monkeypatch):
    """Closed at 23:30 there on a day of summer time: two years later, the day before ends there at midnight."""
    with as_role("nrm_owner"):
        Agency.objects.filter(pk=lead.agency_id).update(time_zone=place)
    zone = ZoneInfo(place)
    case = closed_at(lead, datetime(2024, 7, 14, 23, 30, tzinfo=zone))
    for moment, still in (
        (datetime(2026, 7, 13, 23, 59, 59, tzinfo=zone), True),
        (datetime(2026, 7, 14, 0, 0, 1, tzinfo=zone), False),
    ):
        monkeypatch.setattr(erasure, "database_now", lambda moment=moment: moment.astimezone(UTC))
        assert there(case) == [still], moment


@pytest.mark.parametrize("days", [-1, 1])
def test_across_the_change_of_the_clocks(lead, days, monkeypatch):
    """The night of 29 March 2026 has 23 hours, that of 25 October 25."""
    zone = ZoneInfo("Europe/Paris")
    for day in (date(2026, 3, 29), date(2026, 10, 25)):
        case = closed_at(lead, datetime(day.year - 2, day.month, day.day, 2, 30, tzinfo=zone))
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=zone) + timedelta(days=days)
        monkeypatch.setattr(erasure, "database_now", lambda moment=moment: moment.astimezone(UTC))
        assert there(case) == [days < 0]


def test_a_childs_case_waits_for_majority_and_a_birth_entered_later_counts(lead, monkeypatch):
    now = datetime(2026, 11, 29, 12, tzinfo=UTC)
    monkeypatch.setattr(erasure, "database_now", lambda: now)
    moment = now - timedelta(days=1000)
    adult, child, born = (closed_at(lead, moment, **of) for of in ({}, {"age_side": "minor"}, {}))
    again = f.own_case(lead)
    agreed = f.consent(lead, again, agencies=[lead.agency_id], level=Level.FILE, categories=int(Category.IDENTITY))
    with acting_as(lead):
        enter_identity(lead, again.pk, consent=agreed, data={"family_name": "X", "births": [{"date": "2009-12"}]})
    closed(lead, again, moment)
    with as_role("nrm_owner"):
        CaseTerm.objects.create(case=again, closed_at=moment, erased_on=date(2026, 1, 1))  # told before the birth
    assert there(adult, child, born, again) == [False, True, False, True]
    with as_role("nrm_owner"):
        assert CaseTerm.objects.get(case=again).erased_on == date(2029, 12, 31)
        assert CaseTerm.objects.get(case=child).erased_on >= date(2046, 1, 1)
        assert set(Entry.objects.filter(action="case.erase").values_list("case_id", flat=True)) == {adult.pk, born.pk}


def test_an_identity_that_cannot_be_read_keeps_no_other_case(lead):
    now = timezone.now()
    bad, good = f.own_case(lead), closed_at(lead, now)
    agreed = f.consent(lead, bad, agencies=[lead.agency_id], level=Level.FILE, categories=int(Category.IDENTITY))
    with acting_as(lead):
        enter_identity(lead, bad.pk, consent=agreed, data={"family_name": "X", "births": [{"date": "2009"}]})
    closed(lead, bad, now)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE victims_identity SET data = set_byte(data, 30, 255 - get_byte(data, 30))")
    assert there(bad, good) == [True, True]
    with as_role("nrm_owner"):
        assert list(CaseTerm.objects.values_list("case", flat=True)) == [good.pk]


def test_a_case_opened_again_is_not_erased_and_closed_again_counts_anew(lead):
    old = datetime.now(UTC) - timedelta(days=1000)
    case = closed_at(lead, old)
    with as_role("nrm_owner"):
        CaseTerm.objects.create(case=case, closed_at=old, erased_on=date(2026, 1, 1))
    with acting_as(lead):
        move_case(lead, case.pk, "reopen")
    with as_role("nrm_owner"):
        assert not CaseTerm.objects.exists()
    assert there(case) == [True]
    with acting_as(lead):
        move_case(lead, case.pk, "close", reason="autonomy")
    assert there(case) == [True]
    with as_role("nrm_owner"):
        assert CaseTerm.objects.get().erased_on > timezone.localdate() + timedelta(days=700)


# -- what holds it ----------------------------------------------------------------------------------------------------
SAID = {"ground": "complaint", "authority": "Tribunal d'essai", "reason": "Procédure d'essai"}


def hold(actor, case) -> LegalHold:
    with acting_as(actor):
        return erasure.hold_case(actor, case.pk, review_on=timezone.localdate() + timedelta(days=90), **SAID)


def test_a_held_case_stays_until_two_people_have_agreed_to_its_end(lead):
    mate, case = f.member(lead.agency), closed_at(lead, datetime.now(UTC) - timedelta(days=1000))
    made = hold(lead, case)
    assert there(case) == [True]  # from the moment one asks
    with acting_as(mate):
        erasure.confirm_hold(mate, made.pk)
    assert there(case) == [True]
    with acting_as(mate):
        erasure.end_hold(mate, made.pk)
    assert there(case) == [True]
    with pytest.raises(NotAllowed), acting_as(mate):
        erasure.confirm_end(mate, made.pk)  # not alone
    assert there(case) == [True]
    with acting_as(lead):
        erasure.confirm_end(lead, made.pk)
    for days, stands in ((0, True), (6, True), (8, False)):  # who is told of the end may put another
        with as_role("nrm_owner"):
            LegalHold.objects.update(changed_at=timezone.now() - timedelta(days=days))
        assert there(case) == [stands]


@pytest.mark.parametrize("end", [data_requests.answer, data_requests.refuse])
def test_a_case_of_which_the_person_asked_something_stays_while_the_answer_can_be_contested(lead, end):
    case = closed_at(lead, datetime.now(UTC) - timedelta(days=1000))
    said = {"kind": "access", "asked_by": "person", "identity": "known", "way": "hand"}
    with acting_as(lead):
        made = data_requests.add_request(lead, case.pk, received_on=timezone.localdate(), **said)
    assert stand(case) == [True]
    with acting_as(lead):
        end(lead, made.pk, text="Remise en main propre.")
    for days, stands in ((0, True), (61, True), (63, False)):
        with as_role("nrm_owner"):
            DataRequest.objects.update(ended_at=timezone.now() - timedelta(days=days))
        assert stand(case) == [stands], days


@pytest.mark.parametrize("answered", [False, True])
def test_a_requisition_changes_nothing_of_how_long_its_case_is_kept(lead, answered):
    """Others read the day of erasure: a case that outlives it would tell them that justice asked. None is for ever."""
    case = closed_at(lead, datetime.now(UTC) - timedelta(days=1000))
    said = {"authority": "judge", "body": "x", "ground": "other", "text": "x"}
    with acting_as(lead):
        before = keeping_of(lead, case.pk)
        made = requisitions.add_requisition(lead, case.pk, received_on=timezone.localdate(), **said)
        assert keeping_of(lead, case.pk) == before
        if answered:
            requisitions.refuse(lead, made.pk, reason="not_held", text="x")
            assert keeping_of(lead, case.pk) == before
    assert stand(case) == [False]


def test_who_asked_does_not_confirm_and_a_stranger_learns_nothing(lead):
    case = closed_at(lead, datetime.now(UTC))
    made, stranger = hold(lead, case), f.member(f.shelter())
    with pytest.raises(NotAllowed), acting_as(lead):
        erasure.confirm_hold(lead, made.pk)
    for act in (erasure.confirm_hold, erasure.confirm_end, erasure.end_hold, erasure.keep_hold):
        with pytest.raises(NotFound), acting_as(stranger):
            act(stranger, made.pk)
    with pytest.raises(NotFound):
        hold(stranger, case)
    program = f.program(lead.agency, Role.CASE_WORKER)
    with pytest.raises(NotAllowed), acting_as(program):
        erasure.hold_case(program, case.pk, review_on=timezone.localdate() + timedelta(days=9), **SAID)


def test_a_review_that_is_over_and_a_case_that_is_gone_are_refused(lead):
    case = closed_at(lead, datetime.now(UTC) - timedelta(days=1000))
    with pytest.raises(WrongState), acting_as(lead):
        erasure.hold_case(lead, case.pk, review_on=timezone.localdate(), **SAID)
    assert there(case) == [False]
    with pytest.raises(NotFound):
        hold(lead, case)


# -- what still goes on, by the worker and by the function that it calls ---------------------------------------------
def stand(*cases) -> list[bool]:
    """Return which of these cases the worker's task leaves; of each that it does, see that its function refuses it."""
    found = there(*cases)
    for case in (case for case, stands in zip(cases, found, strict=True) if stands):
        with as_role("nrm_worker"), pytest.raises((NotAllowed, WrongState)), acting_as(SYSTEM), guarded():
            connection.cursor().execute("SELECT nrm.erase_case(%s)", [case.pk])
    return found


@pytest.fixture
def old(lead):
    """A case whose day came a year ago, with the alert that led to it, closed as long ago."""
    author = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    case, alert = closed_at(lead, timezone.now() - timedelta(days=1100)), f.sent_alert(author)
    with as_role("nrm_owner"):
        AlertLink.objects.create(alert=alert, case=case)
        AlertMove.objects.filter(alert=alert).update(at=timezone.now() - timedelta(days=1100))
        AlertDesk.objects.filter(alert=alert).update(live=False)
    return case, alert, author


def test_a_case_and_its_alert_of_which_nothing_goes_on_are_erased(old):
    assert stand(old[0]) == [False]


def test_a_case_waits_while_its_alert_waits_at_a_desk(old):
    case, alert, _author = old
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert).update(live=True, due_at=timezone.now() - timedelta(days=900))
    assert stand(case) == [True], "somebody waits for an answer"


def test_what_an_author_adds_years_later_is_read_before_it_goes(old):
    case, alert, author = old
    with acting_as(author):
        add_to_alert(author, alert.pk, "Elle est revenue.")
    assert stand(case) == [True]


def test_a_case_closed_as_a_duplicate_goes_with_the_one_that_was_kept(lead, old):
    case, kept = old[0], f.own_case(lead)
    first, second = sorted((case, kept), key=lambda each: each.pk)
    with as_role("nrm_owner"):
        found = Match.objects.create(
            first=first, second=second, first_reference=first.reference, second_reference=second.reference,
            strength="strong", state="merged", kept=kept,
        )  # fmt: skip
    assert stand(case, kept) == [True, True], "half of the file of a person who is followed"
    with as_role("nrm_owner"):
        found.delete()
    assert stand(case, kept) == [False, True]


@pytest.mark.parametrize("state", sorted({*Match.State.values} - {"merged"}))
def test_that_somebody_alike_stands_elsewhere_keeps_a_case_only_once_its_lead_was_told(lead, old, state):
    """Whoever wrote a name they know, and closed the case, read two years later from the day that passed that the
    person stands in an open case. Of a pair that waits, or that is linked, the unit alone knows; of one whose leads
    are to talk, each lead was told."""
    case, other = old[0], f.own_case(lead)
    first, second = sorted((case, other), key=lambda each: each.pk)
    with as_role("nrm_owner"):
        Match.objects.create(
            first=first, second=second, first_reference=first.reference, second_reference=second.reference,
            strength="strong", state=state,
        )  # fmt: skip
    assert stand(case, other) == [state == "contact", True]
    closed(lead, other, timezone.now())
    assert stand(case) == [False]


def test_a_copy_of_the_platform_erases_nothing(old):
    with as_role("nrm_owner"):
        fence.settle("default")
        fence.hold("default")
    assert there(old[0]) == [True]
    with as_role("nrm_owner"):
        fence.lift("default")
    assert there(old[0]) == [False]
