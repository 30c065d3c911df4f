"""A shelter with its people, those above them, and cases that one of its accounts has read."""

from copy import deepcopy
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from agencies.models import Role
from journal.models import Entry
from tests import factories as f
from tests.roles import as_role
from victims.access.access import grant


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    national, home = f.national(), f.shelter()
    return {
        "reporter": f.member(home, Role.FRONTLINE),
        "worker": f.member(home),
        "admin": f.member(home, Role.AGENCY_ADMIN),
        "second_admin": f.member(home, Role.AGENCY_ADMIN),
        "dpo": f.member(home, Role.DPO),
        "national": f.member(national, Role.COORDINATOR),
        "national_admin": f.member(national, Role.AGENCY_ADMIN),
        "national_policy": f.member(national, Role.POLICY),
        "auditor": f.member(f.shelter(), Role.AUDITOR),
        "territorial": f.member(f.coordination(), Role.COORDINATOR),
        "other_admin": f.member(f.shelter(), Role.AGENCY_ADMIN),
        "platform": f.member(f.shelter(), Role.PLATFORM_ADMIN),
    }


@pytest.fixture
def read(world):
    """Two cases of two leads, read by the worker, one of them also seen by the territorial coordination; one with an
    identity; and a third that nobody has read."""
    other = f.member(f.shelter())
    cases = {"own": f.own_case(world["worker"]), "far": f.own_case(other), "unread": f.own_case(other)}
    done = {"membership_id": world["worker"].pk, "agency_id": world["worker"].agency_id, "outcome": "done"}
    before = timezone.now() - timedelta(days=9)
    with as_role("nrm_owner"):
        unit, by = world["territorial"].agency_id, world["worker"]
        grant(cases["own"], unit, level=2, ground="alert", ground_id=uuid4(), given_by=by)
        Entry.objects.all().delete()
        for case, act, at in (("own", "case.read", None), ("own", "identity.read", None), ("far", "case.read", None),
                              ("unread", "case.read", before)):  # fmt: skip
            made = Entry.objects.create(case_id=cases[case].pk, action=act, **done)
            Entry.objects.filter(pk=made.pk).update(at=at or timezone.now())
        Entry.objects.create(case_id=cases["unread"].pk, action="case-detail", **(done | {"outcome": "refused"}))
    return world | {"other_lead": other, "cases": cases}
