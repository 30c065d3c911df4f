"""Store sessions so that concurrent requests of one browser never take back what another one wrote."""

from copy import deepcopy

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import transaction


class SessionStore(db.SessionStore):
    """Write a session's data only when the request changed it, and only the keys that it changed.

    Django writes the data as they were when the request began: a slow page then restores the membership that was
    chosen meanwhile in another tab. Here an unchanged session has its end moved, nothing else.
    """

    def load(self):
        data = super().load()
        self._loaded = deepcopy(data)
        return data

    def save(self, must_create=False):
        """Save what changed. Raises UpdateError when the session was ended meanwhile."""
        if must_create or self.session_key is None:
            super().save(must_create)
            self._loaded = deepcopy(self._get_session(no_load=True))
            return
        row = self.model.objects.filter(session_key=self.session_key)
        if not self.modified:
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
