"""Sessions: what their table tells a thief, how long they last, and who closes which."""

import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import KeptForm, Role, Session
from foundation.sessions import BEGUN, SessionStore, digest, mark_of
from referral.sessions.rules import device_of
from tests import factories as f
from tests.agencies.accounts.test_views import PASSWORD
from tests.referral.factors.set_up import is_in
from tests.referral.pages import text
from tests.roles import as_role

from .browsers import FIREFOX, PHONE, browser, key

pytestmark = pytest.mark.django_db
PAGE = reverse("referral:sessions")


@pytest.fixture
def people():
    f.national()
    home, other = f.shelter(), f.shelter()
    return {
        "worker": f.member(home, Role.CASE_WORKER),
        "mate": f.member(home, Role.CASE_WORKER),
        "boss": f.member(home, Role.AGENCY_ADMIN),
        "stranger": f.member(other, Role.AGENCY_ADMIN),
    }


def with_key(value: str) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = value
    return client


# the tests run as the application's role: what it may write, a stolen password of the database may


def test_a_copy_of_the_table_signs_in_nobody(people):
    client = browser(people["worker"])
    assert is_in(client)
    (row,) = Session.objects.of(people["worker"].user)
    assert key(client) not in str(vars(row))
    assert is_in(with_key(key(client)))  # the cookie itself does
    for said in (row.session_key, row.session_data, digest(row.session_key)):
        assert not is_in(with_key(said))


def test_the_data_of_a_session_open_under_no_key_of_a_thief(people):
    browser(people["worker"])
    (row,) = Session.objects.of(people["worker"].user)
    mine = "a" * 32
    row.pk, row.session_key = digest(mine), digest(mine)
    with as_role("nrm_owner"):  # the application's role puts no row there
        row.save(force_insert=True)
    assert not is_in(with_key(mine))
    own = browser(people["mate"])
    with as_role("nrm_owner"):
        Session.objects.filter(pk=digest(key(own))).update(session_data=row.session_data, user=people["worker"].user)
    assert not is_in(own)


@pytest.mark.parametrize("told", ["nobody", "another"])
def test_the_column_of_its_person_signs_in_nobody_and_hides_no_session(people, told):
    """Under another name, or none, a session would be missing among those that its person lists and closes."""
    client, other = browser(people["mate"]), browser(people["mate"])
    person = people["worker"].user if told == "another" else None
    with as_role("nrm_owner"):  # the application's role puts it under nobody else (nrm.session_stays)
        Session.objects.filter(pk=digest(key(client))).update(user=person)
    assert not is_in(client)
    assert people["mate"].user.full_name in other.get(reverse("profile")).text


@pytest.mark.parametrize(("hours", "open_still"), [(11.99, True), (12, False)])
def test_a_session_that_never_rests_ends_twelve_hours_after_it_began(people, hours, open_still):
    client = browser(people["worker"])
    begun_before(client, hours)
    later = timezone.now() + timedelta(days=1)  # and no row that was made to last revives it
    with as_role("nrm_owner"):
        Session.objects.filter(pk=digest(key(client))).update(expire_date=later, mark=mark_of(key(client), later))
    assert is_in(client) is open_still


def begun_before(client, hours) -> None:
    session = client.session
    session[BEGUN] = time.time() - hours * 3600
    session.save()


def test_it_is_stored_to_end_then_and_the_cookie_too(people):
    client = browser(people["worker"])
    begun_before(client, 11.95)  # three minutes are left
    answer = client.get(reverse("profile"))
    row = Session.objects.get(pk=digest(key(client)))
    assert timezone.now() + timedelta(seconds=150) < row.expire_date < timezone.now() + timedelta(seconds=181)
    assert 150 < answer.cookies["sessionid"]["max-age"] <= 180


def test_what_is_typed_when_it_ends_is_kept(people):
    client = browser(people["worker"])
    client.get(reverse("profile"))
    begun_before(client, 12)
    data = {"_membership": people["worker"].pk, "phone": "0102030405", "language": "fr"}
    assert client.post(reverse("profile"), data).url.startswith(reverse("login"))
    with as_role("nrm_owner"):
        assert KeptForm.objects.count() == 1


def test_the_page_says_where_the_account_is_open_and_closes_one_of_them(people):
    here, phone = browser(people["worker"]), browser(people["worker"], PHONE, "198.51.100.7")
    same = browser(people["worker"], "", "192.0.2.10")
    mates = browser(people["mate"], PHONE)
    page = here.get(PAGE)
    assert [(row.device, row.current, row.here) for row in page.context["sessions"]] == [
        ("Firefox · Windows", True, True), ("", False, True), ("Chrome · Android", False, False),
    ]  # fmt: skip
    for told in ("192.0.2", "198.51", key(here), key(phone)):
        assert told not in page.text
    hers, foreign = digest(key(phone)), digest(key(mates))
    answers = [
        here.post(PAGE, {"act": "close", "session": pk, "_membership": people["worker"].pk}).status_code
        for pk in (foreign, "x", hers, hers)
    ]
    assert answers == [404, 404, 302, 404]
    assert [is_in(client) for client in (here, phone, same, mates)] == [True, False, True, True]


def test_all_the_others_are_closed_at_once(people):
    here, phone = browser(people["worker"]), browser(people["worker"], PHONE)
    mates = browser(people["mate"])
    here.post(PAGE, {"act": "others", "_membership": people["worker"].pk})
    assert [is_in(client) for client in (here, phone, mates)] == [True, False, True]
    assert here.post(PAGE, {"act": "all", "_membership": people["worker"].pk}).status_code == 403


def test_an_administrator_closes_those_of_a_member_and_nobody_else_does(people):
    client = browser(people["worker"])
    page = reverse("referral:member-sessions", args=[people["worker"].pk])
    for who, said, still in (("mate", 403, True), ("stranger", 404, True), ("boss", 302, False)):
        answer = browser(people[who]).post(page, {"_membership": people[who].pk})
        assert (answer.status_code, is_in(client)) == (said, still), who


def test_another_password_leaves_no_other_session_in_the_table(people):
    here = browser(people["worker"])
    browser(people["worker"], PHONE)
    data = {"old": PASSWORD, "password": "trois girafes sous la pluie", "again": "trois girafes sous la pluie"}
    page = reverse("referral:password")
    assert here.post(page, {"_membership": people["worker"].pk, **data}).status_code == 302
    assert [row.pk for row in Session.objects.of(people["worker"].user)] == [digest(key(here))] and is_in(here)


def test_a_session_of_nobody_has_no_end_but_its_rest():
    session = SessionStore()
    session["x"] = 1
    session.save()
    assert BEGUN not in session and session.get_expiry_age() == settings.SESSION_COOKIE_AGE


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (FIREFOX, "Firefox · Windows"),
        (PHONE, "Chrome · Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/139.0 Safari/537.36 Edg/139.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari · iPhone"),
        ("curl/8.1", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_a_device_is_named_by_words_of_ours(agent, said):
    assert device_of(agent) == said


def test_the_session_one_is_in_is_never_called_unknown(people):
    """A browser that does not say what it is: « Cet appareil » for one's own, « Appareil inconnu » for another."""
    mute, other = browser(people["worker"], agent=""), browser(people["worker"], agent="")
    page = text(mute.get(PAGE))
    assert ">Cet appareil</h2>" in page and page.count("Appareil inconnu") == 1
    other.post(reverse("logout"))
    assert "Appareil inconnu" not in text(mute.get(PAGE))
