"""An installation that was just loaded gets its first coordination and accounts by one command, once, or nothing."""

import json
import os
import pty
import re
import subprocess
import sys
from copy import deepcopy
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.urls import reverse

from agencies.models import ActivationCode, Agency, Membership, Role, Territory, User
from foundation.actor import acting_as
from journal.models import Entry
from plans.models.coordination import coordinates
from referral.models import AlertDesk
from referral.organisations.operations import founding
from referral.organisations.rules import BadAnswers, answers_of
from referral.routing.selectors.desks import coordination_of
from tests import factories as f

from .set_up import SET_UP

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # read by the application too
ROOT = Path(__file__).resolve().parents[3]
NEW = "trois girafes sous la pluie"
CODE = re.compile(r"^  (\d{4} \d{4} \d{4} \d{4})$", re.M)
KEPT = (Agency, User, Membership, ActivationCode, Entry)


class Terminal(StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def _no_tries_counted():
    cache.clear()


def written(tmp_path, answers=SET_UP) -> Path:
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(answers))
    return file


def set_up(tmp_path, answers=SET_UP, screen=Terminal) -> str:
    call_command("bootstrap", file=written(tmp_path, answers), stdout=(said := screen()))
    return said.getvalue()


def kept() -> list[int]:
    return [rows.objects.using("owner").count() for rows in KEPT]


def changed(path: str, value) -> dict:
    """The answers with one value changed; `path`: keys and places with dots between."""
    answers = deepcopy(SET_UP)
    *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    place = answers
    for key in way:
        place = place[key]
    place[last] = value
    return answers


def open_account(address: str, code: str) -> int:
    data = {"email": address, "code": code, "password": NEW, "again": NEW}
    return Client().post(reverse("activate"), data).status_code


@committed
def test_each_code_stands_under_its_own_person_opens_that_account_only_and_once(tmp_path):
    said = set_up(tmp_path)
    blocks = [block for block in said.split("\n\n") if CODE.search(block)]
    codes = [CODE.search(block)[1] for block in blocks]
    assert [block.strip().splitlines()[0].partition(" · ")[0] for block in blocks] == [
        "Une Démo", "Deux Démo", "Trois Démo", "Quatre Démo"
    ]  # fmt: skip
    assert len(set(codes)) == 4 and "account_code" in said
    assert open_account("une@exemple.invalid", codes[1]) == 200  # near miss: the code of the other one
    assert open_account("une@exemple.invalid", codes[0]) == 302
    assert open_account("une@exemple.invalid", codes[0]) == 200  # used
    client = Client()
    assert client.post(reverse("login"), {"username": "une@exemple.invalid", "password": NEW}).status_code == 302
    with f.as_role("nrm_owner"):
        ActivationCode.objects.update(until="2020-01-01T00:00:00Z")
    assert open_account("deux@exemple.invalid", codes[1]) == 200  # over


def test_no_code_is_made_where_the_output_may_be_kept(tmp_path):
    said = set_up(tmp_path, screen=StringIO)
    assert not re.search(r"\d{4} \d{4}", said) and "account_code" in said
    assert ActivationCode.objects.using("owner").count() == 0
    assert User.objects.using("owner").count() == 4


@committed
def test_the_two_administrators_speak_for_the_mandate_and_are_second_persons_to_each_other(tmp_path):
    set_up(tmp_path)
    one, two = Membership.objects.filter(agency__mandate="national", kind="person").order_by("pk")
    assert set(one.roles) == set(two.roles) == {Role.AGENCY_ADMIN, Role.COORDINATOR, Role.POLICY}
    with acting_as(one), connections["default"].cursor() as cursor:
        assert coordinates(one)
        cursor.execute("SELECT nrm.independent(%s, %s), nrm.independent(%s, %s)", [one.pk, two.pk, one.pk, one.pk])
        assert cursor.fetchone() == (True, False)


@committed
def test_an_alert_of_any_territory_reaches_the_national_desk_where_two_persons_read_it(tmp_path):
    set_up(tmp_path)
    unit = Agency.objects.get(mandate="national")
    places = list(Territory.objects.exclude(sort="region"))
    assert len(places) > 100 and {coordination_of(place) for place in places} == {unit}
    brigade = f.member(Agency.objects.get(profile="gendarmerie"), Role.FRONTLINE)
    for minor in ("no", "yes"):
        alert = f.sent_alert(brigade, territory="974", minor=minor)
        for reader in Membership.objects.filter(agency=unit, kind="person"):
            with acting_as(reader):
                assert AlertDesk.objects.filter(alert=alert.pk, agency=unit).exists(), (minor, reader)


@committed
def test_a_body_of_the_state_begins_where_nobody_waits_for_it(tmp_path):
    """It reports, and receives nothing until two persons give it more and somebody there can read."""
    set_up(tmp_path)
    brigade = Agency.objects.get(profile="gendarmerie")
    assert (brigade.max_level, brigade.may_hold, brigade.supports_people, brigade.territory_id) == (1, 0, False, "77")
    assert not (brigade.desk.receives_alerts or brigade.desk.receives_orientations)


def test_each_agency_and_member_is_in_the_journal_and_no_code_is(tmp_path):
    said = set_up(tmp_path)
    rows = list(Entry.objects.using("owner").values_list("action", "subject", "membership_id"))
    assert sorted(rows) == sorted(
        [("setup.agency", "agency", None)] * 3
        + [("setup.member", "membership", None)] * 4
        + [("account.code", "user", None)] * 4
    )
    everything = str(list(Entry.objects.using("owner").values())) + str(
        list(ActivationCode.objects.using("owner").values())
    )
    for code in CODE.findall(said):
        assert code not in everything and code.replace(" ", "") not in everything


