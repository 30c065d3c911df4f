"""Cache in Redis that never keeps a request waiting and never runs what it reads: values are JSON."""

import base64
import json
import time

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis, exceptions

AWAY = 5.0  # seconds without a question after one that had no answer


class ImpatientRedis(Redis):
    """Raise ConnectionError at once while a server that did not answer is left alone.

    Each request asks several times: without this a server that hangs would cost its timeout at every question.
    """

    away_until = 0.0

    def execute_command(self, *args, **options):
        if time.monotonic() < ImpatientRedis.away_until:
            raise exceptions.ConnectionError("The cache did not answer a moment ago.")
        try:
            return super().execute_command(*args, **options)
        except (exceptions.ConnectionError, exceptions.TimeoutError):
            ImpatientRedis.away_until = time.monotonic() + AWAY
            raise


class Unreadable(exceptions.DataError):
    """Signal a value that we did not write. A RedisError: who can do without the cache does without this value."""


class Json:
    """Write values as JSON, bytes as an object with one name.

    Django's own serializer is pickle: whoever writes to Redis would run code in the web process.
    """

    def dumps(self, value) -> bytes | int:
        """Return what is stored; whole numbers as they are, which Redis counts. Raises TypeError."""
        if type(value) is int:
            return value
        return json.dumps(value, default=_packed).encode()

    def loads(self, stored: bytes):
        """Return the value. Raises Unreadable."""
        try:
            return json.loads(stored, object_hook=_unpacked)
        except ValueError as error:
            raise Unreadable("The cache holds what is no JSON.") from error


def _packed(value):
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    raise TypeError(f"{type(value).__name__} cannot be cached.")


def _unpacked(found: dict):
    return base64.b64decode(found["bytes"]) if set(found) == {"bytes"} else found


class ImpatientClient(RedisCacheClient):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self._client = ImpatientRedis


class ImpatientCache(RedisCache):
    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = ImpatientClient
