"""A program records who the person is, and reads back nothing of it."""

import uuid
from copy import deepcopy

import pytest

from agencies.models import Category
from foundation.actor import acting_as
from tests import factories as f
from tests.referral.api import Caller, refused
from tests.roles import as_role
from victims.models import Case, Identity, IdentityEntry

pytestmark = pytest.mark.django_db
GIVEN = {
    "family_name": "MARQUEUR-NOM",
    "given_names": "Nadia",
    "aliases": ["Lina"],
    "births": [{"date": "1998-03"}, {"date": "2001", "estimated": True}],
    "nationalities": ["MA", "stateless"],
    "sex": "woman",
}
KEPT = {**GIVEN, "births": [{"date": "1998-03", "estimated": False}, {"date": "2001", "estimated": True}]}


@pytest.fixture
def p(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    f.coordination()
    home = f.shelter()
    lead = f.member(home)
    return {"lead": lead, "case": f.own_case(lead), "program": Caller(f.program(home))}


def agreed(p, **fields):
    values = {"agencies": [p["lead"].agency_id], "categories": int(Category.IDENTITY), **fields}
    return f.consent(p["lead"], p["case"], **values)


def test_recorded_on_the_latest_agreement_and_not_read_back(p):
    agreed(p)
    address = f"cases/{p['case'].pk}/identity/"
    answer = p["program"].post(address, GIVEN, key="the-same-key")
    assert answer.status_code == 200
    assert answer.json()["reference"] == p["case"].reference
    assert b"MARQUEUR-NOM" not in answer.content and b'"1998' not in answer.content
    with acting_as(p["lead"]):
        assert Identity.objects.get().data == KEPT
    again = p["program"].post(address, GIVEN, key="the-same-key")
    assert again.headers["Idempotency-Replayed"] == "true"
    refused(p["program"].post(address, {**GIVEN, "sex": "man"}, key="the-same-key"), 422, "idempotency-key-reused")
    with as_role("nrm_owner"):
        assert IdentityEntry.objects.count() == 1
    assert p["program"].client.get(f"/api/v1/{address}", headers=p["program"]._headers()).status_code == 405


def test_without_an_agreement_that_covers_it(p):
    address = f"cases/{p['case'].pk}/identity/"
    agreed(p, categories=int(Category.CONTACT))
    refused(p["program"].post(address, GIVEN), 409, "wrong-state")
    with as_role("nrm_owner"):
        Case.objects.filter(pk=p["case"].pk).update(age_side="minor")
    assert p["program"].post(address, GIVEN).status_code == 200  # a child does not wait


def test_only_by_the_lead_of_a_case_one_sees(p):
    agreed(p)
    address = f"cases/{p['case'].pk}/identity/"
    stranger, holder = Caller(f.program(f.shelter())), f.member(f.shelter())
    refused(stranger.post(address, GIVEN), 404, "not-found")
    refused(stranger.post(f"cases/{uuid.uuid4()}/identity/", GIVEN), 404, "not-found")
    f.orientation(p["lead"], p["case"], holder.agency, state="accepted", answerer=holder, level=3)
    refused(Caller(f.program(holder.agency)).post(address, GIVEN), 403, "forbidden")
    with as_role("nrm_owner"):
        assert not Identity.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"births": [{"date": "1998-02-31"}]}, "#/births/0/date"),
        ({"births": [{"date": "12/03/1998"}]}, "#/births/0/date"),
        ({"births": [{"date": "2150"}]}, "#/births/0/date"),
        ({"nationalities": ["ZZ"]}, "#/nationalities"),
        ({"sex": "x"}, "#/sex"),
        ({"name": "X"}, "#/name"),
        ({"family_name": "", "given_names": "", "aliases": []}, "#/family_name"),
    ],
)
def test_what_cannot_be_read_is_pointed_at(p, wrong, pointer):
    agreed(p)
    refused(p["program"].post(f"cases/{p['case'].pk}/identity/", {**GIVEN, **wrong}), 400, "invalid", pointer=pointer)
    with as_role("nrm_owner"):
        assert not Identity.objects.exists()
