"""Acts of programs beside the answer: the thread, sending and taking back, an alert's ends; `updated_since`."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral import workflow
from referral.alerts.operations.additions import add_to_alert
from referral.api.serializers.records import ALERT_ACTIONS
from referral.inbox.operations.alerts import open_alert
from referral.models import Alert, AlertDesk, Orientation, OrientationMessage
from tests import factories as f
from tests.referral.api import Caller, refused
from tests.roles import as_role
from victims.models import Case, CaseAccess, Statement
from victims.workflow import CASE

pytestmark = pytest.mark.django_db
# an alert is sent by `POST alerts/`; silence is the clock's
NOT_A_PROGRAMS = {"send", "escalate", "readdress"}


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


@pytest.fixture
def p(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit, shelter, other = f.coordination(), f.shelter(), f.shelter()
    return {
        "coord": Caller(f.program(unit, Role.COORDINATOR)),
        "shelter": Caller(f.program(shelter)),
        "other": Caller(f.program(other)),
        "lead": f.member(unit, Role.COORDINATOR),
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
    }


def sent(p, **fields):
    case = f.case(p["lead"], author=p["nurse"])
    return case, f.orientation(p["lead"], case, p["shelter"].member.agency, **fields)


def test_every_action_that_can_be_named_has_an_address():
    for noun, table in (
        ("alert", workflow.ALERT),
        ("orientation", workflow.ORIENTATION),
        ("case", CASE),
    ):
        for action in {name for (_s, name), step in table.items() if step.side in ("sender", "desk", "lead")}:
            if noun == "alert" and action in NOT_A_PROGRAMS:
                assert action not in ALERT_ACTIONS
                continue
            try:
                reverse(f"api:{noun}-{action}", args=["00000000-0000-0000-0000-000000000007"])
            except NoReverseMatch:
                pytest.fail(f"{noun} {action} may be named in `actions` and has no address")


def test_the_thread_by_programs(p):
    _case, made = sent(p)
    at = f"orientations/{made.pk}/"
    refused(p["shelter"].post(f"{at}ask/", {"words": ""}), 400, "invalid", pointer="#/words")
    refused(p["shelter"].post(f"{at}ask/", {}), 400, "invalid", pointer="#/words")
    refused(p["coord"].post(f"{at}ask/", {"words": "Une place ?"}), 403, "forbidden")
    refused(p["other"].post(f"{at}ask/", {"words": "Une place ?"}), 404, "not-found")
    asked = p["shelter"].post(f"{at}ask/", {"words": "Parle-t-elle roumain ?"}, key="question-de-l-essai")
    assert (asked.status_code, asked.json()["state"]) == (200, "question")
    again = p["shelter"].post(f"{at}ask/", {"words": "Parle-t-elle roumain ?"}, key="question-de-l-essai")
    assert again["Idempotency-Replayed"] == "true"
    assert p["coord"].get(at).json()["actions"] == ["withdraw", "answer"]
    assert p["coord"].post(f"{at}answer/", {"words": "Oui."}).json()["state"] == "opened"
    refused(p["coord"].post(f"{at}answer/", {"words": "Oui."}), 409, "wrong-state")
    p["shelter"].post(f"{at}message/", {"words": "Une place lundi."})
    said = [(m["sort"], m["words"]) for m in p["coord"].get(at).json()["messages"]]
    assert said == [("question", "Parle-t-elle roumain ?"), ("answer", "Oui."), ("message", "Une place lundi.")]
    declined = (
        p["shelter"].post(f"{at}decline/", {"reason": "no_place", "suggestion": p["other"].member.agency_id}).json()
    )
    assert declined["messages"] == []
    refused(p["shelter"].post(f"{at}message/", {"words": "Pardon."}), 409, "wrong-state")
    with acting_as(p["lead"]):
        assert Orientation.objects.get(pk=made.pk).moves.get(action="decline").to_agencies == [
            p["other"].member.agency_id
        ]
        assert OrientationMessage.objects.count() == 3


def test_a_suggestion_is_a_desk_that_receives(p):
    _case, made = sent(p)
    school = f.agency(Kind.EDUCATION, desk=False)
    for wrong in (school.pk, 0, "x", 999999):
        body = {"reason": "no_place", "suggestion": wrong}
        refused(p["shelter"].post(f"orientations/{made.pk}/decline/", body), 400, "invalid", pointer="#/suggestion")


def test_sent_and_taken_back(p):
    _case, draft = sent(p, state="draft")
    at = f"orientations/{draft.pk}/"
    assert p["coord"].get(at).json()["actions"] == ["send", "withdraw"]
    refused(p["shelter"].post(f"{at}send/"), 404, "not-found")
    assert p["coord"].post(f"{at}send/").json()["state"] == "sent"
    refused(p["coord"].post(f"{at}send/"), 409, "wrong-state")
    refused(p["shelter"].post(f"{at}withdraw/"), 403, "forbidden")
    assert p["coord"].post(f"{at}withdraw/").json()["state"] == "withdrawn"


def test_request_is_sent_with_what_the_service_needs_to_decide(p):
    _case, draft = sent(p, state="draft")
    at, brief = f"orientations/{draft.pk}/", {"sex": "woman", "children": 2, "note": "Elle peut venir ce soir."}
    refused(p["coord"].post(f"{at}send/", {"brief": {"sex": "x"}}), 400, "invalid", pointer="#/brief/sex")
    said = refused(p["coord"].post(f"{at}send/", {"brief": {"note": "06 12 34 56 78"}}), 409, "wrong-state")
    assert "06 12 34 56 78" in said["detail"]
    refused(p["coord"].post(f"{at}send/", {"brief": {"pregnant": "yes"}}), 409, "wrong-state")
    assert p["coord"].post(f"{at}send/", {"brief": brief}).json()["state"] == "sent"
    p["shelter"].post(f"{at}open/")
    assert p["shelter"].get(at).json()["sheet"]["summary"].items() >= brief.items()


def test_a_draft_the_agreement_no_longer_covers_says_why(p):
    case, draft = sent(p, state="draft")
    with as_role("nrm_owner"):
        draft.consent.__class__.objects.filter(pk=draft.consent_id).update(until=timezone.now() - timedelta(days=1))
    said = refused(p["coord"].post(f"orientations/{draft.pk}/send/"), 409, "wrong-state")
    assert "a pris fin" in said["detail"]


def test_a_refused_request_is_asked_of_another_service(p):
    _case, made = sent(p, state="declined")
    at, other = f"orientations/{made.pk}/reroute/", p["other"].member.agency
    refused(p["coord"].post(at, {}), 400, "invalid", pointer="#/addressee")
    refused(p["coord"].post(at, {"addressee": p["nurse"].agency_id}), 400, "invalid", pointer="#/addressee")
    refused(p["shelter"].post(at, {"addressee": other.pk}), 403, "forbidden")
    refused(p["other"].post(at, {"addressee": other.pk}), 404, "not-found")
    # the agreement is for associations: a court is not covered, and nothing is drafted
    said = refused(p["coord"].post(at, {"addressee": f.agency(Kind.JUSTICE).pk}), 409, "wrong-state")
    assert said["detail"]
    draft = p["coord"].post(at, {"addressee": other.pk}, key="autre-service-1").json()
    assert (draft["state"], draft["id"] != str(made.pk)) == ("draft", True)
    same = p["coord"].post(at, {"addressee": other.pk}, key="autre-service-1")
    assert (same.json()["id"], same["Idempotency-Replayed"]) == (draft["id"], "true")
    with acting_as(p["lead"]):
        assert Orientation.objects.get(rerouted_from=made.pk).addressee_id == other.pk
    assert p["coord"].post(f"orientations/{draft['id']}/send/").json()["state"] == "sent"
    refused(p["coord"].post(f"orientations/{draft['id']}/reroute/", {"addressee": other.pk}), 409, "wrong-state")


def test_an_entitled_body_states_and_nobody_else(p):
    case, _made = sent(p, state="accepted", level=3)
    at = f"cases/{case.pk}/state/"
    said = {"status": "presumed", "stated_on": "2026-11-20", "function": "Juriste", "motives": "MARQUEUR"}
    for wrong, where in (
        ({"status": "maybe"}, "status"),
        ({"stated_on": "2999-01-01"}, "stated_on"),
        ({"motives": ""}, "motives"),
        ({"status": "recognised"}, "basis"),
    ):
        refused(p["shelter"].post(at, said | wrong), 400, "invalid", pointer=f"#/{where}")
    refused(p["shelter"].post(at, said | {"status": "identified"}), 403, "forbidden")  # an association presumes
    refused(p["other"].post(at, said), 404, "not-found")
    file = p["shelter"].post(at, said, key="avis-de-l-essai").json()
    assert [v["status"] for v in file["identification"]] == ["presumed"]
    assert p["shelter"].post(at, said, key="avis-de-l-essai")["Idempotency-Replayed"] == "true"
    with as_role("nrm_owner"):
        assert Statement.objects.count() == 1


def test_the_lead_ends_an_access(p):
    _case, made = sent(p, state="accepted")
    at = f"orientations/{made.pk}/"
    assert p["coord"].get(at).json()["actions"] == ["revoke"]
    refused(p["coord"].post(f"{at}revoke/", {"reason": "because"}), 400, "invalid", pointer="#/reason")
    refused(p["shelter"].post(f"{at}revoke/", {"reason": "person"}), 403, "forbidden")
    assert p["coord"].post(f"{at}revoke/", {"reason": "person"}).json()["state"] == "withdrawn"
    with as_role("nrm_owner"):
        assert not CaseAccess.objects.filter(agency=p["shelter"].member.agency_id).exists()


def test_the_three_ends_of_an_alert(p):
    other = p["other"].member.agency_id
    for act, body, state in (
        ("act", {}, "acted"),
        ("redirect", {"desks": [other], "reason": "competence"}, "redirected"),
        ("close", {"reason": "duplicate"}, "closed"),
    ):
        alert = f.sent_alert(p["nurse"])
        at = f"alerts/{alert.pk}/"
        named = next(row for row in p["coord"].get("alerts/received/").json()["results"] if row["id"] == str(alert.pk))
        assert act in named["actions"]
        refused(p["other"].post(f"{at}{act}/", body), 404, "not-found")
        if body:
            refused(p["coord"].post(f"{at}{act}/", {**body, "reason": "x"}), 400, "invalid", pointer="#/reason")
        done = p["coord"].post(f"{at}{act}/", body)
        assert (done.status_code, done.json()["state"]) == (200, state), done.content
        assert ("case" in done.json()) == (act == "act")
        refused(p["coord"].post(f"{at}{act}/", body), 409, "wrong-state")
        if act == "act":
            assert p["coord"].get(f"cases/{done.json()['case']}/").status_code == 200


def test_who_neither_coordinates_nor_supports_opens_no_case(p):
    plain = Caller(f.program(f.agency(Kind.LABOUR)))
    alert = f.sent_alert(p["nurse"], desks=[plain.member.agency_id])
    refused(plain.post(f"alerts/{alert.pk}/act/"), 403, "forbidden")
    [row] = plain.get("alerts/received/").json()["results"]
    assert row["actions"] == ["open", "declare", "redirect", "close"]


def test_a_program_notes_as_read_what_it_says_it_has_read_and_nothing_that_came_since(p):
    """The tag of the alert shows no addition: a second one, made meanwhile, was noted as read, and awaited nobody."""
    alert = f.sent_alert(p["nurse"], desks=[])
    case = p["coord"].post(f"alerts/{alert.pk}/act/").json()["case"]
    with as_role("nrm_owner"):
        case = Case.objects.get(pk=case)
    legal = {"legal_ground": "vital_danger", "legal_reason": "Danger pour sa vie, écrit pour cet essai."}
    helper = p["shelter"].member
    f.orientation(p["coord"].member, case, helper.agency, state="accepted", answerer=helper, **legal)
    for words in ("Merci.", "Il part cette nuit avec elle."):
        with acting_as(p["nurse"]):
            add_to_alert(p["nurse"], alert.pk, words)
    path = f"alerts/{alert.pk}/take_note/"
    refused(p["coord"].post(path), 400, "invalid")
    refused(p["coord"].post(path, {"added": 1}), 409, "wrong-state")
    with as_role("nrm_owner"):
        assert AlertDesk.objects.get(alert=alert, agency=p["coord"].member.agency_id).due_at
    assert p["coord"].post(path, {"added": 2}).status_code == 200
    with as_role("nrm_owner"):
        assert AlertDesk.objects.get(alert=alert, agency=p["coord"].member.agency_id).due_at is None


@pytest.mark.parametrize("path", ["alerts/", "alerts/received/", "cases/", "orientations/", "orientations/sent/"])
def test_what_changed_since(p, path):
    """Everything from before, what moved since, nothing from after; and a moment that is none is refused."""
    sent(p)
    f.sent_alert(f.member(p["shelter"].member.agency), desks=[p["other"].member.agency_id])
    who = {"alerts/": "shelter", "orientations/": "shelter"}.get(path, "coord")
    now = timezone.now()
    before, after = (now - timedelta(hours=1)).isoformat(), (now + timedelta(hours=1)).isoformat()
    everything = [row["id"] for row in p[who].get(path).json()["results"]]
    assert everything
    assert [row["id"] for row in p[who].get(path, updated_since=before).json()["results"]] == everything
    assert p[who].get(path, updated_since=after).json()["results"] == []
    far = "2020-06-08T19:35:54.7-21:14"  # an offset that the database does not know: it answered 500
    assert [row["id"] for row in p[who].get(path, updated_since=far).json()["results"]] == everything
    for vague in ("hier", "", "2026-11-27", "2026-11-27T10:00:00", "2026-13-01T10:00:00Z", "0001-01-01T00:00:00+21:00"):
        refused(p[who].get(path, updated_since=vague), 400, "invalid", parameter="updated_since")


@pytest.mark.parametrize(("kind", "told"), [(Kind.EMPLOYER, 0), (Kind.EDUCATION, 1)])
def test_a_company_learns_nothing_by_asking_what_changed(p, kind, told):
    """A case was opened since: a school is told that its alert moved, a company only of the sending and the reading."""
    author = Caller(f.program(f.agency(kind, desk=False), Role.FRONTLINE))
    alert = f.sent_alert(author.member)
    with acting_as(p["lead"]):
        open_alert(p["lead"], alert.pk)
    with as_role("nrm_owner"):  # its columns of state stay: no trigger sets the moment again
        Alert.objects.filter(pk=alert.pk).update(changed_at=timezone.now() - timedelta(days=2))
    f.case(p["lead"], alert=alert)
    since = (timezone.now() - timedelta(days=1)).isoformat()
    assert len(author.get("alerts/", updated_since=since).json()["results"]) == told


def test_program_of_a_prosecutor_neither_refuses_a_report_nor_starts_support(p):
    """Only another prosecutor may have jurisdiction (code de procédure pénale, article 40)."""
    desk = Caller(f.program(f.agency(Kind.JUSTICE, services=("prosecution",), profile_id="parquet")))
    child = f.case(p["lead"], author=p["nurse"], minor="yes", agreement="not_asked", recipients=[])
    made = f.orientation(p["lead"], child, desk.member.agency, service=f.service("prosecution"), consent=None,
                         legal_ground="child_in_danger")  # fmt: skip
    at = f"orientations/{made.pk}/"
    desk.post(f"{at}open/", {})
    refused(desk.post(f"{at}decline/", {"reason": "insufficient_info"}), 403, "forbidden")
    assert desk.post(f"{at}decline/", {"reason": "out_of_scope"}).json()["state"] == "declined"
    taken = f.orientation(p["lead"], child, desk.member.agency, service=f.service("prosecution"), consent=None,
                          legal_ground="child_in_danger", state="accepted")  # fmt: skip
    rows = desk.get("orientations/").json()["results"]
    assert [row["actions"] for row in rows if row["state"] == "accepted"] == [[]]
    refused(desk.post(f"orientations/{taken.pk}/start/", {}), 403, "forbidden")
