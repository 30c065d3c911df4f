"""Sign in by a provider that runs beside the tests: link, sign in, second factor, step-up, the ways out."""

import base64
import os
import time
from html import unescape
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Membership, ProviderLink, Role, Session, User
from foundation.actor import acting_as
from journal.models import Entry
from notifications.models import Event
from referral.organisations.operations import arrivals, members
from tests import factories as f
from tests.referral.factors.set_up import code, half, is_in, show
from tests.roles import as_role
from tests.second_step import note_shown

from .set_up import BACK, FACTORS, FORT, LINK, OTHER, START, STEP, UNLINK, WEAK, Agent, configured, left, query, through

pytestmark = pytest.mark.django_db
AWAY = "http://127.0.0.1:9/o"  # where nobody listens


def inside(member, ago=0) -> Client:
    client = Client()
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    session = client.session
    note_shown(session, member.user, ago)
    session.save()
    return client


def linked(member, name=FORT) -> Agent:
    """Link an identity to a member, as the member does."""
    agent = Agent(name)
    answer = through(inside(member), agent, LINK, _membership=member.pk)
    assert answer.url == FACTORS and links() and member.user_id in links()
    return agent


def links() -> set[int]:
    with as_role("nrm_owner"):
        return set(ProviderLink.objects.values_list("user_id", flat=True))


def acts() -> list[str]:
    with as_role("nrm_owner"):
        return list(Entry.objects.order_by("at", "pk").values_list("action", flat=True))


def grow_old(client) -> None:
    """Let what was shown be shown six minutes ago."""
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**one, "at": one["at"] - 400} for one in records]
    session.save()


def said(client, address="", **asked) -> str:
    return unescape(client.get(address or reverse("login"), asked, follow=True).content.decode())


def test_link_then_sign_in_by_two_factors_shown_there(real, worker):
    agent = linked(worker)
    client = Client()
    answer = through(client, agent)
    assert answer.url == reverse("home") and is_in(client)
    assert agent.asked == 1, "the provider knows its own session: it was asked for a password once, for the link"
    assert acts() == ["provider.link", "provider.shown", "account.sign_in"]
    with as_role("nrm_owner"):
        assert Event.objects.filter(kind="account_changed").count() == 1, "told of the link"
        link = ProviderLink.objects.get()
    assert link.used_at is not None and FORT not in link.digest and len(link.digest) == 64


def test_one_factor_shown_there_asks_for_ours(real, worker):
    agent = linked(worker, WEAK)
    client = Client()
    answer = through(client, agent, next=reverse("profile"))
    assert answer.url.startswith(STEP) and not is_in(client)
    page = said(client, STEP)
    assert "Votre identité est vérifiée" in page and "Le mot de passe est exact" not in page
    show(client, code(), worker)
    assert is_in(client)
    assert acts()[-3:] == ["provider.shown", "account.half", "factor.shown"]
    assert "Le mot de passe est exact" in said(half(worker), STEP)


def test_who_owes_a_factor_and_has_none_sets_one_up(real, worker):
    agent = linked(worker, WEAK)
    with as_role("nrm_owner"):
        User.objects.filter(pk=worker.user_id).update(factor_at=None)
    client = Client()
    through(client, agent)
    assert client.get(reverse("profile")).url.startswith(STEP)
    assert client.get(STEP).url == FACTORS and client.get(FACTORS).status_code == 200


def test_an_identity_that_is_linked_to_nobody_opens_nothing_and_makes_no_account(real, worker):
    before, client = User.objects.count(), Client()
    answer = through(client, Agent(OTHER))
    assert answer.url == reverse("login") and "Aucun compte n'est relié à cette identité" in said(client)
    assert User.objects.count() == before and acts() == ["provider.refused"]


