from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AgenciesConfig(AppConfig):
    name = "agencies"
    verbose_name = "Agencies"

    def ready(self):
        # in the place of Django's receiver of this name, which is connected after and then left out
        user_logged_in.connect(leave_to_the_database, dispatch_uid="update_last_login")


def leave_to_the_database(sender, **named) -> None:
    """Write nothing: a sign-in is noted once it is whole, by a function of the database (nrm.note_sign_in)."""
