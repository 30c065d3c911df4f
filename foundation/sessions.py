"""Store sessions under a digest of their key, and so that concurrent requests of one browser never take back what
another one wrote."""

import hashlib
import time
from copy import deepcopy
from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.auth import SESSION_KEY as PERSON
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError, transaction
from django.utils import timezone

from foundation.errors import sqlstate
from foundation.statements.kept import KeptStatement
from foundation.statements.signing import is_signed, sign, tell

TOUCHED = timedelta(minutes=1)  # a session's end is moved at most once in this time
BEGUN = "begun"  # in a session: when its person signed in
DEVICE, PLACE = "device", "place"  # in a session: from where, to be shown to its person
UNSIGNED = "42501"  # of nrm.session_begun
UNKNOWN = (
    "The database does not know the SECRET_KEY of this process: no session begins. Run migrate with that key first."
)
LIVE = KeptStatement(
    lambda _, key, now: SessionStore.get_model_class().objects.filter(session_key=key, expire_date__gt=now)
)


def mark_of(key: str, end: datetime) -> str:
    """Return the signature of the end of a session, under its key: an end that anybody else wrote opens nothing."""
    return sign(*_end(key, end))


def _end(key: str, end: datetime) -> tuple[str, str, str]:
    return "session", key, end.astimezone(UTC).isoformat()


def digest(key: str) -> str:
    """Return what a session is stored under. The key has 165 random bits: no key of ours is needed to hide it."""
    return hashlib.sha256(f"session {key}".encode()).hexdigest()


class SessionStore(db.SessionStore):
    """Write a session's data only when the request changed it, and only the keys that it changed.

    Django stores the key that the browser sends, and data that any key opens: a copy of the table would be everybody's
    session, and who writes to it would sign in as anybody. Here the table holds a digest, and the data are signed with
    the key, as its end is beside them. A session ends SESSION_LIFE after its person signed in, however much it is used.

    Django writes the data as they were when the request began: a slow page then restores the membership that was
    chosen meanwhile in another tab. Here an unchanged session has its end moved, nothing else, and only when that was
    done more than a minute ago: it ends 14 to 15 minutes after the last request, never later.
    """

    _until: datetime | None = None  # end of the session as it was read
    _listed: str | None = None  # to whom its row says that it belongs

    @classmethod
    def get_model_class(cls):
        return apps.get_model("agencies", "Session")

    @property
    def key_salt(self):
        return f"foundation.sessions {self._session_key}"

    def _get_session_from_db(self):
        row = next(iter(LIVE.rows(None, key=digest(self.session_key or ""), now=timezone.now())), None)
        if row and not is_signed(row.mark, *_end(self.session_key, row.expire_date)):
            row = None  # an end that somebody wrote by hand: it may have rested for hours
        if row is None:
            self._session_key = None
        else:
            self._listed = row.user_id and str(row.user_id)
        self._until = row and row.expire_date
        return row

    def load(self):
        data = super().load()
        if data.get(PERSON) != self._listed:  # its person would not see it among theirs, and could not close it
            data, self._session_key = {}, None
        if data.get(BEGUN, time.time()) <= time.time() - settings.SESSION_LIFE:
            data, self._session_key = {}, None
        self._loaded = deepcopy(data)
        return data

    def exists(self, session_key):
        return self.model.objects.filter(session_key=digest(session_key)).exists()

    def delete(self, session_key=None):
        if key := session_key or self.session_key:
            self.model.objects.filter(session_key=digest(key)).delete()

    def get_expiry_age(self, **kwargs):
        age = super().get_expiry_age(**kwargs)
        begun = self.get(BEGUN)
        return age if begun is None else max(0, min(age, int(begun + settings.SESSION_LIFE - time.time())))

    def get_expiry_date(self, **kwargs):
        return timezone.now() + timedelta(seconds=self.get_expiry_age(**kwargs))

    def create_model_instance(self, data):
        key = self._get_or_create_session_key()
        return self.model(
            session_key=digest(key),
            session_data=self.encode(data),
            **self._ends(),
            **_shown(data),
        )

    def _ends(self) -> dict:
        """Return the columns that say when it ends, which move together."""
        end = self.get_expiry_date()
        return {"expire_date": end, "mark": mark_of(self.session_key, end)}

    def save(self, must_create=False):
        """Save what changed. Raises UpdateError when something is to be written and the session was ended meanwhile."""
        if must_create or self.session_key is None:
            _begin(self._get_session(no_load=must_create))
            try:
                with transaction.atomic():
                    tell("session")
                    super().save(must_create)
            except DatabaseError as error:
                if sqlstate(error) == UNSIGNED:
                    raise RuntimeError(UNKNOWN) from error
                raise
            self._loaded = deepcopy(self._get_session(no_load=True))
            return
        row = self.model.objects.filter(session_key=digest(self.session_key))
        if not self.modified:
            if self._until and self.get_expiry_date() - self._until < TOUCHED:
                return
            # one that came to its end while it was answered stays so (nrm.session_stays), and the answer is given
            if not row.update(**self._ends()) and not row.exists():
                raise UpdateError
            return
        data = self._get_session()
        _begin(data)
        with transaction.atomic():
            stored = row.select_for_update().first()
            if stored is None:
                raise UpdateError
            now = self.decode(stored.session_data)
            for name in self._loaded.keys() - data.keys():
                now.pop(name, None)
            now |= {name: value for name, value in data.items() if self._loaded.get(name, ...) != value}
            row.update(session_data=self.encode(now), **self._ends(), **_shown(now))


def _begin(data: dict) -> None:
    """Note when a person signed in, once."""
    if PERSON in data:
        data.setdefault(BEGUN, time.time())


def _shown(data: dict) -> dict:
    """Return what of a session stands in columns of its own."""
    begun = data.get(BEGUN)
    return {
        "user_id": data.get(PERSON),
        "began_at": begun and datetime.fromtimestamp(begun, UTC),
        "device": data.get(DEVICE, ""),
        "place": data.get(PLACE, ""),
    }
