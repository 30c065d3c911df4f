"""Pages of the coordination ask as much of the database for few rows as for many."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Directory, Kind, Role, Territory
from foundation.actor import acting_as
from plans.committee.operations import committee, mandate
from plans.models import Commitment, Measure, Seat
from tests import factories as f
from tests.plans import people
from tests.plans.evaluation.test_evaluation import signed

from .test_focal import add

pytestmark = pytest.mark.django_db
BODIES = ("dacg", "dgt", "dgcs", "collectif", "ccem", "cncdh", "cgt", "medef", "ddd", "meae")


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


class Table:
    """A committee that grows: seats, a meeting held with what was said of it, a meeting to come with its items."""

    def __init__(self):
        self.keeper, self.ministry, self.seated = people.coordination(), people.ministry(), 0
        self.admin = f.member(f.agency(Kind.COORDINATION, desk=False), Role.PLATFORM_ADMIN)
        with acting_as(self.keeper):
            self.held = committee.plan_meeting(self.keeper, on=today(-3), title_fr="Tenue")
            committee.settle_meeting(self.keeper, self.held.pk, state="held")
            self.coming = committee.plan_meeting(self.keeper, on=today(9), title_fr="À venir")
            self.decision = committee.decide(self.keeper, self.held.pk, text="Suivie")

    def grows(self, more: int) -> None:
        measures, commitments = list(Measure.objects.all()[:9]), list(Commitment.objects.all()[:9])
        with acting_as(self.keeper):
            for n in range(more):
                body = Directory.objects.get(pk=BODIES[self.seated])
                self.seated += 1
                seat = committee.give_seat(self.keeper, body=body, college="state", start=today(-50))
                committee.take_attendance(self.keeper, self.held.pk, {seat.pk: "present"})
                committee.propose_item(self.keeper, self.coming.pk, text=f"LIGNE {n}")
                late = committee.decide(
                    self.keeper, self.held.pk, text="LIGNE", responsible=body, due=today(-1), measure=measures[n],
                    commitment=commitments[n],
                )  # fmt: skip
                committee.follow_up(self.keeper, late.pk, state="started", text="LIGNE")
                committee.follow_up(self.keeper, self.decision.pk, state="started", text="LIGNE")
                committee.plan_meeting(self.keeper, on=today(20 + n), title_fr=f"LIGNE {n}")
        places = Territory.objects.exclude(sort="region").order_by("pk").values_list("pk", flat=True)
        add(self.ministry, *list(places)[: more * self.seated])
        with acting_as(self.admin):
            for n in range(more):
                start = today(1000 * self.seated + 10 * n)
                mandate.give_mandate(
                    self.admin, body=Directory.objects.get(pk="miprof"), start=start, end=start, function_fr="LIGNE",
                    legal_basis_fr="LIGNE",
                )  # fmt: skip


WORKING = [
    # who, route, its arguments, the words that grow
    ("keeper", "plans:committee", lambda t: [], "LIGNE"),
    ("keeper", "plans:seats", lambda t: [], "rp-line"),
    ("keeper", "plans:meeting", lambda t: [t.coming.pk], "LIGNE"),
    ("keeper", "plans:meeting", lambda t: [t.held.pk], "LIGNE"),
    ("ministry", "plans:meeting", lambda t: [t.held.pk], "LIGNE"),
    ("keeper", "plans:decision", lambda t: [t.decision.pk], "LIGNE"),
    ("keeper", "plans:focal", lambda t: [], "MARQUEUR-FONCTION"),
    ("ministry", "plans:focal", lambda t: [], "MARQUEUR-FONCTION"),
    ("admin", "plans:mandate", lambda t: [], "LIGNE"),
]
PUBLIC = [
    ("policy:coordination", lambda t: [], "LIGNE"),
    ("policy:committee", lambda t: [], "LIGNE"),
    ("policy:meeting", lambda t: [t.held.pk], ""),  # by college: numbers
    ("policy:meeting", lambda t: [t.coming.pk], "LIGNE"),
]


def cost(client, address) -> tuple[int, str]:
    client.get(address)  # caches of the process
    with CaptureQueriesContext(connection) as said:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(said), answer.content.decode()


def same(asked_by: dict, table) -> None:
    """`asked_by`: for each client the addresses it asks for, each with the word that grows."""
    few = {(client, address): cost(client, address) for client, said in asked_by.items() for address, _word in said}
    table.grows(6)
    for client, address, word in ((client, *pair) for client, said in asked_by.items() for pair in said):
        asked, shown = cost(client, address)
        assert asked == few[client, address][0] <= 40, address
        if word:
            assert 0 < few[client, address][1].count(word) < shown.count(word), address


def test_working_pages():
    table = Table()
    table.grows(2)
    asked_by = {}
    for who in ("keeper", "ministry", "admin"):
        mine = [(reverse(route, args=args(table)), word) for name, route, args, word in WORKING if name == who]
        asked_by[signed(getattr(table, who))] = mine
    same(asked_by, table)
    assert Seat.objects.count() == 8


def test_public_pages():
    table = Table()
    table.grows(2)
    with acting_as(table.keeper):
        committee.publish_agenda(table.keeper, table.coming.pk)
    same({Client(): [(reverse(route, args=args(table)), word) for route, args, word in PUBLIC]}, table)
