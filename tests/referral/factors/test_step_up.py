"""A session left open opens nothing that opens much: a factor shown less than five minutes ago is asked for, and what
was sent goes on afterwards."""

import csv
import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.kept.rules import AT_MOST
from agencies.models import KeptForm, Membership, Role
from foundation.actor import acting_as
from journal.models import Entry
from referral.factors.rules import STEP_UP, asks_recent
from tests import factories as f
from tests.agencies.accounts.test_views import PASSWORD
from tests.guarantees.test_routes import LEDGER, address
from tests.roles import as_role
from tests.second_step import note_shown

from .set_up import STEP, code, give_app, half, show

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
ROWS = {
    row["route"]: row
    for row in csv.DictReader((ROOT / "tests/guarantees/expected/step_up.csv").read_text().split("\n"))
}
FRESH, OLD = 299, 301  # 4 min 59 and 5 min 01
KEPT = re.compile(re.escape(f"{STEP}?next=%2Fsaisie-gardee%2F%3Fenvoyer%3D") + "[0-9a-f-]{36}")


@pytest.fixture
def worker():
    f.national()
    member = f.member(f.shelter(), Role.CASE_WORKER, Role.AGENCY_ADMIN)
    give_app(member)
    return member


def shown(member, ago) -> Client:
    """A browser whose second factor was shown so many seconds ago."""
    client = Client()
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    note_shown(session, member.user, ago)
    session.save()
    return client


