"""An organisation's administrator keeps its members: within it, within the roles of its kind, and never himself."""

import re

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Directory, DutyMember, Kind, Level, Membership, Role, User
from foundation.actor import acting_as
from journal.models import Entry
from notifications.models import Notice
from plans.models import Mandate
from referral.desk import filters as desk_filters
from referral.organisations.operations import members as operations
from tests import factories as f
from tests.agencies.accounts.test_views import PASSWORD, signed_in
from tests.notifications.post import fan_out
from tests.referral.pages import Hand, text
from victims.access.operations.assignment import assign_member, restrict_case
from victims.models import Case

from .test_accounts import NEW, activate, can_sign_in, give_code

pytestmark = pytest.mark.django_db
NOWHERE, REFUSED, LATE = "P0002", "42501", "NRM01"


@pytest.fixture(autouse=True)
def _no_tries_counted():
    cache.clear()


@pytest.fixture
def home() -> Agency:
    return f.shelter()


@pytest.fixture
def boss(home) -> Membership:
    return f.member(home, Role.AGENCY_ADMIN)


@pytest.fixture
def worker(home) -> Membership:
    return f.member(home, Role.CASE_WORKER)


@pytest.fixture
def hand(boss) -> Hand:
    return Hand(boss)


def invite(hand, **typed):
    data = {"full_name": "Recrue Démo", "email": "recrue@exemple.invalid", "title": "Accueil", "roles": ["case_worker"]}
    return hand.post("member-invite", **{**data, **typed})


def code_on(page) -> str:
    return "".join(re.findall(r"<span>(\d{4})</span>", page.content.decode()))


class Undone(Exception):
    """Raised to take back what the database accepted."""


def refusal(actor, sql, *values) -> str | None:
    """The code the database refuses this with to this member; None when it obeys, and then nothing of it stays."""
    try:
        with acting_as(actor), connection.cursor() as cursor:
            cursor.execute(sql, values)
            raise Undone
    except Undone:
        return None
    except DatabaseError as error:
        return error.__cause__.pgcode


