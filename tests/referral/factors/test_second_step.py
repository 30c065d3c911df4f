"""A stolen password opens nothing: what the second step takes, what it refuses, and every way round it."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Role
from dev.demo import codes
from foundation.actor import acting_as
from journal.models import Entry
from referral.factors.rules import sealed, unsealed
from referral.models import Alert, Breach
from tests import factories as f
from tests.agencies.accounts.test_views import PASSWORD
from tests.guarantees.test_routes import LEDGER, address
from tests.referral.organisations.test_accounts import activate, give_code

from .set_up import INSIDE, SECRET, STEP, code, give_app, give_codes, half, is_in, show

pytestmark = pytest.mark.django_db
DANGER = {"territory": "75", "minor": "no", "callback": "01 99 00 00 00"}


@pytest.fixture
def worker():
    f.national()
    member = f.member(f.shelter(), Role.FRONTLINE, Role.CASE_WORKER)
    give_app(member)
    return member


def acts() -> list[str]:
    with f.as_role("nrm_owner"):
        return list(Entry.objects.order_by("at", "pk").values_list("action", flat=True))


def test_password_then_code_opens_and_a_code_opens_once(worker):
    first, second = half(worker), half(worker)
    assert not is_in(first)
    now = code()
    assert show(first, now, worker).url == reverse("home") and is_in(first)
    assert show(second, now, worker).status_code == 200 and not is_in(second)  # replayed
    assert show(second, code(later=-1), worker).status_code == 200 and not is_in(second)  # older than the last one
    assert acts() == ["account.half", "account.half", "factor.shown", "factor.wrong", "factor.wrong"]


def test_a_sign_in_is_noted_once_it_is_whole(worker):
    """Half a one keeps no account alive: the password alone may be a thief's."""
    front = f.member(worker.agency, Role.FRONTLINE)
    unset = f.member(worker.agency, Role.CASE_WORKER)
    for member in (front, unset):
        half(member)
    client = half(worker)
    people = [worker.user, front.user, unset.user]
    assert [_noted(person) for person in people] == [False, True, False]
    show(client, "000000", worker)
    assert not _noted(worker.user)
    show(client, code(), worker)
    assert _noted(worker.user)


def _noted(person) -> bool:
    person.refresh_from_db()
    return person.last_login is not None


