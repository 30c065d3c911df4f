"""What the tests of an alert's pages stand on: people, a signed-in browser, typed answers."""

import uuid

from django.urls import reverse

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.models import AlertContact, AlertContent
from tests import factories as f

SIGN = "ILO-AL-EX-01"
STEP1 = {"territory": "75", "when": "today", "minor": "no", "danger": "no"}
STEP2 = {"sign": [SIGN], f"by_{SIGN}": "observed"}
STEP3 = {"agreement": "yes", "recipients": ["association"]}


def make_people() -> dict:
    """An author and those who must not read over the shoulder, with the desks of the place."""
    f.national(name="Coordination nationale d'essai")
    unit = f.coordination(name="Coordination d'essai")
    school = f.agency(Kind.EDUCATION, desk=False)
    return {
        "unit": unit,
        "coord": f.member(unit, Role.COORDINATOR),
        "nurse": f.member(school, Role.FRONTLINE),
        "colleague": f.member(school, Role.FRONTLINE),
        "worker": f.member(school, Role.CASE_WORKER),
        "admin": f.member(school, Role.AGENCY_ADMIN),
        "shelter": f.shelter(name="Foyer d'essai", services=("emergency_shelter", "safe_housing")),
        "police": f.agency(Kind.INTERIOR, name="Brigade d'essai", services=("investigation",)),
        "child": f.agency(
            Kind.CHILD_PROTECTION, name="CRIP d'essai", services=("child_care",), desk_fields={"takes_adults": False}
        ),
    }


class Browser:
    """A signed-in member: posts carry the membership, as the pages' forms do."""

    def __init__(self, client, member):
        self.client, self.member = client, member
        client.force_login(member.user)

    def get(self, name, *args, **query):
        return self.client.get(reverse(f"referral:{name}", args=args), query)

    def post(self, name, *args, **data):
        data.setdefault("_membership", self.member.pk)
        return self.client.post(reverse(f"referral:{name}", args=args), data)

    def start(self, draft=None):
        draft = draft or uuid.uuid4()
        self.post("alert-start", draft=str(draft))
        return draft

    def fill(self, draft, *steps):
        for number, data in enumerate(steps, 1):
            answer = self.post("alert-step", draft, number, **data)
            assert answer.status_code == 302, answer.content.decode()
        return answer


def content(member, pk):
    with acting_as(member):
        return AlertContent.objects.get(pk=pk).data


def contact(member, pk):
    with acting_as(member):
        found = AlertContact.objects.filter(pk=pk).first()
        return found.data if found else None
