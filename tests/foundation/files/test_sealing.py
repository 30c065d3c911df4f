"""A sealed file opens in its own row alone, with a key of the ring."""

import base64
import os

import pytest

from foundation.files.sealing import NotOpened, open_sealed, seal

ROW = "victims.paper:0f2c:content"


def key(name: str) -> str:
    return f"{name}:{base64.b64encode(os.urandom(32)).decode()}"


def test_a_file_opens_in_its_row_and_in_no_other():
    sealed = seal(b"a paper", ROW)
    assert b"a paper" not in sealed
    assert open_sealed(sealed, ROW) == b"a paper"
    for other in ("victims.paper:0f2d:content", "victims.paper:0f2c:name", "referral.paper:0f2c:content", ""):
        with pytest.raises(NotOpened):
            open_sealed(sealed, other)


def test_two_files_put_in_the_place_of_each_other_do_not_open():
    one, two = seal(b"one", "a:1"), seal(b"two", "a:2")
    for sealed, row in ((one, "a:2"), (two, "a:1")):
        with pytest.raises(NotOpened):
            open_sealed(sealed, row)


@pytest.mark.parametrize("at", [0, 12, 13, 30, -1])
def test_a_file_of_which_one_bit_changed_does_not_open(at):
    sealed = bytearray(seal(b"a paper" * 10, ROW))
    sealed[at] ^= 1
    with pytest.raises(NotOpened):
        open_sealed(bytes(sealed), ROW)


@pytest.mark.parametrize("stored", [b"", b"\0", b"abc", b"\xff\xfe\0\1", b"k\0" + b"1" * 40])
def test_what_was_never_sealed_does_not_open(stored):
    with pytest.raises(NotOpened):
        open_sealed(stored, ROW)


def test_the_former_key_opens_while_it_is_in_the_ring(settings):
    former, new, other = key("k1"), key("k2"), key("k3")
    settings.FIELD_KEYS = former
    sealed = seal(b"a paper", ROW)
    settings.FIELD_KEYS = f"{new},{former}"
    assert open_sealed(sealed, ROW) == b"a paper"
    again = seal(b"a paper", ROW)
    settings.FIELD_KEYS = new
    assert open_sealed(again, ROW) == b"a paper"
    for ring in (new, other):
        settings.FIELD_KEYS = ring
        with pytest.raises(NotOpened):
            open_sealed(sealed, ROW)


def test_the_largest_file_is_sealed_in_one_piece():
    content = os.urandom(15_000_000)
    assert open_sealed(seal(content, ROW), ROW) == content
