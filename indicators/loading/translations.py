"""Merge English texts into the lists that the pack writes in French only.

A `list` may be a list inside the entries of another (`procedures.steps`, code `danger_immediat/1`); a `field` may be
one text of a list (`inform_victim_fr/0`) or of an entry inside the entry (`deadline.label_fr`).
"""

import hashlib
from typing import Any

from .pack import Pack
from .shape import rows, text

FILE = "translations_en.yaml"
SHAPE = {"file": text, "list": text, "code": text, "field": text, "en": text, "source_hash": text}
# fields that hold French without the suffix `_fr`
ALSO_FRENCH = {"title", "paragraph", "source"}


def complete(pack: Pack, file: str = FILE) -> None:
    """Add each English text beside its French text.

    One made from another French text than the present one is stale: it is counted, and the French is shown.
    """
    seen = set()
    for entry in rows(pack, file, "translations", SHAPE, key=None):
        place = (entry["file"], entry["list"], entry["code"], entry["field"])
        name = "/".join(place)
        if place in seen:
            pack.wrong(file, name, "comes twice")
        seen.add(place)
        holder, field, rank = _target(pack, *place)
        french = _french(holder, field, rank)
        if french is None:
            pack.orphan_translations.append(name)
        elif hashlib.sha256(french.encode()).hexdigest()[:10] != entry["source_hash"]:
            pack.stale_translations += 1
        else:
            _put(holder, field, rank, entry["en"])


def check_targets(pack: Pack, file: str = FILE) -> None:
    """Add a problem for each translation without its French text.

    The last check: an entry that is wrong in its own file is reported there, not here.
    """
    for name in pack.orphan_translations:
        pack.wrong(file, name, "translates a text that does not exist")


def _target(pack: Pack, file: str, list_name: str, code: str, field: str) -> tuple[Any, str, int | None]:
    """Return the mapping that holds the French, the field in it, and the index when the field is a list."""
    field, _, rank = field.partition("/")
    inner, _, last = field.rpartition(".")
    holder = _entry(pack, file, list_name, code)
    if inner:
        holder = holder.get(inner) if holder else None
    return holder, last, int(rank) if rank.isdigit() else None


def _french(holder: Any, field: str, rank: int | None) -> str | None:
    if not isinstance(holder, dict) or not (field.endswith("_fr") or field in ALSO_FRENCH):
        return None
    found = holder.get(field)
    if rank is not None:
        found = found[rank] if isinstance(found, list) and rank < len(found) else None
    return found if isinstance(found, str) else None


def _put(holder: dict, field: str, rank: int | None, english: str) -> None:
    target = f"{field.removesuffix('_fr')}_en"
    if rank is None:
        holder[target] = english
    else:
        holder.setdefault(target, [""] * len(holder[field]))[rank] = english


def _entry(pack: Pack, file: str, list_name: str, code: str) -> dict | None:
    if file not in pack.files:
        return None
    index = pack.index.setdefault((file, list_name), {})
    if not index:
        outer, _, inner = list_name.partition(".")
        for key, entry in _coded(pack[file].get(outer), "code"):
            if inner:
                index.update((f"{key}/{order}", step) for order, step in _coded(entry.get(inner), "order"))
            else:
                index[key] = entry
    return index.get(code)


def _coded(found: Any, key: str) -> list[tuple[str, dict]]:
    entries = found if isinstance(found, list) else ()
    return [(str(entry[key]), entry) for entry in entries if isinstance(entry, dict) and key in entry]
