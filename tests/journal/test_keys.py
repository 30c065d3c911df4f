"""Lost keys are found at the start, not by pages that fail."""

import base64
import os

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db import DatabaseError, transaction

from agencies.models import Kind, Role
from foundation.encryption import first_key
from foundation.statements.signing import keep_keys
from journal.apps import check_before, plant_after
from journal.models import KeyProbe
from journal.operations import check_keys, plant_probe
from referral.config import keys
from tests import factories as f
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def drawn() -> str:
    return f"k1:{base64.b64encode(os.urandom(32)).decode()}"


def test_migrate_planted_the_probe_and_the_keys_of_the_database_pass():
    assert list(KeyProbe.objects.values_list("key", flat=True)) == [first_key()]
    check_keys()


def test_other_keys_are_refused_at_the_start_and_by_migrate(settings):
    former, settings.FIELD_KEYS = settings.FIELD_KEYS, drawn()
    with pytest.raises(ImproperlyConfigured, match="Put the former keys back"):
        check_keys()
    with pytest.raises(CommandError, match="Put the former keys back"):
        check_before("default")
    settings.FIELD_KEYS = f"{settings.FIELD_KEYS},{former}"  # a new key before the former one: the way to change it
    check_keys()


def test_each_key_that_encrypted_must_stay(settings):
    former = settings.FIELD_KEYS
    new = drawn()
    settings.FIELD_KEYS = f"{new},{former}"
    with as_role("nrm_owner"):
        plant_probe("default")
        plant_probe("default")
    assert KeyProbe.objects.count() == 2
    check_keys()
    for lacking in (new, former):
        settings.FIELD_KEYS = lacking
        with pytest.raises(ImproperlyConfigured):
            check_keys()


def test_altered_probe_is_refused():
    with as_role("nrm_owner"):
        sealed = bytes(KeyProbe.objects.get().sealed)
        KeyProbe.objects.update(sealed=sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(ImproperlyConfigured):
        check_keys()


@pytest.mark.parametrize("role", ["nrm_app", "nrm_worker"])
def test_neither_application_nor_worker_writes_a_probe(role):
    with as_role(role), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        plant_probe("default")


def test_web_and_worker_stop_at_the_start(settings, monkeypatch):
    monkeypatch.setattr(keys.connection, "close", lambda: None)  # the test's own
    keys.refuse_other_keys()
    settings.FIELD_KEYS = drawn()
    with pytest.raises(ImproperlyConfigured):
        keys.refuse_other_keys()
    with pytest.raises(SystemExit, match="Put the former keys back"):
        keys.stop_worker()


def test_another_secret_key_stops_web_and_worker_until_migrate_has_run_with_it(settings, monkeypatch):
    monkeypatch.setattr(keys.connection, "close", lambda: None)  # the test's own
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another-" * 8
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY. Run migrate"):
        keys.refuse_other_keys()
    with as_role("nrm_owner"):
        keep_keys("default")
    keys.refuse_other_keys()
    settings.SECRET_KEY = former  # the processes that still run with it: refused, unless it stays a former key
    with pytest.raises(SystemExit, match="SECRET_KEY"):
        keys.stop_worker()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-" * 8, [former]
    with as_role("nrm_owner"):
        keep_keys("default")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = former, []
    keys.refuse_other_keys()


def test_database_filled_before_probes_gets_its_own_and_never_that_of_another_key(settings):
    """An upgrade with other keys planted their probe over the data: every page failed, and nothing said why."""
    f.national()
    f.coordination()
    f.draft(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))  # sealed with the keys of now
    former, settings.FIELD_KEYS = settings.FIELD_KEYS, drawn()
    with as_role("nrm_owner"):
        KeyProbe.objects.all().delete()
        with pytest.raises(CommandError, match="Put the former keys back"):
            plant_after("default")
        assert not KeyProbe.objects.exists()
    with pytest.raises(ImproperlyConfigured, match="migrate"):
        check_keys()
    check_before("default")  # the next migrate begins, to plant the probe
    settings.FIELD_KEYS = former
    with as_role("nrm_owner"):
        plant_after("default")
    assert list(KeyProbe.objects.values_list("key", flat=True)) == [first_key()]
    check_keys()
    settings.FIELD_KEYS = drawn()
    with pytest.raises(ImproperlyConfigured, match="Put the former keys back"):
        check_keys()
