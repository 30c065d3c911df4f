"""Production, from empty volumes to an alert answered, by the commands of docker-compose.yml and by its pages."""

import json
import os
import re
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from aiosmtpd.controller import Controller

from bench.load.people import Book, Caller, Person, look, receive, report
from dev.services.embedded import free_port
from dev.services.processes import command_line
from tests.dev.test_up import family
from tests.guarantees.conditions import EVERYTHING
from tests.referral.config.alerts import HEALTHY, fires, series

from .acts import (
    NOTE,
    PASSWORD,
    STEPS,
    UNIT,
    activate,
    alert_answered,
    draft,
    founded,
    letters,
    program_of,
    shown_code,
    superuser,
    token_of,
    what_stands,
)
from .installation import SERVING, SIGN_IN, WEBS, Installation, wait
from .visitor import Visitor

pytestmark = [pytest.mark.long, pytest.mark.proof]


class Sink:
    """A mail server that keeps what it is given."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@pytest.fixture(scope="module")
def post():
    port = free_port()
    handler = Sink()
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    yield handler, port
    server.stop()


@pytest.fixture(scope="module")
def production(post):
    relay = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(post[1]), "EMAIL_SECURITY": ""}
    made = Installation(**relay, DEFAULT_FROM_EMAIL="repere@exemple.invalid")
    try:
        made.up()
        yield made
    finally:
        made.down()


@pytest.fixture(scope="module")
def accounts(production):
    return founded(production)


def test_every_part_is_ready_and_well(production):
    status, parts = production.ready()
    assert status == 200, parts
    watched = {name for name in production.children if "healthcheck" in production.services[name]}
    assert watched == set(production.children) - {"migrate", "proxy"}
    for name in sorted(watched):
        # who sends is well once `clocks` has noted how old the oldest message is, within the start_period of the engine
        wait(lambda name=name: production.healthcheck(name).returncode == 0, 60, production.log(name))
        found = production.healthcheck(name)
        assert found.returncode == 0, (name, found.stdout, found.stderr)


def test_pages_come_hashed_and_closed(production):
    page = Visitor(production.ports["proxy"]).get("/connexion/")
    [sheet] = re.findall(r'href="(/static/repere/site\.[0-9a-f]{12}\.css)"', page.text)
    found = Visitor(production.ports["proxy"]).get(sheet)
    assert (found.status, "immutable" in found.headers["Cache-Control"]) == (200, True)
    assert page.headers["Strict-Transport-Security"]
    for path, status in (("/readyz", 404), ("/dev/mails/", 404), ("/nulle-part/", 404), ("/dossiers/", 302)):
        assert Visitor(production.ports["proxy"]).get(path).status == status, path
    assert "Traceback" not in Visitor(production.ports["proxy"]).get("/nulle-part/").text


def test_cookies_are_of_this_host_alone(production, accounts):
    """`__Host-`: a browser takes them over TLS alone, for every path, and from no sub-domain."""
    names = set(accounts["une"].cookies)
    assert {"__Host-sessionid", "__Host-csrftoken"} <= names
    assert [name for name in names if not name.startswith("__Host-")] == []
    [line] = Visitor(production.ports["proxy"]).get("/connexion/").headers.get_all("Set-Cookie")
    said = {part.strip().lower() for part in line.split(";")[1:]}
    assert {"secure", "path=/", "samesite=lax"} <= said and not any(part.startswith("domain") for part in said)


def test_from_the_first_accounts_to_an_alert_answered(production, accounts, post):
    first, second, author = accounts["une"], accounts["deux"], accounts["author"]
    proposed = first.post(
        "/pilotage/organismes/proposer/", kind="union", name=UNIT, acronym="ULE", territory="75",
        services=["detection"], website="https://exemple.invalid/", first_name="Cinq Démo",
        first_email="cinq@exemple.invalid",
    )  # fmt: skip
    assert proposed.status == 302, proposed.text[:3000]
    page = proposed.leads_to
    assert first.post(page, act="admit").status == 403, "never by oneself"
    assert second.post(page, act="admit").status == 302
    assert activate(production, "cinq@exemple.invalid", shown_code(second, page)).status == 302
    assert "ULE" in Visitor(production.ports["proxy"]).get("/annuaire/?q=essais").text

    reference = alert_answered(author, first)

    program = program_of(accounts["quatre"], second)
    token = token_of(production, *program)
    assert first.get("/en-vigueur/").status == 404, "asked by the proxy alone"
    assert Visitor(production.ports["proxy"], token=token).get("/api/v1/alerts/").status == 200
    assert Visitor(production.ports["proxy"], token=token).get("/api/v1/cases/").status == 403, "not asked for"
    assert Visitor(production.ports["proxy"]).get("/api/v1/alerts/").status == 401

    end = time.monotonic() + 60
    while not (told := reference in letters(post, "agente@exemple.invalid")) and time.monotonic() < end:
        time.sleep(0.3)
    assert told, "the author has a mail with the reference"
    assert not any(NOTE in mail for _, mail in post[0].mails)
    assert what_stands(production, program[0], reference) == (["deux@exemple.invalid", "une@exemple.invalid"], 1, 1, 1)


def test_no_argument_of_a_process_holds_a_secret(production):
    """`ps` shows arguments to every account of the host; those of a start are as long as its life."""
    shown = {}
    for name, child in production.children.items():
        for pid in family([child.process.pid]):
            shown[f"{name} {pid}"] = command_line(pid)
    assert len(shown) > 15 and any("valkey" in line for line in shown.values())
    assert [name for name, line in shown.items() if any(secret in line for secret in production.secrets)] == []


def test_the_journal_is_sealed_outside_of_the_database(production, accounts):
    """Each minute, by the worker of the clocks; the other one reads what it wrote."""
    folder = production.place / "checkpoints"
    wait(lambda: any(folder.glob("journal-*.jsonl")), 150, production.log("clocks"))
    found = production.run("worker", ["python", "manage.py", "journal_verify"])
    assert found.returncode == 0, found.stdout + found.stderr
    assert "PermissionError" not in production.log("clocks").read_text()


def test_backups_begin_by_the_commands_of_the_file(production):
    production.start_backups()
    assert production.healthcheck("wal").returncode == 0
    found = series(production.metrics())
    assert found["repere_wal_streams{}"] == 1 and found["repere_wal_behind_bytes{}"] < 1 << 20
    with production.disks() as page:
        told = series(page)
    for place in ("database", "backups", "files", "kept", "checkpoints"):
        assert told[f'repere_disk_bytes{{place="{place}"}}'] > told[f'repere_disk_free_bytes{{place="{place}"}}'] > 0
    assert told["repere_backup_age_seconds{}"] < 120 and told["repere_backup_wal_age_seconds{}"] < 120
    production.start("files-backup")
    wait(lambda: production.healthcheck("files-backup").returncode == 0, 60, production.log("files-backup"))
    drill = production.run("drill", production.argv("drill"), 600)
    assert drill.returncode == 0, drill.stdout + drill.stderr
    assert "FAILED" not in drill.stdout and "keys: each probe opens" in drill.stdout and "RTO" in drill.stdout
    production.stop("wal", "backup", "files-backup")


def test_template_of_test_spaces_is_made_by_the_command_of_the_file(production):
    made = production.start("template")
    assert made.process.wait(300) == 0, made.last_lines(30)
    production.children.pop("template")
    with superuser(production) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT datistemplate FROM pg_database WHERE datname = 'nrm_sandbox'")
        assert cursor.fetchone() == (True,)
    connection.close()


def test_a_held_row_and_eight_writers_do_not_stop_the_site(production, accounts):
    author = accounts["author"]
    pk = draft(author)
    step = f"/signaler/{pk}/2/"
    fields = author.hidden(step)
    answers, site = [], Visitor(production.ports["proxy"])

    def write(number):
        began = time.monotonic()
        body = {**fields, "sign": "ILO-AL-EX-01", "by_ILO-AL-EX-01": "observed", "note": f"{NOTE} {number}"}
        found = author.ask("POST", step, urlencode(body))
        answers.append((found.status, time.monotonic() - began, f"{NOTE} {number}" in found.text))

    with superuser(production) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM referral_alert WHERE id = %s FOR UPDATE", [pk])
        writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        for writer in writers:
            writer.start()
        time.sleep(1)
        began = time.monotonic()
        assert production.healthcheck("web").returncode == 0
        assert time.monotonic() - began < 4, "it waits for no writer"
        assert site.get("/connexion/").status == 200
        assert time.monotonic() - began < 15
        for writer in writers:
            writer.join()
        assert production.ready()[0] == 200
        connection.rollback()
    assert sorted(status for status, _, _ in answers) == [503] * 8
    assert max(seconds for _, seconds, _ in answers) < 15
    assert all(given_back for _, _, given_back in answers)
    assert author.post(step, **STEPS[1]).status == 302


def test_logs_follow_a_request_and_hold_nothing_of_anybody(production, accounts):
    """By ids only: all that was typed on the way here, and a search, are looked for in all logs."""
    searched = "SECR-ETRF"
    refused = accounts["author"].get(f"/dossiers/?reference={searched}")
    program = Visitor(production.ports["proxy"]).ask("POST", "/api/v1/alerts/", f"territory={searched}")
    assert (refused.status, program.status) == (403, 401)
    logs = {name: production.log(name).read_text() for name in production.children}
    assert program.headers["X-Request-Id"] == json.loads(program.text)["trace_id"]
    for answer, status in ((refused, 403), (program, 401)):
        request = answer.headers["X-Request-Id"]
        lines = [json.loads(line) for web in SERVING for line in logs[web].splitlines() if request in line]
        assert lines and all(line["request"] == request for line in lines)
        assert lines[-1]["message"].endswith(f"answered {status}")
        [line] = [json.loads(line) for line in logs["proxy"].splitlines() if request in line]
        assert (line["request_id"], line["status"]) == (request, status)
    ours = (*SERVING, "clocks", "vital", "mail", "hooks", "worker", "beat")
    assert [(name, line) for name in ours for line in logs[name].splitlines() if not line.startswith("{")] == []
    typed = {searched, NOTE, "fictive", UNIT, PASSWORD, "exemple.invalid/", "Démo", "/boite/", "/signaler/", "une@",
             "agente@", *production.secrets}  # fmt: skip
    assert [(name, word) for name, text in logs.items() for word in typed if word in text] == []
    figures = "".join(map(production.metrics, SERVING))
    assert [word for word in typed if word in figures] == [], "nor in the figures"
    assert 'route="referral:case-list"' in figures and 'status="403"' in figures and 'status="401"' in figures
    asked = Visitor(production.ports["proxy"]).get("/metrics")
    assert (asked.status, "repere_" in asked.text) == (404, False), "from outside"


def test_a_page_is_answered_while_nobody_can_sign_in(production, accounts):
    """Both webs that hash passwords are stopped in their tracks: who asks for a danger to life does not notice."""
    author, port = accounts["author"], production.ports["proxy"]
    stuck = [pid for name in SIGN_IN for pid in family([production.children[name].process.pid])]
    typed = [(who := Visitor(port), who.hidden("/connexion/")) for _ in range(24)]
    for pid in stuck:
        os.kill(pid, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(len(typed)) as pool:
            waiting = [
                pool.submit(
                    who.ask, "POST", "/connexion/",
                    urlencode({**fields, "username": "agente@exemple.invalid", "password": PASSWORD}), 120,
                )
                for who, fields in typed
            ]  # fmt: skip
            time.sleep(2)
            assert not any(one.done() for one in waiting), "they wait for who is stopped"
            assert [author.get("/danger/").status for _ in range(20)] == [200] * 20
            assert Visitor(port).get("/connexion/").status == 200
            for pid in stuck:
                os.kill(pid, signal.SIGCONT)
            assert {one.result().status for one in waiting} == {302}, "and are let in afterwards"
    finally:
        for pid in stuck:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("redis", ["up", "down"])
def test_one_account_does_not_hold_the_places_of_documents(production, accounts, redis):
    """It announces thirty documents and sends none of them: others send theirs, with Redis and without."""
    thief, other, port = accounts["une"], accounts["author"], production.ports["proxy"]
    child, held = production.children["redis"].process.pid, []
    if redis == "down":
        os.kill(child, signal.SIGSTOP)
    try:
        cookies = "; ".join(f"{name}={value}" for name, value in thief.cookies.items())
        for _ in range(30):
            held.append(socket.create_connection(("127.0.0.1", port), 60))
            said = [f"Host: 127.0.0.1:{port}", f"Cookie: {cookies}", "Content-Length: 1000000"]
            held[-1].sendall("\r\n".join(["POST /boite/ HTTP/1.1", *said, "", ""]).encode())
        time.sleep(8 if redis == "down" else 3)
        began = time.monotonic()
        sent = other.ask("POST", "/signaler/", "x=" + "y" * 1_000_000)
        assert sent.status != 503 and sent.headers["X-Request-Id"], "answered by a web"
        assert time.monotonic() - began < 12, "and waited for no place"
    finally:
        for sender in held:
            sender.close()
        if redis == "down":
            os.kill(child, signal.SIGCONT)


def test_a_web_hashes_where_its_service_says_so(production):
    """Whatever address brings a password to a web of pages, it takes nobody's CPU."""
    code = "from django.contrib.auth.hashers import make_password as m; print(m('trois girafes')[:17])"
    said = {name: production.run(name, ["python", "manage.py", "shell", "-c", code]) for name in SERVING}
    assert {name for name, one in said.items() if "argon2$argon2id$v" in one.stdout} == set(SIGN_IN)
    assert all("Crowded" in said[name].stderr for name in WEBS)