@pytest.mark.parametrize("cut", ["account", "membership", "agency"])
def test_who_may_not_act_does_not_enter_this_way(real, worker, cut):
    agent = linked(worker)
    with as_role("nrm_owner"):
        if cut == "account":
            User.objects.filter(pk=worker.user_id).update(is_active=False)
        elif cut == "membership":
            Membership.objects.filter(pk=worker.pk).update(active=False)
        else:
            type(worker.agency).objects.filter(pk=worker.agency_id).update(active=False)
    client = Client()
    assert through(client, agent).url == reverse("login") and not is_in(client)


def test_a_link_asks_for_a_factor_of_ours_shown_just_now(real, worker):
    late = inside(worker, ago=301)
    assert late.post(LINK, {"_membership": worker.pk}).url.startswith(STEP)
    front = f.member(worker.agency, Role.FRONTLINE)
    client = half(front)  # by the password alone, which is all that is owed
    assert client.post(LINK, {"_membership": front.pk}).url == FACTORS
    assert not links()


def test_an_identity_opens_one_account_and_an_account_has_one(real, worker):
    linked(worker)
    mate = f.member(worker.agency)
    client = inside(mate)
    assert through(client, Agent(FORT), LINK, _membership=mate.pk).url == FACTORS
    assert "déjà" in said(client, FACTORS) and links() == {worker.user_id}
    through(inside(worker), Agent(OTHER), LINK, _membership=worker.pk)
    signed_in = Client()
    assert through(signed_in, Agent(OTHER)).url == reverse("login"), "the second one was not linked"


def test_a_link_that_is_removed_opens_nothing_and_other_sessions_end(real, worker):
    agent, other, client = linked(worker), Client(), inside(worker)
    through(other, agent)
    assert client.post(UNLINK, {"_membership": worker.pk}).url == FACTORS
    assert not links() and not is_in(other) and is_in(client)
    assert through(Client(), agent).url == reverse("login")
    assert acts().count("provider.unlink") == 1
    assert client.post(UNLINK, {"_membership": worker.pk}).status_code == 404


def test_linking_ends_other_sessions(real, worker):
    other = inside(worker)
    assert is_in(other)
    linked(worker)
    assert not is_in(other)


def test_step_up_by_the_provider_asks_there_again(real, worker):
    agent, client = linked(worker), Client()
    through(client, agent)
    grow_old(client)
    password = reverse("referral:password")
    assert client.get(password).url.startswith(STEP)
    page = said(client, STEP, next=password)
    assert "M'identifier de nouveau avec ProConnect" in page and 'name="code"' in page
    asked = agent.asked
    answer = through(client, agent, _membership=worker.pk, next=password)
    assert answer.url == password and client.get(password).status_code == 200
    assert agent.asked == asked + 1, "prompt=login: whoever has a session there shows it again"


def test_what_was_sent_is_kept_meanwhile_and_given_back(real, worker):
    agent, client = linked(worker), Client()
    through(client, agent)
    grow_old(client)
    asked = client.post(reverse("referral:factor-codes"), {"_membership": worker.pk}).url
    following = unquote(asked.partition("?next=")[2])
    assert asked.startswith(STEP) and following.startswith(reverse("kept"))
    assert through(client, agent, _membership=worker.pk, next=following).url == following
    assert reverse("referral:factor-codes") in said(client, following)


def test_step_up_without_a_factor_of_ours(real, worker):
    agent = linked(worker)
    front = worker
    with as_role("nrm_owner"):
        User.objects.filter(pk=front.user_id).update(factor_at=None)
        Session.objects.all().delete()
    client = Client()
    through(client, agent)
    grow_old(client)
    assert client.get(reverse("referral:factor-app")).url.startswith(STEP)
    page = said(client, STEP)
    assert "M'identifier de nouveau" in page and 'name="code"' not in page


def test_another_identity_or_one_factor_is_no_step_up(real, worker):
    client = Client()
    through(client, linked(worker))
    answer = through(client, Agent(OTHER), _membership=worker.pk)
    assert answer.url == STEP and "autre identité" in said(client, STEP)
    assert acts()[-1] == "provider.refused" and is_in(client)


