from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


class JournalConfig(AppConfig):
    name = "journal"

    def ready(self):
        from .words import acts

        acts()  # an invalid declaration of an app stops the start
        pre_migrate.connect(check_before, sender=self, dispatch_uid="check_keys")
        post_migrate.connect(plant_after, sender=self, dispatch_uid="plant_probe")


def check_before(using, **kwargs):
    """Raise CommandError before anything is migrated with other keys than those of the database."""
    from .operations import check_keys

    if "journal_keyprobe" not in connections[using].introspection.table_names():
        return
    try:
        check_keys(using, planted=False)
    except ImproperlyConfigured as error:
        raise CommandError(str(error)) from error


def plant_after(using, **kwargs):
    """Plant the probe of the keys. Raise CommandError over data that other keys encrypted."""
    from .operations import plant_probe

    try:
        plant_probe(using)
    except ImproperlyConfigured as error:
        raise CommandError(str(error)) from error
