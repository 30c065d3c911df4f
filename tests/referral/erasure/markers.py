"""What a database, a folder and a broker hold, read raw and decrypted, to look for what must be gone."""

import json
import os
import re
import subprocess
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connections
from redis import Redis

from dev.services import binaries
from foundation.encryption import sealed_columns, unseal
from tests.roles import as_role

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
COPY = re.compile(r"^COPY public\.(\w+) \((.+)\) FROM stdin;$")
COLUMNS: dict[str, list[str]] = {}  # of each table, as they are dumped


def dump() -> dict[str, set[str]]:
    """Return the lines of `pg_dump` of the whole database by table, each as it stands; its sequences aside."""
    place = connections["owner"].settings_dict
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


def opened() -> dict[str, list[str]]:
    """Return the text of each sealed value by table."""
    found: dict[str, list[str]] = {}
    for model, field in sealed_columns():
        with as_role("nrm_owner"):
            rows = model._base_manager.values_list(field.column, model._meta.get_field(field.bound).column)
            texts = [
                json.dumps(json.loads(unseal(bytes(stored), label=field.label, bound=str(bound))), ensure_ascii=False)
                for stored, bound in rows
                if stored is not None
            ]
        found.setdefault(model._meta.db_table, []).extend(texts)
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
