"""Each body that the document gives as an example is sent, and done.

Those of the acts in a case are sent by tests/guarantees/test_program_acts.py, which says what each of them needs.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone

from agencies.models import Role
from referral.alerts.operations import additions, alerts
from referral.api.schema.examples import EXAMPLES
from referral.inbox.operations.alerts import open_alert
from referral.orientations.operations import messages, orientations
from tests import factories as f
from tests.guarantees.acts.house import House, do
from tests.guarantees.conditions import sample
from tests.guarantees.program_acts import SAMPLES
from tests.referral.api import DOCUMENT, Caller
from tests.referral.api.test_api_casework import told
from tests.referral.exports.test_exports import worker
from tests.referral.inbox.test_silent_desks import older

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    world = House()
    world.unit = Caller(f.program(world.coord.agency, Role.COORDINATOR))
    world.school = Caller(f.program(world.nurse.agency, Role.FRONTLINE))
    world.shelter, world.desk = Caller(f.program(world.home)), Caller(f.program(world.partner.agency))
    world.third = Caller(f.program(world.second.agency))
    return world


@dataclass(frozen=True)
class Sent:
    """Who sends it where, and the ids that stand in the place of those of the example."""

    by: str
    where: Callable[[House], str]
    ids: Callable[[House], dict[str, Any]] = field(default=lambda w: {})


def _opened(w, *desks):
    """An alert of the nurse, read at the desk of the unit."""
    alert = w.alert(*(desks or (w.coord,)))
    do(w.coord, open_alert, alert.pk)
    return alert.pk


def _acted_on(w):
    """An alert about a child at two desks, of which one has opened a case."""
    alert = w.alert(w.coord, w.partner, minor="yes")
    do(w.coord, alerts.open_case, alert.pk)
    return alert.pk


def _added_to(w):
    """An alert about an adult, to which the nurse adds something once a case is open and a request on its way."""
    alert = w.alert(w.coord, minor="no")
    case = do(w.coord, alerts.open_case, alert.pk)
    f.orientation(w.coord, case, f.shelter(), state="sent")
    do(w.nurse, additions.add_to_alert, alert.pk, "Il est revenu ce matin.")
    return alert.pk


def _mine(w) -> str:
    """An alert that the school sent by its program."""
    return w.school.post("alerts/", EXAMPLES["send_alert"]).json()["id"]


def _kept(w) -> str:
    """An alert that an association keeps for itself."""
    return w.shelter.post("alerts/", {**EXAMPLES["send_alert"], "recipients": []}).json()["id"]


def _asked(w):
    """A request of the lead at the partner's desk, which has read it and asks about it."""
    made = w.request()
    do(w.partner, orientations.open_orientation, made.pk)
    do(w.partner, messages.ask_orientation, made.pk, words="Depuis quand ?")
    return made.pk


def _event(w) -> str:
    said = {**EXAMPLES["start_situation"], "happened_on": timezone.localdate().isoformat()}
    return f"situations/{w.unit.post('situations/', said).json()['made']}/"


def _people(w, *, asked=True) -> tuple[str, list[str]]:
    where = _event(w)
    assert w.unit.post(f"{where}persons/", EXAMPLES["open_persons"]).status_code == 200
    if asked:
        assert w.unit.post(f"{where}question/", EXAMPLES["set_question"]).status_code == 200
    return where, [line["case"] for line in w.unit.get(where).json()["persons"]]


def _answer(w) -> str:
    where, cases = _people(w)
    return f"{where}persons/{cases[0]}/answer/"


def _split(w) -> str:
    where, w.split = _people(w)
    assert w.unit.post(f"{where}persons/{w.split[0]}/answer/", {"said": "yes"}).status_code == 200
    return f"{where}split/"


def _planned(w) -> str:
    """More persons than are opened at once: the next ones wait for the word."""
    where = _event(w)
    many = {**EXAMPLES["open_persons"], "groups": [{"age_side": "adult", "count": 45}]}
    assert w.unit.post(f"{where}persons/", many).status_code == 200
    return f"{where}opening/"


def _table(w, *steps: str) -> str:
    where = f"imports/{w.shelter.post('imports/', EXAMPLES['start_import']).json()['made']}/"
    for step, name in zip(("columns/", "words/"), steps, strict=False):
        assert w.shelter.post(f"{where}{step}", EXAMPLES[name]).status_code == 200
    return where


def _file(w) -> str:
    where = f"exports/{w.shelter.post('exports/', EXAMPLES['ask_export']).json()['made']}/"
    worker()
    w.token = w.shelter.post(f"{where}prepare/").json()["token"]
    return f"{where}fetch/"


def _silent(w) -> str:
    """An alert that the partner has left unread for three days."""
    w.alert(w.partner)
    older(80)
    return f"silent-desks/{w.partner.agency_id}/readdress/"


def _notice(w) -> int:
    return told(w.desk.member, 1)


