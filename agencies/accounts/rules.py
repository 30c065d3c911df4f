"""Validate passwords beyond Django's own rules."""

from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.utils.translation import gettext as _


class NotAboutOneself(UserAttributeSimilarityValidator):
    """Refuse a password close to e-mail address or name: the default fields of Django are not those of our User."""

    def __init__(self):
        super().__init__(user_attributes=("email", "full_name"))

    def get_error_message(self):
        return _("Too close to your name or your address: choose something else.")
