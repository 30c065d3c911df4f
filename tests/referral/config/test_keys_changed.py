"""Keys are changed while people work: everything stored is still read, and found by its words."""

import base64
import os
import signal
import subprocess
import sys
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, models, transaction
from django.test import Client

from agencies.accounts.operations import make_code, use_code
from agencies.kept.operations import save_draft
from agencies.kept.selectors import drafts_of
from agencies.models import Role, Session
from dev.hygiene import ROOT
from foundation.actor import acting_as
from foundation.encryption import KEYED, first_key, sealed_columns
from foundation.sessions import SessionStore
from foundation.statements.signing import keep_keys
from journal.models import KeyProbe
from journal.operations import check_keys
from referral.models import Checklist
from referral.procedures.operations import checklists
from tests import factories as f
from tests.roles import as_role
from victims.models import CaseVersion
from victims.own_labels.operations import Taken, require_free, set_label
from victims.own_labels.selectors import namesakes, own_labels, under_label

LONG = "Une phrase que je suis en train d'écrire"


def drawn() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def a_life():
    """Store one of each thing that is found by a digest: two labels, a procedure, a draft, a code told by voice."""
    f.national()
    f.coordination()
    admin = f.member(f.shelter(), Role.AGENCY_ADMIN)
    lead = f.member(admin.agency)
    cases = [f.own_case(lead) for _ in range(2)]
    with acting_as(lead):
        for number, case in enumerate(cases):
            set_label(lead, case.pk, reference=f"2026-{number}", nickname="Étoile")
        checklists.start_procedure(lead, cases[0].pk, "asile")
        save_draft(lead, "/dossiers/1/fil/|text", {"fields": [["text", LONG]], "base": ""})
    with acting_as(admin):
        code, _ = make_code(lead.pk)
    return lead, cases, code


def found(lead, cases, code):
    """Assert that all of it is found and read."""
    with acting_as(lead):
        assert under_label(lead, "2026 0") == {cases[0].pk}
        assert under_label(lead, "etoile") == {case.pk for case in cases}
        label = own_labels(lead, [cases[0].pk])[cases[0].pk]
        assert [row.case_id for row in namesakes(lead, label)] == [cases[1].pk]
        with pytest.raises(Taken):
            require_free(lead, "2026-1")
        assert Checklist.objects.of(cases[0].pk, "asile").get().code == "asile"
        (draft,) = drafts_of(lead, ["/dossiers/1/fil/|text"]).values()
        assert draft.data["fields"] == [["text", LONG]]
        save_draft(lead, "/dossiers/1/fil/|text", draft.data)
        assert len(drafts_of(lead, ["/dossiers/1/fil/|text"])) == 1, "no second draft beside it"
        checklists.start_procedure(lead, cases[0].pk, "asile")
        assert Checklist.objects.count() == 1, "it is begun once"
    assert use_code(lead.user.email, code, "trois girafes sous la pluie") == lead.user


