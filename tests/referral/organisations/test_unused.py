"""Accounts that nobody uses: told twice, switched off, forgotten; those without which something would wait stay."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone, translation

from agencies.models import DutyMember, Kind, MemberChange, Membership, Role, User
from agencies.models.accounts import INVITED
from agencies.models.units import FORMER
from foundation.actor import acting_as
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from notifications.models import Notice
from notifications.operations import fence
from referral.config.retention import ACCOUNT_KEPT, ACCOUNT_UNUSED
from referral.models import AlertDesk, SavedSearch
from referral.organisations.operations import members, unused
from referral.tasks import forget
from tests import factories as f
from tests.notifications.post import fan_out, one_pass, told
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, restrict_case

pytestmark = pytest.mark.django_db
LIMIT = ACCOUNT_UNUSED.days


class House:
    """A shelter: an administrator, two who work on cases and use the platform, and one who does not."""

    def __init__(self):
        f.national()
        self.unit = f.member(f.coordination(), Role.COORDINATOR)
        home = f.shelter()
        self.boss, self.mate = f.member(home, Role.AGENCY_ADMIN), f.member(home)
        self.away = f.member(home, title="MARQUEUR-FONCTION")
        for member in (self.unit, self.boss, self.mate):
            seen(member, 1)
        seen(self.away, LIMIT + 40)


@pytest.fixture
def house():
    return House()


def seen(member, days: int | None, since: int = 0) -> None:
    """Have this member be here for long, and have signed in so many days ago; None: never."""
    at = timezone.now() - timedelta(days=since or max(days or 0, 500))
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=member.pk).update(created_at=at)
        login = None if days is None else timezone.now() - timedelta(days=days)
        User.objects.filter(pk=member.user_id).update(date_joined=at, last_login=login)


def hour() -> None:
    with as_role("nrm_worker"):
        forget()
    fan_out()


def later(days: int) -> None:
    """Have everything that was told be older."""
    with connection.cursor() as cursor, as_role("nrm_owner"):
        cursor.execute("UPDATE agencies_memberchange SET at = at - %s", [timedelta(days=days)])


def acts(member) -> list[str]:
    with as_role("nrm_owner"):
        return list(MemberChange.objects.filter(membership=member).order_by("at").values_list("act", flat=True))


def works(member) -> bool:
    with as_role("nrm_owner"):
        return Membership.objects.get(pk=member.pk).active


def test_who_does_not_sign_in_is_told_twice_and_then_switched_off(house, mailoutbox):
    hour(), hour()
    assert acts(house.away) == ["unused"]
    assert (told("account_unused"), told("member_unused")) == ({house.away.pk}, {house.boss.pk})
    one_pass()
    assert {mail.to[0] for mail in mailoutbox} == {house.away.user.email, house.boss.user.email}
    assert not [m for m in mailoutbox if house.away.user.full_name in m.body + m.subject or "inutilisé" in m.body]
    for days, expected in ((22, 1), (1, 2), (6, 2)):
        later(days)
        hour()
        assert acts(house.away) == ["unused"] * expected
        assert works(house.away)
    later(1)
    with as_role("nrm_owner"):
        for member in (house.away, house.mate):
            DutyMember.objects.create(desk=house.away.agency.desk, membership=member)
    hour()
    assert acts(house.away) == ["unused", "unused", "off"]
    assert not works(house.away)
    with as_role("nrm_owner"):
        assert DutyMember.objects.get().membership_id == house.mate.pk
        assert User.objects.get(pk=house.away.user_id).password.startswith("!")
        assert Entry.objects.get(action="member.unused").subject_id == str(house.away.pk)
    assert told("member_changed") == {house.boss.pk, house.mate.pk}
    for other in (house.boss, house.mate, house.unit):
        assert works(other)
    with acting_as(house.boss):
        members.switch_on(house.boss, house.away.pk)
    hour()
    assert works(house.away), "let in again: counted from then"


@pytest.mark.parametrize("days", [LIMIT - 31, 30])
def test_who_signed_in_within_the_year_is_left_alone(house, days):
    seen(house.away, days)
    hour()
    assert acts(house.away) == []


def test_a_sign_in_takes_back_what_was_told(house):
    hour()
    later(23)
    hour()
    seen(house.away, 0)
    later(31)
    hour()
    assert works(house.away)
    seen(house.away, LIMIT + 1)
    with as_role("nrm_owner"):
        MemberChange.objects.update(at=timezone.now() - timedelta(days=LIMIT + 2))
    hour()
    assert works(house.away), "what was told before the last sign-in is told again"
    assert acts(house.away)[-1] == "unused"


def test_nobody_is_switched_off_before_the_year_although_told_long_before(house):
    seen(house.away, LIMIT - 1)
    hour()
    later(23)
    hour()
    later(8)
    hour()
    assert works(house.away)


def test_a_copy_switches_nobody_off_and_forgets_nobody(house):
    with as_role("nrm_owner"):
        fence.hold("default")
    hour()
    assert acts(house.away) == []


def test_what_was_told_long_ago_or_before_it_was_said_to_stay_counts_no_more(house):
    """Told twice, then needed, then not: the words of two years ago switch nobody off within the hour."""
    seen(house.away, LIMIT + 400)
    for _turn in range(2):
        hour()
        later(23)
    assert acts(house.away) == ["unused", "unused"]
    arrived(house.mate, roles=[Role.FRONTLINE])
    hour()
    assert acts(house.away)[-1] == "stays"
    arrived(house.mate, roles=[Role.CASE_WORKER])
    later(8)
    hour()
    assert works(house.away)
    assert acts(house.away) == ["unused", "unused", "stays", "unused"], "told anew"
    later(61)
    hour()
    assert works(house.away) and acts(house.away)[-1] == "unused", "and what is older than that, again"
    for days in (23, 8):
        later(days)
        hour()
    assert not works(house.away)


def test_a_code_that_nobody_uses_keeps_no_account_alive(house):
    arrived(house.away, code_at=timezone.now())
    hour()
    assert acts(house.away) == ["unused"]


# -- nobody waits for nobody ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.AGENCY_ADMIN, Role.CASE_WORKER, Role.POLICY, Role.AUDITOR])
def test_the_last_of_a_role_stays_and_somebody_is_told(house, role):
    lone = f.agency(Kind.INDEPENDENT if role == Role.AUDITOR else Kind.NGO)
    away = f.member(lone, role)
    seen(away, LIMIT + 400)
    never = f.member(lone, role)  # invited and never there: no replacement
    hour(), hour()
    assert acts(away) == ["stays"]
    assert works(away)
    assert told("member_stays"), "somebody is told"
    later(60)
    hour()
    assert acts(away) == ["stays"]
    later(31)
    hour()
    assert acts(away) == ["stays", "stays"]
    seen(never, 1)
    for _turn in range(3):
        hour()
        later(25)
    hour()
    assert not works(away), "once another one is there, it is as any other"


def test_of_the_last_administrator_the_coordination_is_told(house):
    seen(house.boss, LIMIT + 40)
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=house.mate.pk).update(roles=[Role.FRONTLINE])
        Membership.objects.filter(pk=house.away.pk).update(active=False)
    hour()
    assert told("member_stays") == {house.unit.pk}
    with as_role("nrm_owner"):
        change = MemberChange.objects.get(act="stays")
    shown = text(Hand(house.unit).get("arrival", change.pk))
    assert "Compte inutilisé, mais nécessaire" in shown
    assert "personne d'autre dans cet organisme n'assure son rôle" in shown


@pytest.mark.parametrize("days", [20, 400])
def test_of_two_who_are_needed_together_the_one_who_was_there_last_stays(house, days):
    seen(house.mate, LIMIT + 40 + days)
    seen(house.away, LIMIT + 40 + (400 if days == 20 else 20))
    for _turn in range(4):
        hour()
        later(25)
    assert (works(house.mate), works(house.away)) == (days == 20, days == 400)


def test_who_alone_opens_a_restricted_case_stays(house):
    case = f.own_case(house.away)
    with acting_as(house.away):
        assign_member(house.away, case.pk, house.away)
        restrict_case(house.away, case.pk)
    hour()
    assert acts(house.away) == ["stays"]
    assert told("member_stays") >= {house.boss.pk}


def test_who_alone_is_called_at_night_stays(house):
    with as_role("nrm_owner"):
        DutyMember.objects.create(desk=house.away.agency.desk, membership=house.away)
    hour()
    assert acts(house.away) == ["stays"]


def test_who_alone_sees_the_cases_of_before_stays(house):
    f.own_case(house.away)
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=house.mate.pk).update(cases_from=timezone.now() + timedelta(seconds=1))
    hour()
    assert acts(house.away) == ["stays"], "its colleague came after them"


def arrived(member, **fields) -> None:
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=member.pk).update(**fields)


@pytest.mark.parametrize(
    ("days", "assigned", "stays"),
    [(0, False, True), (0, True, False), (1, False, False)],
    ids=["arrived after it", "arrived after it, and assigned to it", "there when it came"],
)
def test_who_alone_sees_what_came_before_the_others_stays(house, days, assigned, stays):
    case = f.own_case(house.away)
    arrived(house.mate, cases_from=timezone.now() - timedelta(days=days))
    if assigned:
        with acting_as(house.away):
            assign_member(house.away, case.pk, house.mate)
    hour()
    assert acts(house.away) == (["stays"] if stays else ["unused"])


@pytest.mark.parametrize("other", ["works", "lost the role", "may not sign in", "never came"])
def test_a_restricted_case_that_another_one_only_seems_to_open_keeps_its_reader(house, other):
    case, second = f.own_case(house.away), f.member(house.away.agency)
    seen(second, None if other == "never came" else 1)
    with acting_as(house.away):
        for member in (house.away, second):
            assign_member(house.away, case.pk, member)
        restrict_case(house.away, case.pk)
    if other == "lost the role":
        arrived(second, roles=[Role.FRONTLINE])
    if other == "may not sign in":
        with as_role("nrm_owner"):
            User.objects.filter(pk=second.user_id).update(is_active=False)
    hour()
    assert acts(house.away) == (["unused"] if other == "works" else ["stays"])


@pytest.mark.parametrize(
    ("own", "others", "stays"),
    [("0600000000", "", True), ("0600000000", "0611111111", False), ("", "", False)],
    ids=["the other has no number", "the other has a number", "nobody has a number"],
)
def test_whose_phone_alone_rings_at_night_stays(house, own, others, stays):
    with as_role("nrm_owner"):
        for member, phone in ((house.away, own), (house.mate, others)):
            DutyMember.objects.create(desk=house.away.agency.desk, membership=member, phone=phone)
    hour()
    assert acts(house.away) == (["stays"] if stays else ["unused"])


@pytest.mark.parametrize(("share", "needed"), [("", True), ("closed", False)])
def test_who_alone_reads_an_alert_left_at_the_desk_stays(house, share, needed):
    """Nobody acted on it for long: no case, no time limit, and those who came since do not read it."""
    alert = f.sent_alert(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE), desks=[house.away.agency_id])
    with as_role("nrm_owner"):
        mine = AlertDesk.objects.filter(alert=alert, agency=house.away.agency_id)
        assert mine.update(answer=share, due_at=None, received_at=timezone.now() - timedelta(days=LIMIT)) == 1
        Membership.objects.filter(pk=house.mate.pk).update(cases_from=timezone.now())
    hour()
    assert acts(house.away) == ["stays" if needed else "unused"]


# -- invitations ------------------------------------------------------------------------------------------------------
def test_an_invitation_that_nobody_used_ends_and_is_forgotten(house):
    seen(house.away, None, since=INVITED.days - 31)
    hour()
    assert acts(house.away) == []
    seen(house.away, None, since=INVITED.days + 1)
    hour()
    later(23)
    hour()
    later(8)
    hour()
    assert acts(house.away) == ["unused", "unused", "off"]
    later(INVITED.days - 1)
    seen(house.away, None, since=2 * INVITED.days + 40)
    hour()
    assert name(house.away) != "Ancien membre"
    later(2)
    hour()
    assert name(house.away) == "Ancien membre"


def test_who_did_something_without_a_sign_in_that_is_known_is_no_invitation(house):
    """A time of sign-in that is lost forgets nobody before the years are over."""
    off(house.away, None)
    seen(house.away, None, since=2 * INVITED.days + 40)
    with as_role("nrm_owner"):
        entry = Entry.objects.create(membership_id=house.away.pk, agency_id=house.away.agency_id, action="case.read")
    hour()
    assert name(house.away) == "MARQUEUR-NOM"
    with as_role("nrm_owner"):
        Entry.objects.filter(pk=entry.pk).delete()
        Membership.objects.filter(pk=house.mate.pk).update(invited_by=house.away)
    hour()
    assert name(house.away) == "MARQUEUR-NOM"
    arrived(house.mate, invited_by=None)
    hour()
    assert name(house.away) == "Ancien membre"


def name(member) -> str:
    with as_role("nrm_owner"), translation.override("fr"):
        return User.objects.get(pk=member.user_id).full_name


# -- forgotten --------------------------------------------------------------------------------------------------------
def off(member, days: int) -> None:
    with as_role("nrm_owner"):
        user = User.objects.filter(pk=member.user_id)
        user.update(full_name="MARQUEUR-NOM", email="marqueur-adresse@exemple.invalid", phone="MARQUEUR-TEL")
        Membership.objects.filter(pk=member.pk).update(active=False)
    seen(member, days)


def marked() -> dict[str, int]:
    """Return the tables of the database where a mark still stands."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(
                f"SELECT count(*) FROM {connection.ops.quote_name(table)} t WHERE t::text ILIKE '%marqueur-%'"
            )
            if count := cursor.fetchone()[0]:
                found[table] = count
        return found


