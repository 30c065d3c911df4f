"""Keep reference lists (numbers, codes, territories) in the process for as long as they are what the database holds.

The version of the lists comes with the statement that sets the actor of a request (foundation/actor.py), at no cost;
triggers change it with each change of a list (agencies/sql/references.sql). It is read before the lists, so that what
is kept is never older than it says. Without an actor no version is known, and the lists are read each time. Lists that
depend on who reads do not belong here.
"""

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import get_language

from foundation.actor import REFERENCE_VERSION
from foundation.statements.sandbox import inside

_kept: dict[tuple, tuple[UUID, object]] = {}


def known() -> bool:
    """Return whether the version of the lists is known."""
    return REFERENCE_VERSION.get() is not None


def kept[Found](build: Callable[..., Found], *arguments) -> Found:
    """Return `build(*arguments)` in the language of the reader, built once for each version; not to be changed."""
    if (version := REFERENCE_VERSION.get()) is None:
        return build(*arguments)
    key = (build, arguments, get_language(), bool(inside()))  # all test spaces have one version
    former = _kept.get(key)
    if former is not None and former[0] == version:
        return former[1]  # type: ignore[return-value]
    found = build(*arguments)
    _kept[key] = (version, found)
    return found
