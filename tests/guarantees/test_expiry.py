"""A grant whose end has passed gives nothing, at once and with no beat running: page, count, search, API, notice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from agencies.models import Role
from foundation.actor import acting_as
from notifications.models import Notice
from notifications.operations.events import enqueue
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.api import Caller
from tests.roles import as_role
from victims.models import Case, CaseAccess

pytestmark = pytest.mark.django_db


def surfaces(reader, api, client, case) -> dict:
    """What each surface gives of the case, as somebody of the agency would see it."""
    client.force_login(reader.user)
    listed, found = reverse("referral:case-list"), {"reference": case.reference}
    with acting_as(reader):
        count, rows = CaseAccess.objects.of(reader).count(), Case.objects.visible_to(reader).count()
        notices = Notice.objects.of(reader).filter(subject="case").count()
    return {
        "list": case.reference in client.get(listed).content.decode(),
        "search": f"/{case.pk}/" in client.get(listed, found).content.decode(),
        "page": client.get(reverse("referral:case-detail", args=[case.pk])).status_code,
        "count": (count, rows),
        "notices": notices,
        "api list": [row["reference"] for row in api.get("cases/").json()["results"]],
        "api search": len(api.get("cases/", reference=case.reference).json()["results"]),
        "api page": api.get(f"cases/{case.pk}/").status_code,
    }


def test_an_expired_grant_gives_nothing_anywhere_at_once(client):
    f.national()
    coord = f.member(f.coordination(), Role.COORDINATOR)
    reader = f.member(f.shelter())
    api = Caller(f.program(reader.agency))
    case = f.case(coord)
    fan_out()  # what was told before the reader held anything
    f.orientation(coord, case, reader.agency, state="accepted", answerer=reader)
    with acting_as(coord):
        enqueue("consent_withdrawn", case, to=["holders"])
    fan_out()
    assert surfaces(reader, api, client, case) == {
        "list": True,
        "search": True,
        "page": 200,
        "count": (1, 1),
        "notices": 1,
        "api list": [case.reference],
        "api search": 1,
        "api page": 200,
    }
    # the end passes: nothing recomputes the rows, as when no beat runs
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE victims_grant DISABLE TRIGGER nrm_grants_changed")
        ended = timezone.now() - timedelta(minutes=1)
        cursor.execute("UPDATE victims_grant SET until = %s WHERE group_id = %s", [ended, reader.agency_id])
        cursor.execute("UPDATE victims_caseaccess SET until = %s WHERE agency_id = %s", [ended, reader.agency_id])
        cursor.execute("ALTER TABLE victims_grant ENABLE TRIGGER nrm_grants_changed")
        cursor.execute("SELECT count(*) FROM victims_caseaccess WHERE agency_id = %s", [reader.agency_id])
        assert cursor.fetchone()[0] == 1, "the row is still there: only the clock closes it"
    assert surfaces(reader, api, client, case) == {
        "list": False,
        "search": False,
        "page": 404,
        "count": (0, 0),
        "notices": 0,
        "api list": [],
        "api search": 0,
        "api page": 404,
    }
