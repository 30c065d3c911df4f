from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "journal"

    def ready(self):
        from .words import acts

        acts()  # an invalid declaration of an app stops the start
