"""A house of ordinary size for bench/pages.py: a shelter with forty cases, forty alerts to it, forty requests."""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from agencies.models import Kind, Role
from notifications.operations.delivery import fan_out
from plans.publication.operations.opendata import release
from plans.publication.rules import opendata
from tests import factories as f
from tests.referral.alerts.alert_pages import STEP1, STEP2, STEP3
from tests.referral.api import token_of
from tests.roles import as_role

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[1]
SIZE, ROUNDS = 40, 60
KEY = base64.b64encode(b"bench-only-0123456789abcdefghijk").decode()

PAGES = {  # name: who, address, goal in ms of CPU, goal in statements
    "cases": ("lead", "@case-list", 8, 8),
    "inbox": ("lead", "@alert-inbox", 8, 8),
    "received": ("lead", "@orientation-received", 8, 8),
    "sent": ("coord", "@orientation-sent", 8, 8),
    "notices": ("lead", "/notifications/", 8, 8),
    "own_alerts": ("nurse", "@alert-list", 8, 8),
    "case": ("lead", "", 10, None),
    "home": ("lead", "/", 8, None),
    "plan": ("", "/plan/", 4, None),
    "public_home": ("", "/", None, None),
}
API = {"api_cases": "/api/v1/cases/", "api_alerts": "/api/v1/alerts/received/", "api_requests": "/api/v1/orientations/"}


def house() -> dict:
    """Make the house and return what the process that asks needs to know."""
    f.national()
    for n in range(1, 101):
        f.territory(f"{n:02}", f"Département {n}")
    coord = f.member(f.coordination(), Role.COORDINATOR)
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    lead = f.member(f.shelter())
    program = f.program(lead.agency)
    for _ in range(SIZE):
        case = f.own_case(lead)
        f.sent_alert(nurse, desks=[lead.agency_id])
        f.orientation(coord, f.case(coord), lead.agency)
    with as_role("nrm_worker"):
        for name in opendata.datasets():
            release(opendata.datasets()[name])
    members = {"lead": lead, "coord": coord, "nurse": nurse}
    token = token_of(program, lasts=timedelta(hours=1))
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE nrm_worker")
        fan_out(5000)
        cursor.execute("SET ROLE nrm_app")
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    return {
        "sessions": {name: session(member) for name, member in members.items()},
        "token": token,
        "pages": {name: (who, address_of(address, case)) for name, (who, address, *_) in PAGES.items()},
        "api": API,
        "api_alert": {"none_of_these": True, "note": "Un texte", **STEP1, **STEP3, "form": "labour_exploitation"},
        "alert": {"session": session(nurse), "member": nurse.pk, "steps": [STEP1, STEP2, STEP3]},
        "goals": {name: cpu for name, (_, _, cpu, _) in PAGES.items()} | dict.fromkeys(API, 3) | {"alert": 70},
        "statement_goals": {name: most for name, (*_, most) in PAGES.items()},
        "rounds": int(os.environ.get("ROUNDS", ROUNDS)),
    }


def address_of(address: str, case) -> str:
    """Return an address; `@name`: that of a route; empty: that of the page of a case."""
    if address.startswith("@"):
        return reverse(f"referral:{address[1:]}")
    return address or reverse("referral:case-detail", args=[case.pk])


def session(member) -> str:
    client = Client()
    client.force_login(member.user)
    return client.cookies["sessionid"].value


@pytest.fixture
def production(transactional_db):
    """The environment of a web process in production, on the database of the test; static files collected once."""
    static = Path(tempfile.mkdtemp(prefix="repere-bench-static-"))
    name = connection.settings_dict["NAME"]
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PROFILE", "SHOW") if name in os.environ}
    env |= {
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": os.environ["DATABASE_URL"].replace("/nrm?", f"/{name}?"),
        "REDIS_URL": settings.CACHES["default"]["LOCATION"],
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_KEYS": settings.FIELD_KEYS,
        "STATIC_ROOT": str(static),
        "STATIC_HASHED": "1",
        "STATE_DIR": str(static / "state"),
        "TASK_QUEUE": settings.TASK_QUEUE,
        "DJANGO_SETTINGS_MODULE": "referral.config.settings",
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
    subprocess.run(collect, env=env, cwd=ROOT, check=True)
    yield env
    shutil.rmtree(static)


def test_pages(production):
    command = [sys.executable, "-m", "bench.pages_served"]
    asked = subprocess.Popen(
        command, env=production, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    said, _ = asked.communicate(json.dumps(house()))
    print("\n" + said)
    assert asked.returncode == 0
