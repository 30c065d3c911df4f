"""Store sessions of browsers, so that a copy of the table opens none of them."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from foundation.sessions import SessionStore

from .units import User


class SessionQuerySet(models.QuerySet):
    def of(self, user):
        """Keep the sessions of a person that are open, the one used last first."""
        return self.filter(user=user, expire_date__gt=timezone.now()).order_by("-expire_date", "session_key")


class Session(AbstractBaseSession):
    """Store one session under the digest of its key, which the browser alone has (foundation/sessions.py).

    `session_data` is signed together with the key: under another one it says nothing. The other columns repeat what of
    it the person is shown; nobody is signed in by them. `device`: browser and system, as they name themselves. `place`:
    keyed digest of the network, to compare. `mark`: signature of `expire_date`, without which it opens nothing.
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    began_at = models.DateTimeField(null=True)
    device = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=64, blank=True)
    mark = models.CharField(max_length=64, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["expire_date"], name="session_by_end")]

    @classmethod
    def get_session_store_class(cls):
        return SessionStore

    @property
    def seen_at(self):
        """Return when it was last used, to the minute."""
        return self.expire_date - timedelta(seconds=settings.SESSION_COOKIE_AGE)
