"""Migrate as the next release would, with migrations and policies made up for the proof.

Only the settings that name them exist beside the product's: `MIGRATION_MODULES` points to a copy with one more of each.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from dev import migration_locks
from dev.services import state

from .hosts import Hosts

SETTINGS = """
from referral.config.settings import *
MIGRATION_MODULES = {"victims": "later_victims", "referral": "later_referral"}
"""
COLUMN = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("%(app)s", "%(last)s")]
    operations = [migrations.AddField("%(model)s", "later", models.CharField(max_length=40, null=True))]
"""
INDEX = """
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

class Migration(migrations.Migration):
    atomic = False
    dependencies = [("%(app)s", "later_column")]
    operations = [AddIndexConcurrently("%(model)s", models.Index(fields=["later"], name="later_%(model)s"))]
"""
MODELS = {"victims": "case", "referral": "alert"}
NEW = ("later_column", "later_index")


def write(hosts: Hosts) -> Path:
    """Write the next release's migrations: a nullable column and an index of it, on cases and on alerts."""
    place = hosts.place / "later"
    for app, model in MODELS.items():
        shutil.copytree(state.ROOT / app / "migrations", place / f"later_{app}")
        last = max(path.stem for path in (place / f"later_{app}").glob("0*.py"))
        for name, text in zip(NEW, (COLUMN, INDEX), strict=True):
            (place / f"later_{app}" / f"{name}.py").write_text(text % {"app": app, "model": model, "last": last})
    (place / "later_settings.py").write_text(SETTINGS)
    return place


def manage(hosts: Hosts, place: Path, *command: str) -> str:
    """Run a command of the next release as the job `migrate` does. Raises SystemExit with its words when it fails."""
    own = hosts.urls | {"DJANGO_SETTINGS_MODULE": "later_settings", "PYTHONPATH": f"{place}:{state.ROOT}"}
    argv = [sys.executable, str(state.ROOT / "manage.py"), *command]
    done = subprocess.run(argv, env=hosts.env | own, cwd=state.ROOT, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def check_locks(hosts: Hosts, place: Path) -> None:
    """Refuse the made-up migrations as `./run check` would. Raises SystemExit when they hold a table."""
    folder = place / "sql"
    folder.mkdir()
    for app in MODELS:
        for name in NEW:
            sql = manage(hosts, place, "sqlmigrate", app, name)
            (folder / f"{app}.{name}.sql").write_text(sql)
    found = migration_locks.squawk(folder)
    if found.returncode:
        raise SystemExit(f"{found.stdout}{found.stderr}")


def migrate(hosts: Hosts, place: Path, ledger) -> None:
    """Migrate, with policies and functions that are made anew too: a release that changes one makes all of them."""
    ledger.ask("COMMENT ON SCHEMA nrm IS 'of a former release'")
    for command in (["migrate", "-v", "0"], ["load_domain"], ["load_plans"]):  # as the job of docker-compose.yml
        manage(hosts, place, *command)
    columns = ledger.ask("SELECT 1 FROM information_schema.columns WHERE column_name = 'later'")
    if len(columns) != len(MODELS):
        raise SystemExit("the migrations did not run")
