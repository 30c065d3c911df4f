"""Lines of the logs: found by the id of a request, and nothing in them that a person wrote."""

import json
import logging
import os
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest
import yaml
from django.db import transaction
from django.test import Client, RequestFactory

from agencies.models import User
from dev.hygiene import ROOT
from foundation.actor import REQUEST_ID
from foundation.middleware import RequestIdMiddleware
from foundation.tasks import REQUEST_HEADER
from notifications.tasks import unsent
from referral.config import logs
from tests import factories as f
from tests.referral.api import Caller, refused

NAME = "MARQUEUR-NOM"


def line(logger: str, message: str, *args, level=logging.ERROR, exc_info=None) -> dict:
    record = logging.LogRecord(logger, level, "x.py", 1, message, args, exc_info)
    text = logs.JsonFormatter().format(record)
    assert "\n" not in text
    return json.loads(text)


def test_own_message_is_whole_and_another_packages_keeps_its_template():
    own = line("notifications.operations.delivery", "notice %s failed", 12)
    assert (own["message"], own["level"]) == ("notice 12 failed", "ERROR")
    for logger in ("django.security", "gunicorn.error", "celery.app.trace", "kombu.connection"):
        assert line(logger, "Error of %s", f"/dossiers/?q={NAME}")["message"] == "Error of %s"
    assert line("gunicorn.error", "Booting worker with pid: %s", 7, level=logging.INFO)["message"].endswith("pid: 7")


def test_a_task_that_failed_is_named_without_what_it_was_given():
    """« Task %(name)s[%(id)s] raised » alone says of no task that it failed."""
    given = {"name": "notifications.tasks.unsent", "id": "a-b", "args": f"('{NAME}',)", "exc": NAME}
    record = logging.LogRecord("celery.app.trace", logging.ERROR, "x.py", 1, "Task %(name)s raised", (given,), None)
    record.data = given
    said = json.loads(logs.JsonFormatter().format(record))
    assert said["task"] == "notifications.tasks.unsent[a-b]" and NAME not in str(said)
    assert "task" not in line("notifications.operations.delivery", "notice %s failed", 12)


@pytest.mark.django_db
def test_error_is_told_by_types_and_places_without_its_text():
    user = f.member(f.shelter()).user
    try:
        with transaction.atomic():
            try:
                with f.as_role("nrm_owner"):
                    User.objects.create(email=user.email, full_name=NAME)
            except Exception as error:
                raise RuntimeError(f"{NAME} {user.email}") from error
    except RuntimeError:
        said = line("referral.config.refusals", "%s failed", "home", exc_info=sys.exc_info())
    assert [each["type"] for each in said["errors"]] == ["RuntimeError", "IntegrityError", "UniqueViolation"]
    assert said["errors"][-1]["code"] == "23505"
    assert any(place.startswith("test_logs.py:") for place in said["errors"][0]["at"])
    text = json.dumps(said, ensure_ascii=False)
    assert NAME not in text and user.email not in text


def test_process_of_celery_that_cannot_start_says_so_in_a_line_without_the_text(tmp_path):
    """Nothing listens there: beat ends at once. Its banner would be no line of JSON either."""
    url = f"postgresql://{NAME}@127.0.0.1:1/nrm"
    known = {name: os.environ[name] for name in ("PATH", "STATE_DIR", "SECRET_KEY", "FIELD_KEYS") if name in os.environ}
    env = {"SECRET_KEY": "x", "FIELD_KEYS": "none", **known, "NRM_ROLE": "worker", "WORKER_DATABASE_URL": url}
    [*command] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["beat"]["command"]
    # a file of its own: beat takes a schedule that it cannot read away, be it a device of the system
    command[command.index("-s") + 1] = tmp_path / "schedule"
    ended = subprocess.run(
        [Path(sys.executable).with_name(command[0]), *command[1:]],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=100,
    )
    lines = [json.loads(line) for line in (ended.stdout + ended.stderr).splitlines()]
    assert ended.returncode and lines[-1]["level"] == "CRITICAL" and lines[-1]["errors"][0]["at"]
    assert NAME not in ended.stdout + ended.stderr


@pytest.mark.django_db
def test_trace_of_each_refusal_of_the_api_is_in_the_log(caplog):
    caplog.set_level(logging.INFO)
    f.national()
    caller = Caller(f.program(f.shelter()))
    wrong = refused(caller.get("cases/", unknown=NAME), 400, "invalid")
    for said in (wrong, refused(caller.post("clocks/"), 405, "method-not-allowed")):
        assert [record for record in caplog.records if said["trace_id"] in record.getMessage()]
    assert NAME not in caplog.text


@pytest.mark.django_db
def test_page_that_is_refused_is_in_the_log_by_route_and_id(caplog):
    caplog.set_level(logging.INFO)
    answer = Client().get(f"/nulle-part/{NAME}/?q={NAME}")
    [record] = [record for record in caplog.records if record.name == "foundation.middleware"]
    assert record.getMessage() == "GET unknown answered 404"
    assert len(answer["X-Request-Id"]) == 32
    assert NAME not in caplog.text


@pytest.mark.parametrize(
    ("address", "said", "kept"),
    [
        ("127.0.0.1", "0b5f3c1e-aaaa", True),
        ("203.0.113.9", "0b5f3c1e-aaaa", False),
        ("127.0.0.1", 'x" injected', False),
    ],
)
def test_id_of_the_trusted_proxy_alone_is_kept(settings, address, said, kept):
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8")]
    seen = []

    def view(request):
        seen.append(REQUEST_ID.get())
        return Client().get("/healthz")

    request = RequestFactory().get("/", headers={"X-Request-Id": said}, REMOTE_ADDR=address)
    answer = RequestIdMiddleware(view)(request)
    assert (seen == [said]) is kept
    assert answer["X-Request-Id"] == seen[0] == request.trace_id
    assert REQUEST_ID.get() == ""


def test_task_carries_the_id_of_the_request_that_published_it(monkeypatch):
    sent = {}
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda self, args, kwargs, **options: sent.update(options))
    token = REQUEST_ID.set("0b5f3c1e-aaaa")
    try:
        unsent.delay()
    finally:
        REQUEST_ID.reset(token)
    assert sent["headers"][REQUEST_HEADER] == "0b5f3c1e-aaaa"
    sent.clear()
    unsent.delay()
    assert REQUEST_HEADER not in (sent.get("headers") or {})
