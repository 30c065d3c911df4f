"""Name the tables whose rows have a file in the store: what a new key encrypts anew, what a drill opens."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models

from foundation import encryption

from .sealing import NotOpened, open_sealed, seal
from .storing import Missing, store


@dataclass(frozen=True)
class Kept:
    """Hold a table: its column with the name in the store (empty: no file), and what a file of a row is sealed with."""

    model: type[models.Model]
    column: str
    name_of_row: Callable[[models.Model], str]


KEPT: list[Kept] = []


def files_of(model: type[models.Model], column: str):
    """Declare the function that returns what the file of a row is sealed with."""

    def declare(function):
        KEPT.append(Kept(model, column, function))
        return function

    return declare


def rows(kept: Kept, using: str) -> models.QuerySet:
    """Return the rows that have a file."""
    return kept.model._base_manager.using(using).exclude(**{kept.column: ""})


def key_of(sealed: bytes) -> str:
    """Return the id of the key that encrypted a file."""
    return sealed.partition(b"\0")[0][:12].decode("ascii", "replace")


def encrypt_anew(kept: Kept, row: models.Model) -> bool:
    """Encrypt the file of a row with the first key, under its name; return whether it was another's.

    The caller holds the row: nobody deletes the file meanwhile. Raises NotOpened, Missing.
    """
    name = getattr(row, kept.column)
    sealed = store().get(name)
    if key_of(sealed) == encryption.first_key():
        return False
    bound = kept.name_of_row(row)
    store().replace(name, seal(open_sealed(sealed, bound), bound))
    return True


def opens(kept: Kept, row: models.Model, sealed: bytes) -> bool:
    """Return whether these bytes are the file of this row."""
    try:
        open_sealed(sealed, kept.name_of_row(row))
    except NotOpened:
        return False
    return True


def key_held(kept: Kept, row: models.Model) -> str:
    """Return the id of the key of a row's file; nothing when it is missing."""
    try:
        return key_of(store().get(getattr(row, kept.column)))
    except Missing:
        return ""
