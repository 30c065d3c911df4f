"""Acts on the programs of an agency, and on their webhooks."""

from datetime import timedelta

from django.test import override_settings
from django.utils import timezone

from agencies.models import Sandbox
from foundation.actor import acting_as
from referral.organisations.operations import arrivals, hooks, programs
from referral.sandbox.operations import spaces
from tests.guarantees.acts import Done, act, prepared
from tests.roles import as_role

from .house import do

KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "one"}


def _program(w, **fields):
    made = do(w.admin, programs.make, **{"title": "Logiciel", "scopes": ["read"], **fields})
    with acting_as(w.admin):
        change = made.changes.get().pk
    do(w.lead, arrivals.decide, change, "agree")
    prepared()
    return made


@act("program.make", tells="member_changed member_waiting")
def make_a_program(w):
    return Done(w.admin, do(w.admin, programs.make, title="Logiciel", scopes=["read", "work"]))


@act("program.secret", tells="member_changed")
def give_a_program_a_secret(w):
    made = _program(w)
    do(w.admin, programs.renew_secret, made.pk, at_once=False)
    return Done(w.admin, made)


@act("program.key", tells="member_changed")
def give_a_program_a_key(w):
    made = _program(w)
    do(w.admin, programs.set_key, made.pk, KEY, at_once=False)
    return Done(w.admin, made)


@act("program.key_cut", tells="member_changed")
def end_the_key_of_a_program(w):
    made = _program(w)
    do(w.admin, programs.set_key, made.pk, KEY, at_once=False)
    prepared()
    do(w.admin, programs.cut_key, made.pk)
    return Done(w.admin, made)


@act("program.cut", tells="member_changed")
def cut_a_program(w):
    made = _program(w)
    do(w.admin, programs.cut, made.pk)
    return Done(w.admin, made)


@act("program.widen", tells="member_changed member_waiting")
def ask_that_a_program_do_more(w):
    made = _program(w)
    do(w.admin, programs.set_scopes, made.pk, ["read", "work"])
    return Done(w.admin, made)


@act("program.narrow")
def let_a_program_do_less(w):
    made = _program(w, scopes=["read", "work"])
    do(w.admin, programs.set_scopes, made.pk, ["read"])
    return Done(w.admin, made)


def _space(w):
    made = _program(w)
    with override_settings(SANDBOX_TEMPLATE="template_of_the_test"):
        do(w.admin, spaces.keep, made.pk)
    prepared()
    return made


@act("program.sandbox")
def make_a_test_client(w):
    made = _program(w)
    with override_settings(SANDBOX_TEMPLATE="template_of_the_test"):
        do(w.admin, spaces.keep, made.pk)
    return Done(w.admin, made)


@act("program.sandbox_reset")
def reset_a_test_space(w):
    made = _space(w)
    with as_role("nrm_owner"):
        ago = timezone.now() - timedelta(minutes=2)
        Sandbox.objects.filter(membership=made).update(wanted_at=ago, made_at=ago)
    do(w.admin, spaces.reset, made.pk)
    return Done(w.admin, made)


@act("program.sandbox_end")
def end_a_test_client(w):
    made = _space(w)
    do(w.admin, spaces.end, made.pk)
    return Done(w.admin, made)


def _hook(w):
    made = _program(w)
    hook, _secret = do(w.admin, hooks.make, made.pk, url="https://logiciel.example/repere")
    return made, hook


def _agreed(w):
    made, hook = _hook(w)
    do(w.lead, arrivals.decide, hook.asked_id, "agree")
    prepared()
    return made, hook


@act("hook.make", tells="member_changed member_waiting")
def ask_for_a_webhook(w):
    made = _program(w)
    do(w.admin, hooks.make, made.pk, url="https://logiciel.example/repere")
    return Done(w.admin, made)


@act("hook.secret")
def give_a_webhook_a_secret(w):
    made, hook = _agreed(w)
    do(w.admin, hooks.renew_secret, hook.pk, at_once=False)
    return Done(w.admin, made)


@act("hook.pause")
def pause_a_webhook(w):
    made, hook = _agreed(w)
    do(w.admin, hooks.pause, hook.pk)
    return Done(w.admin, made)


@act("hook.resume")
def resume_a_webhook(w):
    made, hook = _agreed(w)
    do(w.admin, hooks.pause, hook.pk)
    prepared()
    do(w.admin, hooks.resume, hook.pk)
    return Done(w.admin, made)


@act("hook.test")
def test_a_webhook(w):
    made, hook = _agreed(w)
    do(w.admin, hooks.send_test, hook.pk)
    return Done(w.admin, made)


@act("hook.replay")
def send_calls_of_a_webhook_again(w):
    made, hook = _agreed(w)
    do(w.admin, hooks.replay, hook.pk, position=1)
    return Done(w.admin, made)


@act("hook.delete")
def delete_a_webhook(w):
    made, hook = _agreed(w)
    do(w.admin, hooks.delete, hook.pk)
    return Done(w.admin, made)