@pytest.fixture
def now(time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # the database ends sessions by its own clock


def sent(member, **data) -> dict:
    return {"_membership": member.pk, **data}


def test_every_route_asks_or_spares_as_written_by_hand():
    assert set(STEP_UP) == set(ROWS)
    for route in LEDGER:
        row = ROWS.get(route, {"asked": "", "acts": "", "spared": ""})
        for method in LEDGER[route]["methods"].split():
            asked = method in row["asked"].split()
            for act in row["acts"].replace("any", "").split() or ["", "anything"]:
                assert asks_recent(route, method, act) is asked, (route, method, act)
            for act in [*row["spared"].split(), *([""] if row["spared"] else [])]:
                assert asks_recent(route, method, act) is False, (route, method, act)


def test_a_danger_to_life_is_never_asked():
    dangers = {"danger", "offline-deliver", "offline-ticket", "alert-received", "alert-add", "alert-declare"}
    dangers = {f"referral:{name}" for name in dangers}
    assert dangers <= set(LEDGER) and not dangers & set(STEP_UP)


@pytest.mark.parametrize("route", ROWS)
def test_each_asks_after_five_minutes_and_not_before(route, worker, now):
    for ago, asked in ((FRESH, False), (OLD, True)):
        client = shown(worker, ago)
        for method in ROWS[route]["asked"].split():
            act = ROWS[route]["acts"].split()[0].replace("any", "x")
            data = sent(worker, act=act) if method == "POST" else {}
            answer = getattr(client, method.lower())(address(route), data)
            led = answer.status_code == 302 and answer.url.startswith(STEP)
            assert led is asked, (route, method, ago, answer.status_code)


@pytest.fixture
def front():
    """Who reports only, and has no second factor."""
    return f.member(f.shelter(), Role.FRONTLINE)


def test_whoever_has_no_second_factor_shows_the_password_again(front, now, time_machine):
    """A session left open would give its account for good to whoever adds a passkey of their own."""
    client, app = half(front), reverse("referral:factor-app")
    time_machine.shift(FRESH)
    assert client.get(app).status_code == 200
    time_machine.shift(OLD - FRESH)
    for method, route in (("get", "factor-app"), ("post", "factor-key")):
        led = getattr(client, method)(reverse(f"referral:{route}"), sent(front) if method == "post" else {})
        assert led.status_code == 302 and led.url.startswith(STEP), route
    refused = client.post(STEP, sent(front, old="not this one", next=app))
    assert refused.status_code == 200 and refused.context["form"].errors["old"]
    assert client.get(app).status_code == 302
    passed = client.post(STEP, sent(front, old=PASSWORD, next=app))
    assert passed.url == app and client.get(app).status_code == 200
    time_machine.shift(OLD)
    assert client.post(app, sent(front, code="1")).status_code == 200, (
        "an application is installed in a quarter of an hour"
    )
    assert client.get(reverse("referral:password")).status_code == 200, "which asks for it itself"
    time_machine.shift(900 - OLD)
    assert client.post(app, sent(front, code="1")).status_code == 302


def test_a_wrong_code_sent_first_draws_no_secret(front, now, time_machine):
    """The page that takes a code draws a secret where there is none, and would show it to whoever found the session."""
    client = half(front)
    time_machine.shift(OLD)
    answer = client.post(reverse("referral:factor-app"), sent(front, code="1"))
    assert answer.status_code == 302 and answer.url.startswith(STEP)
    assert "mfa.totp.secret" not in client.session


def test_what_was_typed_goes_on_once_the_password_was_shown(front, now, time_machine):
    client, page = half(front), reverse("profile")
    time_machine.shift(OLD)
    led = client.post(page, sent(front, duty_phone="+33 6 00 00 00 00", language="fr"))
    assert led.url == f"{STEP}?next=%2Fsaisie-gardee%2F"
    following = client.get(led.url).context["next"]
    assert client.post(STEP, sent(front, old=PASSWORD, next=following)).url == following
    kept = client.get(following)
    assert fields_of(kept, page)["duty_phone"] == "+33 6 00 00 00 00"
    assert "data-send-now" not in kept.text, "who left the session open may not be who typed it"


def test_the_password_is_guessed_no_faster_there(front, now, time_machine):
    client = half(front)
    time_machine.shift(OLD)
    answers = [client.post(STEP, sent(front, old=f"wrong {n}")).status_code for n in range(7)]
    assert answers[:5] == [200] * 5 and answers[6] == 429
    assert client.post(STEP, sent(front, old=PASSWORD)).status_code == 429


def test_a_first_factor_of_a_role_that_owes_one_asks_for_the_password(now, time_machine):
    """Left open on the page that sets one up, a session of an administrator was anybody's."""
    boss = f.member(f.shelter(), Role.AGENCY_ADMIN)
    client, app = half(boss), reverse("referral:factor-app")
    assert client.get(app).status_code == 200
    time_machine.shift(OLD)
    for method, route, following in (("get", "factor-app", app), ("post", "factor-key", reverse("referral:factors"))):
        led = getattr(client, method)(reverse(f"referral:{route}"), sent(boss) if method == "post" else {})
        assert led.status_code == 302 and led.url.startswith(STEP), route
        asked = client.get(led.url)
        assert asked.status_code == 200 and asked.context["next"] == following and asked.context["again"]
    time_machine.shift(900 - OLD)
    assert client.post(app, sent(boss, code=code())).status_code == 302, "the secret was drawn too long ago"
    assert client.post(STEP, sent(boss, old="not this one", next=app)).status_code == 200
    assert client.get(app).status_code == 302
    assert client.post(STEP, sent(boss, old=PASSWORD, next=app)).url == app
    assert client.get(app).status_code == 200


def test_own_password_is_tried_no_more_often_from_many_addresses(front, now, time_machine):
    client = half(front)
    time_machine.shift(OLD)
    answers = [
        client.post(STEP, sent(front, old=f"wrong {n}"), REMOTE_ADDR=f"198.51.{n}.7").status_code for n in range(22)
    ]
    assert answers[:19] == [200] * 19 and answers[-1] == 429


def test_a_danger_is_sent_without_it(front, now, time_machine):
    client = half(front)
    time_machine.shift(OLD)
    assert client.get(reverse("referral:danger")).status_code == 200


def test_an_identity_is_shown_where_the_button_was_pressed_once_the_factor_was_shown(worker, now):
    case = f.own_case(worker)
    page = reverse("referral:case-identity", args=[case.pk])
    client = shown(worker, OLD)
    assert client.get(page).status_code == 200
    led = client.post(page, sent(worker, act="reveal"))
    assert KEPT.fullmatch(led.url) and not readings()
    following = client.get(led.url).context["next"]
    passed = client.post(STEP, sent(worker, code=code(), next=following))
    assert passed.url == following
    kept = client.get(following)
    form = fields_of(kept, page)
    assert "data-send-now" in kept.text and form["act"] == "reveal"
    answer = client.post(page, form)
    assert answer.status_code == 200 and answer.context["revealed"]
    assert not client.get(reverse("kept")).context["forms"]
    assert client.get(following).context["now"] is False  # the page gone back to sends nothing again


def readings() -> list:
    with as_role("nrm_owner"):
        return list(Entry.objects.filter(action__startswith="identity."))


def fields_of(answer, action) -> dict:
    html = answer.text.split(f'action="{action}"')[1].split("</form>")[0]
    typed = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?([^<]*)', html)
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)) | dict(typed)


