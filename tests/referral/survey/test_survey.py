"""The yearly survey: figures of one's own cases only, of persons who agreed to it, counted by hand here, the same for a
page and a file; handed over, it leaves as numbers, added to those of others and protected."""

import io
from datetime import date, timedelta

import odfdo
import pytest
import time_machine
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from agencies.models import Kind, Role
from foundation.actor import SYSTEM, acting_as
from foundation.workflow import NotAllowed, WrongState
from plans.models import SurveyFigure
from referral.models import SurveyAnswer
from referral.survey.operations import answers as acts
from referral.survey.operations.publication import protected_sum
from referral.survey.selectors import answers as survey_selectors
from referral.tasks import policy_figures
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, restrict_case
from victims.consents import operations as consents
from victims.models import Consent
from victims.path import operations as path

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    f.national()
    f.coordination()
    return f.member(f.shelter())


def told(worker, *profiles, agreed=True, **answers):
    made = []
    for data in profiles:
        case = f.own_case(worker, **answers)
        if agreed:
            f.consent(worker, case, purpose="statistics")
        with acting_as(worker):
            if data:
                path.record_profile(worker, case.pk, data=data)
        made.append(case)
    return made


def counted(actor, title, year=None):
    with acting_as(actor), translation.override("fr"):
        found = survey_selectors.of_year(actor, year or timezone.localdate().year)
        return found, dict(next(t for t in found.tables if t.title == title).lines)


def test_every_figure_comes_from_ones_own_cases(worker):
    told(worker, {"sex": "female", "nationality": "RO"}, {"sex": "female", "nationality": "NG"}, {"sex": "male"}, {})
    told(f.member(f.shelter()), {"sex": "male", "nationality": "FR"})
    found, sexes = counted(worker, "Sexe")
    assert (found.received, found.supported) == (4, 0)
    assert sexes == {"Femme": 2, "Homme": 1, "Non connu": 1}
    assert counted(worker, "Groupe de nationalités")[1] == {
        "Autre pays de l'Union européenne": 1,
        "Hors de l'Union européenne": 1,
        "Non connu": 2,
    }
    assert counted(worker, "Nationalité")[1] == {"Nigeria": 1, "Roumanie": 1, "Non connu": 2}
    assert counted(worker, "Sexe", 2019)[0].received == 0


def test_only_who_agreed_to_statistics_is_counted_and_the_others_are_a_number(worker):
    counted_one, withdrawn, over, other, unasked = told(worker, *[{"sex": "female"}] * 5, agreed=False)
    for case, fields in {
        counted_one: {},
        withdrawn: {},
        over: {"until": timezone.now() + timedelta(hours=1)},
        other: {"purpose": "share_named"},
    }.items():
        f.consent(worker, case, **{"purpose": "statistics", **fields})
    with acting_as(worker):
        consents.withdraw_consent(worker, Consent.objects.get(case=withdrawn, purpose="statistics").pk)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        found, sexes = counted(worker, "Sexe")
    assert sexes == {"Femme": 1}
    assert {case.pk for case in found.left_out} == {case.pk for case in (withdrawn, over, other, unasked)}
    page = text(Hand(worker).get("own-data"))
    assert "Non comptées, faute d'accord" in page
    assert unasked.reference in page and counted_one.reference not in page
    f.consent(worker, unasked, purpose="statistics")
    assert counted(worker, "Sexe")[1]["Femme"] == 3, (
        "said today, counted today; the one that ends in an hour still runs"
    )


def test_support_is_what_is_written_and_what_a_service_accepted(worker):
    first, second, third = told(worker, {"support": ["safe_housing", "legal_support"]}, {}, {})
    f.orientation(worker, second, f.shelter(), state="accepted", level=2)
    f.orientation(worker, third, f.shelter(), state="declined", level=2)
    with acting_as(worker), translation.override("fr"):
        found = survey_selectors.of_year(worker, timezone.localdate().year)
        support = dict(found.tables[-1].lines)
    assert found.supported == 2
    assert sorted(support.values()) == [1, 2], "a safe place twice, a lawyer once"
    assert first.pk != second.pk


def test_a_case_led_by_others_or_kept_from_one_is_not_counted(worker):
    kept, _open = told(worker, {"sex": "female"}, {"sex": "female"})
    colleague = f.member(worker.agency)
    with acting_as(worker):
        assign_member(worker, kept.pk, worker)
        restrict_case(worker, kept.pk)
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
    assert "Personnes;Non comptées, faute d'accord;0" in table
    assert case.reference not in page and case.reference not in table
    assert hand.get("survey-xlsx").content.startswith(b"PK")
    sheet = odfdo.Document(io.BytesIO(hand.get("survey-ods").content)).body.get_table(0)
    assert ["Sexe", "Femme", 1] in [list(row) for row in sheet.get_values()]
    empty = text(hand.get("own-data", query="?year=2019"))
    assert "Aucun dossier à compter en 2019" in empty
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


# -- handed over -------------------------------------------------------------------------------------------------------
LAST = timezone.localdate().year - 1
OPEN, OVER = date(LAST + 1, 3, 1), date(LAST + 1, 10, 1)


def of_last_year(worker, *profiles, **how):
    with time_machine.travel(date(LAST, 6, 15)):
        return told(worker, *profiles, **how)


