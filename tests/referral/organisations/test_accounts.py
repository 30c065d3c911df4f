"""A password is given against a code told by voice, or changed by its person; nobody else writes one."""

import re
from datetime import timedelta
from html import unescape
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.accounts import operations as accounts
from agencies.accounts import rules
from agencies.models import ActivationCode, Membership, Role, User
from foundation.actor import acting_as
from foundation.statements.signing import signature_of
from journal.models import Entry
from tests import factories as f
from tests.agencies.accounts.test_views import PASSWORD, signed_in

pytestmark = pytest.mark.django_db
CODE = "0123456789012345"
NEW = "trois girafes sous la pluie"


@pytest.fixture
def worker() -> Membership:
    return f.member(f.shelter(), Role.CASE_WORKER)


def give_code(member: Membership, hours=72, code=CODE) -> None:
    with f.as_role("nrm_owner"):
        until = timezone.now() + timedelta(hours=hours)
        digest = accounts.digest(member.user.email, code)
        ActivationCode.objects.update_or_create(user=member.user, defaults={"digest": digest, "until": until})


def activate(client=None, **typed):
    data = {"code": CODE, "password": NEW, "again": NEW, **typed}
    return (client or Client()).post(reverse("activate"), data)


def can_sign_in(member, password) -> bool:
    return Client().post(reverse("login"), {"username": member.user.email, "password": password}).status_code == 302


def codes_left() -> int:
    with f.as_role("nrm_owner"):
        return ActivationCode.objects.count()


def test_a_code_is_digits_told_in_groups_and_kept_as_a_keyed_digest():
    code = accounts.new_code()
    assert re.fullmatch(r"[0-9]{16}", code) and 10**16 > 2**50
    assert accounts.grouped(code) == [code[:4], code[4:8], code[8:12], code[12:]]
    said = accounts.digest("A@exemple.invalid", f"{code[:4]} {code[4:8]}-{code[8:]}")
    assert said == accounts.digest("a@exemple.invalid", code) != accounts.digest("b@exemple.invalid", code)
    assert code not in said


def test_a_code_gives_a_password_once_and_ends_every_session(worker):
    elsewhere = signed_in(worker)
    give_code(worker)
    answer = activate(email=f" {worker.user.email.upper()} ", code="0123 4567 8901 2345")
    assert answer.url == reverse("login") + "?active"
    assert can_sign_in(worker, NEW) and not can_sign_in(worker, PASSWORD)
    assert elsewhere.get(reverse("profile")).url.startswith(reverse("login"))
    assert activate(email=worker.user.email).status_code == 200  # near miss: the same code again
    with f.as_role("nrm_owner"):
        entry = Entry.objects.get(action="account.activate")
    assert (entry.subject_id, entry.membership_id) == (str(worker.user_id), None)


def test_one_answer_for_a_wrong_code_an_unknown_address_and_a_code_that_is_over(worker):
    def refused(email, **typed):
        answer = activate(email=email, **typed)
        page = unescape(answer.content.decode())
        assert answer.status_code == 200 and "<title>Erreur" in page and f'value="{email}"' in page
        return re.sub(r'value="[^"]*"', "", page)

    give_code(worker)
    late, gone = f.member(f.shelter()), f.member(f.shelter(), active=False)
    give_code(late, hours=-0.01)
    give_code(gone)
    said = refused(worker.user.email, code="9123456789012345")
    assert "ne vont pas ensemble" in said
    assert said == refused("personne@exemple.invalid") == refused(late.user.email) == refused(gone.user.email)
    assert activate(email=worker.user.email).status_code == 302  # the right one still serves


def test_a_password_is_estimated_once_its_code_was_right(worker, monkeypatch):
    """Anybody may send this page, and an estimate may take seconds of a core: before a try is counted, for nothing."""
    estimated = []
    monkeypatch.setattr(rules, "zxcvbn", lambda word, user_inputs: estimated.append(word) or {"guesses": 1})
    give_code(worker)
    odd = "4@8({[<3691!|705$+%2p455w0rd1l0v3y0um0n5t3r584s3b4115up3rm4n"
    for wrong in ({"email": worker.user.email, "code": "9" * 16}, {"email": "personne@exemple.invalid"}, {}):
        assert activate(**{"password": odd, "again": odd, **wrong}).status_code == 200
    assert estimated == []
    answer = activate(email=worker.user.email, password=odd, again=odd)
    assert "Trop facile à deviner" in unescape(answer.content.decode())
    assert estimated == [odd[:24]] and codes_left() == 1, "and the code still serves"
    assert not can_sign_in(worker, odd)


