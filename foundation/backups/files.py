"""Copy the sealed files of the store to another disk, and forget those that were deleted long ago.

A file is written before its row is committed and deleted after it: a copy taken later than a row holds its file.
"""

import contextlib
import json
import os
import time
from datetime import timedelta
from pathlib import Path

from foundation.files.storing import Missing, store

GONE = "gone.json"  # {name: second in which the store was first seen without it}


def copy(folder: Path, keep: timedelta) -> tuple[int, int]:
    """Copy what is new or encrypted anew; return how many files were copied, and how many removed.

    What the store no longer has is removed after `keep`: a base backup of before is restored with it until then.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    here, copied, names = store(), 0, set()
    for name in here.names():
        names.add(name)
        with contextlib.suppress(Missing, FileNotFoundError):  # deleted since it was listed
            at = here.backend.get_modified_time(name).timestamp()
            place = folder / name
            if not place.exists() or abs(place.stat().st_mtime - at) >= 0.001:
                _write(place, here.get(name), at)
                copied += 1
    return copied, _forget(folder, names, keep.total_seconds())


def _write(place: Path, sealed: bytes, at: float) -> None:
    """Write a copy whole or not at all. It is sealed: whoever drills may read it under another account."""
    place.parent.mkdir(exist_ok=True, mode=0o755)
    half = place.with_name(f"{place.name}.half")
    with half.open("wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    half.chmod(0o644)
    os.utime(half, (at, at))
    half.replace(place)


def _forget(folder: Path, names: set[str], keep: float) -> int:
    """Remove the copies of files that the store has not had for `keep` seconds."""
    kept, now = folder / GONE, time.time()
    before: dict[str, float] = json.loads(kept.read_text()) if kept.exists() else {}
    copies = {place.relative_to(folder).as_posix() for place in folder.glob("??/*")}
    gone = {name: before.get(name, now) for name in copies - names}
    old = [name for name, since in gone.items() if now - since >= keep]
    for name in old:
        (folder / name).unlink()
    written = folder / f"{GONE}.new"
    written.write_text(json.dumps({name: since for name, since in gone.items() if name not in old}))
    written.replace(kept)
    return len(old)