def test_signed_in_there_for_long_is_not_shown_just_now(real, worker, time_machine):
    """The session opens: a factor was shown, some time. What opens much asks for it once more."""
    agent = linked(worker)
    time_machine.move_to(time.time() + 400)
    client = Client()
    through(client, agent)
    assert is_in(client), (acts(), said(client)[-3000:])
    assert client.get(reverse("referral:password")).url.startswith(STEP)


def test_sign_out_offers_to_sign_out_there(real, worker):
    client = Client()
    through(client, linked(worker))
    out = client.post(reverse("logout"), {"_membership": worker.pk})
    asked = query(out.context["elsewhere"])
    assert out.context["elsewhere"].startswith(f"{real}/logout/") and asked["id_token_hint"].count(".") == 2
    assert asked["post_logout_redirect_uri"] == "http://testserver" + reverse("login")
    page = unescape(out.content.decode())
    assert not is_in(client) and "Se déconnecter de ProConnect" in page
    assert worker.agency.name not in page and "Danger immédiat" not in page, "shown as to anybody"
    own = inside(worker)
    assert own.post(reverse("logout"), {"_membership": worker.pk}).status_code == 302, "by a password: nothing to offer"


def test_a_session_keeps_nothing_of_the_identity_in_clear(real, worker):
    client = Client()
    through(client, linked(worker))
    kept = dict(client.session)
    assert "leave" in kept and "id_token" not in str(kept) and "eyJ" not in str(kept)


def test_an_administrator_sees_that_there_is_a_link_and_loss_takes_it_away(real, worker):
    agent = linked(worker)
    boss, second = f.member(worker.agency, Role.AGENCY_ADMIN), f.member(worker.agency, Role.AGENCY_ADMIN)
    page = said(inside(boss), reverse("referral:member", args=[worker.pk]))
    assert "reliée à ce compte" in page
    client = Client()
    through(client, agent)
    with acting_as(boss):
        members.ask_factor(boss, worker.pk)
        change = worker.changes.get(state="waiting").pk
    with acting_as(second):
        arrivals.decide(second, change, "agree")
    assert not links() and not is_in(client)
    assert through(Client(), agent).url == reverse("login")


def test_not_configured_there_is_no_button_and_no_route(settings, worker):
    settings.OIDC = None
    client = inside(worker)
    assert "ProConnect" not in said(Client())
    assert "ProConnect" not in said(client, FACTORS)
    for address in (START, LINK, UNLINK):
        assert client.post(address, {"_membership": worker.pk}).status_code == 404, address
    assert client.get(BACK).status_code == 404


def test_provider_that_is_down_says_so_and_the_password_still_opens(settings, worker, caplog):
    settings.OIDC = configured(AWAY)
    client = Client()
    begun = time.monotonic()
    for _try in range(3):
        assert client.post(START).url == reverse("login")
    assert time.monotonic() - begun < 3
    page = said(client)
    assert [line for line in caplog.messages if line == "the provider does not answer: ConnectionError"]
    assert "ProConnect ne répond pas" in page and "Se connecter avec ProConnect" in page
    assert half(worker).get(STEP).status_code == 200


def test_a_change_of_keys_loses_no_link_that_is_used_meanwhile(real, worker, settings):
    agent, former = linked(worker), settings.FIELD_KEYS
    new = base64.b64encode(os.urandom(32)).decode()
    settings.FIELD_KEYS = f"{new},{former}"
    through(Client(), agent)
    settings.FIELD_KEYS = new
    client = Client()
    through(client, agent)
    assert is_in(client)


def test_the_address_says_what_is_asked(real, worker):
    asked = query(left(Client()))
    assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256" and asked["scope"] == "openid"
    assert len(asked["state"]) == len(asked["nonce"]) == 43 and "acr" in asked["claims"] and "prompt" not in asked
    assert asked["redirect_uri"] == "http://testserver" + BACK
    link = query(left(inside(worker), LINK, _membership=worker.pk))
    assert link["prompt"] == "login" and link["max_age"] == "0"