def test_a_second_run_changes_nothing_and_says_what_to_do_instead(tmp_path):
    set_up(tmp_path)
    before = kept()
    with pytest.raises(CommandError, match="already.*pages.*account_code"):
        set_up(tmp_path)
    assert kept() == before


@committed
def test_an_installation_somebody_takes_part_in_is_not_set_up(tmp_path):
    f.agency()  # near miss: no coordination, one association
    with pytest.raises(CommandError, match="first agency or account already"):
        set_up(tmp_path)


def test_an_installation_without_its_domain_says_what_to_load(tmp_path):
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE plans_mandate CASCADE")
    with pytest.raises(CommandError, match="load_domain, then manage.py load_plans"):
        set_up(tmp_path)
    assert kept() == [0] * len(KEPT)


@pytest.mark.parametrize("step", ["_coordination", "_audit", "_body", "code_for"])
def test_a_failing_step_leaves_nothing(tmp_path, monkeypatch, step):
    done, calls = getattr(founding, step), []

    def fails(*given):
        calls.append(given)
        done(*given)
        if step != "code_for" or len(calls) == 4:
            raise RuntimeError("the machine stopped")

    def counted(*given):
        made = done(*given)
        calls.append(given)
        if len(calls) == 4:
            raise RuntimeError("the machine stopped")
        return made

    monkeypatch.setattr(founding, step, counted if step == "code_for" else fails)
    with pytest.raises(RuntimeError):
        set_up(tmp_path)
    assert calls and kept() == [0] * len(KEPT)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("administrators", SET_UP["administrators"][:1], "name two persons"),
        ("administrators", [*SET_UP["administrators"], SET_UP["administrators"][0]], "name two persons"),
        ("administrators.1.address", "UNE@exemple.invalid", "written twice"),
        ("administrators.1.name", "une démo", "two accounts of one"),
        ("auditor.person.address", "une@exemple.invalid", "written twice"),
        ("administrators.0.address", "une", "not a whole e-mail address"),
        ("administrators.0.password", "secret", "password means nothing here"),
        ("coordination.name", "", "name is missing"),
        ("coordination.name", "x" * 201, "longer than 200"),
        ("coordination.body", "cncdh", "does not hold the mandate"),
        ("bodies.0.body", "inconnu", "no line inconnu"),
        ("bodies.0.body", "collectif", "no body of the State"),
        ("bodies.0.body", "miprof", "no body of the State"),
        ("bodies.0.place", "999", "no territory"),
        ("bodies.0.name", "coordination nationale (fictive)", "two units"),
        ("auditor.body", "ofpra", "no independent body"),
        ("bodies", "gendarmerie", "write a list"),
    ],
)
def test_answers_that_cannot_be_used_are_named_and_make_nothing(tmp_path, path, value, said):
    with pytest.raises(CommandError, match=said):
        set_up(tmp_path, changed(path, value))
    assert kept() == [0] * len(KEPT)


def test_two_units_never_speak_for_one_body_and_local_units_of_one_type_do_not_collide(tmp_path):
    def bodies(body):
        return [
            {"body": body, "name": f"Unité {n}", "person": {"name": f"P{n} Démo", "address": f"p{n}@exemple.invalid"}}
            for n in (1, 2)
        ]

    with pytest.raises(CommandError, match="speaks for this body already"):
        set_up(tmp_path, changed("bodies", bodies("ofpra")))
    set_up(tmp_path, changed("bodies", bodies("gendarmerie")))
    assert Agency.objects.using("owner").filter(profile="gendarmerie").count() == 2


def test_no_file_is_read_as_answers_by_half():
    with pytest.raises(BadAnswers, match="the file"):
        answers_of(None)
    with pytest.raises(BadAnswers, match="coordination"):
        answers_of({})


@committed
def test_at_a_terminal_it_asks_and_nothing_typed_or_shown_is_an_argument():
    """As an operator runs it: its own process, a terminal, the owner's address."""
    address = urlsplit(os.environ["DATABASE_OWNER_URL"])
    address = address._replace(path="/" + connections["owner"].settings_dict["NAME"]).geturl()
    typed = ["", "Coordination nationale (fictive)", "Une Démo", "une@exemple.invalid", "Deux Démo", "",
             "deux@exemple.invalid", "", "", "yes"]  # fmt: skip
    # an empty line where an answer is owed: asked for again, since a refusal at the end costs all that was typed
    ours, theirs = pty.openpty()
    command = [sys.executable, str(ROOT / "manage.py"), "bootstrap"]
    env = {
        **os.environ,
        "DATABASE_OWNER_URL": address,
        "DJANGO_SETTINGS_MODULE": "referral.config.settings",
    }
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, cwd=ROOT)
    os.close(theirs)
    os.write(ours, "".join(f"{line}\n" for line in typed).encode())
    said = b""
    while True:
        try:
            said += os.read(ours, 4096)
        except OSError:
            break
    os.close(ours)
    shown = said.decode().replace("\r\n", "\n")
    assert process.wait(60) == 0, shown
    codes = CODE.findall(shown)
    assert len(codes) == 2 and len(set(codes)) == 2
    assert open_account("deux@exemple.invalid", codes[1]) == 302


def test_without_terminal_and_without_file_it_asks_for_one(monkeypatch):
    monkeypatch.setattr(sys, "stdin", StringIO("x\n"))
    with pytest.raises(CommandError, match="--file"):
        call_command("bootstrap")
