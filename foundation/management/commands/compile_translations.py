"""`manage.py compile_translations`: compile the French fragments into the catalogue that Django reads."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from foundation.words import translations


class Command(BaseCommand):
    help = "Join locale/fr/fragments/*.po and compile them; both results stay out of git."
    requires_system_checks = []

    def handle(self, *args, **options):
        try:
            count = translations.build(Path(settings.LOCALE_PATHS[0]) / "fr")
        except translations.TranslationError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(f"{count} sentences compiled." if count else "Translations are up to date.")
