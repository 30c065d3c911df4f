"""The demonstration invents acts of fictitious bodies only: in rows, open data, on public pages, in files."""

import json
import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import reverse

from agencies.models import Agency, Directory
from foundation.styles import kept_pages
from plans.committee.selectors.focal_coverage import MINISTRIES
from plans.models import CommitmentBody
from plans.publication.rules.opendata import datasets
from referral.config import urls
from tests.plans.pdf_text import Pdf

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
PLAIN = re.compile(r"\bficti(f|ve)s?\b", re.IGNORECASE)
FRENCH = "Démonstration\u00a0: services, personnes, avis, décisions et montants sont fictifs."
ENGLISH = "Demonstration: services, people, opinions, decisions and amounts are fictitious."
assert urls.urlpatterns  # read before a test turns development on: its addresses would stay for the tests that follow
LINKS = [
    (model, field)
    for model in apps.get_models()
    for field in (*model._meta.fields, *model._meta.many_to_many)
    if field.related_model in (Directory, CommitmentBody) and not model._meta.auto_created
]


def published() -> dict[str, dict]:
    """Return the rows of each dataset, by what identifies a row, else by the row."""
    return {
        code: {row[dataset.key] if dataset.key else json.dumps(row, default=str): row for row in dataset.rows()}
        for code, dataset in datasets().items()
    }


def real_names() -> set[str]:
    bodies = Directory.objects.filter(is_template=False)
    found = {body for body in bodies if not PLAIN.search(body.name)}
    return {word for body in found for word in (body.pk, body.name, body.acronym) if word}


def said_of(row: dict, before: dict) -> list[str]:
    """Return the texts that the demonstration added to a row of open data."""
    cells = [value for name, value in row.items() if before.get(name) != value]
    texts = [text for value in cells for text in (value if isinstance(value, list) else [value])]
    return [str(text).split(" (")[0] for text in texts]  # « CNCDH (Conteste…) : … » is an opinion of the CNCDH


@pytest.fixture
def told(settings):
    """Load the demonstration twice, the pack between; return what stood before: keys of rows, and open data."""
    settings.DEVELOPMENT = True
    keys = {model: set(model._base_manager.using("owner").values_list("pk", flat=True)) for model, _field in LINKS}
    before = keys, published()
    for command in ("load_demo", "load_domain", "load_plans", "load_demo"):
        call_command(command, verbosity=0)
    return before


def test_demonstration_invents_nothing_about_a_real_body(told):
    stood, was = told
    named = [
        f"{model._meta.label} {row.pk}: {field.name} is {body.pk}"
        for model, field in LINKS
        for row in model._base_manager.using("owner").exclude(pk__in=stood[model])
        for body in bodies_of(row, field)
        if not PLAIN.search(getattr(body, "name", "") or body.label_fr)
        and not getattr(body, "is_template", False)  # a type of local unit: nobody in particular
        and not getattr(row, "source", "")
    ]
    assert named == []
    assert [unit.name for unit in Agency.objects.using("owner").all() if not PLAIN.search(unit.name)] == []
    assert not Directory.objects.filter(name__iregex=r"\mficti(f|ve)").exclude(provenance=Directory.FICTITIOUS).exists()

    now, real = published(), real_names()
    said = {
        code: {text for key, row in now[code].items() for text in said_of(row, was[code].get(key, {}))} for code in now
    }
    invented = {
        "budget",
        "commitments",
        "contributions",
        "evaluations",
        "evaluation_opinions",
        "focal_points",
        "meetings",
    }
    assert invented - {code for code, texts in said.items() if texts} == set()
    assert {code: real & texts for code, texts in said.items() if real & texts} == {}
    assert said["focal_points"] & set(MINISTRIES) == set(), "counted for no real ministry"


def bodies_of(row, field) -> list:
    if field.many_to_many:
        return list(getattr(row, field.name).using("owner"))
    return list(field.related_model.objects.using("owner").filter(pk=getattr(row, field.attname)))


@pytest.mark.django_db(transaction=False)
def test_pages_and_files_of_a_demonstration_say_that_they_are_invented(client, settings):
    for settings.DEVELOPMENT, told in ((True, True), (False, False)):
        kept_pages._kept.clear()  # a process has one setting for its life
        for name in ("home", "help", "login", "policy:home", "policy:coordination"):
            assert (FRENCH in client.get(reverse(name)).content.decode()) is told
        assert (ENGLISH in client.get("/en/plan/").content.decode()) is told
        assert (FRENCH in Pdf(client.get(reverse("policy:commitment-report-pdf")).content).text) is told
        file = client.get(reverse("opendata:file", args=["evaluations", "json"]))
        assert (file.json().get("demonstration") == FRENCH) is told
        assert ("demonstration-evaluations-" in file["Content-Disposition"]) is told
        package = client.get(reverse("opendata:package", args=["evaluations"])).json()
        assert (package.get("demonstration") == FRENCH) is told