def test_six_wrong_codes_close_the_page_for_this_address_and_not_the_sign_in(worker):
    give_code(worker)
    for attempt in range(6):
        answer = activate(email=worker.user.email, code=f"{attempt}" * 16)
    assert answer.status_code == 429 and "Trop d" in answer.content.decode()
    assert activate(email=worker.user.email).status_code == 429  # the right code too
    signing = Client().post(reverse("login"), {"username": worker.user.email, "password": PASSWORD})
    assert signing.status_code == 302
    other = f.member(f.shelter())
    give_code(other)
    assert activate(email=other.user.email).status_code == 302


def test_a_code_ends_when_its_person_comes_to_work_somewhere_else_too(worker):
    give_code(worker)
    f.member(f.agency(), Role.FRONTLINE)  # near miss: somebody else's
    assert codes_left() == 1
    f.member(f.agency(), Role.FRONTLINE, user=worker.user)
    assert codes_left() == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": "court", "again": "court"}, "trop court"),
        ({"password": "password1234", "again": "password1234"}, "trop courant"),
        ({"password": "motdepasse2026", "again": "motdepasse2026"}, "Trop facile à deviner"),
        ({"again": "autre chose encore"}, "Les deux mots de passe diffèrent"),
        ({"password": "Camille Essai 1", "again": "Camille Essai 1"}, "Trop proche de votre nom"),
        ({"code": ""}, "Écrivez le code"),
    ],
)
def test_a_poor_password_is_told_so_and_the_code_still_serves(worker, typed, said):
    with f.as_role("nrm_owner"):
        User.objects.filter(pk=worker.user_id).update(full_name="Camille Essai")
    give_code(worker)
    answer = activate(email=worker.user.email, **typed)
    assert answer.status_code == 200 and said in unescape(answer.content.decode())
    assert codes_left() == 1 and can_sign_in(worker, PASSWORD)


def test_a_person_changes_the_password_and_keeps_this_session_alone(worker):
    here, elsewhere = signed_in(worker), signed_in(worker)
    give_code(worker)
    data = {"_membership": worker.pk, "old": PASSWORD, "password": NEW, "again": NEW}
    wrong = here.post(reverse("referral:password"), {**data, "old": "autre"})
    assert wrong.status_code == 200 and "pas votre mot de passe actuel" in unescape(wrong.content.decode())
    assert can_sign_in(worker, PASSWORD)
    assert here.post(reverse("referral:password"), data).url == reverse("profile")
    assert "Mot de passe changé" in here.get(reverse("profile")).content.decode()
    assert elsewhere.get(reverse("profile")).url.startswith(reverse("login"))
    assert can_sign_in(worker, NEW) and codes_left() == 0
    with acting_as(worker):
        assert Entry.objects.filter(action="account.password", subject_id=str(worker.user_id)).count() == 1


def test_the_database_writes_no_password_but_ones_own(worker):
    def asked(sql, *values):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchone()[0]

    other = f.member(f.shelter())
    give_code(other)
    digest = accounts.digest(other.user.email, CODE)
    with pytest.raises(DatabaseError, match="no actor context"):
        asked("SELECT nrm.own_password('x')")
    with acting_as(worker):
        asked("SELECT nrm.own_password('mine')")
        for email, given in ((worker.user.email, digest), (other.user.email, "0" * 64)):  # another's code; none
            signature = signature_of(["use code", email, given])
            assert asked("SELECT nrm.use_code(%s, %s, 'x', %s)", email, given, signature) is None
    assert User.objects.get(pk=worker.user_id).password == "mine"
    assert can_sign_in(other, PASSWORD)


def test_those_who_run_the_platform_print_a_code_for_whom_nobody_else_can_help():
    """The owner's connection is its own: what it wrote is read through it."""
    person = User.objects.db_manager("owner").create_user("auditeur@exemple.invalid", full_name="Audit Démo")
    with pytest.raises(CommandError):
        call_command("account_code", "personne@exemple.invalid")
    call_command("account_code", "Auditeur@exemple.invalid", stdout=(said := StringIO()))
    kept = ActivationCode.objects.using("owner").get(user=person)
    assert kept.digest == accounts.digest(person.email, said.getvalue().splitlines()[0])
    assert timedelta(hours=71) < kept.until - timezone.now() < timedelta(hours=73)
    assert Entry.objects.using("owner").get(action="account.code").subject_id == str(person.pk)
