"""Sessions under concurrent requests of one browser."""

from datetime import timedelta
from importlib import import_module
from threading import Thread
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Membership, Role, Session
from foundation.sessions import digest, mark_of
from tests import factories


@pytest.fixture
def two_hats(transactional_db):
    user = factories.member(factories.agency(), Role.CASE_WORKER).user
    factories.member(factories.shelter(), Role.CASE_WORKER, user=user)
    return list(Membership.objects.filter(user=user).order_by("pk"))


@pytest.fixture
def browser(two_hats):
    client = Client()
    client.force_login(two_hats[0].user, "django.contrib.auth.backends.ModelBackend")
    chosen(client, two_hats[0])
    return client


def chosen(client: Client, member: Membership) -> None:
    client.post(reverse("membership-choose"), {"membership": member.pk})


@pytest.fixture
def engine():
    return import_module(settings.SESSION_ENGINE).SessionStore


def test_a_slow_page_does_not_take_back_the_role_chosen_meanwhile(browser, two_hats):
    """The page has read the session when the role is chosen in another tab, and ends after it."""

    def choose():
        chosen(browser, two_hats[1])
        connection.close()

    def answer_late(**options):
        tab = Thread(target=choose)
        tab.start()
        tab.join()
        return HttpResponse(**options)

    with patch("agencies.accounts.views.HttpResponse", answer_late):
        browser.get(reverse("still-here"))
    assert browser.session["membership"] == two_hats[1].pk


def test_ten_pages_at_once_with_a_choice_keep_the_choice(browser, two_hats):
    def visit(client):
        client.get(reverse("profile"))
        connection.close()

    kept = 0
    for turn in range(10):
        wanted = two_hats[turn % 2]
        tabs = []
        for _tab in range(4):
            client = Client()
            client.cookies = browser.cookies.copy()
            tabs.append(Thread(target=visit, args=[client]))
        for tab in tabs:
            tab.start()
        chosen(browser, wanted)
        for tab in tabs:
            tab.join()
        kept += browser.session["membership"] == wanted.pk
    assert kept == 10


def test_two_requests_that_change_different_keys_keep_both(browser, engine):
    key = browser.session.session_key
    first, second = engine(key), engine(key)
    assert first["membership"] == second["membership"]
    first["membership"] = 1
    second["other"] = 2
    del second["_auth_user_backend"]
    first.save()
    second.save()
    last = engine(key)
    assert (last["membership"], last["other"], "_auth_user_backend" in last) == (1, 2, False)


def touched_before(key: str, seconds: float):
    """Move the last touch of a session back; return its row."""
    row = Session.objects.filter(session_key=digest(key))
    end = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE - seconds)
    row.update(expire_date=end, mark=mark_of(key, end))
    return row


def test_an_unchanged_session_lasts_longer_and_keeps_its_row(browser, engine):
    row = touched_before(browser.session.session_key, 61)
    before = row.get()
    browser.get(reverse("still-here"))
    after = row.get()
    assert after.expire_date > before.expire_date + timedelta(seconds=60)
    assert after.session_data == before.session_data


def test_a_session_is_touched_once_a_minute_and_ends_no_later(browser):
    row = touched_before(browser.session.session_key, 30)
    before = row.get().expire_date
    with CaptureQueriesContext(connection) as said:
        browser.get(reverse("still-here"))
    assert [q["sql"].split()[0] for q in said if "agencies_session" in q["sql"]] == ["SELECT"]
    assert row.get().expire_date == before <= timezone.now() + timedelta(minutes=15)


def test_a_session_that_ended_a_moment_ago_is_not_read(browser):
    touched_before(browser.session.session_key, settings.SESSION_COOKIE_AGE + 0.1)
    answer = browser.get(reverse("profile"))
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, reverse("login"))


def test_a_choice_within_the_minute_is_written(browser, two_hats):
    touched_before(browser.session.session_key, 5)
    chosen(browser, two_hats[1])
    assert browser.session["membership"] == two_hats[1].pk


@pytest.mark.parametrize("changed", [True, False])
def test_a_session_ended_meanwhile_does_not_come_back(browser, engine, changed):
    key = browser.session.session_key
    touched_before(key, 61)
    late = engine(key)
    assert late["membership"]
    engine(key).flush()
    late.modified = changed
    with pytest.raises(UpdateError):
        late.save()
    assert not Session.objects.filter(session_key=digest(key)).exists()


def test_signing_in_keeps_what_the_session_held(engine, transactional_db):
    store = engine()
    store["kept"], store["gone"] = 1, 2
    store.save()
    store.cycle_key()
    del store["gone"]
    store.save()
    assert dict(engine(store.session_key).items()) == {"kept": 1}