def test_a_code_is_taken_for_half_a_minute_around_now_and_no_longer(worker, time_machine):
    time_machine.move_to(time.time() // 30 * 30 + 15, tick=False)  # no step of time begins meanwhile
    for later, taken in ((-2, False), (2, False), (-1, True), (0, True), (1, True)):
        client = half(worker)
        show(client, code(later=later), worker)
        assert is_in(client) is taken, later


@pytest.mark.parametrize("away", [False, True])
def test_a_code_opens_once_without_a_cache_too(worker, away, settings):
    if away:
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
        caches["default"]
    first, second, now = half(worker), half(worker), code()
    show(first, now, worker)
    show(second, now, worker)
    assert is_in(first) and not is_in(second)


def test_the_code_of_somebody_else_opens_nothing(worker):
    mate = f.member(worker.agency, Role.CASE_WORKER)
    give_app(mate, "7" * 32)
    client = half(worker)
    assert show(client, code("7" * 32), worker).status_code == 200 and not is_in(client)


def test_a_recovery_code_opens_once(worker):
    codes = give_codes(worker)
    assert len(set(codes)) == 10
    for typed, taken in ((codes[3], True), (codes[3], False), (codes[4], True)):
        client = half(worker)
        show(client, typed, worker)
        assert is_in(client) is taken
    assert acts().count("factor.recovery") == 2


def test_the_password_alone_reaches_no_page_by_its_address(worker):
    """Every page that needs a sign-in: none answers but the second step, a danger and the way out."""
    client, reached = half(worker), {}
    names = [name for name, row in LEDGER.items() if row["access"] not in ("public", "client", "token")]
    for name in sorted(names, key=lambda name: name == "logout"):
        for method in ("get", "post"):
            answer = getattr(client, method)(address(name), {"_membership": worker.pk} if method == "post" else {})
            if not (answer.status_code == 302 and answer.url.startswith(STEP)):
                reached.setdefault(name, []).append(answer.status_code)
    assert reached == {
        "referral:second-step": [200, 200],
        "referral:danger": [200, 200],
        "referral:offline-ticket": [200, 405],
        "referral:breach-new": [200, 200],
        "membership-choose": [200, 200],
        "still-here": [204, 405],
        "logout": [405, 302],
    }


def test_a_public_page_is_shown_as_to_anybody(worker):
    client = half(worker)
    assert client.get(reverse("home")).url.startswith(STEP)
    for name in (name for name, row in LEDGER.items() if row["access"] == "public" and name != "home"):
        page = client.get(address(name))
        assert worker.user.full_name.encode() not in b"".join(page), name
        assert getattr(page.context, "get", lambda _name: None)("actor") is None, name


def test_the_session_gets_a_new_key_at_each_step(worker):
    """Whoever put a session of theirs into this browser does not follow into it."""
    client = Client()
    assert "publicKey" in client.post(reverse("referral:passkey")).json()
    keys = [client.cookies[settings.SESSION_COOKIE_NAME].value]
    client.post(reverse("login"), {"username": worker.user.email, "password": PASSWORD})
    keys.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    show(client, code(), worker)
    keys.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    assert len(set(keys)) == 3 and is_in(client)
    for old in keys[:2]:
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = old
        assert not is_in(thief)


def test_the_api_takes_no_cookie_of_a_half_session(worker):
    assert half(worker).get("/api/v1/cases/").status_code == 401


def test_a_form_sent_with_the_password_alone_is_kept_and_changes_nothing(worker):
    client = half(worker)
    data = {"_membership": worker.pk, "phone": "0102030405", "language": "en"}
    answer = client.post(reverse("profile"), data)
    assert answer.url == f"{STEP}?next=%2Fsaisie-gardee%2F"
    worker.user.refresh_from_db()
    assert worker.user.language == "fr"
    assert show(client, code(), worker).status_code == 302
    assert "0102030405" in client.get(reverse("kept")).text  # ready to be sent


def test_a_new_password_by_a_code_told_by_voice_does_not_go_round_the_second_step(worker):
    give_code(worker)
    client = Client()
    assert activate(client, email=worker.user.email).status_code == 302
    assert not is_in(client)
    assert client.post(reverse("login"), {"username": worker.user.email, "password": "trois girafes sous la pluie"}).url
    assert not is_in(client)
    assert show(client, code(), worker).status_code == 302 and is_in(client)


def test_the_password_cannot_be_changed_with_the_password_alone(worker):
    client = half(worker)
    data = {"_membership": worker.pk, "old": PASSWORD, "password": "trois girafes", "again": "trois girafes"}
    assert client.post(reverse("referral:password"), data).url.startswith(STEP)
    worker.user.refresh_from_db()
    assert worker.user.check_password(PASSWORD)


def test_no_factor_is_set_up_or_removed_with_the_password_alone(worker):
    client = half(worker)
    before = list(Authenticator.objects.values_list("pk", "data"))
    for route, data in (
        ("referral:factor-app", {"code": "123456"}),
        ("referral:factor-key", {"act": "begin"}),
        ("referral:factor-codes", {}),
    ):
        assert client.post(reverse(route), {"_membership": worker.pk, **data}).url.startswith(STEP)
    address = reverse("referral:factor-remove", args=[before[0][0]])
    assert client.post(address, {"_membership": worker.pk}).url.startswith(STEP)
    assert list(Authenticator.objects.values_list("pk", "data")) == before


def test_codes_are_counted_apart_from_passwords_and_for_all_unknown_places_together(worker):
    client = half(worker)
    wrong = [show(client, "000000", worker).status_code for _ in range(8)]
    assert wrong == [200] * 5 + [429] * 3
    assert show(client, code(), worker).status_code == 429  # the right one too, for a minute
    elsewhere = 0
    for n in range(40):  # each place knows the password, so that it is known by it
        client = half(worker, REMOTE_ADDR=f"198.51.100.{n}")
        elsewhere += show(client, "000000", worker).status_code == 200
    assert elsewhere < 20
    assert half(worker, REMOTE_ADDR="203.0.113.9")  # her password still signs in


def test_a_danger_to_life_is_sent_with_the_password_alone_and_nothing_else_is_read(worker):
    earlier = f.sent_alert(worker)
    client = half(worker)
    shown = client.get(reverse("referral:danger"))
    assert shown.status_code == 200
    for line in shown.context["emergency_numbers"]:
        assert line["number"] in client.get(STEP).text
    data = {**DANGER, "_membership": worker.pk, "draft": "0e6a1f9e-6a0c-4f0e-9a70-0f2b1e0d7c11"}
    answer = client.post(reverse("referral:danger"), data)
    assert answer.status_code == 302
    received = client.get(answer.url)
    assert received.status_code == 200 and "fr-nav__link" not in received.text.split('id="menu"')[1].split("</nav>")[0]
    assert client.get(reverse("referral:alert-received", args=[earlier.pk])).url.startswith(STEP)
    with acting_as(worker):
        assert Alert.objects.mine(worker).count() == 2


def test_a_lost_telephone_is_reported_with_the_password_alone_and_nothing_of_it_is_read(worker):
    client, now = half(worker), timezone.localtime()
    new = reverse("referral:breach-new")
    assert f'href="{new}"' in client.get(STEP).text
    page = client.get(new)
    assert page.status_code == 200 and reverse("referral:breach-list") not in page.text
    said = {
        "kind": "device",
        "text": "MARQUEUR",
        "ongoing": "yes",
        "on": now.date().isoformat(),
        "hour": f"{now:%H:%M}",
    }
    answer = client.post(new, {**said, "_membership": worker.pk})
    with f.as_role("nrm_owner"):
        made = Breach.objects.get()
    assert (made.by_id, answer.url) == (worker.pk, STEP)
    receipt = client.get(STEP).text
    assert made.reference in receipt and "MARQUEUR" not in receipt
    for closed in (reverse("referral:breach", args=[made.pk]), reverse("referral:breach-list")):
        for answer in (client.get(closed), client.post(closed, {"_membership": worker.pk, "act": "assess"})):
            assert answer.status_code == 302 and answer.url.startswith(STEP)


def test_who_has_two_roles_and_chose_none_finds_the_way_to_a_danger(worker):
    f.member(f.agency(), Role.CASE_WORKER, user=worker.user)
    client = half(worker)
    step = client.get(STEP)
    assert "Quelqu'un est en danger maintenant" in step.text
    chosen = client.get(step.context["actions"]["danger"]["href"])
    assert chosen.url.startswith(reverse("membership-choose"))
    answer = client.post(chosen.url, {"membership": worker.pk, "next": reverse("referral:danger")})
    assert client.get(answer.url).status_code == 200 and answer.url == reverse("referral:danger")


def test_who_may_not_report_under_any_role_is_shown_no_way_to_it():
    auditor = f.member(f.agency(), Role.AUDITOR)
    f.member(f.agency(), Role.STATISTICIAN, user=auditor.user)
    assert "Quelqu'un est en danger maintenant" not in half(auditor).get(STEP).text


def test_what_waits_on_a_device_is_sent_in_a_half_session_when_it_is_a_danger(worker):
    client, sent = half(worker), reverse("referral:offline-deliver")
    data = {**DANGER, "_membership": worker.pk, "draft": "0e6a1f9e-6a0c-4f0e-9a70-0f2b1e0d7c12"}
    assert client.get(reverse("referral:offline-ticket")).status_code == 200
    assert client.post(sent, {**data, "kind": "alert"}).status_code == 302  # stays on the device, which asks to sign in
    assert client.post(sent, {**data, "kind": "danger"}).json()["state"] == "sent"


def test_a_change_of_the_factors_ends_every_other_session(worker):
    client = half(worker)
    show(client, code(), worker)
    assert is_in(client)
    with acting_as(worker):
        Authenticator(user=worker.user, type="webauthn", data={"name": "autre"}).save()
    assert client.get(INSIDE).url.startswith(reverse("login"))


def test_a_secret_is_sealed_for_its_person(worker):
    mate = f.member(worker.agency, Role.CASE_WORKER)
    stored = Authenticator.objects.get(user=worker.user).data["secret"]
    assert SECRET not in str(stored) and unsealed(stored, worker.user_id) == SECRET
    with pytest.raises(InvalidTag):
        unsealed(stored, mate.user_id)
    assert sealed(SECRET, worker.user_id) != stored


def test_the_database_lets_nobody_write_the_factor_of_another(worker):
    mate = f.member(worker.agency, Role.CASE_WORKER)
    row = Authenticator.objects.get(user=worker.user)
    with acting_as(mate):
        for write in (
            lambda: Authenticator(user=worker.user, type="webauthn", data={}).save(),
            lambda: Authenticator.objects.filter(pk=row.pk).update(user=mate.user),
            lambda: Authenticator.objects.filter(pk=row.pk).update(type="webauthn"),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                write()
        assert Authenticator.objects.filter(pk=row.pk).delete()[0] == 0
        own = Authenticator(user=mate.user, type="webauthn", data={"credential": "one"})
        own.save()
        with pytest.raises(DatabaseError), transaction.atomic():
            Authenticator.objects.filter(pk=own.pk).update(data={"credential": "two"})
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE agencies_user SET factor_at = NULL WHERE id = %s", [worker.user_id])


def test_who_only_reports_may_go_without_and_passes_what_they_chose():
    front = f.member(f.shelter(), Role.FRONTLINE)
    assert is_in(half(front))
    give_app(front)
    client = half(front)
    assert not is_in(client)
    show(client, code(), front)
    assert is_in(client)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.FRONTLINE])
