"""Refuse migrations that would hold a table under load: `python -m dev.migration_locks`, a step of `./run check`.

Squawk reads the SQL of each migration as Django would send it. Tables that a migration makes itself are nobody's yet.
"""

import os
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

from foundation.walls import APPS

# how the SQL is written: Django decides; limits of time: of each connection (referral/config/environment.py)
STYLE = [
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-robust-stmts",
    "prefer-text-field",
    "prefer-timestamp-tz",
    "require-lock-timeout",
    "require-statement-timeout",
    "require-timeout-settings",
]
ADVICE = (
    "These migrations hold a table while they read or rewrite it, and every page that needs it waits. Add an index by a"
    " migration of its own (AddIndexConcurrently, atomic = False), a constraint NOT VALID, validated in the next one, a"
    " column first nullable. What removes a table or a column comes one release after the code that read it."
)


def squawk(folder: Path) -> subprocess.CompletedProcess:
    """Run the linter over each file of SQL in a folder."""
    program = Path(sys.executable).with_name("squawk")
    files = sorted(map(str, folder.glob("*.sql")))
    command = [program, "--pg-version", "18.0", "--reporter", "gcc", "--exclude", ",".join(STYLE), *files]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder)


def write_sql(folder: Path) -> int:
    """Write the SQL of each migration of the platform into a folder; return their number."""
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.loader import MigrationLoader

    names = [key for key in MigrationLoader(connections["owner"]).disk_migrations if key[0] in APPS]
    for app, name in names:
        call_command("sqlmigrate", app, name, database="owner", stdout=(sql := StringIO()), no_color=True)
        (folder / f"{app}.{name}.sql").write_text(sql.getvalue())
    return len(names)


def main() -> int:
    """Return 1 when a migration would hold a table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "referral.config.settings")
    import django

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        number = write_sql(Path(folder))
        found = squawk(Path(folder))
    print(found.stdout, found.stderr, sep="", end="")
    if found.returncode:
        print(ADVICE, file=sys.stderr)
        return 1
    print(f"{number} migrations hold no table that is in use.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
