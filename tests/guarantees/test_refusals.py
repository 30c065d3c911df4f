"""A page or an address that refuses somebody leaves one entry in the journal: its route and who was refused, nothing
of what was asked for."""

import uuid
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from agencies.models import Kind, Role
from journal.models import Entry
from referral.audit.display import PAGES
from tests import factories as f
from tests.plans import people
from tests.referral.api import token_of
from tests.roles import as_role

from .conditions import sample
from .test_routes import LEDGER, address

pytestmark = pytest.mark.django_db
REFUSED = {403, 404, 409}
OPEN_TO_ALL = {
    "kept", "kept-now",
    "api:alert-list", "api:notice-list", "api:reference", "api:reference-index", "membership-choose",
    "notifications:notice-list", "notifications:preferences", "profile", "referral:arrivals", "referral:password",
    "referral:reading-alarms",  # of oneself, where one is nobody's second person
    "referral:breach-new", "referral:breach-list",  # anyone who works here reports, and lists one's own
    "referral:factors", "referral:factor-app", "referral:factor-key",
    "referral:second-step", "referral:sessions", "referral:charter",
    "still-here",
}  # fmt: skip
# addresses that read what is sent before they look for what it is about
BODIES = {
    "api:alert-add": {"text": "Essai"},
    "api:alert-close": {"reason": "other_help"},
    "api:alert-declare": {"what": "acting", "words": "Essai"},
    "api:alert-take_note": {"added": 1},
    "api:alert-finish": {"reason": "mistake"},
    "api:alert-join": {"case": "00000000-0000-0000-0000-000000000007"},
    "api:alert-redirect": {"reason": "competence", "desks": [1]},
    "api:alert-stand_down": {"words": "Essai"},
}


class Visitor:
    """A member with a browser, or a program with its token, that opens any address."""

    def __init__(self, member):
        self.member, self.client, self.said = member, Client(), {"_membership": member.pk}
        self.how: dict = {}
        if member.user is None:
            headers = {"Authorization": f"Bearer {token_of(member)}", "Idempotency-Key": uuid.uuid4().hex}
            headers["If-Match"] = "*"
            self.how, self.said = {"headers": headers, "content_type": "application/json"}, {}
        else:
            self.client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")

    def opens(self, name: str) -> int:
        """Return the status of the answer."""
        if "GET" in LEDGER[name]["methods"]:
            return self.client.get(address(name), **self.how).status_code
        return self.client.post(address(name), BODIES.get(name, self.said), **self.how).status_code


def refusals(since: datetime) -> list[Entry]:
    """Return the entries written from this moment on."""
    with as_role("nrm_owner"):
        return list(Entry.objects.filter(outcome="refused", at__gte=since).order_by("at"))


@pytest.mark.proof
def test_each_refusal_leaves_one_entry():
    f.national()
    school, shelter = f.agency(Kind.EDUCATION, desk=False), f.shelter()
    persons = [Visitor(f.member(school, Role.FRONTLINE)), Visitor(f.member(shelter)), Visitor(people.speaker())]
    programs = [Visitor(f.program(school, Role.FRONTLINE)), Visitor(f.program(shelter))]
    closed = [name for name in LEDGER if LEDGER[name]["access"] not in ("public", "client") and name != "logout"]
    wrong, never = [], set(tried := sample(closed))
    for name in tried:
        row = LEDGER[name]
        for visitor in programs if row["access"] == "token" else persons:
            since = timezone.now()
            member, status = visitor.member, visitor.opens(name)
            found = [(e.action, e.membership_id, e.agency_id, e.subject, e.case_id) for e in refusals(since)]
            wanted = [(name, member.pk, member.agency_id, "", None)] if status in REFUSED else []
            if found != wanted:
                wrong.append(f"{name} answered {status}: the journal must hold {wanted}, it holds {found}")
            if status in REFUSED:
                never.discard(name)
    assert not wrong, "\n".join(wrong)
    assert never == OPEN_TO_ALL & set(tried), "refused to none of these visitors: say so in OPEN_TO_ALL, or close it"


def test_each_page_named_to_who_audits_exists():
    """The journal shows a refusal by the name of its route, or by the first word of this name."""
    names = {name.rpartition(":")[2] for name in LEDGER}
    assert set(PAGES) - {"unknown"} <= names | {name.partition("-")[0] for name in names}, (
        "take out of PAGES in referral/audit/display.py what no route is called"
    )