SENT = {
    "send_alert": Sent("school", lambda w: "alerts/"),
    "add_to_alert": Sent("school", lambda w: f"alerts/{_mine(w)}/add/"),
    "finish_alert": Sent("shelter", lambda w: f"alerts/{_kept(w)}/finish/"),
    "close_alert": Sent("unit", lambda w: f"alerts/{_opened(w)}/close/"),
    "declare_on_alert": Sent("unit", lambda w: f"alerts/{_opened(w)}/declare/"),
    "join_alert": Sent(
        "unit", lambda w: f"alerts/{_opened(w)}/join/", lambda w: {"case": str(f.case(w.coord, author=w.nurse).pk)}
    ),
    "redirect_alert": Sent(
        "unit", lambda w: f"alerts/{_opened(w)}/redirect/", lambda w: {"desks": [w.partner.agency_id]}
    ),
    "stand_down_alert": Sent("unit", lambda w: f"alerts/{_acted_on(w)}/stand_down/"),
    "take_note_of_addition": Sent("unit", lambda w: f"alerts/{_added_to(w)}/take_note/"),
    "open_case": Sent("shelter", lambda w: "cases/"),
    "label_case": Sent("shelter", lambda w: f"cases/{w.case.pk}/label/"),
    "close_case": Sent("shelter", lambda w: f"cases/{w.case.pk}/close/"),
    "make_statement": Sent("shelter", lambda w: f"cases/{w.case.pk}/state/"),
    "search_thread": Sent("shelter", lambda w: f"cases/{w.case.pk}/thread/search/"),
    "send_orientation": Sent("shelter", lambda w: f"orientations/{w.request('draft').pk}/send/"),
    "ask_orientation": Sent("desk", lambda w: f"orientations/{w.request('opened').pk}/ask/"),
    "answer_question": Sent("shelter", lambda w: f"orientations/{_asked(w)}/answer/"),
    "write_message": Sent("desk", lambda w: f"orientations/{w.request('accepted').pk}/message/"),
    "accept_orientation": Sent("desk", lambda w: f"orientations/{w.request('opened').pk}/accept/"),
    "complete_orientation": Sent("desk", lambda w: f"orientations/{w.request('in_progress').pk}/complete/"),
    "decline_orientation": Sent(
        "desk",
        lambda w: f"orientations/{w.request('opened').pk}/decline/",
        lambda w: {"suggestion": w.second.agency_id},
    ),
    "reroute_orientation": Sent(
        "shelter",
        lambda w: f"orientations/{w.request('declined').pk}/reroute/",
        lambda w: {"addressee": w.second.agency_id},
    ),
    "revoke_orientation": Sent("shelter", lambda w: f"orientations/{w.request('accepted').pk}/revoke/"),
    "start_situation": Sent(
        "unit", lambda w: "situations/", lambda w: {"happened_on": timezone.localdate().isoformat()}
    ),
    "add_alert_to_situation": Sent(
        "unit", lambda w: f"{_event(w)}alerts/", lambda w: {"reference": w.alert(w.coord).reference}
    ),
    "add_case_to_situation": Sent(
        "unit", lambda w: f"{_event(w)}cases/", lambda w: {"case": str(f.case(w.coord, author=w.nurse).pk)}
    ),
    "note_situation_signs": Sent("unit", lambda w: f"{_event(w)}signs/"),
    "set_question": Sent("unit", lambda w: f"{_people(w, asked=False)[0]}question/"),
    "open_persons": Sent("unit", lambda w: f"{_event(w)}persons/"),
    "open_next_persons": Sent("unit", _planned),
    "answer_question_of_situation": Sent("unit", _answer),
    "split_situation": Sent(
        "unit", _split, lambda w: {"persons": [{"case": w.split[0], "agency": w.partner.agency_id}]}
    ),
    "declare_places": Sent("shelter", lambda w: "desk/places/"),
    "ask_export": Sent("shelter", lambda w: "exports/"),
    "fetch_export": Sent("shelter", _file, lambda w: {"token": w.token}),
    "start_import": Sent("shelter", lambda w: "imports/"),
    "match_columns": Sent("shelter", lambda w: f"{_table(w)}columns/"),
    "match_words": Sent("shelter", lambda w: f"{_table(w, 'match_columns')}words/"),
    "load_import": Sent("shelter", lambda w: f"{_table(w, 'match_columns', 'match_words')}load/"),
    "read_notice": Sent("desk", lambda w: f"notices/{_notice(w)}/read/"),
    "readdress_alerts": Sent("unit", _silent, lambda w: {"target": w.second.agency_id}),
}


def _taking_a_body() -> set[str]:
    operations = [each for methods in DOCUMENT["paths"].values() for each in methods.values()]
    return {each["operationId"] for each in operations if each.get("requestBody")}


def test_each_operation_that_takes_a_body_has_an_example_that_is_sent():
    elsewhere = {"get_token", "add_file"}  # the second with a file: tests/referral/api/test_api_files.py
    assert set(EXAMPLES) == _taking_a_body() == SENT.keys() | (SAMPLES.keys() & EXAMPLES.keys()) | elsewhere


@pytest.mark.proof
@pytest.mark.parametrize("name", sample(list(SENT)))
def test_an_example_is_sent_and_done(w, name):
    sent = SENT[name]
    where = sent.where(w)
    answer = getattr(w, sent.by).post(where, {**EXAMPLES[name], **sent.ids(w)})
    assert answer.status_code in (200, 201), answer.content.decode()
