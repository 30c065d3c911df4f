from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self):
        post_migrate.connect(settle_after, dispatch_uid="settle_installation")


def settle_after(sender, using, **kwargs):
    """Tell a new database where it lives, once its functions are there."""
    from foundation.walls import is_last

    from .operations.fence import settle

    if is_last(sender):
        settle(using)
