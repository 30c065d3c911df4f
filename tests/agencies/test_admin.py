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
print(json.dumps([may, {wall.table: repr(wall) for wall in policies.WALLS}]))
"""


@pytest.fixture(scope="module")
def enabled():
    """What another process finds with the admin enabled: [may add, change, delete a desk], and its walls."""
    known = {**os.environ, "ADMIN_ENABLED": "1", "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "referral.config.settings"}
    said = subprocess.run([sys.executable, "-c", READ], cwd=ROOT, env=known, capture_output=True, text=True, check=True)
    return json.loads(said.stdout)


def test_admin_shows_a_desk_and_changes_nothing_of_it(enabled):
    assert enabled[0] == [False, False, False]


@pytest.mark.parametrize("table", DESKS)
def test_admin_takes_no_wall_of_a_desk_down(enabled, table):
    (wall,) = [wall for wall in policies.WALLS if wall.table == table]
    assert enabled[1][table] == repr(wall)