def test_a_member_is_invited_told_a_code_and_signs_in(hand, boss):
    where = invite(hand, email=" Recrue@Exemple.invalid ")
    made = Membership.objects.get(user__email="recrue@exemple.invalid")
    assert where.url == reverse("referral:member", args=[made.pk]) and made.roles == []  # until a second person agrees
    assert "Invité" in text(hand.get("members")) and "Pas encore de mot de passe" in text(hand.get("member", made.pk))
    first = code_on(hand.post("member-code", made.pk))
    second = code_on(hand.post("member-code", made.pk))
    assert len(first) == len(second) == 16 and first not in hand.get("member", made.pk).content.decode()
    assert activate(email=made.user.email, code=first).status_code == 200  # the old one died
    assert activate(email=made.user.email, code=second).status_code == 302
    assert can_sign_in(made, NEW)
    assert "Actif" in text(hand.post("members", words="recrue démo"))
    with acting_as(boss):
        assert set(Entry.objects.values_list("action", "subject_id")) >= {
            ("member.invite", str(made.pk)),
            ("member.code", str(made.pk)),
        }


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": ""}, "Écrivez l'adresse"),
        ({"email": "sans arobase"}, "Écrivez une adresse électronique entière"),
        ({"roles": []}, "Cochez au moins un rôle."),
        ({"roles": ["auditor"]}, "Choisissez parmi les rôles montrés."),
        ({"roles": ["coordinator"]}, "Choisissez parmi les rôles montrés."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(hand, typed, said):
    before = User.objects.count()
    answer = invite(hand, **typed)
    assert answer.status_code == 200 and said in text(answer) and 'value="Recrue Démo"' in text(answer)
    assert User.objects.count() == before


def test_one_address_serves_one_organisation(hand, worker):
    stranger = f.member(f.agency(), Role.FRONTLINE)
    assert "déjà celle d'un membre" in text(invite(hand, email=worker.user.email))
    assert "auprès d'un autre organisme" in text(invite(hand, email=stranger.user.email))
    with f.as_role("nrm_owner"):
        Membership.objects.filter(pk=stranger.pk).update(active=False)
    assert invite(hand, email=stranger.user.email).status_code == 302
    assert not can_sign_in(stranger, PASSWORD)  # nothing of before opens the account
    made = Membership.objects.get(user=stranger.user, active=True)
    former = Hand(f.member(stranger.agency, Role.AGENCY_ADMIN))
    assert former.post("member-on", stranger.pk).status_code == 409
    assert "un autre organisme" in text(former.get("member", stranger.pk))
    assert hand.post("member-code", made.pk).status_code == 200


def test_who_is_switched_off_is_refused_at_the_next_request(hand, worker, boss):
    sitting = signed_in(worker)
    with f.as_role("nrm_owner"):
        DutyMember.objects.create(desk=worker.agency.desk, membership=worker, phone="01 99 00 00 00")
    give_code(worker)
    assert sitting.get(reverse("profile")).status_code == 200
    assert hand.post("member-off", worker.pk).status_code == 302
    colleague = Hand(f.member(worker.agency, Role.FRONTLINE))  # no act about a member is silent
    assert "Accès coupé" in text(colleague.get("arrivals")) and worker.user.full_name in text(colleague.get("arrivals"))
    fan_out()
    with acting_as(colleague.member):
        assert Notice.objects.filter(kind="member_changed", channel="app").count() == 1
    assert sitting.get(reverse("profile")).url.startswith(reverse("login"))
    assert not can_sign_in(worker, PASSWORD) and activate(email=worker.user.email).status_code == 200
    with acting_as(boss):
        assert not DutyMember.objects.exists()
    assert hand.post("member-off", worker.pk).status_code == 409
    assert hand.post("member-on", worker.pk).status_code == 302
    assert not can_sign_in(worker, PASSWORD)  # a new code is told
    assert activate(email=worker.user.email, code=code_on(hand.post("member-code", worker.pk))).status_code == 302


def test_a_second_hat_stays_on_when_the_first_is_taken_off(hand, worker):
    other = f.member(f.agency(), Role.FRONTLINE, user=worker.user)
    sitting = signed_in(worker)
    assert "travaille aussi pour un autre organisme" in text(hand.get("member", worker.pk))
    assert hand.post("member-code", worker.pk).status_code == 403
    assert hand.post("member-off", worker.pk).status_code == 302
    assert can_sign_in(other, PASSWORD)
    assert other.agency.name in text(sitting.get(reverse("profile")))


def test_nobody_changes_or_switches_off_oneself(hand, boss):
    page = text(hand.get("member", boss.pk))
    assert "Voici votre propre fiche" in page and "la seule personne à gérer les accès" in text(hand.get("members"))
    for route in ("member", "member-off", "member-code"):
        assert hand.post(route, boss.pk, title="", roles=["agency_admin", "case_worker"]).status_code == 403
    assert Membership.objects.get(pk=boss.pk).roles == ["agency_admin"]


def test_roles_and_function_are_changed(hand, worker):
    assert hand.post("member", worker.pk, title="Juriste", roles=["frontline", "policy"]).status_code == 302
    kept = Membership.objects.get(pk=worker.pk)
    assert (kept.title, kept.roles) == ("Juriste", ["frontline", "policy"])
    assert "Cochez au moins un rôle" in text(hand.post("member", worker.pk, title="Autre"))
    assert Membership.objects.get(pk=worker.pk).title == "Juriste"


def test_a_role_given_elsewhere_is_neither_changed_nor_given_back(hand, home):
    auditor = f.member(home, Role.AUDITOR)
    assert "Un rôle donné ailleurs" in text(hand.get("member", auditor.pk))
    assert hand.post("member", auditor.pk, title="", roles=["frontline"]).status_code == 403
    assert hand.post("member-code", auditor.pk).status_code == 403
    assert hand.post("member-off", auditor.pk).status_code == 302
    assert hand.post("member-on", auditor.pk).status_code == 403


def test_a_member_of_another_agency_does_not_exist(hand, worker):
    stranger = f.member(f.shelter(), Role.CASE_WORKER)
    assert hand.get("member", worker.pk).status_code == 200
    assert hand.get("member", stranger.pk).status_code == 404
    for route in ("member", "member-off", "member-on", "member-code"):
        assert hand.post(route, stranger.pk, title="", roles=["frontline"]).status_code == 404, route
    assert stranger.user.full_name not in text(hand.post("members", words="agent"))


def test_cases_kept_to_who_leaves_go_to_a_colleague(hand, worker, home, boss):
    f.national()
    case = f.own_case(worker)
    with acting_as(worker):
        assign_member(worker, case.pk, worker)
        restrict_case(worker, case.pk)
    heir = f.member(home, Role.CASE_WORKER)
    assert "personne d'autre ne pourrait l'ouvrir" in text(hand.get("member", worker.pk))
    assert "Choisissez qui reprend" in text(hand.post("member-off", worker.pk))
    assert hand.post("member-off", worker.pk, heir=boss.pk).status_code == 200  # works on no case
    with acting_as(heir):
        assert not Case.objects.visible_to(heir).filter(pk=case.pk).exists()
    assert hand.post("member-off", worker.pk, heir=heir.pk).status_code == 302
    with acting_as(heir):
        assert Case.objects.visible_to(heir).filter(pk=case.pk).exists()
    assert "n'était affecté qu'à" not in text(hand.get("member", worker.pk))  # it has somebody now


def test_cases_of_who_left_count_as_assigned_to_nobody(hand, worker, home):
    f.national()
    case, colleague = f.own_case(worker), f.member(home, Role.CASE_WORKER)
    with acting_as(worker):
        assign_member(worker, case.pk, worker)
    with acting_as(colleague):
        assert case.pk not in desk_filters.unassigned_cases(colleague).values_list("case", flat=True)
    assert "1 dossier en cours n'est affecté qu'à cette personne" in text(hand.get("member", worker.pk))
    assert hand.post("member-off", worker.pk).status_code == 302
    with acting_as(colleague):
        assert case.pk in desk_filters.unassigned_cases(colleague).values_list("case", flat=True)


# -- the database by itself -----------------------------------------------------------------------------------------
INVITE = "SELECT nrm.invite_member('x@exemple.invalid', 'X', '', %s)"


@pytest.mark.parametrize("roles", [*[[r] for r in ("coordinator", "auditor", "dpo", "statistician")],
                                   ["frontline", "platform_admin"], [], ["unknown"]])  # fmt: skip
def test_the_database_gives_no_role_that_stands_apart(boss, worker, roles):
    assert refusal(boss, INVITE, ["case_worker", "frontline"]) is None
    assert refusal(boss, INVITE, roles) == REFUSED
    assert refusal(boss, "SELECT nrm.set_member(%s, '', %s)", worker.pk, ["frontline"]) is None
    assert refusal(boss, "SELECT nrm.set_member(%s, '', %s)", worker.pk, roles) == REFUSED


def test_the_database_keeps_an_administrator_within_his_agency(boss, worker):
    mine, theirs = worker.pk, f.member(f.shelter(), Role.CASE_WORKER).pk
    digest = "0" * 64
    acts = {
        "SELECT nrm.set_member(%s, '', '{frontline}')": [],
        "SELECT nrm.switch_off_member(%s, NULL)": [],
        "SELECT nrm.make_code(%s, %s)": [digest],
        "SELECT * FROM nrm.member_load(%s)": [],
    }
    system = Membership.objects.get(agency=boss.agency, kind="system").pk
    for sql, more in acts.items():
        assert refusal(boss, sql, mine, *more) is None, sql
        assert refusal(boss, sql, theirs, *more) == NOWHERE, sql
        assert refusal(boss, sql, system, *more) == NOWHERE, sql
        assert refusal(worker, sql, boss.pk, *more) == REFUSED, sql  # of the agency, and not its administrator
        assert "member_load" in sql or refusal(boss, sql, boss.pk, *more) == REFUSED, sql  # never oneself
    assert refusal(boss, "SELECT nrm.make_code(%s, 'clear')", mine) == REFUSED
    assert refusal(boss, "SELECT nrm.switch_on_member(%s)", mine) == LATE
    assert refusal(boss, "SELECT nrm.switch_off_member(%s, %s)", mine, theirs) == REFUSED  # cases to a stranger
    assert refusal(worker, INVITE, ["frontline"]) == REFUSED
    assert refusal(boss, "SELECT nrm.write_code(%s, %s)", worker.user_id, digest) == REFUSED
    assert refusal(boss, "SELECT nrm.shut_account(%s)", worker.user_id) == REFUSED
    assert refusal(boss, "SELECT nrm.new_account('x@exemple.invalid', 'X')") == REFUSED


def test_an_administrator_switched_off_administers_nothing(boss, worker):
    with f.as_role("nrm_owner"):
        Membership.objects.filter(pk=boss.pk).update(active=False)
    assert refusal(boss, INVITE, ["frontline"]) == REFUSED


BY_KIND = [
    ({"kind": Kind.NGO}, "frontline case_worker policy agency_admin"),
    ({"kind": Kind.NGO, "max_level": Level.STATUS}, "frontline policy agency_admin"),
    ({"kind": Kind.UNION, "max_level": Level.SUMMARY}, "frontline case_worker policy agency_admin"),
    ({"kind": Kind.EMPLOYER}, "frontline policy agency_admin"),
    ({"kind": Kind.INTERIOR}, "frontline case_worker policy agency_admin"),
    ({"kind": Kind.COORDINATION}, "coordinator policy agency_admin"),
    ({"kind": Kind.SOCIAL_AFFAIRS, "mandate": Agency.Mandate.TERRITORIAL}, "coordinator policy agency_admin"),
]


@pytest.mark.parametrize(("traits", "given"), BY_KIND)
def test_roles_are_those_of_the_kind(traits, given):
    boss = f.member(f.agency(desk=False, **traits), Role.AGENCY_ADMIN)
    for role in Role.values:
        assert refusal(boss, INVITE, [role]) == (None if role in given.split() else REFUSED), role


def test_who_coordinates_or_speaks_for_the_state_is_named_by_two_persons():
    body = Directory.objects.get(pk=Mandate.objects.first().body_id)
    held, unit = f.agency(Kind.EQUALITY, desk=False, profile=body), f.coordination()
    for of, role in ((held, "policy"), (unit, "policy"), (unit, "coordinator")):
        boss = f.member(of, Role.AGENCY_ADMIN)
        person = {"email": f"recrue-{boss.pk}@exemple.invalid", "full_name": "Recrue Démo", "title": ""}
        with acting_as(boss):
            made = operations.invite(boss, roles=[role], **person)
            assert (made.roles, operations.roles_waiting(made)) == ([], [role])
    assert refusal(f.member(held, Role.AGENCY_ADMIN), INVITE, ["coordinator"]) == REFUSED


def test_who_is_not_signed_in_and_who_does_not_administer_see_no_member(worker):
    assert Client().get(reverse("referral:members")).status_code == 302
    assert Hand(worker).get("members").status_code == 403
