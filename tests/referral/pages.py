"""A browser of one member: logged in, and posting forms as the pages do, with the membership they were opened under."""

from html import unescape

from django.test import Client
from django.urls import reverse

from agencies.models import User
from referral.charter.words import VERSION
from tests.roles import as_role


class Hand:
    def __init__(self, member):
        self.member = member
        self.client = Client()
        if member.user.charter != VERSION:  # invited by the test: whoever works has accepted the charter
            with as_role("nrm_owner"):
                User.objects.filter(pk=member.user_id).update(charter=VERSION)
        self.client.force_login(member.user)

    def get(self, route, *args, query=""):
        return self.client.get(reverse(f"referral:{route}", args=args) + query)

    def post(self, route, *args, query="", **data):
        address = reverse(f"referral:{route}", args=args) + query
        return self.client.post(address, {"_membership": self.member.pk, **data})


def text(response) -> str:
    """What a person reads: entities resolved."""
    return plain(unescape(response.content.decode()))


def plain(words: str) -> str:
    """Spaces that do not break, as a keyboard types them."""
    return words.replace("\u00a0", " ").replace("\u202f", " ")
