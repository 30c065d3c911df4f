"""Names on the sheet of a request count as read: a desk that opens one request after the other meets its budget."""

import pytest
from django.core.cache import cache

from agencies.models import Category
from foundation.actor import acting_as
from journal.models import Entry
from tests import factories as f
from tests.referral.api import Caller
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.identity.operations import enter_identity
from victims.models import ReadingAlarm

pytestmark = pytest.mark.django_db
MOST = {"hour": 2, "week": 5}


@pytest.fixture
def w(db, settings):
    cache.clear()
    settings.READ_BUDGETS = {
        sort: {"file": {"hour": 60, "week": 60}, "identity": MOST, "contact": MOST} for sort in ("person", "service")
    }
    f.national()
    f.coordination()
    home, desk = f.shelter(), f.shelter()
    lead, reader = f.member(home), f.member(desk)
    asked = [_asked(lead, desk, number) for number in range(3)]
    return {"lead": lead, "reader": reader, "program": f.program(desk), "asked": asked}


def named(lead, name):
    case = f.bare_case(lead)
    agreed = f.consent(lead, case, categories=Category.IDENTITY)
    with acting_as(lead):
        enter_identity(lead, case.pk, consent=agreed, data={"family_name": name})
    return case


def _asked(lead, desk, number):
    case = named(lead, f"NOM-{number}")
    return f.orientation(lead, case, desk, level=3, categories=Category.IDENTITY)


def counted(member, action="identity.read.sheet") -> int:
    with as_role("nrm_owner"):
        return Entry.objects.filter(membership_id=member.pk, action=action).values("case_id").distinct().count()


def test_names_on_sheets_are_counted_and_the_request_is_answered_all_the_same(w):
    hand = Hand(w["reader"])
    pages = [text(hand.post("orientation-detail", asked.pk, act="reveal")) for asked in w["asked"]]
    assert ["NOM-0" in pages[0], "NOM-1" in pages[1], "NOM-2" in pages[2]] == [True, True, False]
    assert "autant de dossiers, d'identités ou de contacts qu'un compte le peut" in pages[2]
    assert counted(w["reader"]) == 2
    with as_role("nrm_owner"):
        assert [alarm.kind for alarm in ReadingAlarm.objects.filter(membership=w["reader"])] == ["identity"]
    assert "NOM-1" in text(hand.post("orientation-detail", w["asked"][1].pk, act="reveal"))  # read within the hour
    assert hand.post("orientation-accept", w["asked"][2].pk).status_code == 302


def test_programs_read_no_more_names(w):
    caller = Caller(w["program"])
    sheets = [caller.post(f"orientations/{asked.pk}/open/").json()["sheet"] for asked in w["asked"]]
    assert [sheet["identity"] == {"spent": True} for sheet in sheets] == [False, False, True]
    assert counted(w["program"]) == 2


def test_preview_counts_for_the_sender(w):
    case = named(w["lead"], "NOM-9")
    draft = f.orientation(w["lead"], case, w["reader"].agency, state="draft", level=3, categories=Category.IDENTITY)
    assert "NOM-9" in text(Hand(w["lead"]).post("orientation-preview", draft.pk, act="reveal"))
    assert counted(w["lead"]) == 1


def test_the_story_on_a_sheet_is_a_reading_of_the_case(w, settings):
    """An insider of a desk that many ask opens request after request: each story is a file read, within the budget."""
    settings.READ_BUDGETS = {
        sort: dict.fromkeys(("file", "identity", "contact"), MOST) for sort in ("person", "service")
    }
    asked = [f.orientation(w["lead"], f.own_case(w["lead"]), w["reader"].agency, level=3) for _ in range(3)]
    short = f.orientation(w["lead"], f.own_case(w["lead"]), w["reader"].agency)
    hand = Hand(w["reader"])
    assert "MARQUEUR-RECIT" not in text(hand.get("orientation-detail", short.pk))  # a summary is no file
    assert counted(w["reader"], "case.read.sheet") == 0
    pages = [text(hand.get("orientation-detail", one.pk)) for one in asked]
    assert ["MARQUEUR-RECIT" in page for page in pages] == [True, True, False]
    assert counted(w["reader"], "case.read.sheet") == 2
    with as_role("nrm_owner"):
        assert [alarm.kind for alarm in ReadingAlarm.objects.filter(membership=w["reader"])] == ["file"]
    assert hand.post("orientation-accept", asked[2].pk).status_code == 302
    program = Caller(w["program"])
    sheets = [program.post(f"orientations/{one.pk}/open/").json()["sheet"] for one in asked[:2]]
    assert ["texts" in sheet["file"] for sheet in sheets] == [True, True]


def test_the_story_of_who_is_in_danger_to_life_is_never_left_out(w, settings):
    settings.READ_BUDGETS = {
        sort: dict.fromkeys(("file", "identity", "contact"), MOST) for sort in ("person", "service")
    }
    asked = [
        f.orientation(w["lead"], f.own_case(w["lead"]), w["reader"].agency, level=3, urgency=urgency)
        for urgency in ("normal", "normal", "vital")
    ]
    pages = [text(Hand(w["reader"]).get("orientation-detail", one.pk)) for one in asked]
    assert ["MARQUEUR-RECIT" in page for page in pages] == [True, True, True]
