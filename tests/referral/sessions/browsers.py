"""Browsers that signed in by the pages, each from somewhere."""

from django.test import Client
from django.urls import reverse

from tests.agencies.accounts.test_views import PASSWORD
from tests.second_step import pass_second_step

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36"


def browser(member, agent=FIREFOX, address="192.0.2.10") -> Client:
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    assert client.post(reverse("login"), {"username": member.user.email, "password": PASSWORD}).status_code == 302
    pass_second_step(client, member.user)
    return client


def key(client) -> str:
    return client.cookies["sessionid"].value