def test_webs_are_replaced_one_after_the_other_and_no_request_fails(production, accounts):
    """A sample of `./run load`: people go on reading and reporting meanwhile."""
    book, port = Book(), production.ports["proxy"]
    people = [
        Person(Caller(port, "127.0.2.1", book), report, "agente@exemple.invalid", PASSWORD),
        Person(Caller(port, "127.0.2.2", book), receive, "une@exemple.invalid", PASSWORD),
        Person(Caller(port, "127.0.2.3", book), look),
    ]
    for person in people:
        person.start()
    try:
        for web in SERVING:
            time.sleep(1)
            production.stop(web)
            production.start(web)
            wait(lambda web=web: production.healthcheck(web).returncode == 0, 60, production.log(web))
        time.sleep(2)
    finally:
        for person in people:
            person.stop()
        for person in people:
            person.join(90)
    assert book.failed == [] and len(book.seconds) > 50
    with superuser(production) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT reference FROM referral_alert WHERE sent_at IS NOT NULL")
        assert set(book.sent) <= {reference for (reference,) in cursor.fetchall()}
    connection.close()
    assert book.sent


ALERTS = {  # that fire then
    "beat": {"BeatStopped"},
    "clocks": {"DueWorkLate", "QueueWithoutWorker"},
    "mail": {"DueWorkLate", "QueueWithoutWorker"},
}
STREAMED = {"repere_wal_streams{}": 1.0}  # `wal` ran, and was stopped, above
DEAD = {  # what stops, what is then late, what is still well
    "beat": (["beat"], ["clocks", "vital", "mail", "hooks", "worker"]),
    "clocks": (["due", "clocks", "fan-out", "unsent"], ["beat", "vital", "mail", "hooks", "worker"]),
    "mail": (["mail-mails", "bulk-mails"], ["beat", "clocks", "vital", "hooks", "worker"]),
}


