"""Pages of money, at work and in public, ask as much of the database for two envelopes as for seven."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Directory, Kind
from foundation.actor import acting_as
from plans.models import FigureCode, Measure, Plan, PlanMove
from plans.money.operations import campaigns
from plans.money.operations import envelopes as acts
from tests.plans import people

from .test_money_needs import pushed
from .test_money_overlaps import envelope
from .test_money_pages import Hand, auditor

pytestmark = pytest.mark.django_db
FEW, MANY = 2, 5
MINISTRIES = [("dacg", Kind.JUSTICE), ("dgt", Kind.LABOUR), ("dgcs", Kind.SOCIAL_AFFAIRS), ("dgesco", Kind.EDUCATION),
              ("meae", Kind.FOREIGN_AFFAIRS), ("sdfe", Kind.EQUALITY), ("dpjj", Kind.JUSTICE)]  # fmt: skip


class House:
    """Everything that pages of money show, growing; the first envelope has all that one can have."""

    def __init__(self):
        self.check, self.own, self.audit = people.coordination(), people.ministry(), auditor()
        self.first, self.made = envelope(self.own, "Première"), 0
        today = timezone.localdate()
        with acting_as(self.check):
            plan = Plan.objects.get(code="plan3")
            move = PlanMove(plan=plan, action="prepare", before="published", after="published")
            move.agency, move.by = self.check.agency, self.check
            PlanMove.objects.bulk_create([move])
            Measure.objects.filter(plan=plan).update(lead="dacg")
            self.campaign = campaigns.open_campaign(
                self.check, year=2027, stage="voted", opens=today, closes=today + timedelta(20)
            )

    def grows(self, more: int) -> None:
        for _ in range(more):
            code, kind = MINISTRIES[self.made]
            self.made += 1
            other = people.ministry(code, kind)
            self._year(self.first, 2010 + self.made)
            new = envelope(
                self.own, f"LIGNE {self.made}", measure=Measure.objects.filter(plan__code="plan3")[self.made]
            )
            self._year(new, 2026)
            with acting_as(self.own):
                acts.record_overlap(self.own, self.first, new)
                acts.name_beneficiary(self.own, self.first, f"LIGNE {self.made}", "Jaune budgétaire")
            with acting_as(self.check):
                campaigns.remind(self.check, self.campaign, Directory.objects.get(pk=other.agency.profile_id))
                year, stage = 2030 + self.made, "voted"
                campaigns.open_campaign(
                    self.check, year=year, stage=stage, opens=timezone.localdate(), closes=timezone.localdate()
                )

    def _year(self, made, year: int) -> None:
        """A figure checked, corrected and checked again, one signed, one to check."""
        with acting_as(self.own):
            said = {"year": year, "stage": "voted", "evidence": "LFI"}
            first, second, _third = (
                acts.add_line(self.own, made, nature=nature, amount=Decimal(year), **said)
                for nature in ("AE", "CP", "")
            )
        with acting_as(self.check):
            acts.check_all(self.check, [first, second])
        with acting_as(self.own):
            again = acts.correct_line(self.own, first, amount=Decimal(7), evidence="LFR", reason="Gel")
        with acting_as(self.check):
            acts.check_line(self.check, again)
        with acting_as(self.audit):
            acts.sign_line(self.audit, second)


PAGES = [
    # who, route, its arguments, the words that grow
    ("own", "plans:money", lambda h: [], "LIGNE"),
    ("own", "plans:money-lines", lambda h: [], "LIGNE"),
    ("own", "plans:money-envelope", lambda h: [h.first.code], "Gel"),
    ("own", "plans:money-overlaps", lambda h: [h.first.code], "LIGNE"),
    ("own", "plans:money-edit", lambda h: [h.first.code], ""),
    ("own", "plans:money-new", lambda h: [], ""),
    ("own", "plans:money-campaign-grid", lambda h: [h.campaign.pk], "LIGNE"),
    ("own", "plans:money-campaign-paste", lambda h: [h.campaign.pk], ""),
    ("own", "plans:money-campaign-give", lambda h: [h.campaign.pk], ""),
    ("own", "plans:money-campaign-table", lambda h: [h.campaign.pk], "LIGNE"),
    ("check", "plans:money", lambda h: [], "LIGNE"),
    ("check", "plans:money-lines", lambda h: [], "LIGNE"),
    ("check", "plans:money-new", lambda h: [], ""),
    ("check", "plans:money-envelope", lambda h: [h.first.code], "Gel"),
    ("check", "plans:money-campaign-list", lambda h: [], "fr-tile"),
    ("check", "plans:money-campaign", lambda h: [h.campaign.pk], 'scope="row"'),
    ("audit", "plans:money", lambda h: [], "LIGNE"),
    ("audit", "plans:money-lines", lambda h: [], "LIGNE"),
    (None, "policy:money", lambda h: [], "LIGNE"),
    (None, "policy:money-years", lambda h: [], "fr-table"),
    (None, "policy:money-missing", lambda h: [], ""),
    (None, "policy:money-envelope", lambda h: [h.first.code], "Gel"),
]


def cost(hand, route, args) -> tuple[int, str]:
    hand.get(route, *args)  # caches of the process
    with CaptureQueriesContext(connection) as said:
        page = hand.get(route, *args)
    return len(said), page


def test_pages_cost_the_same_at_two_sizes(subtests):
    """One house for all: building it costs more than asking for the pages."""
    house, seen = House(), {}
    hands = {who: Hand(who and getattr(house, who)) for who in ("own", "check", "audit", None)}
    for more in (FEW, MANY):
        house.grows(more)
        for who, route, args, word in PAGES:
            asked, page = cost(hands[who], route, args(house))
            seen.setdefault((who, route), []).append((asked, page.count(word) if word else 0, word))
    for (who, route), ((few, rows, word), (many, more_rows, _)) in seen.items():
        with subtests.test(f"{route} of {who or 'the public'}"):
            assert few == many <= 45, (few, many)
            if word and route != "policy:money-years":
                assert 0 < rows < more_rows, (rows, more_rows)


def test_places_refused_cost_the_same_for_one_region_as_for_ten():
    hand, counts = Hand(), []
    for regions in (["R11"], ["R24", "R27", "R28", "R32", "R44", "R52", "R53", "R75", "R76"]):
        pushed(*((FigureCode.REFUSED_NO_PLACE, 20, code) for code in regions))
        asked, page = cost(hand, "policy:money-needs", [])
        counts.append((asked, page.count('scope="row"')))
    assert counts[0][0] == counts[1][0]
    assert counts[0][1] + 9 == counts[1][1]
