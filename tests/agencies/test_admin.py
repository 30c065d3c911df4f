"""With the admin enabled, nobody widens a desk there: what it receives is asked and agreed to."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agencies import policies

ROOT = Path(__file__).parents[2]
DESKS = ("agencies_desk", "agencies_desk_services", "agencies_desk_territories")
READ = """
import json, django
from types import SimpleNamespace
django.setup()
from django.contrib import admin
from agencies import policies
from agencies.admin import AgencyAdmin, DeskInline
from agencies.models import Agency, User
inline = DeskInline(Agency, admin.site)
request = SimpleNamespace(user=User(is_active=True, is_staff=True))
may = [getattr(inline, f"has_{act}_permission")(request, None) for act in ("add", "change")] + [inline.can_delete]
from django.test import RequestFactory
from django.contrib.auth.models import AnonymousUser
import referral.config.urls
typed = {"username": "x@y.invalid", "password": "wrong"}
request = RequestFactory(SERVER_NAME="localhost").post("/admin/login/", typed)
request.user = AnonymousUser()
answer = admin.site.login(request)
print(json.dumps([may, {wall.table: repr(wall) for wall in policies.WALLS}, answer.status_code, answer["Location"]]))
"""


@pytest.fixture(scope="module")
def enabled():
    """What another process finds with the admin enabled: may a desk be changed, walls, where its sign-in leads."""
    known = {**os.environ, "ADMIN_ENABLED": "1", "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "referral.config.settings"}
    said = subprocess.run([sys.executable, "-c", READ], cwd=ROOT, env=known, capture_output=True, text=True, check=True)
    return json.loads(said.stdout)


def test_admin_shows_a_desk_and_changes_nothing_of_it(enabled):
    assert enabled[0] == [False, False, False]


@pytest.mark.parametrize("table", DESKS)
def test_admin_takes_no_wall_of_a_desk_down(enabled, table):
    (wall,) = [wall for wall in policies.WALLS if wall.table == table]
    assert enabled[1][table] == repr(wall)


def test_admin_has_no_sign_in_of_its_own_where_nothing_is_counted(enabled):
    assert enabled[2] == 302 and enabled[3].startswith("/connexion/?")