@pytest.mark.django_db
def test_a_web_whose_key_the_database_does_not_know_says_so_where_a_session_begins(settings):
    """It may have started before migrate ran with another key: the line in its log says what to do."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", []
    with pytest.raises(RuntimeError, match="does not know the SECRET_KEY of this process"), transaction.atomic():
        SessionStore().create()
    assert not Session.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("fallbacks_of_the_other", "read"), [([], {}), (["new"], {"seen": 1})])
def test_a_session_that_one_web_signs_anew_is_read_by_the_other_that_has_the_new_key_too(
    settings, fallbacks_of_the_other, read
):
    """Two webs are replaced one after the other: the new key is given as a fallback first (docs/runbook/rotate.md)."""
    session = SessionStore()
    session.create()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["former"]
    session["seen"] = 1
    session.save()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "former", fallbacks_of_the_other
    assert {name: value for name, value in SessionStore(session.session_key).load().items() if name == "seen"} == read


@pytest.mark.django_db
def test_secret_key_is_changed_without_loss(settings):
    known = a_life()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = drawn(), []
    with pytest.raises(DatabaseError, match="the context is not signed"), transaction.atomic():
        found(*known)  # nothing is written with a key that the database does not know
    with as_role("nrm_owner"):
        keep_keys("default")  # as migrate does
    found(*known)


@pytest.mark.django_db
def test_nobody_is_signed_out_while_the_former_secret_key_is_a_fallback(settings):
    member, client = f.member(f.shelter()), Client()
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    former, settings.SECRET_KEY = settings.SECRET_KEY, drawn()
    settings.SECRET_KEY_FALLBACKS = [former]
    with as_role("nrm_owner"):
        keep_keys("default")  # as migrate does: no session begins under a key that the database does not know
    assert client.get("/", follow=True).wsgi_request.user == member.user
    assert Session.objects.count() == 1
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = drawn(), []
    with as_role("nrm_owner"):
        keep_keys("default")
    assert not client.get("/", follow=True).wsgi_request.user.is_authenticated


@pytest.mark.django_db
def test_field_key_before_the_former_one_loses_nothing(settings):
    known = a_life()
    settings.FIELD_KEYS = f"{drawn()},{settings.FIELD_KEYS}"
    found(*known)


def test_what_is_encrypted_is_bound_to_a_column_that_reencrypt_reads():
    """An attribute that is no column could not be read beside the ciphertext."""
    columns = sealed_columns()
    assert len(columns) > 40
    for model, field in columns:
        assert isinstance(model._meta.get_field(field.bound), models.Field), f"{model._meta.label}.{field.name}"


def test_each_digest_that_is_stored_has_a_word_on_the_change_of_keys():
    """A digest of encrypted words goes with them; the others end by themselves before the former key leaves."""
    short = {  # how long a row may wait: the runbook keeps the former key for a month
        "agencies.ActivationCode.digest": "72 hours",
        "referral.ClientKey.digest": "7 days",
        "referral.Erasure.digest": "no key: of a number drawn for the case",
        "journal.Checkpoint.digests": "no key: digests of entries, until the line stands outside",
        "agencies.ProviderLink.digest": "renewed at each use; one that is not used for that long is linked again",
        "agencies.Tries.digest": "a day, with SECRET_KEY: tries are counted anew",
    }
    elsewhere = {  # with MATCH_KEY: compare_again
        "victims.MatchToken.digest",
        "referral.Match.digest",
    }
    stored = {
        f"{model._meta.label}.{field.name}"
        for model, _ in {(field.model, field) for field in all_fields() if "digest" in field.name}
        for field in model._meta.local_fields
        if "digest" in field.name
    }
    said = {f"{model._meta.label}.{name}" for model in KEYED for name in ("reference_digest", "nickname_digest")}
    assert stored - said - elsewhere - short.keys() == set()


def all_fields():
    from django.apps import apps

    return [field for model in apps.get_models(include_auto_created=True) for field in model._meta.local_fields]


def reencrypt(ring: str, *arguments: str) -> subprocess.Popen:
    """Start the command on the test's database with this ring."""
    known = connections["owner"].settings_dict
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "referral.config.settings", "FIELD_KEYS": ring}
    env["DATABASE_OWNER_URL"] = f"postgresql://{known['USER']}@/{known['NAME']}?host={known['HOST']}"
    command = [sys.executable, "manage.py", "reencrypt", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_reencrypt_killed_and_resumed_while_people_write_lets_the_former_key_go(settings):
    lead, cases, _code = a_life()
    for _ in range(4):
        f.own_case(lead)
    versions = CaseVersion.objects.using("owner").count()
    former, new = settings.FIELD_KEYS, drawn()
    settings.FIELD_KEYS = ring = f"{new},{former}"
    first = reencrypt(ring, "--batch", "1", "--pause", "0.05")
    end = time.monotonic() + 60
    while not held(first_key()) and first.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    assert 0 < held(first_key()) < total(), f"killed in the middle: {first.communicate()[0]}"
    with pytest.raises(CommandError, match="run reencrypt"):
        call_command("reencrypt", "--check", stdout=StringIO())
    second = reencrypt(ring, "--batch", "1", "--pause", "0.02")
    while second.poll() is None:
        with acting_as(lead):  # somebody writes the rows that are being encrypted
            set_label(lead, cases[0].pk, reference="2026-0", nickname="Étoile")
        time.sleep(0.01)
    said = second.stdout.read()
    assert second.returncode == 0, said
    assert "last in FIELD_KEYS for a month, then take it out" in said
    settings.FIELD_KEYS = new  # the former key is gone
    call_command("reencrypt", "--check", stdout=StringIO())
    check_keys()
    assert list(KeyProbe.objects.values_list("key", flat=True)) == [first_key()]
    assert held(first_key()) == total() > 10
    for model, field in sealed_columns():
        for row in model._base_manager.using("owner").exclude(**{field.name: None}):
            assert getattr(row, field.name) is not None
    with acting_as(lead):
        assert under_label(lead, "etoile") == {case.pk for case in cases}, "digests went with their words"
        assert Checklist.objects.of(cases[0].pk, "asile").exists()
    assert CaseVersion.objects.using("owner").count() == versions, "nothing was corrected, so no version is kept"


def held(key: str) -> int:
    return sum(count(f"{field.column} IS NOT NULL AND substring({field.column} from 1 for 12) = '{key}'::bytea", model)
               for model, field in sealed_columns())  # fmt: skip


def total() -> int:
    return sum(count(f"{field.column} IS NOT NULL", model) for model, field in sealed_columns())


def count(condition: str, model) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {model._meta.db_table} WHERE {condition}")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_value_that_no_key_reads_is_named_and_keeps_the_former_key(settings):
    _lead, cases, _code = a_life()
    with connections["owner"].cursor() as cursor:  # moved: it opens in its own row only
        cursor.execute(
            "UPDATE victims_ownlabel SET data = (SELECT data FROM victims_ownlabel WHERE case_id = %s)"
            " WHERE case_id = %s",
            [cases[0].pk, cases[1].pk],
        )
    settings.FIELD_KEYS = f"{drawn()},{settings.FIELD_KEYS}"
    with pytest.raises(CommandError, match="1 values are not: 1 cannot be read"):
        call_command("reencrypt", stdout=StringIO(), stderr=(said := StringIO()))
    assert "victims_ownlabel.data" in said.getvalue()
    assert KeyProbe.objects.using("owner").count() == 2
