"""Broker and cache accept connections and never answer: worse than being gone, since nothing fails by itself."""

import socket
import threading
import uuid

import pytest
from django.core.cache import caches
from django.db import connections
from django.test import Client
from redis.exceptions import RedisError

from foundation.cache import ImpatientRedis
from foundation.tasks import publish
from referral.config import celery_app
from referral.models import Alert
from tests.roles import as_role

from .alert_pages import Browser, make_people
from .test_alert_follow_views import DANGER

SECONDS = 20  # many times what the limits allow, and nothing beside « for ever »


@pytest.fixture
def hung(settings, monkeypatch):
    """Address of a server that says nothing, given to the cache and to publishers."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        address = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": address}}
        before = celery_app.conf.broker_url
        celery_app.conf.broker_url = address
        _forget_connections()
        yield address
        celery_app.conf.broker_url = before
        _forget_connections()
        ImpatientRedis.away_until = 0.0


def _forget_connections() -> None:
    celery_app._pool = None
    celery_app.amqp._producer_pool = None


def in_time(what):
    """Return what the function returns or raises; fail when it still waits after SECONDS."""
    found = []

    def run():
        try:
            found.append(what())
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(SECONDS)
    assert found, f"no answer after {SECONDS} s"
    return found[0]


@pytest.mark.django_db(transaction=True)
def test_alert_of_danger_is_answered_while_the_broker_hangs(transactional_db, hung):
    nurse = Browser(Client(), make_people()["nurse"])
    sent = in_time(lambda: nurse.post("danger", draft=str(uuid.uuid4()), where="Derrière la gare", **DANGER))
    assert sent.status_code == 302
    with as_role("nrm_owner"):
        assert Alert.objects.get().state == "sent"


def test_publishing_gives_up(hung):
    assert "OperationalError" in type(in_time(lambda: publish("notifications.tasks.sweep"))).__name__


def test_cache_gives_up_and_is_left_alone_for_a_while(hung, monkeypatch):
    assert isinstance(in_time(lambda: caches["default"].get("a-key")), RedisError)
    monkeypatch.setattr("redis.Redis.execute_command", lambda *args, **options: pytest.fail("asked again"))
    with pytest.raises(RedisError, match="a moment ago"):
        caches["default"].get("a-key")
    ImpatientRedis.away_until = 0.0
    monkeypatch.setattr("redis.Redis.execute_command", lambda *args, **options: None)
    assert caches["default"].get("a-key") is None
