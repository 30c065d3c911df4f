"""What stands in Redis is read as data: whoever holds its password runs nothing in the web process."""

import pickle
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from redis.exceptions import RedisError

from referral.api.middleware import request_quota


class Planted:
    """A pickle that makes a file where it is read."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.fixture
def planted(tmp_path):
    """Write the pickle under a key of ours, as whoever holds the password of Redis can; return the file it makes."""
    mark = tmp_path / "ran"

    def plant(key: str) -> Path:
        cache._cache.get_client(None, write=True).set(cache.make_and_validate_key(key), pickle.dumps(Planted(mark)))
        return mark

    pickle.loads(pickle.dumps(Planted(mark)))
    assert mark.exists()  # it would run
    mark.unlink()
    return plant


def test_a_pickle_in_the_cache_is_not_run(planted):
    mark = planted("some-key")
    with pytest.raises(RedisError):
        cache.get("some-key")
    assert not mark.exists()


@pytest.mark.django_db
def test_who_can_do_without_the_cache_does_without_a_foreign_value(planted, monkeypatch):
    monkeypatch.setattr("foundation.idempotent_forms._name", lambda request: "sent:planted")
    mark = planted("sent:planted")
    answer = Client().post(reverse("login"), {"username": "", "password": ""})
    assert answer.status_code == 200 and not mark.exists()


@pytest.mark.django_db
def test_a_foreign_value_in_the_place_of_a_counter_is_counted_elsewhere(planted, monkeypatch):
    monkeypatch.setattr(request_quota.time, "time", lambda: 60.0)
    mark = planted("limit:client:7:1")
    assert [request_quota.count("client:7") for _ in range(2)] == [1, 2] and not mark.exists()


@pytest.mark.parametrize(
    "value", [0, 7, "", "à", "/dossiers/?x=1", True, None, b"%PDF-\x00\xff", [1, "a"], {"a": b"b"}]
)
def test_a_value_comes_back_as_it_was(value):
    cache.set("a-value", value)
    back = cache.get("a-value", "missing")
    assert back == value and type(back) is type(value)


def test_a_whole_number_is_counted():
    cache.set("a-count", 1)
    assert cache.incr("a-count") == 2 and cache.get("a-count") == 2


def test_what_is_no_data_is_refused():
    with pytest.raises(TypeError, match="object cannot be cached"):
        cache.set("a-value", object())
