"""Does time tell whoever types that somebody is known elsewhere? 400 pairs of requests, one with a hidden match and one
without, in random order, each case taking both parts in turn, the worker passing between them.

    ./run test bench/match_timing.py -s

Prints medians and the chance of a difference as large if the two were the same (sign flips). docs/figures/duplicates.md
holds the last figures; the suite compares statements, which do not depend on the machine.
"""

import random
import statistics
from time import perf_counter

import pytest

from agencies.models import Category, Kind, Role
from foundation.actor import acting_as
from referral.duplicates.operations.comparison import compare_due
from referral.models import Match
from tests import factories as f
from tests.referral.api import Caller
from tests.referral.pages import Hand
from tests.roles import as_role
from victims.identity.operations import enter_identity

pytestmark = pytest.mark.django_db
PAIRS, FLIPS = 400, 2000
HIDDEN = {"family_name": "Marqueur", "given_names": "Nadia Imane", "birth_0": "12/03/1998"}
UNKNOWN = {"family_name": "Nwobiye", "given_names": "Osasu Joyce", "birth_0": "30/01/1980"}


def timed(ask) -> float:
    start = perf_counter()
    assert ask().status_code in (200, 302)
    return 1000 * (perf_counter() - start)


class Side:
    """One case with its lead, its program and the author of its alert."""

    def __init__(self, coordinator):
        home, school = f.shelter(), f.agency(Kind.EDUCATION, desk=False)
        worker, nurse = f.member(home), f.member(school, Role.FRONTLINE)
        self.alert = f.sent_alert(nurse)
        self.case = f.case(coordinator, alert=self.alert)
        f.orientation(coordinator, self.case, home, verb="transfer", level=3, state="accepted", answerer=worker)
        self.agreed = f.consent(worker, self.case, agencies=[home.pk], categories=int(Category.IDENTITY))
        self.hand, self.author, self.caller = Hand(worker), Hand(nurse), Caller(f.program(home))

    def requests(self, typed) -> dict:
        given = {"act": "enter", "consent": f"consent:{self.agreed.pk}", **typed}
        pk = self.case.pk
        return {
            "case worker, identity typed": lambda: self.hand.post("case-identity", pk, **given),
            "case worker, case page": lambda: self.hand.get("case-detail", pk),
            "program, case": lambda: self.caller.client.get(f"/api/v1/cases/{pk}/", headers=self.caller._headers()),
            "frontline author, alert": lambda: self.author.get("alert-detail", self.alert.pk),
        }


def test_time_says_nothing():
    chance = random.Random(20261124)
    f.national()
    coordinator, elsewhere = f.member(f.coordination(), Role.COORDINATOR), f.member(f.shelter())
    known = f.own_case(elsewhere)
    agreed = f.consent(elsewhere, known, agencies=[elsewhere.agency_id], categories=int(Category.IDENTITY))
    with acting_as(elsewhere):
        data = {"family_name": "Marqueur", "given_names": "Nadia Imane", "births": [{"date": "1998-03-12"}]}
        enter_identity(elsewhere, known.pk, consent=agreed, data=data)
    sides = [Side(coordinator), Side(coordinator)]
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in sides[0].requests(HIDDEN)}
    found = 0
    for turn in range(-10, PAIRS):  # ten rounds to warm up
        if turn % 2:
            sides.reverse()
        pair = {}
        parts = [("with", sides[0].requests(HIDDEN)), ("without", sides[1].requests(UNKNOWN))]
        chance.shuffle(parts)
        for name in times:
            for part, requests in parts:
                pair[part, name] = timed(requests[name])
            if name == "case worker, identity typed":
                with as_role("nrm_worker"):
                    assert compare_due() >= 2
        if turn >= 0:
            for name in times:
                times[name].append((pair["with", name], pair["without", name]))
    with as_role("nrm_owner"):
        found = Match.objects.count()
    assert found == 2, "both cases must have been found alike while they held the name"
    report(times, chance)


def report(times, chance) -> None:
    print(f"\n| {PAIRS} pairs | median with, ms | median without, ms | difference, ms | chance of as much by luck |")
    print("|---|---|---|---|---|")
    for name, pairs in times.items():
        gaps = [one - two for one, two in pairs]
        seen = statistics.median(gaps)
        flips = [statistics.median(g if chance.random() < 0.5 else -g for g in gaps) for _ in range(FLIPS)]
        luck = sum(abs(flip) >= abs(seen) for flip in flips) / FLIPS
        one, two = (statistics.median(side) for side in zip(*pairs, strict=True))
        print(f"| {name} | {one:.1f} | {two:.1f} | {seen:+.2f} | {luck:.2f} |")
