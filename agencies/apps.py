from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class AgenciesConfig(AppConfig):
    name = "agencies"
    verbose_name = "Agencies"

    def ready(self):
        from . import boot, walls

        connection_created.connect(boot.refuse_powerful_role, dispatch_uid="refuse_powerful_role")
        # once per migrate run, after the last app: rights, functions, triggers and policies are declared state
        post_migrate.connect(walls.raise_after_migrate, dispatch_uid="walls")
