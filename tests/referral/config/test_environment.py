"""What the settings take from the environment, or from files that it names."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from dev.hygiene import ROOT
from referral.config import environment

ODD = "a/b+c@d:e#f?g%h é"


def test_a_secret_comes_from_the_environment_or_from_a_file(monkeypatch, tmp_path):
    path = tmp_path / "key"
    path.write_text(f"{ODD}\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(path))
    monkeypatch.delenv("SECRET_KEY", raising=False)
    assert environment.secret("SECRET_KEY", "other") == environment.value("SECRET_KEY") == ODD
    monkeypatch.setenv("SECRET_KEY", "said twice")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY and SECRET_KEY_FILE are both set"):
        environment.value("SECRET_KEY")
    monkeypatch.delenv("SECRET_KEY_FILE")
    assert environment.value("SECRET_KEY") == "said twice"


def test_a_file_that_is_missing_stops_the_start_without_its_path(monkeypatch):
    monkeypatch.setenv("SECRET_KEY_FILE", "/nowhere/of-this-host")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE cannot be read: No such file") as raised:
        environment.value("SECRET_KEY")
    assert "of-this-host" not in str(raised.value)


def test_without_value_production_refuses_a_key(monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setattr(environment, "DEVELOPMENT", False)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is not set"):
        environment.secret("SECRET_KEY", "development")


def test_a_password_beside_an_address_may_hold_any_character(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nrm_app@postgres:5433/nrm?host=/a/b")
    path = tmp_path / "password"
    path.write_text(ODD)
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", str(path))
    found = environment.database(environment.address("DATABASE"), "app")
    shown = {name: found[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")}
    assert shown == {"USER": "nrm_app", "PASSWORD": ODD, "HOST": "/a/b", "PORT": "5433", "NAME": "nrm"}
    monkeypatch.setenv("REDIS_URL", "redis://redis:6379/0")
    monkeypatch.setenv("REDIS_PASSWORD", "a/b")
    assert environment.address("REDIS") == "redis://:a%2Fb@redis:6379/0"


def test_an_address_without_a_password_stays_as_it_is(monkeypatch):
    monkeypatch.delenv("REDIS_PASSWORD", raising=False)
    monkeypatch.setenv("REDIS_URL", "redis://:kept@127.0.0.1:1/0")
    assert environment.address("REDIS") == "redis://:kept@127.0.0.1:1/0"


def test_checks_at_the_start_of_a_command_ask_no_database():
    """`backup --files` and the drill have none, and the owner's is refused under the alias of the application."""
    env = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "x",
        "FIELD_KEYS": "none",
        "DATABASE_URL": "postgresql://x@127.0.0.1:1/x",
    }
    asked = subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert asked.returncode == 0, asked.stderr[-2000:]


def test_the_web_that_hashes_passwords_names_the_provider_of_openid_without_its_secret(monkeypatch):
    """It shows the form of sign-in again, with the button; another web asks the provider, and is told the secret."""
    for name, value in {"ISSUER": "https://op.invalid", "CLIENT_ID": "repere", "NAME": "Essai"}.items():
        monkeypatch.setenv(f"OIDC_{name}", value)
    monkeypatch.delenv("OIDC_CLIENT_SECRET", raising=False)
    for hashing in ("", "elsewhere"):
        monkeypatch.setenv("HASHING", hashing)
        with pytest.raises(ImproperlyConfigured, match="OIDC_CLIENT_SECRET"):
            environment.oidc()
    monkeypatch.setenv("HASHING", "only")
    assert environment.oidc().name == "Essai"


@pytest.mark.parametrize(("said", "starts"), [("", True), ("elsewhere", True), ("only", True), ("elswhere", False)])
def test_a_web_that_is_told_wrongly_where_passwords_are_hashed_does_not_start(said, starts):
    env = {"PATH": os.environ["PATH"], "SECRET_KEY": "x", "FIELD_KEYS": "none", "HASHING": said}
    env["DATABASE_URL"] = "postgresql://x@127.0.0.1:1/x"
    asked = subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert (asked.returncode == 0) is starts, asked.stderr[-2000:]
    assert starts or "HASHING is elsewhere, only or empty" in asked.stderr
