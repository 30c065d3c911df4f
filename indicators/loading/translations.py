"""English texts of what the pack writes in French only, put beside the French they translate."""

import hashlib

from .pack import Pack
from .shape import rows, text

FILE = "translations_en.yaml"
SHAPE = {"file": text, "list": text, "code": text, "field": text, "en": text, "source_hash": text}


def complete(pack: Pack) -> None:
    """A translation of another French text than today's is stale: the French is shown, and it is counted."""
    seen = set()
    for entry in rows(pack, FILE, "translations", SHAPE, key=None):
        place = (entry["file"], entry["list"], entry["code"], entry["field"])
        name = "/".join(place)
        if place in seen:
            pack.wrong(FILE, name, "comes twice")
        seen.add(place)
        source = _entry(pack, *place[:3])
        french = source.get(entry["field"]) if source else None
        if not isinstance(french, str) or not entry["field"].endswith("_fr"):
            pack.orphan_translations.append(name)
        elif hashlib.sha256(french.encode()).hexdigest()[:10] != entry["source_hash"]:
            pack.stale_translations += 1
        else:
            source[entry["field"].removesuffix("_fr") + "_en"] = entry["en"]


def check_targets(pack: Pack) -> None:
    """Last of the checks: an entry that is wrong in its own file is told there, not here."""
    for name in pack.orphan_translations:
        pack.wrong(FILE, name, "translates a text that does not exist")


def _entry(pack: Pack, file: str, list_name: str, code: str) -> dict | None:
    if file not in pack.files or file == FILE:
        return None
    index = pack.index.setdefault((file, list_name), {})
    if not index:
        found = pack[file].get(list_name)
        for entry in found if isinstance(found, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("code"), str):
                index[entry["code"]] = entry
    return index.get(code)
