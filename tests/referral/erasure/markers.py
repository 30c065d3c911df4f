"""What a database, a folder and a broker hold, read raw and decrypted, to look for what must be gone."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import connections
from redis import Redis

from dev.services import binaries
from foundation.encryption import sealed_columns, unseal
from referral.policies.erasures import ERASED
from tests.roles import as_role

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
COPY = re.compile(r"^COPY public\.(\w+) \((.+)\) FROM stdin;$")
COLUMNS: dict[str, list[str]] = {}  # of each table, as they are dumped
# of the main case of the world, and of no other
WORDS = (
    "CONTACT ACTION MOTIFS CATEGORIE ENFANT FIL SECRET PROCHE PIECE DOCUMENT BESOIN PARCOURS MESSAGE COMPLEMENT SOUHAIT"
    " EMPLOYEUR FONCTION LIEU REFERENCE SURNOM PARQUET SUITE SIGNALEMENT"
)
MARKS = [f"MARQUEUR-{word}" for word in WORDS.split()]
IDS_ALONE = {"journal_entry", "victims_departure", "journal_unsealed"}  # tables that keep ids of what went, and no word


class Held(NamedTuple):
    """Hold what stands in one database: lines by table as they are stored, and every sealed text opened."""

    tables: dict[str, set[str]]
    texts: str


def dump(alias: str = "owner") -> dict[str, set[str]]:
    """Return the lines of `pg_dump` of the whole database by table, each as it stands; its sequences aside."""
    place = connections[alias].settings_dict
    user = "nobody" if os.geteuid() == 0 else None
    program = binaries.postgres(user).directory / "pg_dump"
    known = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    address = {name: str(place[key]) for name, key in known.items() if place[key]}
    text = subprocess.check_output(
        [program, "--data-only"], env=os.environ | address, text=True, stderr=subprocess.DEVNULL
    )
    found: dict[str, set[str]] = {}
    table = ""
    for line in text.splitlines():
        if head := COPY.match(line):
            table = head[1]
            found[table] = set()
            COLUMNS[table] = [name.strip('"') for name in head[2].split(", ")]
        elif line == "\\.":
            table = ""
        elif table:
            found[table].add(line)
    return found


def opened(alias: str = "default") -> dict[str, list[str]]:
    """Return the text of each sealed value by table."""
    found: dict[str, list[str]] = {}
    for model, field in sealed_columns():
        with as_role("nrm_owner"):
            rows = model._base_manager.using(alias).values_list(field.column, model._meta.get_field(field.bound).column)
            texts = [
                json.dumps(json.loads(unseal(bytes(stored), label=field.label, bound=str(bound))), ensure_ascii=False)
                for stored, bound in rows
                if stored is not None
            ]
        found.setdefault(model._meta.db_table, []).extend(texts)
    return found


def named() -> set[str]:
    """Return the tables whose rows are erased with a case."""
    return {table for tables in ERASED.values() for table in tables}


def held(alias: str = "owner") -> Held:
    """Read a whole database, raw and decrypted."""
    texts = opened("default" if alias == "owner" else alias)
    return Held(dump(alias), "\n".join(text for found in texts.values() for text in found))


def gone(before: Held, after: Held) -> dict[str, set[str]]:
    """Return the lines that stand in the first one alone, by table."""
    left = {table: lines - after.tables[table] for table, lines in before.tables.items()}
    return {table: lines for table, lines in left.items() if lines}


def traces(now: Held, ids: set[str], reference: str) -> list[str]:
    """Return what is left of an erased case: ids of its rows where no id is kept, its reference, its words; also in the
    folder of the platform and in the broker, which hold no id of it either."""
    found = [f"id in {table}" for table, lines in now.tables.items() if ids & ids_in(lines) and table not in IDS_ALONE]
    found += [f"reference in {table}" for table, lines in now.tables.items() for line in lines if reference in line]
    found += [f"{mark} decrypted" for mark in MARKS if mark in now.texts]
    for name, place in (("files", in_files()), ("broker", in_redis())):
        found += [f"{one} in {name}" for one in {*MARKS, *ids, reference} if one.encode() in place]
    return found


def ids_in(lines) -> set[str]:
    return {found for line in lines for found in UUID.findall(line)}


def keys_of(tables: dict[str, set[str]]) -> set[str]:
    """Return the keys of these lines, of tables whose key is a uuid drawn for the row."""
    drawn = {m._meta.db_table for m in apps.get_models() if m._meta.pk.get_internal_type() == "UUIDField"}
    return {line.split("\t")[COLUMNS[table].index("id")] for table in drawn & {*tables} for line in tables[table]}


def in_files() -> bytes:
    """Return what stands in the state folder of the platform, without the database's own files."""
    folder = Path(settings.STATE_DIR)
    paths = [path for path in folder.rglob("*") if path.is_file() and "postgres" not in path.parts]
    return b"\n".join(path.read_bytes() for path in paths)


def in_redis() -> bytes:
    """Return every key of the broker and of the cache with its value, as stored."""
    found = []
    for url in {settings.CELERY_BROKER_URL, settings.CACHES["default"]["LOCATION"]}:
        server = Redis.from_url(url)
        for key in server.scan_iter():
            found += [key, server.dump(key) or b""]
    return b"\n".join(found)
