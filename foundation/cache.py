"""Cache in Redis that never keeps a request waiting: a short timeout, then no question for a while."""

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


class ImpatientClient(RedisCacheClient):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self._client = ImpatientRedis


class ImpatientCache(RedisCache):
    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = ImpatientClient