def test_who_an_account_was_is_forgotten_and_what_it_wrote_still_reads(house):
    case = f.own_case(house.away)
    with acting_as(house.away):
        assign_member(house.away, case.pk, house.away)
    off(house.away, ACCOUNT_KEPT.days - 1)
    with as_role("nrm_owner"):
        told_of = {"agency": house.away.agency, "membership": house.away, "by": house.boss, "act": "off"}
        at = timezone.now() - timedelta(days=ACCOUNT_KEPT.days + 1)
        MemberChange.objects.create(**told_of, state="refused", reason="MARQUEUR-MOTIF", at=at)
        DutyMember.objects.create(desk=house.away.agency.desk, membership=house.away, phone="MARQUEUR-GARDE")
        for member in (house.away, house.mate):
            SavedSearch.objects.create(membership=member, listed="cases", data={"name": "MARQUEUR", "query": ""})
    before = marked()
    assert {"agencies_user", "agencies_membership", "agencies_memberchange", "agencies_dutymember"} <= before.keys()
    hour()
    assert marked() == before, "a day too early"
    seen(house.away, ACCOUNT_KEPT.days + 1)
    hour()
    assert marked() == {}
    assert name(house.away) == "Ancien membre"
    with as_role("nrm_owner"):
        user = User.objects.get(pk=house.away.user_id)
        assert (user.former, user.is_active, user.password[0]) == (True, False, "!")
        assert not Notice.objects.filter(membership=house.away).exists()
        assert SavedSearch.objects.get().membership_id == house.mate.pk, "encrypted: no mark is found in it"
        assert Entry.objects.get(action="account.forget").subject_id == str(house.away.pk)
    shown = text(Hand(house.mate).get("case-access", case.pk))
    assert "Ancien membre" in shown
    hand = Hand(house.boss)
    listed = text(hand.get("members"))
    assert "Ancien membre" not in listed and "forgotten.invalid" not in listed
    assert hand.get("member", house.away.pk).status_code == 404
    with as_role("nrm_owner"):
        change = MemberChange.objects.get(membership=house.away)
    page = text(hand.get("arrival", change.pk))
    assert "Ancien membre" in page and "forgotten.invalid" not in page
    assert "Ancien membre" in text(hand.get("arrivals"))
    with pytest.raises(WrongState), acting_as(house.boss), unused.guarded():
        unused.accounts.ask("SELECT nrm.switch_on_member(%s)", house.away.pk)
    with translation.override("en"), as_role("nrm_owner"):
        assert User.objects.get(pk=house.away.user_id).full_name == "Former member"
    hour()
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="account.forget").count() == 1, "once"


