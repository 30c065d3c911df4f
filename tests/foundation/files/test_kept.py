"""Files of rows when keys change, and when a copy of them is opened: each opens with its row, or is named."""

import base64
import os
from dataclasses import dataclass

import pytest

from foundation import encryption
from foundation.files.kept import Kept, encrypt_anew, key_held, opens
from foundation.files.sealing import NotOpened, open_sealed, seal
from foundation.files.storing import Missing, store
from referral.config import files


@dataclass
class Row:
    pk: int
    kept_as: str


KEPT = Kept(Row, "kept_as", lambda row: f"row.{row.pk}")  # type: ignore[arg-type]


def key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@pytest.fixture
def row(settings, tmp_path, monkeypatch) -> Row:
    monkeypatch.setenv("FILES_DIR", str(tmp_path))
    settings.STORAGES = files.storages(tmp_path, hashed=False)
    settings.FIELD_KEYS = key()
    return Row(1, store().put(seal(b"a paper", "row.1")))


def test_a_file_is_encrypted_anew_once_and_the_former_key_goes(row, settings):
    former = settings.FIELD_KEYS
    settings.FIELD_KEYS = f"{key()},{former}"
    assert key_held(KEPT, row) != encryption.first_key()
    assert encrypt_anew(KEPT, row)
    assert key_held(KEPT, row) == encryption.first_key()
    assert not encrypt_anew(KEPT, row)
    settings.FIELD_KEYS = settings.FIELD_KEYS.partition(",")[0]
    assert open_sealed(store().get(row.kept_as), "row.1") == b"a paper"
    assert list(store().names()) == [row.kept_as]


def test_a_file_that_no_key_opens_is_left_as_it_is(row, settings):
    before = store().get(row.kept_as)
    settings.FIELD_KEYS = key()
    with pytest.raises(NotOpened):
        encrypt_anew(KEPT, row)
    assert store().get(row.kept_as) == before


def test_the_file_of_another_row_is_never_encrypted_as_this_one(row, settings):
    settings.FIELD_KEYS = f"{key()},{settings.FIELD_KEYS}"
    with pytest.raises(NotOpened):
        encrypt_anew(KEPT, Row(2, row.kept_as))


def test_a_file_that_is_missing_holds_no_key(row):
    store().delete(row.kept_as)
    assert key_held(KEPT, row) == ""
    with pytest.raises(Missing):
        encrypt_anew(KEPT, row)


def test_a_copy_is_told_from_that_of_another_row_and_from_nothing(row):
    sealed = store().get(row.kept_as)
    assert opens(KEPT, row, sealed)
    assert not opens(KEPT, Row(2, ""), sealed)
    assert not opens(KEPT, row, b"")
    assert not opens(KEPT, row, sealed[:-1])
