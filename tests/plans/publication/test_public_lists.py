"""Public lists: the same cost at two sizes, an answer to whatever an address may hold."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Kind
from foundation.actor import acting_as
from foundation.styles import kept_pages
from plans.committee.operations import committee
from plans.models import Measure
from plans.participation.operations import names, participation
from plans.plan.operations import moves
from plans.publication.operations.opendata import release_all
from tests.notifications.post import worker
from tests.plans import participants as p
from tests.plans import people

pytestmark = pytest.mark.django_db
LISTS = {
    "policy:home": [], "policy:search": [], "policy:contribution-list": [], "policy:contribution-how": [],
    "policy:sector-list": [], "policy:statistics": [], "policy:directory": [], "policy:data": [],
    "policy:dataset": ["contributions"], "policy:evaluations": [], "policy:crossing": ["plan2"],
    "policy:committee": [], "policy:coordination": [], "policy:commitments": [], "policy:commitment-report": [],
    "policy:money": [], "policy:money-years": [], "policy:money-needs": [], "policy:money-missing": [],
    "policy:plan": ["plan3"], "policy:versions": ["plan3"], "policy:plan-years": ["plan3"],
}  # fmt: skip
HOSTILE = ["%00", "'", "a%00b", "%F0%9F%92%A9", "-1", "99999999999999999999", "x" * 3000, "%ff", "2026-13-45"]
ASKED = ["q", "page", "cursor", "etat", "qui", "kind", "service", "sur", "theme", "body", "round", "status", "annee",
         "plan", "etape", "tri", "year", "stage"]  # fmt: skip


def grow(coordination, measure, times: int):
    for n in range(times):
        consultation = p.consultation(coordination)
        found = p.published(people.speaker(), coordination, to=consultation, text="Voir Zélie Fictive.")
        late = p.published(people.speaker(Kind.UNION), coordination, subject="measure", target=measure.code)
        p.long_ago(late)
        with acting_as(coordination):
            participation.answer_contribution(coordination, found.pk, verdict="partly", text="Entendu.")
            names.withdraw_name(coordination, found.pk, passage="Zélie Fictive", reason="name")
            participation.sum_up_survivors(coordination, title="Dormir", text="Un lieu sûr.", consultation=consultation)
            day = timezone.localdate() + timedelta(n + 1)
            committee.plan_meeting(coordination, on=day, title_fr="Réunion")
            moves.move_plan(coordination, "plan3", "review")
        with worker():
            release_all()
    return consultation, found


def cost(address: str) -> int:
    kept_pages._kept.clear()  # the home of the policy, which costs one statement while nothing changes
    with CaptureQueriesContext(connection) as asked:
        assert Client().get(address).status_code == 200, address
    return len(asked)


def test_each_public_list_costs_the_same_at_two_sizes():
    coordination = people.coordination()
    measure = Measure.objects.filter(plan__code="plan3").order_by("code").first()
    addresses = [reverse(name, args=args) for name, args in LISTS.items()]
    addresses += [reverse("policy:measure", args=["plan3", measure.code]), "/plan/recherche/?q=mesure"]
    consultation, found = grow(coordination, measure, 1)
    one = [reverse("policy:consultation-detail", args=[consultation.pk])]
    addresses += [*one, reverse("policy:contribution-detail", args=[found.pk])]
    for address in addresses:  # what is kept in memory is read once
        cost(address)
    few = {address: cost(address) for address in addresses}
    grow(coordination, measure, 3)
    for _time in range(3):
        p.answered(people.speaker(), coordination, to=consultation)
    many = {address: cost(address) for address in addresses}
    assert {a: (few[a], many[a]) for a in addresses if many[a] != few[a]} == {}
    assert max(few.values()) <= 30, few


@pytest.mark.long
@pytest.mark.parametrize("route", [*LISTS])
def test_whatever_is_asked_of_a_list_it_answers(route):
    address, client = reverse(route, args=LISTS[route]), Client(raise_request_exception=False)
    for value in HOSTILE:
        query = "&".join(f"{name}={value}" for name in ASKED)
        assert client.get(f"{address}?{query}").status_code in (200, 400, 404), value[:20]
