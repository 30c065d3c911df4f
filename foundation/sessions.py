"""Store sessions so that concurrent requests of one browser never take back what another one wrote."""

from copy import deepcopy
from datetime import datetime, timedelta

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import transaction
from django.utils import timezone

from foundation.statements.kept import KeptStatement

TOUCHED = timedelta(minutes=1)  # a session's end is moved at most once in this time
LIVE = KeptStatement(
    lambda _, key, now: db.SessionStore.get_model_class().objects.filter(session_key=key, expire_date__gt=now)
)


class SessionStore(db.SessionStore):
    """Write a session's data only when the request changed it, and only the keys that it changed.

    Django writes the data as they were when the request began: a slow page then restores the membership that was
    chosen meanwhile in another tab. Here an unchanged session has its end moved, nothing else, and only when that was
    done more than a minute ago: it ends 14 to 15 minutes after the last request, never later.
    """

    _until: datetime | None = None  # end of the session as it was read

    def _get_session_from_db(self):
        row = next(iter(LIVE.rows(None, key=self.session_key, now=timezone.now())), None)
        if row is None:
            self._session_key = None
        self._until = row and row.expire_date
        return row

    def load(self):
        data = super().load()
        self._loaded = deepcopy(data)
        return data

    def save(self, must_create=False):
        """Save what changed. Raises UpdateError when something is to be written and the session was ended meanwhile."""
        if must_create or self.session_key is None:
            super().save(must_create)
            self._loaded = deepcopy(self._get_session(no_load=True))
            return
        row = self.model.objects.filter(session_key=self.session_key)
        if not self.modified:
            if self._until and self.get_expiry_date() - self._until < TOUCHED:
                return
            if not row.update(expire_date=self.get_expiry_date()):
                raise UpdateError
            return
        data = self._get_session()
        with transaction.atomic():
            stored = row.select_for_update().first()
            if stored is None:
                raise UpdateError
            now = self.decode(stored.session_data)
            for name in self._loaded.keys() - data.keys():
                now.pop(name, None)
            now |= {name: value for name, value in data.items() if self._loaded.get(name, ...) != value}
            row.update(session_data=self.encode(now), expire_date=self.get_expiry_date())
