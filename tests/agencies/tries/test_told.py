"""What a person and its administrator are told of wrong passwords, and how long one waits."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import MemberChange, Role
from agencies.tries.operations import apart
from foundation.actor import acting_as
from journal.models import Entry
from notifications.models import Notice
from tests import factories as f
from tests.agencies.accounts.test_views import PASSWORD, signed_in
from tests.notifications.post import fan_out
from tests.referral.organisations.test_accounts import activate, give_code
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    home = f.shelter()
    return {
        "worker": f.member(home, Role.CASE_WORKER),
        "mate": f.member(home, Role.CASE_WORKER),
        "boss": f.member(home, Role.AGENCY_ADMIN),
    }


def wrong(member, times=6, address="127.0.0.1"):
    for _try in range(times):
        answer = Client(REMOTE_ADDR=address).post(reverse("login"), {"username": member.user.email, "password": "faux"})
    return answer


def later(sets: str) -> None:
    """Move the counts in time, apart too: the test's own transaction would keep them locked."""
    with apart() as cursor:
        cursor.execute(f"UPDATE agencies_tries SET {sets}")


def told() -> list:
    fan_out()
    with as_role("nrm_owner"):
        rows = Notice.objects.filter(kind__endswith="_locked")
        return sorted(rows.values_list("membership", "kind", "channel"))


def test_the_person_and_the_administrators_are_told_once(people):
    worker, boss = people["worker"], people["boss"]
    assert wrong(worker, 5).status_code == 200
    assert told() == []
    wrong(worker, 1)
    wrong(worker, 9, "203.0.113.9")
    expected = [
        (m.pk, kind, way)
        for m, kind in ((worker, "account_locked"), (boss, "member_locked"))
        for way in ("app", "mail")
    ]
    assert told() == sorted(expected)
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="account.locked", subject_id=str(worker.user_id)).count() == 1


def test_the_page_of_the_notice_says_what_happened_and_names_nobody(people):
    wrong(people["worker"])
    with acting_as(people["boss"]):
        change = MemberChange.objects.get(act="locked")
    for reader in people.values():
        page = unescape(signed_in(reader).get(reverse("referral:arrival", args=[change.pk])).content.decode())
        assert "Une personne inconnue" in page and "six ou plus à la suite" in page
        listed = signed_in(reader).get(reverse("referral:arrivals")).content.decode()
        assert "Mots de passe ou codes erronés" in listed


def test_an_address_without_account_tells_nobody_and_answers_the_same(people):
    def page(email):
        for _try in range(6):
            answer = Client().post(reverse("login"), {"username": email, "password": "faux"})
        return answer.status_code, re.sub(r'(value|nonce)="[^"]*"', "", answer.content.decode())

    assert page("personne@exemple.invalid") == page(people["worker"].user.email)


def test_waits_grow_and_end_and_a_right_password_forgets_them(people):
    """1, 2, 4, 8 minutes, then 15: said in words and in Retry-After; each measured by moving the row back in time."""
    worker, waits = people["worker"], []
    wrong(worker, 5)
    for _round in range(6):
        answer = wrong(worker, 1)
        waits.append(round(int(answer["Retry-After"]) / 60))
        assert answer.status_code == 429
        assert ("pendant une minute" if waits[-1] == 1 else f"{waits[-1]} minutes") in answer.content.decode()
        assert wrong(worker, 1)["Retry-After"] <= answer["Retry-After"]  # what is not tried counts nothing
        later("until = now()")
    assert waits == [1, 2, 4, 8, 15, 15]
    assert Client().post(reverse("login"), {"username": worker.user.email, "password": PASSWORD}).status_code == 302
    assert wrong(worker, 5).status_code == 200


def test_a_day_without_a_wrong_password_forgives_them(people):
    wrong(people["worker"], 5)
    later("at = now() - interval '5 hours', until = now() - interval '5 hours'")
    assert wrong(people["worker"], 5).status_code == 200
    assert wrong(people["worker"], 1).status_code == 429


def test_a_code_of_the_administrator_opens_the_account_at_once(people):
    worker = people["worker"]
    assert wrong(worker, 7).status_code == 429
    give_code(worker)
    assert activate(email=worker.user.email).status_code == 302
    new = {"username": worker.user.email, "password": "trois girafes sous la pluie"}
    assert Client().post(reverse("login"), new).status_code == 302


def test_tries_of_ones_own_password_are_counted(people):
    browser = signed_in(people["worker"])
    data = {"_membership": people["worker"].pk, "old": "faux", "password": "trois girafes", "again": "trois girafes"}
    answers = [browser.post(reverse("referral:password"), data).status_code for _try in range(6)]
    assert answers == [200] * 5 + [429]
