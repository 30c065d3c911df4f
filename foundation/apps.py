from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class FoundationConfig(AppConfig):
    name = "foundation"

    def ready(self):
        from . import database_role, walls

        connection_created.connect(database_role.refuse_powerful_role, dispatch_uid="refuse_powerful_role")
        # applied after the last app of a migrate run
        post_migrate.connect(walls.raise_after_migrate, dispatch_uid="walls")
