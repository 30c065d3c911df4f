"""What a page asks of the database does not grow with what it shows: each list at two sizes, and the large case.

Lists that have such a test beside their own are not repeated here. Each line grows what its page shows, and says by
which words of the page one sees that it grew.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.actor import acting_as
from tests import factories as f
from victims.models import TimelineEntry

from .full_house import Place
from .pages import Hand, text

pytestmark = pytest.mark.django_db
FEW, MANY = 2, 7


PAGES = {
    # name: (grows, who reads, route, its arguments, what grows in the page)
    "links": ("links", "lead", "case-links", lambda p: [p.case.pk], "LIGNE"),
    "papers": ("papers", "lead", "case-papers", lambda p: [p.case.pk], "LIGNE"),
    "versions of a paper": ("corrections", "lead", "paper-detail", lambda p: [p.paper.pk], "LIGNE"),
    "notes under secrecy": ("secrets", "lead", "case-secrets", lambda p: [p.case.pk], "LIGNE"),
    "notes under secrecy, all": ("secrets", "lead", "secret-list", lambda p: [], "LIGNE"),
    "state and life": ("life", "lead", "case-life", lambda p: [p.case.pk], "rp-timeline__item"),
    "alerts of a case": ("case_alerts", "lead", "case-alerts", lambda p: [p.case.pk], "LIGNE"),
    "agreements": ("agreements", "lead", "case-consents", lambda p: [p.case.pk], "Unité fictive"),
    "access": ("agreements", "lead", "case-access", lambda p: [p.case.pk], ""),
    "thread": ("thread", "lead", "case-timeline", lambda p: [p.case.pk], ""),
    "thread of a request": ("talk", "lead", "orientation-detail", lambda p: [p.asked.pk], "LIGNE"),
    "inbox": ("inbox", "lead", "alert-inbox", lambda p: [], "rp-reference"),
    "inbox, handled": ("inbox", "coord", "alert-inbox", lambda p: [], "rp-reference"),
    "needs without a place": ("unmet", "coord", "unmet-needs", lambda p: [], "need-"),
    "duty": ("duty", "admin", "duty", lambda p: [], "rp-pair"),
    "silent desks": ("silent", "coord", "silent-desks", lambda p: [], "Unité fictive"),
    "imports": ("imports", "lead", "import-list", lambda p: [], 'scope="row"'),
    "lines of an import": ("imports", "lead", "import-detail", lambda p: [p.table.pk], ""),
    "saved searches": ("searches", "lead", "saved-searches", lambda p: [], "LIGNE"),
    "alarms": ("alarms", "auditor", "match-alarm-list", lambda p: [], "Agent"),
    "own data": ("links", "lead", "own-data", lambda p: [], ""),
}


def cost(hand, route, args, query="") -> tuple[int, str]:
    hand.get(route, *args, query=query)  # caches of the process
    with CaptureQueriesContext(connection) as said:
        answer = hand.get(route, *args, query=query)
    assert answer.status_code == 200
    return len(said), text(answer)


# closing a case ends its requests; the first page of the thread would show less of the other things
APART = {"life", "thread"}


@pytest.mark.parametrize("grown", ["the rest", *sorted(APART)])
def test_pages_cost_the_same_at_two_sizes(grown, subtests):
    """One place for most: building it costs more than asking for the pages."""
    pages = {name: line for name, line in PAGES.items() if (line[0] if line[0] in APART else "the rest") == grown}
    place, seen = Place(), {}
    for more in (FEW, MANY):
        for grows in dict.fromkeys(line[0] for line in pages.values()):
            getattr(place, grows)(more)
        for name, (_grows, who, route, args, word) in pages.items():
            said, page = cost(Hand(getattr(place, who)), route, args(place))
            seen.setdefault(name, []).append((said, page.count(word), word))
    for name, ((few, rows, word), (many, more_rows, _)) in seen.items():
        with subtests.test(name):
            assert few == many <= 50, (few, many)
            if word:
                assert 0 < rows < more_rows, (rows, more_rows)


def test_the_case_page_costs_the_same_with_two_hundred_entries():
    place = Place()
    place.thread(2)
    place.talk(1)
    place.agreements(1)
    place.links(1)
    place.case_alerts(1)
    hand, counts = Hand(place.lead), []
    for more in (False, True):
        if more:
            place.thread(12)
            for grows in ("talk", "agreements", "links", "case_alerts", "papers", "secrets"):
                getattr(place, grows)(MANY)
            for _ in range(5):
                f.orientation(place.lead, place.case, f.shelter(), state="declined")
        counts.append(cost(hand, "case-detail", [place.case.pk])[0])
    with acting_as(place.lead):
        assert TimelineEntry.objects.filter(case=place.case).count() >= 200
    assert counts[0] == counts[1] <= 60, counts