def invited(worker) -> bool:
    with acting_as(worker):
        return Membership.objects.filter(user__email="nouvelle@exemple.invalid").exists()


def test_what_was_typed_goes_on_and_nothing_is_written_before(worker, now):
    page, client = reverse("referral:member-invite"), shown(worker, OLD)
    data = {
        "email": "nouvelle@exemple.invalid",
        "full_name": "Nouvelle Personne",
        "title": "Accueil",
        "roles": "frontline",
    }
    led = client.post(page, sent(worker, **data))
    assert KEPT.fullmatch(led.url)
    assert not invited(worker)
    following = client.get(led.url).context["next"]
    client.post(STEP, sent(worker, code=code(), next=following))
    form = fields_of(client.get(following), page)
    assert form.items() >= data.items()
    assert client.post(page, form).status_code == 302
    assert invited(worker)
    assert not client.get(reverse("kept")).context["forms"]


def test_a_wrong_code_leaves_it_unsent_and_kept(worker, now):
    page, client = reverse("referral:member-invite"), shown(worker, OLD)
    led = client.post(page, sent(worker, email="nouvelle@exemple.invalid", full_name="Nouvelle Personne"))
    following = client.get(led.url).context["next"]
    assert show(client, "000000", worker).status_code == 200
    again = client.post(page, fields_of(client.get(following), page))
    assert KEPT.fullmatch(again.url)
    with as_role("nrm_owner"):
        assert KeptForm.objects.count() == 1


def test_the_address_that_sends_is_of_one_form_in_one_browser(worker, now):
    """A link that somebody else writes sends nothing: it would have to name the form, which nobody is told."""
    client = shown(worker, OLD)
    led = client.post(reverse("referral:member-invite"), sent(worker, full_name="Nouvelle Personne"))
    following = client.get(led.url).context["next"]
    other = shown(worker, 0)
    assert "data-send-now" not in other.get(following).text
    for made_up in ("", "x", "0e6a1f9e-6a0c-4f0e-9a70-0f2b1e0d7c11"):
        assert "data-send-now" not in client.get(reverse("kept"), {"envoyer": made_up}).text


def test_what_cannot_be_kept_is_shown_to_be_copied(worker, now):
    client = shown(worker, OLD)
    for number in range(AT_MOST):
        assert KEPT.fullmatch(client.post(reverse("referral:member-code", args=[number]), sent(worker)).url)
    answer = client.post(reverse("referral:member-invite"), sent(worker, full_name="Nouvelle Personne"))
    assert answer.status_code == 403 and "Nouvelle Personne" in answer.text and STEP in answer.text


def test_a_passkey_is_asked_for_on_the_page_of_the_factors(worker, now):
    client = shown(worker, OLD)
    led = client.post(reverse("referral:factor-key"), sent(worker))
    assert led.url == f"{STEP}?next=%2Fprofil%2Fprotection%2F"


def test_a_password_is_changed_by_whoever_has_the_factor_and_is_never_kept(worker, now):
    """Whoever sits down at an open session, and saw the password typed, takes no account with it."""
    client, page = shown(worker, OLD), reverse("referral:password")
    assert client.get(page).url == f"{STEP}?next=%2Fprofil%2Fmot-de-passe%2F"
    typed = {
        "old_password": "trois girafes sous la pluie",
        "new_password1": "quatre loutres au soleil",
        "new_password2": "quatre loutres au soleil",
    }
    assert client.post(page, sent(worker, **typed)).url == f"{STEP}?next=%2Fprofil%2Fmot-de-passe%2F"
    with as_role("nrm_owner"):
        assert not KeptForm.objects.exists()
    client.post(STEP, sent(worker, code=code(), next=page))
    assert client.get(page).status_code == 200


def test_the_password_alone_is_still_led_to_its_second_step_first(worker):
    client = half(worker)
    led = client.post(reverse("referral:member-invite"), sent(worker, full_name="Nouvelle Personne"))
    assert led.url == f"{STEP}?next=%2Fsaisie-gardee%2F"
