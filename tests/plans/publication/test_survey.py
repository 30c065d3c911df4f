"""The survey of associations as the public reads it: page, CSV and JSON say the same, nothing small, nothing hidden."""

import csv
import io
import re
from html import unescape

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from foundation.workflow import NotAllowed
from plans.models import SurveyFigure
from plans.publication.operations.figures import SmallFigure, SurveyLine, push_survey
from tests.plans import people
from tests.roles import as_role

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year - 1
TOLD = [
    SurveyLine("total", "organisations", 4),
    SurveyLine("total", "persons", 1060), SurveyLine("total", "supported", 900),
    SurveyLine("total", "left_out", None),
    SurveyLine("form", "sexual_exploitation", 800),
    SurveyLine("form", "forced_marriage", 0), SurveyLine("form", "unknown", 260),
    SurveyLine("sex", "female", 700), SurveyLine("sex", "male", 349), SurveyLine("sex", "trans_female", None),
    SurveyLine("sex", "unknown", None),
    SurveyLine("age_group", "15_17", 60), SurveyLine("age_group", "unknown", 1000),
    SurveyLine("nationality_group", "eu", 1060), SurveyLine("nationality_group", "unknown", 0),
]  # fmt: skip


def pushed(year=YEAR, told=TOLD):
    with as_role("nrm_worker"), acting_as(SYSTEM):
        return push_survey(year, told)


def text(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return re.sub(r"[\s\u00a0\u202f]+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_page_csv_and_json_say_the_same():
    pushed()
    page = text("/statistiques/enquete/")
    assert page == text(f"/statistiques/enquete/{YEAR}/")
    for words in (
        "Personnes comptées 1 060", "Dont accompagnées 900", "Non comptées, faute d'accord connu non montré",
        "Contenu non validé", "Femme 700", "Homme 349", "Femme transgenre non montré", "Non connu non montré",
        "15 à 17 ans 60", "Non connu 1 000", "Mariage forcé aux fins d'exploitation 0",
        "Autre pays de l'Union européenne 1 060",
    ):  # fmt: skip
        assert words in page, words
    table = list(csv.DictReader(io.StringIO(Client().get("/donnees/associations_survey.csv").content.decode())))
    document = Client().get("/donnees/associations_survey.json").json()["rows"]
    assert len(table) == len(document) == len(TOLD)
    for row, same, told in zip(table, document, TOLD, strict=True):
        value = "" if told.value is None else str(told.value)
        assert (row["year"], row["question"], row["answer"], row["value"]) == (
            str(YEAR),
            told.question,
            told.code,
            value,
        )
        assert (same["value"], same["masked"], same["label"]) == (told.value, told.value is None, row["label"])
    english = text("/en/statistiques/enquete/")
    assert "People counted 1,060" in english and "Forced marriage for exploitation 0" in english


def test_nothing_published_and_too_few_associations():
    assert "Aucune année n'est encore publiée" in text("/statistiques/enquete/")
    pushed(told=[SurveyLine("total", "organisations", 2)])
    page = text("/statistiques/enquete/")
    assert "Moins de trois associations" in page
    assert "Personnes comptées" not in page
    assert Client().get("/statistiques/enquete/1999/").status_code == 404


def test_the_worker_alone_says_it_once_and_never_a_small_number():
    with pytest.raises(SmallFigure):
        pushed(told=[SurveyLine("sex", "male", 10)])
    with pytest.raises(ValueError, match="wait for its end"):
        pushed(YEAR + 1)
    with as_role("nrm_worker"), acting_as(SYSTEM), pytest.raises(IntegrityError), transaction.atomic():
        SurveyFigure.objects.bulk_create([SurveyFigure(year=YEAR, question="sex", code="male", order=1, value=3)])
    pushed(
        told=[SurveyLine("total", "organisations", 2), SurveyLine("sex", "male", 11), SurveyLine("sex", "female", 0)]
    )
    for act in (
        lambda: pushed(),
        lambda: SurveyFigure.objects.bulk_create(
            [SurveyFigure(year=YEAR, question="sex", code="x", order=9, value=50)]
        ),
        lambda: SurveyFigure.objects.update(value=99),
    ):
        with acting_as(people.coordination()), pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            act()
    with acting_as(people.coordination()), pytest.raises(NotAllowed):
        push_survey(YEAR - 1, TOLD)
    assert SurveyFigure.objects.count() == 3
