"""`manage.py renew_migrations`: replace all migrations of our apps by one initial migration each.

Only while nothing is in service: a database made before cannot be brought up to date and must be started anew.
"""

from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db.migrations import Migration
from django.db.migrations.writer import MigrationWriter

from foundation.initial_tables import CreateTables
from foundation.walls import APPS


class Command(BaseCommand):
    help = "Replaces the migrations of our apps by one initial migration each. Needs no database."

    def handle(self, *args, **options):
        folders = {app: Path(apps.get_app_config(app).path) / "migrations" for app in APPS}
        for folder in folders.values():
            for path in folder.glob("0*.py"):
                path.unlink()
        call_command("makemigrations", *APPS, verbosity=0)
        for app, folder in folders.items():
            self._merge(app, sorted(folder.glob("0*.py")))

    def _merge(self, app: str, paths: list[Path]) -> None:
        """Write the operations of all of an app's new migrations as one; several come of circles among its models."""
        parts = [import_module(f"{app}.migrations.{path.stem}").Migration for path in paths]
        merged = Migration("0001_initial", app)
        merged.initial = True
        merged.dependencies = sorted({need for part in parts for need in part.dependencies if need[0] != app}, key=str)
        merged.operations = [CreateTables([operation for part in parts for operation in part.operations])]
        for path in paths:
            path.unlink()
        paths[0].write_text(MigrationWriter(merged, include_header=False).as_string())
        self.stdout.write(f"{paths[0].relative_to(settings.BASE_DIR)}: {merged.operations[0].describe()}")
