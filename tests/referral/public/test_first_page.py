"""The first page of the site: numbers to call, doors by who reads, figures of other pages with their sources."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from foundation.styles import kept_pages
from plans.models import PublicFigure
from plans.publication.display.statistics import ASSOCIATIONS, POLICE
from referral.public import views
from tests import factories as f
from tests.plans.publication.test_kept_home import NAMED, asked
from tests.roles import as_role

pytestmark = pytest.mark.django_db
TILE = re.compile(r'<p class="fr-tile__start fr-h2">(.*?)</p>.*?href="(.*?)">.*?fr-tile__desc">(.*?)</p>', re.S)


@pytest.fixture(autouse=True)
def nothing_kept():
    kept_pages._kept.clear()


def main_of(page: str) -> str:
    return page.split("<main")[1].split("</main>")[0]


def test_numbers_come_before_anything_else_and_each_reader_has_a_door():
    page = main_of(asked(address="/")[0])
    assert page.index('href="tel:17"') < page.index("<h1")
    doors = re.findall(r'<h2 class="fr-tile__title"><a href="([^"]+)"', page)
    assert doors == [reverse(name) for name in ("login", "help", "witness", "policy:home")]


def test_each_figure_stands_on_the_page_it_leads_to_and_names_its_source():
    page = main_of(asked(address="/")[0])
    figures = TILE.findall(page)
    assert len(figures) == 4
    for shown, href, source in figures:
        there = main_of(Client().get(href).content.decode())
        assert re.search(rf"(?<!\d){re.escape(shown)}(?!\d)", there), (shown, href)
        assert source.strip().startswith("Source") and len(source) > 12
    sources = {figure.publication for figure in PublicFigure.objects.filter(series__in=(ASSOCIATIONS, POLICE))}
    assert all(any(name in unescape(source) for name in sources) for _shown, _href, source in figures[:2])
    assert "Contenu non validé" in page


def test_a_figure_that_is_taken_out_leaves_the_page_at_once():
    assert reverse("policy:statistics-series", args=[ASSOCIATIONS]) in asked(address="/")[0]
    with as_role("nrm_owner"):
        PublicFigure.objects.filter(series=ASSOCIATIONS).delete()
    assert reverse("policy:statistics-series", args=[ASSOCIATIONS]) not in asked(address="/")[0]


def test_a_second_reader_costs_one_statement_and_members_read_their_own():
    first, many = asked(address="/")
    second, one = asked(address="/")
    assert first == second and (len(many), len(one)) == (7, 1)
    tables, figures = views.home.reads
    assert {table for sql in many for table in NAMED.findall(sql)} - {*tables, *figures} == set()
    member = f.member(f.shelter())
    client = Client()
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    assert "Mon espace" in client.get("/").content.decode()
