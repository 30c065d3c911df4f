"""An agency's own desk: places by who works there, the rest by its administrator, nothing of another's."""

import itertools
from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agencies.models import GIVEN_BY_THE_DIRECTORY, Capacity, Desk, Kind, Role, Service
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from journal.models import Entry
from referral.organisations.operations import organisation
from tests import factories as f
from tests.costs import assert_same_cost
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    home = f.shelter(name="Foyer d'essai", desk_fields={"places": 4})
    people = {
        "worker": f.member(home),
        "admin": f.member(home, Role.AGENCY_ADMIN),
        "front": f.member(home, Role.FRONTLINE),
        "audit": f.member(home, Role.AUDITOR),
        "other": f.member(f.shelter(name="Autre foyer")),
        "nobody": f.member(f.agency(Kind.EMPLOYER, desk=False), Role.FRONTLINE),
    }
    for code in ("legal_support", "child_care"):
        f.service(code)
    return people


def desk(w) -> Desk:
    with as_role("nrm_owner"):
        return Desk.objects.get(pk=w["worker"].agency_id)


def edited(**changes) -> dict:
    stands = {"services": ["safe_housing", "legal_support"], "takes_adults": "on", "territories": "75",
              "languages": ["ro"], "phone": "01 99 00 00 09"}  # fmt: skip
    return {**stands, **changes}


def test_places_by_who_works_there(w):
    for who, count in (("worker", 2), ("admin", 0)):
        said = Hand(w[who]).post("organisation-places", places=count)
        assert said.url == "/organisation/"
        assert desk(w).places == count
        assert timezone.now() - desk(w).places_updated_at < timedelta(minutes=1)
    for who in ("front", "audit", "nobody"):
        assert Hand(w[who]).post("organisation-places", places=9).status_code == 403
        assert Hand(w[who]).get("organisation").status_code == 403
    Hand(w["other"]).post("organisation-places", places=9)
    assert desk(w).places == 0
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="desk.places").count() == 3
    page = text(Hand(w["worker"]).get("organisation"))
    assert page.index("0 place") < page.index("2 places")  # newest first
    with acting_as(w["worker"]):
        assert Capacity.objects.count() == 2
        assert Capacity.objects.latest("at").by_id == w["admin"].pk
    with acting_as(w["other"]):
        assert Capacity.objects.count() == 1  # its own


@pytest.mark.parametrize("places", ["", "-1", "1000", "deux", "2,5"])
def test_a_number_that_is_none_is_said_and_stays(w, places):
    said = Hand(w["worker"]).post("organisation-places", places=places)
    assert said.status_code == 200
    assert "Indiquez" in text(said) and (not places or f'value="{places}"' in text(said))
    assert desk(w).places == 4


def test_old_places_are_said_on_the_page(w):
    assert "À confirmer" not in text(Hand(w["worker"]).get("organisation"))
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=w["worker"].agency_id).update(places_updated_at=timezone.now() - timedelta(days=8))
    assert "À confirmer" in text(Hand(w["worker"]).get("organisation"))


def test_the_rest_by_the_administrator(w):
    for who, code in (("worker", 403), ("front", 403), ("other", 403), ("audit", 403)):
        assert Hand(w[who]).get("organisation-edit").status_code == code
        assert Hand(w[who]).post("organisation-edit", **edited()).status_code == code
    assert Hand(w["admin"]).post("organisation-edit", **edited(forms_taken=["forced_begging"])).status_code == 302
    kept = desk(w)
    with as_role("nrm_owner"):
        assert {s.pk for s in kept.services.all()} == {"safe_housing"}  # the other one is asked (test_coverage)
    assert (kept.takes_adults, kept.takes_minors, kept.forms, kept.languages) == (
        True,
        False,
        ["forced_begging"],
        ["ro"],
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"services": []}, "au moins un service"),
        ({"services": ["child_care"]}, "parmi les services"),  # given by the directory
        ({"territories": "75 ZZ"}, "Ni un département ni une région : ZZ."),
        ({"territories": ""}, "Indiquez au moins un département."),
        ({"takes_adults": ""}, "Cochez majeurs, mineurs, ou les deux."),
        ({"second": "0"}, "Choisissez un service de la liste."),
    ],
)
def test_every_wrong_answer_is_said_and_the_rest_kept(w, changes, sentence):
    given = edited(**changes)
    said = Hand(w["admin"]).post("organisation-edit", **{k: v for k, v in given.items() if v != ""})
    assert said.status_code == 200 and sentence in text(said)
    assert "01 99 00 00 09" in text(said)
    assert desk(w).phone == ""


@pytest.mark.parametrize("code", sorted(GIVEN_BY_THE_DIRECTORY))
def test_what_the_directory_gives_is_not_taken(w, code):
    """By the operation, and by the database when it is asked alone; taking one off is free."""
    given = f.service(code)
    fields = {"territories": [], "second": None, "takes_adults": True, "takes_minors": False, "forms": [],
              "languages": [], "phone": ""}  # fmt: skip
    with acting_as(w["admin"]):
        with pytest.raises(NotAllowed):
            organisation.keep_desk(w["admin"], services=[given], **fields)
        with pytest.raises(DatabaseError, match="given by the directory"), transaction.atomic():
            connection.cursor().execute("SELECT nrm.ask_desk('{75}', ARRAY[%s], true, true, '{}', NULL)", [code])
    with as_role("nrm_owner"):
        Desk.objects.get(pk=w["admin"].agency_id).services.add(given)
    with acting_as(w["admin"]):
        organisation.keep_desk(w["admin"], services=Service.objects.filter(pk=code), **fields)
        organisation.keep_desk(w["admin"], services=[], **fields)
        assert not Desk.objects.get(pk=w["admin"].agency_id).services.exists()


def test_nobody_writes_anothers_desk_by_the_database_alone(w):
    mine = w["worker"].agency_id
    with acting_as(w["other"]):
        assert Desk.objects.filter(pk=mine).update(places=9) == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            Desk.objects.get(pk=mine).services.add(f.service("legal_support"))
        with pytest.raises(DatabaseError), transaction.atomic():
            Desk.objects.filter(pk=w["other"].agency_id).update(receives_alerts=True)
    assert desk(w).places == 4


def test_same_number_of_queries_at_two_sizes(w):
    hand, counts = Hand(w["worker"]), itertools.count()
    assert_same_cost(
        lambda: hand.post("organisation-places", places=next(counts)),
        lambda: hand.get("organisation"),
        at_most=40,
        times=8,
    )
