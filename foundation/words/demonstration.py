"""Say that what an installation shows is invented: on each page, and in each file it gives."""

from django.conf import settings
from django.utils.translation import gettext as _


def demonstration_notice() -> str:
    """Return the sentence in the language of the reader; empty outside development, where nothing is invented."""
    if not settings.DEVELOPMENT:
        return ""
    return _("Demonstration: services, people, opinions, decisions and amounts are fictitious.")
