"""An administrator keeps the webhooks of a program: the address takes two persons, the secret is shown once."""

import re
from copy import deepcopy

import pytest
from django.db import DatabaseError, transaction

from agencies.models import MemberChange, Membership, Role
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from notifications.models import Hook, HookDelivery, HookSecret
from notifications.operations import hooks as sending
from referral.organisations.operations import hooks
from tests import factories as f
from tests.notifications.listener import Listener, hook_of
from tests.notifications.post import fan_out, worker
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db
URL = "https://logiciel.example/repere?of=repere"


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit = f.coordination()
    home, other = f.shelter(), f.shelter()
    return {
        "coordinator": f.member(unit, Role.COORDINATOR),
        "home": home,
        "boss": f.member(home, Role.AGENCY_ADMIN),
        "worker": f.member(home),
        "stranger": f.member(other, Role.AGENCY_ADMIN),
        "program": f.program(home),
        "theirs": f.program(other),
    }


def secret_on(answer) -> str:
    assert answer.status_code == 200
    return re.search(r"<code data-secret>(whsec_[A-Za-z0-9+/=]{44})</code>", text(answer))[1]


def asked(w, url=URL) -> tuple[Hook, str]:
    secret = secret_on(Hand(w["boss"]).post("hook-make", w["program"].pk, url=url))
    with as_role("nrm_owner"):
        return Hook.objects.get(), secret


def agreed(w, **typed) -> tuple[Hook, str]:
    hook, secret = asked(w, **typed)
    assert Hand(w["worker"]).post("arrival", hook.asked_id, act="agree").status_code == 302
    return hook, secret


def again(hook) -> Hook:
    with as_role("nrm_owner"):
        return Hook.objects.get(pk=hook.pk)


def test_an_address_waits_for_a_second_person_who_reads_it(w):
    hook, _ = asked(w)
    assert again(hook).agreed_at is None
    page = text(Hand(w["worker"]).get("arrival", hook.asked_id))
    assert URL in page and "à qui appartient ce serveur" in page
    assert Hand(w["boss"]).post("arrival", hook.asked_id, act="agree").status_code == 403, "who asked"
    assert Hand(w["stranger"]).get("arrival", hook.asked_id).status_code == 404
    assert "l'accord d'une seconde personne" in text(Hand(w["boss"]).get("hook", hook.pk))
    assert Hand(w["worker"]).post("arrival", hook.asked_id, act="agree").status_code == 302
    assert again(hook).agreed_at is not None
    assert "En service" in text(Hand(w["boss"]).get("program", w["program"].pk))


def test_a_refused_address_is_never_posted_to(w):
    hook, _ = asked(w)
    assert Hand(w["worker"]).post("arrival", hook.asked_id, act="refuse", reason="Serveur inconnu").status_code == 302
    page = text(Hand(w["boss"]).get("hook", hook.pk))
    assert "Sans accord" in page and "refaites la demande" in page
    assert again(hook).agreed_at is None
    assert Hand(w["boss"]).post("hook", hook.pk, act="test").status_code == 409


def test_the_secret_is_shown_once_and_stored_encrypted(w):
    hook, secret = agreed(w)
    assert secret not in text(Hand(w["boss"]).get("hook", hook.pk)) + text(
        Hand(w["boss"]).get("program", w["program"].pk)
    )
    with as_role("nrm_owner"):
        assert HookSecret.objects.get(hook=hook).value == secret
    with acting_as(w["boss"]), pytest.raises(DatabaseError), transaction.atomic():
        HookSecret.objects.count()


def test_the_former_secret_goes_on_for_a_day_or_ends_at_once(w):
    hook, first = agreed(w)
    second = secret_on(Hand(w["boss"]).post("hook-secret", hook.pk, former="keep"))
    with worker(), acting_as(SYSTEM):
        assert sending._secrets(hook.pk) == (second, first)
    third = secret_on(Hand(w["boss"]).post("hook-secret", hook.pk, former="end"))
    with worker(), acting_as(SYSTEM):
        assert sending._secrets(hook.pk) == (third,)


@pytest.mark.parametrize(
    "url", ["", "http://logiciel.example/", "https://", "https://moi:motdepasse@logiciel.example/", "x" * 501]
)
def test_an_address_that_is_none_stays_typed_and_is_explained(w, settings, url):
    settings.HOOKS_TO_LOOPBACK = False
    answer = Hand(w["boss"]).post("hook-make", w["program"].pk, url=url)
    assert answer.status_code == 200 and "fr-message--error" in text(answer)
    assert url[:60] in text(answer) if url else True
    with as_role("nrm_owner"):
        assert not Hook.objects.exists() and not MemberChange.objects.filter(act="hook").exists()


def test_nobody_but_the_administrator_of_its_agency_opens_it(w):
    """Success, refusal and near miss: the administrator next door."""
    hook, _ = agreed(w)
    assert Hand(w["boss"]).get("hook", hook.pk).status_code == 200
    for act in ("pause", "test", "replay", "delete"):
        assert Hand(w["worker"]).post("hook", hook.pk, act=act).status_code == 403
        assert Hand(w["stranger"]).post("hook", hook.pk, act=act).status_code == 404
    for route in ("hook", "hook-secret"):
        assert Hand(w["worker"]).get(route, hook.pk).status_code == 403
        assert Hand(w["stranger"]).get(route, hook.pk).status_code == 404
    assert Hand(w["stranger"]).get("hook-make", w["program"].pk).status_code == 404
    with acting_as(w["stranger"]):
        for act in (hooks.pause, hooks.resume, hooks.send_test, hooks.delete):
            with pytest.raises(NotFound):
                act(w["stranger"], hook.pk)
    with acting_as(w["worker"]), pytest.raises(NotAllowed):
        hooks.renew_secret(w["worker"], hook.pk, at_once=True)
    assert again(hook).paused_at is None


