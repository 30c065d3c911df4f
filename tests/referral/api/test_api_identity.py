"""A program records who the person is; it reads her identity and contact by themselves, under their categories."""

import uuid
from copy import deepcopy

import pytest

from agencies.models import Category
from foundation.actor import acting_as
from journal.models import Entry
from tests import factories as f
from tests.referral.api import Caller, refused
from tests.roles import as_role
from victims.models import Case, Contact, Identity, IdentityEntry

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
    assert answer.json() == {"case": str(p["case"].pk)}
    with acting_as(p["lead"]):
        assert Identity.objects.get().data == KEPT
    again = p["program"].post(address, GIVEN, key="the-same-key")
    assert again.headers["Idempotency-Replayed"] == "true"
    refused(p["program"].post(address, {**GIVEN, "sex": "man"}, key="the-same-key"), 422, "idempotency-key-reused")
    with as_role("nrm_owner"):
        assert IdentityEntry.objects.count() == 1


def test_read_by_itself_under_each_category_and_journalled(p):
    agreed(p)
    address = f"cases/{p['case'].pk}/identity/"
    assert p["program"].get(address).json() == {
        "case": str(p["case"].pk), "actions": ["record_identity"], "contacts": []
    }  # fmt: skip
    p["program"].post(address, GIVEN)
    with as_role("nrm_owner"):
        Contact.objects.create(case=p["case"], data={"channel": "sms", "value": "MARQUEUR-CONTACT", "whose": "hers"})
    shown = p["program"].get(address).json()
    assert shown["identity"] == KEPT and shown["contacts"][0]["value"] == "MARQUEUR-CONTACT"
    with as_role("nrm_owner"):
        read = Entry.objects.filter(membership_id=p["program"].member.pk, case_id=p["case"].pk)
        assert read.filter(action="identity.read").count() == 1
        assert read.filter(action="contact.read").count() == 1  # not counted while there was none
    # an agency that reads the file without the category: not even the page
    holder = f.member(f.shelter())
    f.orientation(p["lead"], p["case"], holder.agency, state="accepted", answerer=holder, level=3)
    refused(Caller(f.program(holder.agency)).get(address), 404, "not-found")


def test_identities_are_read_within_a_budget(p, settings):
    few, many = {"hour": 1, "week": 1}, {"hour": 9, "week": 9}
    settings.READ_BUDGETS = {"service": {"file": many, "identity": few, "contact": many}}
    agreed(p)
    other = f.own_case(p["lead"])
    f.consent(p["lead"], other, agencies=[p["lead"].agency_id], categories=int(Category.IDENTITY))
    for case in (p["case"], other):
        p["program"].post(f"cases/{case.pk}/identity/", GIVEN)
    assert p["program"].get(f"cases/{p['case'].pk}/identity/").status_code == 200
    said = p["program"].get(f"cases/{other.pk}/identity/")
    refused(said, 429, "too-many-requests")
    assert int(said["Retry-After"]) > 0
    assert p["program"].get(f"cases/{other.pk}/needs/").status_code == 200  # the work goes on


def test_without_an_agreement_that_covers_it(p):
    address = f"cases/{p['case'].pk}/identity/"
    agreed(p, categories=int(Category.CONTACT))
    said = refused(p["program"].post(address, GIVEN), 409, "wrong-state")
    assert "`record_agreement`" in said["detail"]  # and that act is offered
    assert "record_agreement" in p["program"].get(f"cases/{p['case'].pk}/agreements/").json()["actions"]
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
