"""`manage.py migrate`: run as the owner of the database, since the role of the application may change no table."""

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from foundation.walls import APPS


class Command(migrate.Command):
    help = f"{migrate.Command.help} Runs as the database's owner unless --database says otherwise."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args, **options):
        if options["database"] not in settings.DATABASES:
            raise CommandError("Migrations run as the owner of the database: set DATABASE_OWNER_URL.")
        refuse_other_migrations(options["database"])
        super().handle(*args, **options)


def refuse_other_migrations(using: str) -> None:
    """Raise CommandError when the database was made by migrations that no longer exist, or that were made anew since.

    Until the first release migrations are made anew, under the same names; migrating tables of another version would
    fail halfway.
    """
    loader = MigrationLoader(connections[using])
    unknown = sorted(key for key in loader.applied_migrations if key[0] in APPS and key not in loader.disk_migrations)
    names = ", ".join(f"{app}.{name}" for app, name in unknown)
    if not unknown and loader.applied_migrations.keys() >= loader.disk_migrations.keys():
        names = ", ".join(missing_columns(using))
    if names:
        raise CommandError(
            f"This database was made by an earlier version of the platform ({names}) and cannot be brought up to date. "
            "On a development machine remove the directory STATE_DIR (.state) and start again: demonstration data is "
            "made anew. Elsewhere create an empty database."
        )


def missing_columns(using: str) -> list[str]:
    """Return the « table.column » of the models that the database has not, at most five; none of an empty database."""
    wanted = {
        (model._meta.db_table, field.column)
        for app in APPS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if model._meta.managed
        for field in model._meta.local_concrete_fields
    }
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        there = set(cursor.fetchall())
    if not {table for table, _ in wanted} & {table for table, _ in there}:
        return []
    return [f"{table}.{column}" for table, column in sorted(wanted - there)[:5]]
