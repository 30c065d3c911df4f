"""`manage.py migrate` means the owner: the application's role may change no table."""

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate


class Command(migrate.Command):
    help = f"{migrate.Command.help} Runs as the database's owner unless --database says otherwise."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args, **options):
        if options["database"] not in settings.DATABASES:
            raise CommandError("Migrations run as the owner of the database: set DATABASE_OWNER_URL.")
        super().handle(*args, **options)
