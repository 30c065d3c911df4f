"""The home of the policy is drawn once and sent again while nothing of what it shows has changed: never longer, and to
nobody who is signed in."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from foundation.styles import kept_pages
from plans.models import Mandate, Meeting, Plan, PublicFigure
from plans.publication.display.statistics import ASSOCIATIONS
from plans.publication.views import site
from tests.plans import people
from tests.plans.plan.test_plan_operations import publish, ready
from tests.roles import as_role

pytestmark = pytest.mark.django_db
NAMED = re.compile(r'(?:FROM|JOIN) "?([a-z_.]+)"?')


@pytest.fixture(autouse=True)
def nothing_kept():
    kept_pages._kept.clear()


def asked(client=None, address="/plan/") -> tuple[str, list[str]]:
    """Return the page and the statements that it asked, those of its transaction apart."""
    with CaptureQueriesContext(connection) as said:
        answer = (client or Client()).get(address)
    assert answer.status_code == 200
    sql = [query["sql"] for query in said]
    told = ("SAVEPOINT", "RELEASE", "SELECT set_config")
    return answer.content.decode(), [text for text in sql if not text.startswith(told)]


def changes() -> dict:
    """Return, by name, what somebody does that the home shows."""
    today = timezone.localdate()
    meeting = {"on": today + timedelta(days=3), "title_fr": "Séance de printemps", "state": "planned"}
    return {
        "the mandate is cut": lambda: Mandate.objects.update(end="2020-01-01"),
        "a figure is corrected": lambda: PublicFigure.objects.filter(year=2024).update(value=1234),
        "a figure is taken out": lambda: PublicFigure.objects.filter(year=2024, series=ASSOCIATIONS).delete(),
        "the list is complete": lambda: Plan.objects.filter(code="plan3").update(recorded_on=today),
        "a meeting is announced": lambda: Meeting.objects.create(code="m-kept", **meeting),
        "a plan is put to consultation": lambda: Plan.objects.filter(code="plan4").update(state="consultation"),
        "a plan is retitled": lambda: Plan.objects.filter(code="plan3").update(title_fr="Un autre titre"),
    }


def test_a_second_reader_costs_one_statement_and_reads_the_same():
    first, many = asked()
    second, one = asked()
    assert (len(many), len(one)) == (18, 1)  # the last one: which commitments a measure answers
    assert first == second


@pytest.mark.parametrize("name", changes())
def test_what_changes_is_shown_at_once(name):
    before, _ = asked()
    assert asked()[0] == before
    with as_role("nrm_owner"):
        changes()[name]()
    after, _ = asked()
    kept_pages._kept.clear()
    assert after == asked()[0]
    assert after != before


def test_a_version_that_is_released_is_shown_at_once():
    c = people.coordination()
    ready(c)
    before, _ = asked()
    publish(c)
    after, statements = asked()
    assert len(statements) > 1
    assert after.count("/plan/plan4/") > before.count("/plan/plan4/")


def test_what_is_rolled_back_is_not_kept():
    before, _ = asked()
    here = transaction.savepoint_create()
    with as_role("nrm_owner"):
        Mandate.objects.update(end="2020-01-01")
    assert asked()[0] != before
    transaction.savepoint_rollback(here)
    assert asked()[0] == before


def test_the_next_day_is_another_page(monkeypatch):
    asked()
    assert len(asked()[1]) == 1
    monkeypatch.setattr(kept_pages.timezone, "localdate", lambda: date(2031, 1, 1))
    assert len(asked()[1]) > 1


def test_who_is_signed_in_neither_leaves_a_page_nor_gets_one():
    member = people.speaker()
    client = Client()
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    own, _ = asked(client)
    assert str(member.agency) in own
    assert not kept_pages._kept
    public, _ = asked()
    assert str(member.agency) not in public and "data-signed-in" not in public
    assert str(member.agency) in asked(client)[0]


def test_each_language_and_no_search_is_kept():
    assert '<html lang="fr"' in asked()[0]
    assert '<html lang="en"' in asked(address="/en/plan/")[0]
    assert '<html lang="fr"' in asked()[0]
    asked(address="/plan/?x=1")
    assert {path for _view, path in kept_pages._kept} == {"/plan/", "/en/plan/"}


def test_all_that_the_page_reads_is_in_its_state():
    """A block that reads another table would be shown as it was: name the table in READ_BY_HOME."""
    tables, figures = site.home.reads
    known, named = {*tables, *figures}, set()
    for change in [lambda: None, *changes().values()]:
        with as_role("nrm_owner"):
            change()
        kept_pages._kept.clear()
        named |= {table for sql in asked()[1] for table in NAMED.findall(sql)}
    assert reverse("policy:home") == "/plan/"
    assert named - known == set()
    assert known - named == set()
