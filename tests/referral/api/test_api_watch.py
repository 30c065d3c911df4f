"""What a coordination watches, what was shared without an agreement, the survey, and two readings beside a section."""

from copy import deepcopy
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from agencies.models import Desk, Kind, Role
from journal.models import Entry
from referral.models import AlertDesk, SurveyAnswer, UnmetNeed
from tests import factories as f
from tests.guarantees.acts.house import House, do
from tests.referral.api import Caller, refused
from tests.referral.inbox.test_silent_desks import older
from tests.roles import as_role
from victims.thread.operations import write_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    world = House()
    world.unit = Caller(f.program(world.coord.agency, Role.COORDINATOR))
    world.far = Caller(f.program(world.south, Role.COORDINATOR))
    world.program, world.near = Caller(f.program(world.home)), Caller(f.program(world.partner.agency))
    world.stranger = Caller(f.program(f.shelter()))
    f.orientation(world.lead, world.case, world.partner.agency, level=2, state="accepted", answerer=world.partner)
    return world


def journalled(caller, action: str) -> int:
    with as_role("nrm_owner"):
        return Entry.objects.filter(membership_id=caller.member.pk, action=action).count()


def test_alerts_of_a_silent_desk_are_given_to_another_one(w):
    first, child = w.alert(w.partner), w.alert(w.partner, minor="yes")
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=w.second.agency_id).update(takes_minors=False)
    older(80)
    groups = {one["agency"]["id"]: one for one in w.unit.get("silent-desks/").json()["results"]}
    silent = groups[w.partner.agency_id]
    assert {one["reference"] for one in silent["waits"]} == {first.reference, child.reference}
    assert silent["waits"][0]["reference"] == child.reference, "a child before an adult"
    takers = {one["id"]: one["alerts"] for one in silent["takers"]}
    assert takers[w.second.agency_id] == 1
    where, body = f"silent-desks/{w.partner.agency_id}/readdress/", {"target": w.second.agency_id}
    refused(w.far.post(where, body), 404, "not-found")
    refused(w.program.post(where, body), 403, "forbidden")
    refused(w.unit.post(where, {"target": w.partner.agency_id}), 400, "invalid", pointer="#/target")
    answer = w.unit.post(where, body, key="one-key-of-the-test")
    again = w.unit.post(where, body, key="one-key-of-the-test")
    assert (answer.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    left = {one["agency"]["id"]: one for one in w.unit.get("silent-desks/").json()["results"]}[w.partner.agency_id]
    assert [one["reference"] for one in left["waits"]] == [child.reference], "what it cannot take stays, and is seen"
    with as_role("nrm_owner"):
        assert AlertDesk.objects.get(alert=first, agency=w.second.agency_id).live
        assert not AlertDesk.objects.filter(alert=child, agency=w.second.agency_id).exists()
    assert journalled(w.unit, "alert.readdress") == 1


def test_silent_desks_and_unmet_needs_are_of_a_coordinator(w):
    assert w.far.get("silent-desks/").json() == {"results": [], "more": False, "actions": []}
    assert w.unit.get("unmet-needs/").json()["needs"] == []
    for path in ("silent-desks/", "unmet-needs/"):
        refused(w.program.get(path), 403, "forbidden")


def test_small_counts_of_unmet_needs_leave_by_no_program(w):
    """Two situations are not said, nor their refusals; three are. As on the page (test_ranking)."""
    with as_role("nrm_owner"):
        month, where = timezone.localdate().replace(day=1), f.territory()
        for code, situations, refusals in (("need-few", 2, 7), ("need-enough", 3, 9)):
            UnmetNeed.objects.create(
                service=f.service(code), territory=where, profile="adult", month=month,
                situations=situations, refusals=refusals,
            )  # fmt: skip
    few, enough = sorted(w.unit.get("unmet-needs/").json()["needs"], key=lambda row: row["service"] == "need-enough")
    assert few["service"] == "need-few" and not {"situations", "refusals"} & set(few)
    assert (enough["situations"], enough["refusals"]) == (3, 9)
    assert w.far.get("unmet-needs/").json()["needs"] == [], "another territory"


def test_legal_shares_are_listed_and_the_listing_is_journalled(w):
    ground = {"legal_ground": "vital_danger", "legal_reason": "MARQUEUR-MOTIF, assez long pour compter"}
    made = f.orientation(w.lead, w.case, w.second.agency, **ground)
    (row,) = w.program.get("legal-shares/").json()["results"]
    assert (row["orientation"], row["ground"], row["case"]) == (str(made.pk), "vital_danger", str(w.case.pk))
    assert row["reason"] == ground["legal_reason"]
    assert w.stranger.get("legal-shares/").json()["results"] == []
    assert (journalled(w.program, "legal_shares.list"), journalled(w.stranger, "legal_shares.list")) == (1, 1)


def test_a_thread_is_searched_by_words_that_no_address_holds(w):
    do(w.lead, write_entry, w.case.pk, sort="message", text="Rendez-vous à la PRÉFECTURE de Bobigny")
    where = f"cases/{w.case.pk}/thread/search/"
    found = w.program.post(where, {"words": "prefecture"}, key=None).json()
    assert [entry["text"] for entry in found["entries"]] == ["Rendez-vous à la PRÉFECTURE de Bobigny"]
    assert w.program.post(where, {"words": "tribunal"}).json()["entries"] == []
    assert journalled(w.program, "case.read.timeline") == 2
    refused(w.program.post(where, {"words": "p"}), 400, "invalid", pointer="#/words")
    refused(w.program.post(where, {"words": "préfecture", "cursor": "é"}), 400, "invalid")
    refused(w.stranger.post(where, {"words": "prefecture"}), 404, "not-found")
    assert journalled(w.stranger, "case.read.timeline") == 0


def test_an_agreement_is_printed_discreetly_unless_the_whole_is_asked_for(w):
    agreement = w.agreement()
    where = f"cases/{w.case.pk}/agreements/{agreement.pk}/paper/"
    slip, whole = w.program.get(where).json(), w.program.get(where, view="whole").json()
    assert w.case.reference in slip["first"] and slip["facts"] == []
    assert w.home.name not in str(slip) and w.home.name in str(whole), "who finds the slip learns of no service"
    assert len(whole["facts"]) >= 4
    refused(w.program.get(where, view="all"), 400, "invalid", parameter="view")
    refused(w.stranger.get(where), 404, "not-found")
    other = f.own_case(w.lead)
    refused(w.program.get(where.replace(str(w.case.pk), str(other.pk))), 404, "not-found")


def test_the_survey_is_read_and_handed_over_by_an_association(w):
    year = timezone.localdate().year
    f.consent(w.lead, w.case, purpose="statistics")
    shown = w.program.get("survey/").json()
    assert (shown["year"], shown["received"], shown["persons"], shown["left_out"]) == (year, 1, 1, [])
    assert {"question": "form", "code": w.case.form, "persons": 1} in shown["counts"]
    assert journalled(w.program, "survey.read") == 1 and shown["actions"] == []
    refused(w.program.get("survey/", year="no"), 400, "invalid", parameter="year")
    refused(w.program.post(f"survey/{year}/hand-over/"), 409, "wrong-state")
    refused(Caller(f.program(f.agency(Kind.JUSTICE))).post(f"survey/{year}/hand-over/"), 403, "forbidden")
    last = year - 1
    with time_machine.travel(date(last, 6, 15)):
        f.consent(w.lead, f.own_case(w.lead), purpose="statistics")
    with time_machine.travel(date(year, 3, 1)):
        later = Caller(w.program.member, lasts=timedelta(days=700))
        assert later.get("survey/", year=str(last)).json()["actions"] == ["hand_over_survey"]
        assert later.post(f"survey/{last}/hand-over/").status_code == 200
        assert later.get("survey/", year=str(last)).json()["handed_over_at"]
    with as_role("nrm_owner"):
        assert SurveyAnswer.objects.get(agency=w.home, year=last).data["persons"] == 1
    assert journalled(w.program, "survey.handed_over") == 1
