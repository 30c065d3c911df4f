"""What a password must not be, beside Django's own rules."""

from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.utils.translation import gettext as _


class NotAboutOneself(UserAttributeSimilarityValidator):
    """Django's own looks at columns this account has not."""

    def __init__(self):
        super().__init__(user_attributes=("email", "full_name"))

    def get_error_message(self):
        return _("Too close to your name or your address: choose something else.")
