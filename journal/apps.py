from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "journal"

    def ready(self):
        from .words import acts

        acts()  # a fault in what an app declares stops the start