@pytest.mark.parametrize("dead", DEAD if EVERYTHING else ["beat"])
def test_a_dead_part_shows(production, dead, tmp_path):
    """Only the hands of the clock are moved: a healthcheck waits for three minutes."""
    late, well = DEAD[dead]
    # the part that was dead before this one is well at once; what it does runs when its turn comes
    end = time.monotonic() + 200
    while (found := production.ready())[0] != 200:
        assert time.monotonic() < end, found[1]
        time.sleep(2)
    before = HEALTHY | series(production.metrics()) | STREAMED
    production.stop(dead)
    with superuser(production) as connection, connection.cursor() as cursor:
        ago = "UPDATE journal_heartbeat SET at = at - interval '4 minutes' WHERE kind = ANY(%s)"
        cursor.execute(ago, [late])
    connection.close()
    try:
        found = production.healthcheck(dead)
        assert (found.returncode, found.stdout.strip()) == (1, ", ".join(late))
        assert [production.healthcheck(name).returncode for name in well] == [0] * len(well)
        status, parts = production.ready()
        assert status == 503 and f'"{late[0]}": "last ran ' in parts
        after = HEALTHY | series(production.metrics()) | STREAMED
        assert fires(tmp_path, before, after, ALERTS[dead]) == ""
    finally:
        production.start(dead)
    end = time.monotonic() + 100
    while production.healthcheck(dead).returncode and time.monotonic() < end:
        time.sleep(2)
    assert production.healthcheck(dead).returncode == 0, "well again"


def test_a_stopped_server_shows(production):
    production.stop("redis")
    assert production.healthcheck("redis").returncode != 0
    assert '"broker": "no answer' in production.ready()[1]
    production.stop("postgres")
    assert production.healthcheck("postgres").returncode != 0
    found = production.healthcheck("beat")
    assert (found.returncode, found.stdout.strip()) == (1, "no answer of the database (OperationalError)")
    production.stop("beat")
    before = len(production.log("beat").read_text())
    assert production.start("beat").process.wait(120) != 0
    lines = production.log("beat").read_text()[before:].splitlines()
    assert json.loads(lines[-1])["errors"][0]["type"] == "OperationalError", "its last word says what was wrong"
    assert [line for line in lines if not line.startswith("{")] == []
    production.stop("web")
    assert production.healthcheck("web").returncode != 0
