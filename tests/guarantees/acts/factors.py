"""Scenarios of signing in and of second factors."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse

from agencies.models import Role, User
from foundation.actor import acting_as
from referral.factors import operations
from referral.organisations.operations import arrivals, members
from referral.provider.operations import links
from tests import factories as f
from tests.agencies.accounts.test_views import PASSWORD
from tests.referral.factors.set_up import SECRET, code, give_app, give_codes, half, show
from tests.referral.provider.set_up import BACK, Hostile, configured, left, query

from . import Done, act, prepared
from .house import do


@act("account.sign_in")
def sign_in(w):
    """By whom no second factor is owed; nobody acts yet when the password is taken."""
    front = f.member(w.home, Role.FRONTLINE)
    prepared()
    half(front)
    return Done(None, front.user)


@act("account.sign_in", tells="account_place")
def sign_in_elsewhere(w):
    front = f.member(w.home, Role.FRONTLINE)
    half(front)
    prepared()
    half(front, REMOTE_ADDR="198.51.100.7")
    return Done(None, front.user)


@act("account.half")
def password_right(w):
    worker = f.member(w.home)
    give_app(worker)
    prepared()
    half(worker)
    return Done(None, worker.user)


@act("account.refused")
def wrong_password(w):
    worker = f.member(w.home)
    prepared()
    Client().post(reverse("login"), {"username": worker.user.email, "password": "faux"})
    return Done(None, worker.user)


def _with_app(w):
    """A new member each time: wrong passwords of another scenario stay counted."""
    worker = f.member(w.home)
    give_app(worker)
    return worker, half(worker)


@act("factor.shown")
def show_a_code(w):
    worker, client = _with_app(w)
    prepared()
    show(client, code(), worker)
    return Done(worker, worker.user)


@act("factor.recovery")
def show_a_recovery_code(w):
    worker, client = _with_app(w)
    codes = give_codes(worker)
    prepared()
    show(client, codes[0], worker)
    return Done(worker, worker.user)


@act("account.again")
def show_the_password_again(w):
    front = f.member(w.home, Role.FRONTLINE)
    client = half(front)
    prepared()
    client.post(reverse("referral:second-step"), {"old": PASSWORD, "_membership": front.pk})
    return Done(front, front.user)


@act("factor.wrong")
def show_a_wrong_code(w):
    worker, client = _with_app(w)
    prepared()
    show(client, "000000", worker)
    return Done(worker, worker.user)


@act("factor.wrong")
def show_no_passkey(w):
    worker, client = _with_app(w)
    prepared()
    client.post(reverse("referral:passkey"), {"credential": "{}", "_membership": worker.pk})
    return Done(worker, worker.user)


@act("factor.add", tells="account_changed")
def add_an_application(w):
    do(w.mate, lambda member: operations.add_app(member.user, SECRET, code()))
    return Done(w.mate, w.mate.user)


@act("factor.codes")
def draw_codes(w):
    give_app(w.mate)
    prepared()
    do(w.mate, lambda member: operations.new_codes(member.user))
    return Done(w.mate, w.mate.user)


@act("factor.remove", tells="account_changed")
def remove_a_factor(w):
    row = give_app(w.mate)
    prepared()
    do(w.mate, lambda member: operations.remove(member.user, row.pk, owed=False))
    return Done(w.mate, w.mate.user)


@contextmanager
def _provider() -> Iterator[Hostile]:
    found = Hostile()
    with override_settings(OIDC=configured(found.issuer), SITE_URL="http://testserver"):
        yield found
    found.server.shutdown()


def _come_back(provider: Hostile) -> None:
    client = Client()
    asked = query(left(client))
    provider.said = {"id_token": provider.signed(provider.claims(asked["nonce"]))}
    client.get(BACK, {"code": "a-code", "state": asked["state"]})


@act("provider.link", tells="account_changed")
def link_an_identity(w):
    with _provider():
        do(w.mate, lambda member: links.link(member.user, "mate"))
    return Done(w.mate, w.mate.user)


@act("provider.unlink", tells="account_changed")
def remove_the_link(w):
    with _provider():
        do(w.mate, lambda member: links.link(member.user, "mate"))
    prepared()
    do(w.mate, lambda member: links.unlink(member.user))
    return Done(w.mate, w.mate.user)


@act("provider.shown")
def sign_in_by_the_provider(w):
    worker = f.member(w.home)
    half(worker)  # the place is known
    with _provider() as provider:
        do(worker, lambda member: links.link(member.user, "hostile"))
        prepared()
        _come_back(provider)
    return Done(None, worker.user)


@act("provider.refused")
def an_identity_of_nobody(w):
    prepared()
    with _provider() as provider:
        _come_back(provider)
    return Done(None, None)


@act("account.factor_off")
def take_away_above(w):
    """By those who run the platform, on the owner's own connection: of the last administrator, of an auditor."""
    person = User.objects.db_manager("owner").create_user("perdu@exemple.invalid", full_name="Audit Démo")
    call_command("account_code", person.email, "--lost-factor", stdout=StringIO())
    return Done(None, person)


@act("member.factor", tells="account_factor member_changed member_waiting")
def say_it_is_lost(w):
    give_app(w.mate)
    prepared()
    do(w.admin, members.ask_factor, w.mate.pk)
    return Done(w.admin, w.mate)


@act("member.factor_off", tells="member_decided")
def take_it_away(w):
    give_app(w.mate)
    do(w.admin, members.ask_factor, w.mate.pk)
    with acting_as(w.admin):
        change = w.mate.changes.get(state="waiting").pk
    prepared()
    do(w.lead, arrivals.decide, change, "agree")
    return Done(w.lead, w.mate)