def test_the_address_of_one_who_will_be_forgotten_is_taken_by_nobody(house):
    """Invited under it, somebody would keep the account from being forgotten, and hide the address from who decides."""
    address = f"{house.away.user_id}@{FORMER}"
    with pytest.raises(WrongState), acting_as(house.boss):
        members.invite(house.boss, email=address.upper(), full_name="Agent", title="", roles=[Role.FRONTLINE])
    page = text(Hand(house.boss).post("member-invite", email=address, full_name="Agent", title="", roles="frontline"))
    assert "Cette adresse a déjà un compte" in page
    off(house.away, ACCOUNT_KEPT.days + 1)
    hour()
    assert name(house.away) == "Ancien membre"


@pytest.mark.parametrize("shut", [True, False])
def test_an_account_that_was_shut_for_good_does_not_come_back_by_being_forgotten(house, shut):
    off(house.away, ACCOUNT_KEPT.days + 1)
    if shut:
        with as_role("nrm_owner"):
            User.objects.filter(pk=house.away.user_id).update(is_active=False)
    hour()
    assert name(house.away) == "Ancien membre" and marked() == {}
    again = {"email": "Marqueur-Adresse@exemple.invalid", "full_name": "Agent", "title": "", "roles": [Role.FRONTLINE]}
    page = Hand(house.boss).post("member-invite", **{**again, "email": "another@exemple.invalid"})
    assert page.status_code == 302, "the control: another address"
    if shut:
        assert "Cette adresse a déjà un compte" in text(Hand(house.boss).post("member-invite", **again))
        with pytest.raises(WrongState), acting_as(house.boss):
            members.invite(house.boss, **again)
    else:
        with acting_as(house.boss):
            assert members.invite(house.boss, **again).user.email == again["email"].lower()