def test_every_other_role_is_led_to_set_one_up(role):
    member = f.member(f.coordination() if role == Role.COORDINATOR else f.shelter(), role)
    client = half(member)
    asked = client.get(INSIDE)
    assert asked.url.startswith(STEP)
    assert client.get(asked.url).url == reverse("referral:factors")
    page = client.get(reverse("referral:factors"))
    assert page.status_code == 200 and reverse("referral:factor-app") in page.text


def test_setting_up_an_application_opens_the_session_and_gives_ten_codes_once():
    member = f.member(f.shelter(), Role.CASE_WORKER)
    client, other = half(member), half(member)
    secret = client.get(reverse("referral:factor-app")).context["groups"]
    secret, address = "".join(secret), reverse("referral:factor-app")
    assert "data:image/svg" in client.get(address).text
    secret = "".join(client.get(address).context["groups"])
    wrong = client.post(address, {"_membership": member.pk, "code": code(SECRET)})
    assert wrong.status_code == 200 and not Authenticator.objects.exists() and not is_in(client)
    done = client.post(address, {"_membership": member.pk, "code": code(secret)})
    assert len(done.context["codes"]) == 10 and is_in(client)
    assert other.get(INSIDE).url.startswith(reverse("login"))  # whoever knows the password is out
    later = half(member)
    assert show(later, code(secret), member).status_code == 200  # the code of setting up is used up
    assert show(later, done.context["codes"][0], member).status_code == 302 and is_in(later)
    assert "factor.add" in acts() and "factor.codes" in acts()


