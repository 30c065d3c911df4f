"""Check the shape of entries: every key present, no unknown key, each value of its type."""

from collections.abc import Callable, Iterable
from typing import Any

from .pack import Entry, Pack


def text(value: Any) -> str | None:
    return None if isinstance(value, str) and value.strip() else "expected a text"


def text_or_null(value: Any) -> str | None:
    return None if value is None or isinstance(value, str) else "expected a text or null"


def whole(value: Any) -> str | None:
    return None if type(value) is int and value >= 0 else "expected a whole number, zero or more"


def number(value: Any) -> str | None:
    return None if type(value) in (int, float) else "expected a number"


def flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "expected true or false"


def texts(value: Any) -> str | None:
    fine = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return None if fine else "expected a list of texts"


def entries(value: Any) -> str | None:
    fine = isinstance(value, list) and all(isinstance(item, dict) for item in value)
    return None if fine else "expected a list of entries"


Shape = dict[str, Callable[[Any], str | None]]


def rows(
    pack: Pack,
    file: str,
    list_name: str,
    shape: Shape,
    *,
    key: str | None = "code",
    may_have: Shape | None = None,
    open_to_more: bool = False,
) -> list[Entry]:
    """Return the entries of a list of the file, after checking their shape and that no key comes twice.

    `key`: the key that names an entry, None without one; `may_have`: keys that an entry may leave out; `open_to_more`:
    accept unknown keys. Raises PackRefused.
    """
    found = pack[file].get(list_name)
    return check_rows(pack, file, list_name, found, shape, key=key, may_have=may_have, open_to_more=open_to_more)


def check_rows(
    pack: Pack,
    file: str,
    where: str,
    found: Any,
    shape: Shape,
    *,
    key: str | None = "code",
    may_have: Shape | None = None,
    open_to_more: bool = False,
) -> list[Entry]:
    """Return `found` after checking it like `rows`; `where` names the list in problems. Raises PackRefused."""
    if not isinstance(found, list) or not found:
        pack.wrong(file, where, "expected a list of entries")
        return []
    seen: set[Any] = set()
    allowed = shape | (may_have or {})
    # English texts missing from the file were added from the translations
    added = {f"{field.removesuffix('_fr')}_en" for field in allowed}
    for place, entry in enumerate(found, start=1):
        if not isinstance(entry, dict):
            pack.wrong(file, f"{where}[{place}]", "expected an entry with keys")
            continue
        name = f"{where}[{entry.get(key) or place}]" if key else f"{where}[{place}]"
        for wanted, judge in allowed.items():
            reason = judge(entry[wanted]) if wanted in entry else "missing" if wanted in shape else None
            if reason:
                pack.wrong(file, f"{name}.{wanted}", reason)
        for extra in entry.keys() - allowed.keys() - added if not open_to_more else ():
            pack.wrong(file, f"{name}.{extra}", "unknown key")
        if key and isinstance(entry.get(key), str):
            if entry[key] in seen:
                pack.wrong(file, name, "comes twice")
            seen.add(entry[key])
    pack.refuse_if_wrong()  # later checks follow references and need valid entries
    return found


def refer(
    pack: Pack, file: str, name: str, values: str | None | Iterable[str], known: Iterable[str], what: str
) -> None:
    """Check that each value is one of the known codes; `what` names their kind in problems."""
    known = set(known)
    for value in [values] if isinstance(values, str) else values or ():
        if value not in known:
            pack.wrong(file, name, f"unknown {what} {value!r}")
