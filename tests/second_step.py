"""Sessions of tests as both steps of a sign-in leave them: django-allauth notes there what was shown."""

import time


def note_shown(session, user, ago=0) -> None:
    """Note that a second factor was shown so many seconds ago."""
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time() - ago, "type": "totp"}]
    session["account_authentication_methods_user"] = str(user.pk)


def pass_second_step(client, user) -> None:
    """Make the session of a browser whole, which signed in with the password."""
    session = client.session
    note_shown(session, user)
    session.save()