def test_an_association_hands_over_the_numbers_of_the_year_that_ended(worker):
    of_last_year(worker, {"sex": "female"}, {"sex": "male"})
    of_last_year(worker, {"sex": "male"}, agreed=False)
    hand = Hand(worker)
    with time_machine.travel(OPEN):
        assert "n'est pas encore transmise" in text(hand.get("own-data"))
        assert "aucune référence" in text(hand.get("survey-send", LAST))
        assert hand.post("survey-send", LAST).status_code == 302
        with acting_as(worker):
            first = acts.answer_of(worker, LAST)
            assert (first.data["persons"], first.data["left_out"]) == (2, 1)
            assert first.data["sex"] == {"female": 1, "male": 1}
        of_last_year(worker, {"sex": "female"})
        assert "transmettez-les de nouveau" in text(hand.get("own-data", query=f"?year={LAST}"))
        hand.post("survey-send", LAST)
    with acting_as(worker):
        [answer] = SurveyAnswer.objects.all()
        assert (answer.pk, answer.data["persons"]) == (first.pk, 3)
    colleague, other = f.member(worker.agency), f.member(f.shelter())
    for reader, seen in ((colleague, 1), (other, 0)):
        with acting_as(reader):
            assert SurveyAnswer.objects.count() == seen


def test_nobody_else_hands_over_and_no_other_year(worker):
    police = f.member(f.agency(Kind.INTERIOR))
    for actor, year, when, refused in (
        (police, LAST, OPEN, NotAllowed),
        (worker, LAST, OVER, WrongState),
        (worker, LAST + 1, OPEN, WrongState),
        (worker, LAST - 1, OPEN, WrongState),
    ):
        with time_machine.travel(when), acting_as(actor), pytest.raises(refused):
            acts.hand_over(actor, year)
    assert Hand(police).get("survey-send", LAST).status_code == 403
    assert Hand(f.member(worker.agency, Role.FRONTLINE)).post("survey-send", LAST).status_code == 403
    assert Hand(worker).get("survey-send", 99999).status_code == 404
    # the wall, without the operation
    for actor, fields in ((police, {}), (worker, {"year": LAST - 1}), (worker, {"agency": police.agency})):
        with acting_as(actor), pytest.raises(ProgrammingError), transaction.atomic():
            SurveyAnswer.objects.create(**{"agency": actor.agency, "year": LAST, "data": {}, "by": actor, **fields})
    with acting_as(worker):
        SurveyAnswer.objects.create(agency=worker.agency, year=LAST, data={}, by=worker)


def said(persons, supported=0, left_out=0, **answers) -> dict:
    return {"persons": persons, "supported": supported, "left_out": left_out, "sex": answers}


def leaves(*given) -> dict:
    return {
        (said.question, said.code): said.value
        for said in protected_sum(list(given), {"sex": ["female", "male", "unknown"]})
    }


def test_numbers_leave_added_up_and_never_small():
    found = leaves(said(30, 25, 3, female=30), said(20, 20, 4, female=9, male=11), said(10, 0, 5, unknown=10))
    assert found == {
        ("total", "organisations"): 3, ("total", "persons"): 60, ("total", "supported"): 45, ("total", "left_out"): 12,
        # ten are not known: eleven men go with them, else sixty less the others says ten
        ("sex", "female"): 39, ("sex", "male"): None, ("sex", "unknown"): None,
    }  # fmt: skip
    few = leaves(said(30, 25, 3, female=30), said(20, 20, 2, female=20), said(10, 10, 5, female=10))
    assert few["total", "supported"] is None, "five of sixty are not: the others would say it"
    assert few["total", "left_out"] is None
    assert (few["sex", "female"], few["sex", "male"]) == (60, 0)
    two = leaves(said(30, 25, 0, female=30), said(20, 20, 0, female=20), said(0))
    assert two == {("total", "organisations"): 3}, "of two, each reads the other in the sum"


def test_a_year_is_published_once_when_its_survey_is_over(worker):
    members = [worker, f.member(f.shelter()), f.member(f.shelter())]
    for actor in members:
        with acting_as(actor):
            data = {"form": {"unknown": 12}, "sex": {"female": 12}, "age_group": {"unknown": 12}}
            data |= {"nationality_group": {"eu": 12}, "detection": {"unknown": 12}}
            SurveyAnswer.objects.create(agency=actor.agency, year=LAST, by=actor, data=said(12, 12, 0) | data)

    def worked() -> int:
        with as_role("nrm_worker"), acting_as(SYSTEM):
            return policy_figures()

    with time_machine.travel(OPEN):
        worked()
    assert not SurveyFigure.objects.exists(), "it still takes answers"
    with time_machine.travel(OVER):
        worked()
        told = {(row.question, row.code): row.value for row in SurveyFigure.objects.filter(year=LAST)}
        assert told["total", "persons"] == told["sex", "female"] == told["nationality_group", "eu"] == 36
        assert told["sex", "male"] == 0 and told["form", "unknown"] == 36, "« not known » is said like the others"
        assert worked() == 0, "once"
    with acting_as(worker), pytest.raises(ProgrammingError), transaction.atomic():
        answer = SurveyAnswer.objects.get()
        answer.data = said(99)
        answer.save(update_fields=["data"])
    assert "Cette année est publiée" in text(Hand(worker).get("own-data", query=f"?year={LAST}"))