def test_a_session_left_open_changes_no_factor(worker):
    client = Client()
    client.force_login(worker.user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0, "type": "totp"}]
    session.save()
    assert is_in(client)
    assert client.post(reverse("referral:factor-codes"), {"_membership": worker.pk}).url.startswith(STEP)
    assert client.get(reverse("referral:factor-app")).url.startswith(STEP)
    show(client, code(), worker)
    assert client.post(reverse("referral:factor-codes"), {"_membership": worker.pk}).status_code == 200


def test_the_last_factor_stays_where_one_is_owed_and_goes_where_it_was_chosen(worker):
    front = f.member(worker.agency, Role.FRONTLINE)
    give_app(front)
    for member, status in ((worker, 409), (front, 302)):
        client = Client()
        client.force_login(member.user)
        row = Authenticator.objects.get(user=member.user)
        address = reverse("referral:factor-remove", args=[row.pk])
        assert client.post(address, {"_membership": member.pk}).status_code == status
        assert Authenticator.objects.filter(user=member.user).exists() is (status == 409)
        assert is_in(client)
    front.user.refresh_from_db()
    assert front.user.factor_at is None and is_in(half(front))


def test_nobody_removes_the_factor_of_another(worker):
    mate = f.member(worker.agency, Role.CASE_WORKER)
    row = give_app(mate)
    client = Client()
    client.force_login(worker.user)
    address = reverse("referral:factor-remove", args=[row.pk])
    assert client.post(address, {"_membership": worker.pk}).status_code == 404


def test_the_code_of_a_demonstration_is_shown_in_development_alone(worker, settings, time_machine):
    """Its secret is published: a platform in service that showed it would open the account to a stolen password."""
    time_machine.move_to(time.time() // 30 * 30 + 15, tick=False)
    with f.as_role("nrm_owner"):
        Authenticator.objects.filter(user=worker.user).delete()
        codes.give(worker.user, "default")
    assert "affiche <code>" not in half(worker).get(STEP).content.decode()
    settings.DEVELOPMENT = True
    used = set()
    while shown := re.search(r"affiche <code>(\d{6})</code>", half(worker).get(STEP).content.decode()):
        client = half(worker)
        show(client, shown[1], worker)
        assert is_in(client) and shown[1] not in used
        used.add(shown[1])
    assert used and "Le suivant s'affiche ici" in half(worker).get(STEP).content.decode()
