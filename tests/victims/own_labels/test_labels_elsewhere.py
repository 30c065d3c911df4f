"""Where own reference and nickname are read beside the case: lists of requests and alerts, agenda, API, export."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Level, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from referral.procedures.operations import checklists, clocks
from tests import factories as f
from tests.referral.api import Caller, refused
from tests.referral.pages import Hand, text
from victims.own_labels.operations import set_label

pytestmark = pytest.mark.django_db
OWN = {"reference": "2026-114", "nickname": "Étoile"}


@pytest.fixture
def p(db):
    f.national()
    f.coordination()
    lead, other = f.member(f.shelter()), f.member(f.shelter())
    case = f.own_case(lead)
    request = f.orientation(lead, case, other.agency, state="in_progress", answerer=other, level=Level.SUMMARY)
    return {"lead": lead, "other": other, "case": case, "request": request}


def labelled(member, case, **own):
    with acting_as(member):
        return set_label(member, case.pk, **{**OWN, **own})


@pytest.mark.parametrize(
    ("who", "route", "query"),
    [
        ("lead", "orientation-sent", ""),
        ("lead", "alert-inbox", "?view=handled"),
        ("other", "orientation-received", "?view=current"),
    ],
)
def test_rows_of_a_case_of_ours_have_our_label(p, who, route, query):
    labelled(p[who], p["case"])
    rest = "other" if who == "lead" else "lead"
    labelled(p[rest], p["case"], reference="AUTRE-9", nickname="Ombre")
    page = text(Hand(p[who]).get(route, query=query))
    assert "Étoile · 2026-114" in page and "Ombre" not in page and "AUTRE-9" not in page


def test_agenda_says_the_label(p):
    labelled(p["lead"], p["case"])
    with acting_as(p["lead"]) as actor:
        made = checklists.start_procedure(actor, p["case"].pk, "indemnisation_civi")
        checklists.settle_step(actor, made.pk, 1, "not_applicable")
        clocks.start_clock(actor, made.pk, 2, counted_on=timezone.localdate())
    assert "Étoile · 2026-114" in text(Hand(p["lead"]).get("agenda", query="?view=agency"))


def test_request_accepted_offers_to_give_a_label(p):
    page = text(Hand(p["other"]).get("orientation-detail", p["request"].pk))
    assert f'href="/dossiers/{p["case"].pk}/notre-reference/"' in page
    labelled(p["other"], p["case"])
    assert "Étoile" in text(Hand(p["other"]).get("orientation-detail", p["request"].pk))
    assert "Étoile" not in text(Hand(p["lead"]).get("orientation-detail", p["request"].pk))


def test_label_is_written_at_the_state_alone_and_stays_in_the_list(p):
    unit = f.member(f.coordination(territories=("93",)), Role.COORDINATOR)
    case = f.case(unit, author=f.member(f.agency(desk=False), Role.FRONTLINE), territory="93")
    transfer = {"verb": "transfer", "level": Level.FILE, "state": "in_progress", "answerer": p["other"]}
    f.orientation(unit, case, p["other"].agency, **transfer)
    hand = Hand(unit)
    assert hand.get("case-detail", case.pk).status_code == 404, "who handed the case on keeps the state"
    assert hand.post("case-label", case.pk, **OWN).url == "/dossiers/"
    assert "Étoile · 2026-114" in text(hand.get("case-list"))


def test_sheet_sent_and_mails_have_no_label(p):
    labelled(p["lead"], p["case"])
    third = f.member(f.shelter())
    request = f.orientation(p["lead"], p["case"], third.agency, level=Level.FILE)
    page = text(Hand(third).get("orientation-detail", request.pk))
    preview = text(Hand(p["lead"]).get("orientation-detail", request.pk)).split("Ce qui a été montré")[-1]
    for word in OWN.values():
        assert word not in page and word not in preview


def test_program_reads_and_writes_its_own(p):
    labelled(p["other"], p["case"], reference="AUTRE-9", nickname="Ombre")
    home, there = Caller(f.program(p["lead"].agency)), Caller(f.program(p["other"].agency))
    done = home.post(f"cases/{p['case'].pk}/label/", {"own_reference": "2026-114", "nickname": "Étoile"})
    assert (done.json()["own_reference"], done.json()["nickname"]) == ("2026-114", "Étoile")
    assert home.get(f"cases/{p['case'].pk}/").json()["own_reference"] == "2026-114"
    (theirs,) = there.get("cases/").json()["results"]
    assert (theirs["own_reference"], theirs["nickname"]) == ("AUTRE-9", "Ombre")
    second = f.own_case(p["lead"])
    given = {"own_reference": "2026 114", "nickname": ""}
    detail = refused(home.post(f"cases/{second.pk}/label/", given), 409, "own-reference-taken")
    assert p["case"].reference in str(detail)
    phone = {"own_reference": "06 12 34 56 78", "nickname": ""}
    refused(home.post(f"cases/{second.pk}/label/", phone), 400, "invalid")
    said = refused(home.post(f"cases/{second.pk}/label/", {"own_reference": "\x8d", "nickname": ""}), 400, "invalid")
    assert [error["code"] for error in said["errors"]] == ["rule"], "no schema says it"
    refused(Caller(f.program(f.shelter())).post(f"cases/{second.pk}/label/", given), 404, "not-found")


def test_list_of_the_api_asks_labels_once(p):
    caller = Caller(f.program(p["lead"].agency))
    for number in range(3):
        labelled(p["lead"], f.own_case(p["lead"]), reference=f"A-{number}")
    with CaptureQueriesContext(connection) as asked:
        assert len(caller.get("cases/").json()["results"]) == 4
    assert sum("victims_ownlabel" in q["sql"] for q in asked.captured_queries) == 1


def test_role_that_works_on_no_case_writes_nothing(p):
    front = f.member(p["lead"].agency, Role.FRONTLINE)
    with acting_as(front), pytest.raises(NotFound):
        set_label(front, p["case"].pk, **OWN)


@pytest.mark.django_db(transaction=True)
def test_copy_of_a_program_is_told_of_a_new_label(transactional_db):
    f.national()
    f.coordination()
    lead = f.member(f.shelter())
    case, _second = f.own_case(lead), f.own_case(lead)
    caller = Caller(f.program(lead.agency))
    since = caller.get("cases/").json()["since"]
    labelled(lead, case)
    answer = caller.get("cases/", since=since).json()
    assert [row["nickname"] for row in answer["results"] if row["id"] == str(case.pk)] == ["Étoile"]
    labelled(lead, case, nickname="Comète")
    # other rows may come twice: a position waits for every transaction under way
    rows = caller.get("cases/", since=answer["since"]).json()["results"]
    assert [row["nickname"] for row in rows if row["id"] == str(case.pk)] == ["Comète"]
