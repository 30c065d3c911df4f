"""The state directory, its keys and its lock."""

import base64
import stat

import pytest

from dev.services import state
from dev.services.processes import StartError


def test_keys_are_drawn_once_and_for_the_owner_only(tmp_path):
    first = state.development_secrets(tmp_path, {})
    assert state.development_secrets(tmp_path, {}) == first
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600
    assert [len(base64.b64decode(first[name])) for name in ("FIELD_KEYS", "MATCH_KEY")] == [32, 32]


@pytest.mark.parametrize("lost", ["FIELD_KEYS", "MATCH_KEY"])
def test_no_new_key_is_drawn_over_data(tmp_path, lost):
    """A state restored without its keys started, said « Ready », and every case answered 500."""
    first = state.development_secrets(tmp_path, {})
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    assert state.development_secrets(tmp_path, {}) == first
    state.write_env(tmp_path / "secrets.env", {k: v for k, v in first.items() if k != lost})
    with pytest.raises(StartError, match=f"{lost} missing from .*secrets.env"):
        state.development_secrets(tmp_path, {})
    assert lost not in state.read_env(tmp_path / "secrets.env")
    assert set(state.development_secrets(tmp_path, {lost: "given"})) >= {"FIELD_KEYS", "SECRET_KEY"} - {lost}


def test_a_key_added_later_leaves_the_others_as_they_were(tmp_path):
    first = state.development_secrets(tmp_path, {})
    state.write_env(tmp_path / "secrets.env", {k: v for k, v in first.items() if k != "DEMO_CLIENT_SECRET"})
    again = state.development_secrets(tmp_path, {})
    assert again | {"DEMO_CLIENT_SECRET": ""} == first | {"DEMO_CLIENT_SECRET": ""}
    assert again["DEMO_CLIENT_SECRET"]


def test_one_holder_at_a_time(tmp_path):
    first, second = state.Lock(tmp_path), state.Lock(tmp_path)
    assert first.take()
    first.say("process 12")
    assert not second.take()
    assert second.holder() == "process 12"
    first.file.close()
    assert second.take()


def test_a_child_gets_only_the_addresses_it_needs():
    urls = {name: f"{name} of ours" for name in state.URLS}
    base = {"PATH": "/bin", "DATABASE_OWNER_URL": "from outside", "NRM_ROLE": "worker"}
    assert state.child_env(base, urls, ("DATABASE_URL",)) == {
        "PATH": "/bin",
        "DATABASE_URL": "DATABASE_URL of ours",
    }


def test_the_state_directory_is_private_and_said_when_unusable(tmp_path):
    made = state.directory({"STATE_DIR": str(tmp_path / "é t")})
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    (tmp_path / "file").touch()
    with pytest.raises(StartError, match="cannot be used"):
        state.directory({"STATE_DIR": str(tmp_path / "file" / "state")})
