"""Encrypt the content of a file, bound to its row, with the keys of encrypted columns."""

from cryptography.exceptions import InvalidTag

from foundation import encryption

LABEL = "file"


class NotOpened(Exception):
    """Signal a content that was altered, belongs to another row, or was sealed with a key that is gone."""


def seal(content: bytes, name_of_row: str) -> bytes:
    """Encrypt with the first key of the ring. `name_of_row`: table, key of the row and column."""
    return encryption.seal(content, label=LABEL, bound=name_of_row)


def open_sealed(sealed: bytes, name_of_row: str) -> bytes:
    """Decrypt a content that was sealed for this row. Raises NotOpened."""
    try:
        return encryption.unseal(sealed, label=LABEL, bound=name_of_row)
    except (InvalidTag, KeyError, UnicodeDecodeError, ValueError) as error:
        raise NotOpened from error
