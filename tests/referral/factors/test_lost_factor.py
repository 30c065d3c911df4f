"""A lost second factor takes two people, and a code told by voice; nobody waits for nobody."""

import base64
import os
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from agencies.models import MemberChange, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed, WrongState
from notifications.models import Event
from referral.factors.operations import keys_held
from referral.organisations.operations import arrivals, members
from tests import factories as f
from tests.referral.organisations.test_accounts import NEW, activate

from .set_up import STEP, code, give_app, give_codes, half, is_in, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    f.national()
    unit = f.shelter()
    people = {"boss": Role.AGENCY_ADMIN, "worker": Role.CASE_WORKER, "mate": Role.CASE_WORKER}
    found = {name: f.member(unit, role) for name, role in people.items()}
    give_app(found["worker"])
    give_codes(found["worker"])
    return found


def asked(home) -> MemberChange:
    with acting_as(home["boss"]):
        members.ask_factor(home["boss"], home["worker"].pk)
        return home["worker"].changes.get(act="factor")


def decide(member, change, act="agree") -> None:
    with acting_as(member):
        arrivals.decide(member, change.pk, act, "Vu ensemble.")


def test_its_button_asks_once_and_is_the_administrators_alone(home):
    address = reverse("referral:member-factor", args=[home["worker"].pk])
    for name, said in (("mate", 403), ("boss", 302), ("boss", 409)):
        client = Client()
        client.force_login(home[name].user)
        assert client.post(address, {"_membership": home[name].pk}).status_code == said, name
        with f.as_role("nrm_owner"):
            waiting = MemberChange.objects.filter(membership=home["worker"], act="factor", state="waiting").count()
        assert waiting == (name == "boss")
    assert Authenticator.objects.filter(user=home["worker"].user, type="totp").exists(), "nobody agreed yet"


def test_an_administrator_asks_another_agrees_and_the_person_sets_up_another_with_a_code(home):
    worker, boss = home["worker"], home["boss"]
    open_session = half(worker)
    show(open_session, code(), worker)
    change = asked(home)
    assert change.state == "waiting" and is_in(open_session)
    with f.as_role("nrm_owner"):
        told = {(e.kind, tuple(e.audience)) for e in Event.objects.filter(subject_id=str(change.pk))}
    assert told == {
        ("account_factor", ("person",)), ("member_changed", ("members",)), ("member_waiting", ("second",)),
    }  # fmt: skip
    decide(home["mate"], change)
    assert not Authenticator.objects.filter(user=worker.user).exists()
    assert not is_in(open_session)
    thief = half(worker)  # the password alone is not enough, for whoever comes first
    assert thief.get(STEP).context["taken_away"]
    for route in ("referral:factors", "referral:factor-app"):
        assert thief.get(reverse(route)).url.startswith(STEP)
    with acting_as(boss):
        _, told_by_voice, _ = members.new_code(boss, worker.pk)
    from_the_page = half(worker)  # whose second step says « J'ai le code »
    assert activate(from_the_page, email=worker.user.email, code=told_by_voice).status_code == 302
    again = Client()
    again.post(reverse("login"), {"username": worker.user.email, "password": NEW})
    secret = "".join(again.get(reverse("referral:factor-app")).context["groups"])
    again.post(reverse("referral:factor-app"), {"_membership": worker.pk, "code": code(secret)})
    assert is_in(again) and not is_in(thief)


@pytest.mark.parametrize(
    ("who", "act"), [("boss", "agree"), ("worker", "agree"), ("mate", "refuse"), ("boss", "withdraw")]
)
def test_nothing_is_taken_away_by_one_alone_nor_when_it_is_refused(home, who, act):
    change = asked(home)
    if act == "agree":
        with pytest.raises(NotAllowed):
            decide(home[who], change, act)
    else:
        decide(home[who], change, act)
    client = half(home["worker"])
    assert show(client, code(), home["worker"]).status_code == 302 and is_in(client)


def test_it_is_asked_by_an_administrator_of_a_member_who_has_one(home):
    for actor, whom, refusal in (
        ("mate", "worker", NotAllowed),
        ("boss", "mate", WrongState),
        ("boss", "boss", NotAllowed),
    ):
        with acting_as(home[actor]), pytest.raises(refusal):
            members.ask_factor(home[actor], home[whom].pk)


def test_where_nobody_near_is_a_second_person_the_coordination_decides():
    f.member(f.national(), Role.COORDINATOR)
    unit = f.shelter()
    boss, worker = f.member(unit, Role.AGENCY_ADMIN), f.member(unit, Role.CASE_WORKER)
    give_app(worker)
    with acting_as(boss):
        members.ask_factor(boss, worker.pk)
        change = worker.changes.get(act="factor")
        assert arrivals.decided_at(change).is_coordination


@pytest.mark.django_db(transaction=True)
def test_those_who_run_the_platform_help_whom_nobody_else_can(home):
    worker, said = home["worker"], StringIO()
    call_command("account_code", worker.user.email, "--lost-factor", stdout=said)
    told = "".join(said.getvalue().splitlines()[0].split())
    with f.as_role("nrm_owner"):
        assert not Authenticator.objects.filter(user=worker.user).exists()
    assert half(worker).get(STEP).context["taken_away"]
    assert activate(email=worker.user.email, code=told).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_new_keys_seal_the_secrets_anew(home, settings):
    worker, former = home["worker"], settings.FIELD_KEYS
    settings.FIELD_KEYS = base64.b64encode(os.urandom(32)).decode() + "," + former
    assert len(keys_held("owner")) == 1
    call_command("reencrypt", stdout=StringIO())
    settings.FIELD_KEYS = settings.FIELD_KEYS.partition(",")[0]
    client = half(worker)
    assert show(client, code(), worker).status_code == 302 and is_in(client)
