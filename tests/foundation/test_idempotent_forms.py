"""A form pressed twice has the effect of one; what is written again on purpose is taken."""

import re
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError as RedisAway

from agencies.models import Kind, Role
from foundation import idempotent_forms
from foundation.actor import acting_as
from referral.models import AlertAddition
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(db):
    """`page()`: what the form of an alert's page carries, a new token each time it is shown."""
    cache.clear()
    f.national()
    f.coordination()
    author = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    alert = f.sent_alert(author)
    client = Client(enforce_csrf_checks=True)
    client.force_login(author.user)

    def shown() -> dict:
        text = client.get(reverse("referral:alert-detail", args=[alert.pk])).content.decode()
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', text)[1]
        return {"_membership": author.pk, "csrfmiddlewaretoken": token}

    def send(data):
        # as a browser sends a form without a file
        address, plain = reverse("referral:alert-add", args=[alert.pk]), "application/x-www-form-urlencoded"
        return client.post(address, urlencode(data), content_type=plain)

    def kept() -> int:
        with acting_as(author):
            return AlertAddition.objects.count()

    shown.send, shown.kept = send, kept
    return shown


def test_pressed_twice_it_is_written_once(page):
    words = {**page(), "text": "Elle dort sur place"}
    first, second = page.send(words), page.send(words)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    assert page.kept() == 1


def test_written_again_on_purpose_it_is_taken(page):
    before = page()
    page.send({**before, "text": "Elle dort sur place"})
    page.send({**before, "text": "Elle dort ailleurs"})  # the same page, other words
    page.send({**page(), "text": "Elle dort sur place"})  # the same words, on a page shown since
    assert page.kept() == 3


def test_one_to_correct_is_read_again(page):
    empty = {**page(), "text": ""}
    assert 'id="erreurs"' in page.send(empty).content.decode()
    assert 'id="erreurs"' in page.send(empty).content.decode()
    assert page.kept() == 0


def test_the_second_waits_for_the_first_and_not_for_ever(page, monkeypatch):
    monkeypatch.setattr(idempotent_forms, "PATIENCE", 0.2)
    monkeypatch.setattr(cache, "add", lambda *args: False)  # the first is under way
    monkeypatch.setattr(cache, "get", lambda *args: "")
    assert page.send({**page(), "text": "Elle dort sur place"}).status_code == 302
    assert page.kept() == 1


def test_without_redis_each_is_taken(page, monkeypatch):
    def away(*args):
        raise RedisAway

    for name in ("add", "set", "delete"):
        monkeypatch.setattr(cache, name, away)
    assert page.send({**page(), "text": "Elle dort sur place"}).status_code == 302
    assert page.kept() == 1
