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
        post_migrate.connect(partition_after, sender=self, dispatch_uid="partition_journal")
        post_migrate.connect(
            months_after, dispatch_uid="make_first_months"
        )  # after the walls, whose receiver came first


def check_before(using, **kwargs):
    """Raise CommandError before anything is migrated with other keys than those of the database, or beside a journal
    that is in one table: its entries would be written anew, and the seal would tell each of them."""
    from .operations import check_keys, is_of_before

    if is_of_before(using):
        raise CommandError(
            "This database was made by an earlier version of the platform (its journal is not kept by month) and cannot"
            " be brought up to date. On a development machine remove the directory STATE_DIR (.state) and start again."
            " Elsewhere create an empty database."
        )
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


def partition_after(using, **kwargs):
    """Keep the table of the journal by month, before the walls put their triggers on it."""
    from .operations import partition

    partition(using)


def months_after(sender, using, **kwargs):
    """Make the partitions of this month and the next, once the walls have made what makes them."""
    from foundation.walls import is_last

    from .operations import make_first_months

    if is_last(sender):
        make_first_months(using)
