"""The yearly survey: figures of one's own cases only, counted by hand here, the same for a page and a file."""

import io

import odfdo
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from agencies.actor import acting_as
from agencies.models import Role
from referral import survey
from referral.operations import cases, episodes
from tests import factories as f
from tests.referral.pages import Hand, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    f.national()
    f.coordination()
    return f.member(f.shelter())


def told(worker, *profiles, **answers):
    made = []
    for data in profiles:
        case = f.own_case(worker, **answers)
        with acting_as(worker):
            if data:
                episodes.say_profile(worker, case.pk, data=data)
        made.append(case)
    return made


def counted(actor, title, year=None):
    with acting_as(actor), translation.override("fr"):
        found = survey.of_year(actor, year or timezone.localdate().year)
        return found, dict(next(t for t in found.tables if t.title == title).lines)


def test_every_figure_comes_from_ones_own_cases(worker):
    told(worker, {"sex": "female", "nationality": "RO"}, {"sex": "female", "nationality": "NG"}, {"sex": "male"}, {})
    told(f.member(f.shelter()), {"sex": "male", "nationality": "FR"})
    found, sexes = counted(worker, "Sexe")
    assert (found.received, found.supported) == (4, 0)
    assert sexes == {"Femme": 2, "Homme": 1, "Pas connu": 1}
    assert counted(worker, "Groupe de nationalités")[1] == {
        "Autre pays de l'Union européenne": 1,
        "Hors de l'Union européenne": 1,
        "Pas connu": 2,
    }
    assert counted(worker, "Nationalité")[1] == {"Nigeria": 1, "Roumanie": 1, "Pas connu": 2}
    assert counted(worker, "Sexe", 2019)[0].received == 0


def test_support_is_what_is_written_and_what_a_service_accepted(worker):
    first, second, third = told(worker, {"support": ["safe_housing", "legal_support"]}, {}, {})
    f.orientation(worker, second, f.shelter(), state="accepted", level=2)
    f.orientation(worker, third, f.shelter(), state="declined", level=2)
    with acting_as(worker), translation.override("fr"):
        found = survey.of_year(worker, timezone.localdate().year)
        support = dict(found.tables[-1].lines)
    assert found.supported == 2
    assert sorted(support.values()) == [1, 2], "a safe place twice, a lawyer once"
    assert first.pk != second.pk


def test_a_case_led_by_others_or_kept_from_one_is_not_counted(worker):
    kept, _open = told(worker, {"sex": "female"}, {"sex": "female"})
    colleague = f.member(worker.agency)
    with acting_as(worker):
        cases.assign_member(worker, kept.pk, worker)
        cases.restrict_case(worker, kept.pk)
    assert counted(worker, "Sexe")[1] == {"Femme": 2}
    assert counted(colleague, "Sexe")[1] == {"Femme": 1}
    helper = f.member(f.shelter())
    f.orientation(worker, _open, helper.agency, state="accepted", level=3, answerer=helper)
    assert counted(helper, "Sexe")[0].received == 0


def test_the_page_and_the_files_say_the_same_and_no_reference(worker):
    (case,) = told(worker, {"sex": "female"})
    hand = Hand(worker)
    page, table = text(hand.get("own-data")), hand.get("survey-csv").content.decode("utf-8-sig")
    assert "Accueillies dans l'année" in page and "Femme" in page
    assert "Sexe;Femme;1" in table and "Personnes;Accueillies dans l'année;1" in table
    assert case.reference not in page and case.reference not in table
    assert hand.get("survey-xlsx").content.startswith(b"PK")
    sheet = odfdo.Document(io.BytesIO(hand.get("survey-ods").content)).body.get_table(0)
    assert ["Sexe", "Femme", 1] in [list(row) for row in sheet.get_values()]
    empty = text(hand.get("own-data", query="?year=2019"))
    assert "Aucun dossier reçu en 2019" in empty
    assert Hand(f.member(worker.agency, Role.FRONTLINE)).get("own-data").status_code == 403


def test_the_survey_costs_the_same_for_two_and_for_twelve(worker):
    hand, costs = Hand(worker), []
    for more in (2, 10):
        told(worker, *[{"sex": "female", "nationality": "RO"}] * more)
        hand.get("own-data")
        with CaptureQueriesContext(connection) as asked:
            assert hand.get("own-data").status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1]
