"""The commands of the developers' page, run by a shell and curl against a real server. And twin requests."""

import html
import re
import shutil
import subprocess
import threading
import time
import uuid
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.models import Alert, ClientKey, Orientation, OrientationMove
from tests import factories as f
from tests.referral.api import Caller
from tests.roles import as_role
from victims.models import Need
from victims.own_labels.operations import set_label

from .test_api_alerts import BODY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


@pytest.fixture
def unit(transactional_db):
    f.national()
    return f.coordination()


def commands_of_the_page() -> str:
    page = Client().get("/developpeurs/").content.decode()
    return "\n".join(html.unescape(block) for block in re.findall(r"<pre><code>(.*?)</code></pre>", page, re.S))


def commands_of_the_readme() -> str:
    readme = (Path(__file__).resolve().parents[3] / "README.md").read_text()
    return re.search(r"<!-- api -->\n```sh\n(.*?)```", readme, re.S)[1]


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not on this machine")
@pytest.mark.parametrize("told", [commands_of_the_page, commands_of_the_readme])
def test_the_commands_we_print_work(unit, live_server, told):
    shelter = f.shelter()
    program = f.program(shelter, Role.FRONTLINE, Role.CASE_WORKER)
    lead = f.member(unit, Role.COORDINATOR)
    asked = f.orientation(lead, f.case(lead), shelter)
    commands = told()
    for name, value in (
        ("SITE", live_server.url),
        ("CLIENT", program.api_client.client_id),
        ("SECRET", "secret-of-the-test"),
    ):
        commands, changed = re.subn(rf"^{name}=.*$", f"{name}={value}", commands, flags=re.M)
        assert changed == 1, name
    done = subprocess.run(["sh", "-eu", "-c", commands], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "urn:repere:problem" not in done.stdout, done.stdout
    with as_role("nrm_owner"):
        alert = Alert.objects.get(author=program, agreement="not_asked")  # a case of one's own is with agreement
        assert (alert.state, alert.territory_id) == ("sent", "75")
        assert Need.objects.filter(case__lead=shelter).count() == (told is commands_of_the_page)
        assert Orientation.objects.get(pk=asked.pk).state == "in_progress"
    assert alert.reference in done.stdout
    assert "Pas de place" in done.stdout


def together(number, act):
    """Run `act(n)` at the same moment in several threads; what each answered."""
    barrier, answers = threading.Barrier(number), [None] * number

    def run(n):
        try:
            barrier.wait()
            answers[n] = act(n)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[n]) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_twins_of_one_request_have_one_effect(unit):
    member = f.program(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    callers = [Caller(member) for _n in range(4)]
    same_key = together(4, lambda n: callers[n].post("alerts/", BODY, key="cle-de-l-essai-1"))
    assert [a.status_code for a in same_key] == [201] * 4
    assert len({a.json()["reference"] for a in same_key}) == 1
    own = str(uuid.uuid4())
    same_id = together(4, lambda n: callers[n].post("alerts/", {**BODY, "id": own}))
    assert {a.status_code for a in same_id} <= {200, 201}, [a.content for a in same_id]
    assert len({a.json()["reference"] for a in same_id}) == 1
    with as_role("nrm_owner"):
        assert Alert.objects.count() == 2


def test_twin_acceptances_have_one_effect(unit):
    shelter = f.shelter()
    callers = [Caller(f.program(shelter)) for _n in range(2)]
    lead = f.member(unit, Role.COORDINATOR)
    made = f.orientation(lead, f.case(lead), shelter)
    answers = together(2, lambda n: callers[n].post(f"orientations/{made.pk}/accept/"))
    assert sorted(a.status_code for a in answers) == [200, 409]
    with as_role("nrm_owner"):
        assert OrientationMove.objects.filter(action="accept").count() == 1
        assert ClientKey.objects.count() == 1  # the loser's key is given back with its transaction


def test_of_four_programs_that_write_at_once_one_writes_and_the_others_are_told(unit):
    """Each has read the same places: whoever comes first, nobody writes over what was not read."""
    home = f.shelter()
    callers = [Caller(f.program(home)) for _n in range(4)]
    tags = [caller.get("desk/")["ETag"] for caller in callers]
    answers = together(4, lambda n: callers[n].post("desk/places/", {"places": n + 1}, match=tags[n]))
    assert sorted(a.status_code for a in answers) == [200, 412, 412, 412]
    (written,) = [n + 1 for n, answer in enumerate(answers) if answer.status_code == 200]
    assert callers[0].get("desk/").json()["places"] == written


def test_a_program_waits_for_what_a_page_is_writing_and_is_told(unit):
    """The page holds its row and has not committed: the program compares with what it wrote."""
    worker = f.member(f.shelter())
    case, caller, held = f.own_case(worker), Caller(f.program(worker.agency)), threading.Event()
    where = f"cases/{case.pk}/label/"
    assert caller.post(where, {"own_reference": "A-1", "nickname": ""}).status_code == 200
    tag = caller.get(where)["ETag"]

    def page():
        with acting_as(worker):
            set_label(worker, case.pk, reference="B-2", nickname="")
            held.set()
            time.sleep(0.5)

    def program():
        assert held.wait(30)
        return caller.post(where, {"own_reference": "C-3", "nickname": ""}, match=tag)

    _none, answer = together(2, lambda n: (page, program)[n]())
    assert answer.status_code == 412
    assert caller.get(where).json()["own_reference"] == "B-2"


def test_a_refusal_commits_nothing(unit):
    """With real commits: the key, the draft and its content of a refused alert are gone."""
    caller = Caller(f.program(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))
    body = {name: value for name, value in BODY.items() if name != "minor"}
    assert caller.post("alerts/", body, key="cle-de-l-essai-1").status_code == 400
    with as_role("nrm_owner"):
        assert (Alert.objects.count(), ClientKey.objects.count()) == (0, 0)
    assert caller.post("alerts/", BODY, key="cle-de-l-essai-1").status_code == 201