def test_behind_the_wall_an_agency_reads_its_own_and_its_administrator_the_calls(w):
    mine, other = hook_of(w["program"], URL, by=w["boss"]), hook_of(w["theirs"], URL, by=w["stranger"])
    with as_role("nrm_owner"):
        for hook in (mine, other):
            HookDelivery.objects.create(hook=hook, position=1)

    def read(who):
        with acting_as(who):
            hooks_read = set(Hook.objects.values_list("pk", flat=True))
            return hooks_read, set(HookDelivery.objects.values_list("hook", flat=True))

    assert read(w["boss"]) == ({mine.pk}, {mine.pk})
    assert read(w["worker"]) == ({mine.pk}, set())
    assert read(w["program"]) == ({mine.pk}, set())
    assert read(w["stranger"]) == ({other.pk}, {other.pk})
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=w["boss"].pk).update(active=False)
    assert read(w["boss"])[1] == set(), "one who was switched off reads nothing"


def test_pause_resume_test_replay_and_delete_by_the_page(w):
    here = Listener()
    try:
        hook, _ = agreed(w, url=here.url)
        hand = Hand(w["boss"])
        with as_role("nrm_owner"):
            Hook.objects.update(due_at="2020-01-01T00:00Z")
        assert hand.post("hook", hook.pk, act="test").status_code == 302
        assert hand.post("hook", hook.pk, act="test").status_code == 409, "one at a time"
        with worker():
            assert sending.post_due() == 1
        assert here.seen[0][1] == b'{"type": "test", "data": {"position": 1}}'
        page = text(hand.get("hook", hook.pk))
        assert "essai" in page and "Accepté" in page and "204" in page
        assert hand.post("hook", hook.pk, act="pause").status_code == 302
        assert "Suspendu" in text(hand.get("hook", hook.pk))
        assert hand.post("hook", hook.pk, act="pause").status_code == 409
        assert hand.post("hook", hook.pk, act="resume").status_code == 302
        told(w)
        with worker():
            assert sending.post_due() == 1
        assert hand.post("hook", hook.pk, act="replay", position="1").status_code == 302
        with worker():
            assert sending.post_due() == 1
        assert here.ids[1] == here.ids[2] and here.seen[1][1] == here.seen[2][1], "the same, with the same id"
        assert hand.post("hook", hook.pk, act="delete").status_code == 302
        with as_role("nrm_owner"):
            assert not Hook.objects.exists() and not HookSecret.objects.exists() and not HookDelivery.objects.exists()
            acts = set(Entry.objects.filter(action__startswith="hook.").values_list("action", flat=True))
        assert acts == {f"hook.{act}" for act in ("make", "pause", "resume", "test", "replay", "delete")}
    finally:
        here.end()


def told(w):
    """Something that the program is told of: a request at its agency."""
    f.orientation(w["coordinator"], f.case(w["coordinator"]), w["home"])
    fan_out()


@pytest.mark.parametrize(
    "typed",
    [{}, {"position": "0"}, {"position": "x"}, {"since": "hier"}, {"position": "1", "since": "2026-01-01T00:00"}],
)
def test_a_replay_from_nowhere_is_explained(w, typed):
    hook, _ = agreed(w)
    with as_role("nrm_owner"):
        HookDelivery.objects.create(hook=hook, position=1, state="sent")
    answer = Hand(w["boss"]).post("hook", hook.pk, act="replay", **typed)
    assert answer.status_code == 200 and "fr-message--error" in text(answer)
    with as_role("nrm_owner"):
        assert HookDelivery.objects.get().state == "sent"


def test_an_unknown_act_is_no_page(w):
    hook, _ = agreed(w)
    assert Hand(w["boss"]).post("hook", hook.pk, act="explode").status_code == 404


def test_a_program_has_five_at_most_and_asks_for_one_at_a_time(w):
    asked(w)
    page = text(Hand(w["boss"]).get("program", w["program"].pk))
    assert "quand une seconde personne" in page and "Ajouter une adresse" not in page
    assert Hand(w["boss"]).post("hook-make", w["program"].pk, url=URL).status_code == 409
    with acting_as(w["boss"]), pytest.raises(WrongState):
        hooks.make(w["boss"], w["program"].pk, url=URL)
    for _ in range(4):
        hook_of(w["program"], URL)
    with as_role("nrm_owner"):
        MemberChange.objects.update(state="agreed")
    assert Hand(w["boss"]).get("hook-make", w["program"].pk).status_code == 409


def test_the_list_of_calls_holds_no_content(w):
    hook, _ = agreed(w)
    told(w)
    with worker():
        sending.take()
    page = text(Hand(w["boss"]).get("hook", hook.pk))
    assert "orientation" not in page.split("Derniers appels")[1].split("Renvoyer des appels")[0]


def test_a_program_that_is_cut_keeps_no_webhook_in_use(w):
    hook, _ = agreed(w)
    assert Hand(w["boss"]).post("program-cut", w["program"].pk).status_code == 302
    assert Hand(w["boss"]).post("hook", hook.pk, act="resume").status_code == 409
