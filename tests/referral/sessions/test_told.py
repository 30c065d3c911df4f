"""Whose account it is learns of a sign-in from elsewhere, and of each change: by a notice and a mail that say nothing
of a case."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Role
from foundation.actor import acting_as
from notifications.models import Event, Notice, Preference
from notifications.operations import delivery
from referral.factors import operations
from referral.organisations.operations import accounts
from tests import factories as f
from tests.agencies.accounts.test_views import PASSWORD
from tests.notifications.post import fan_out
from tests.referral.factors.set_up import code, give_app, half, show
from tests.referral.organisations.test_accounts import activate, give_code
from tests.roles import as_role

from .browsers import PHONE, browser

pytestmark = pytest.mark.django_db
HOME, AWAY = "192.0.2.10", "198.51.100.7"


@pytest.fixture
def worker():
    f.national()
    return f.member(f.shelter(), Role.CASE_WORKER)


def told() -> list[str]:
    with as_role("nrm_owner"):
        return list(Event.objects.filter(subject="account").order_by("at").values_list("kind", flat=True))


def test_the_first_sign_in_is_from_nowhere_new_and_the_next_one_elsewhere_is_told_once(worker):
    browser(worker, address=HOME)
    browser(worker, PHONE, HOME)
    browser(worker, address="192.0.77.1")  # the same region of the network
    assert not told()
    browser(worker, address=AWAY)
    assert told() == ["account_place"]
    browser(worker, PHONE, AWAY)
    assert told() == ["account_place"]


def test_a_browser_that_is_known_may_travel(worker):
    client = browser(worker, address=HOME)
    client.get(reverse("profile"))  # where it gets its proof
    client.cookies.pop("sessionid")
    client.defaults["REMOTE_ADDR"] = AWAY
    client.post(reverse("login"), {"username": worker.user.email, "password": PASSWORD})
    assert not told()


def test_a_stolen_password_is_told_before_its_second_step(worker):
    give_app(worker)
    half(worker, REMOTE_ADDR=HOME)
    half(worker, REMOTE_ADDR=AWAY)
    assert told() == ["account_place"]


def test_a_wrong_password_from_elsewhere_tells_no_place(worker):
    browser(worker, address=HOME)
    Client(REMOTE_ADDR=AWAY).post(reverse("login"), {"username": worker.user.email, "password": "faux"})
    assert not told()


@pytest.mark.parametrize("change", ["password", "add", "remove", "codes", "code"])
def test_each_change_is_told_once_to_its_person_alone(worker, change):
    mate = f.member(worker.agency, Role.CASE_WORKER)
    if change in ("remove", "codes"):
        row = give_app(worker)
    if change == "code":
        give_code(worker)
        activate(email=worker.user.email)
    else:
        with acting_as(worker):
            match change:
                case "password":
                    accounts.change_password(worker, "trois girafes sous la pluie")
                case "add":
                    operations.add_app(worker.user, "7" * 32, code("7" * 32))
                    operations.new_codes(worker.user)  # those that come with it are no other change
                case "remove":
                    operations.remove(worker.user, row.pk, owed=False)
                case "codes":
                    operations.new_codes(worker.user)
                    operations.new_codes(worker.user)
    assert told() == ["account_changed"]
    fan_out()
    with as_role("nrm_owner"):
        found = set(Notice.objects.filter(subject="account").values_list("membership", "channel"))
    assert found == {(worker.pk, "app"), (worker.pk, "mail")} and mate.pk not in {pk for pk, _ in found}


def test_no_preference_mutes_it_and_its_notice_leads_to_the_sessions(worker):
    with acting_as(worker):
        Preference.objects.create(membership=worker, kind="account_changed", mail=False)
        accounts.change_password(worker, "trois girafes sous la pluie")
    fan_out()
    with as_role("nrm_owner"):
        notice = Notice.objects.get(channel="app")
        assert Notice.objects.filter(channel="mail").count() == 1
    client = Client()
    client.force_login(type(worker.user).objects.get(pk=worker.user_id))
    assert "était-ce vous" in client.get(reverse("notifications:notice-list")).text.replace("\xa0", " ")
    assert client.get(reverse("notifications:notice-open", args=[notice.pk])).url == reverse("referral:sessions")
    mate = f.member(worker.agency, Role.CASE_WORKER)
    other = Client()
    other.force_login(mate.user)
    assert other.get(reverse("notifications:notice-open", args=[notice.pk])).status_code == 404


@pytest.mark.parametrize("kind", ["account_changed", "account_place"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_mail_says_what_to_do_and_names_nobody(worker, kind, language):
    letter = delivery.Letter(1, uuid4(), kind, "1A2B-3C4D", 1, "a@b.invalid", language)
    mail = letter.message()
    assert "1A2B-3C4D" in mail.subject
    for wanted in (
        ("Ce n'était pas vous ?", "Appelez" if kind == "account_changed" else "fermez")
        if language == "fr"
        else ("It was not you?",)
    ):
        assert wanted in mail.body
    for secret in (worker.user.full_name, worker.user.email, worker.agency.name, HOME, AWAY):
        assert secret not in mail.subject + mail.body


def test_a_second_step_from_the_same_place_tells_nothing_more(worker):
    give_app(worker)
    half(worker, REMOTE_ADDR=HOME)
    client = half(worker, REMOTE_ADDR=AWAY)
    show(client, code(), worker)
    assert told() == ["account_place"]