def test_an_account_that_is_off_here_and_works_there_is_kept(house):
    off(house.away, ACCOUNT_KEPT.days + 1)
    f.member(f.shelter(), user=house.away.user)
    with as_role("nrm_owner"):
        Membership.objects.filter(user=house.away.user_id).update(
            created_at=timezone.now() - timedelta(days=ACCOUNT_KEPT.days + 1)
        )
    hour()
    assert name(house.away) == "MARQUEUR-NOM"


def test_whatever_the_worker_says_the_database_asks_whether_it_is_time(house):
    """A worker with times of its own, a member in its place, and the application."""
    with as_role("nrm_owner"):
        system = Membership.objects.get(agency=house.away.agency, kind="system")
        elsewhere = Membership.objects.get(agency=house.unit.agency, kind="system")
    for actor, sql, refused in (
        (system, "SELECT nrm.end_unused(%s)", WrongState),  # nobody was told
        (elsewhere, "SELECT nrm.tell_unused(%s, 'unused')", WrongState),
        (house.boss, "SELECT nrm.tell_unused(%s, 'unused')", WrongState),
        (system, "SELECT nrm.tell_unused(%s, 'stays')", WrongState),
    ):
        with pytest.raises(refused), as_role("nrm_worker"), acting_as(actor), unused.guarded():
            unused.accounts.ask(sql, house.away.pk)
    off(house.away, 729)
    with pytest.raises(NotAllowed), as_role("nrm_worker"), acting_as(unused.SYSTEM), unused.guarded():
        unused.accounts.ask("SELECT nrm.forget_account(%s, %s)", house.away.user_id, "a" * 64)
