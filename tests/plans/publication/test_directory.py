"""The public directory: found by word, kind and service; no place of shelter, no person."""

import re
import unicodedata

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import Directory, Kind
from tests import factories as f
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def page(query="") -> str:
    answer = Client().get(f"/annuaire/{query}")
    assert answer.status_code == 200
    assert not answer.cookies
    return answer.content.decode()


def names(html) -> list[str]:
    return [re.sub(r"<[^>]+>", "", name) for name in re.findall(r'fr-h6">(.*?)</h2>', html)]


def test_found_by_word_kind_and_service():
    assert "114 sur 114" in page()
    assert names(page("?q=miprof"))[0].startswith("Mission interministérielle pour la protection")
    unions = Directory.objects.filter(kind=Kind.UNION).count()
    assert unions == 7  # of the pack
    assert f"{unions} sur 114" in page("?kind=union")
    assert len(names(page("?kind=union&q=cgt"))) == 1
    assert "0 sur 114" in page("?q=introuvable")
    assert "Essayez un autre mot" in page("?q=introuvable")


def test_an_unknown_choice_or_page_is_not_an_error():
    assert "114 sur 114" in page("?kind=ailleurs&service=rien&page=abc")
    assert names(page("?page=999"))


def test_it_goes_page_after_page_and_stays_light():
    first, second = page(), page("?page=2")
    assert len(names(first)) == 20
    assert not set(names(first)) & set(names(second))
    assert max(len(first.encode()), len(second.encode())) <= 25_000


def test_units_of_the_platform_and_what_left_use_are_not_in_it():
    """A shelter's unit holds an address and desks: it is a participant, never a line of the directory."""
    shelter = f.shelter(name="Foyer d'essai à l'adresse tenue secrète")
    with as_role("nrm_owner"):
        Directory.objects.filter(pk="medef").update(active=False)
    assert shelter.name not in page("?q=foyer")
    assert "secrète" not in page("?q=secr")
    assert "0 sur 113" in page("?q=medef")


def test_it_costs_the_same_on_a_full_page_and_on_a_short_one():
    counts = []
    for query in ("", "?kind=union"):
        with CaptureQueriesContext(connection) as asked:
            page(query)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_it_stands_in_alphabetical_order_whatever_the_capitals_and_accents():
    every = [name for n in range(1, 7) for name in names(page(f"?page={n}"))]
    assert len(every) == 114
    plain = ["".join(c for c in unicodedata.normalize("NFD", name.lower()) if not unicodedata.combining(c))
             for name in every]  # fmt: skip
    letters = [name[0] for name in plain]
    assert letters == sorted(letters)
    assert not [name for name in every if re.fullmatch(r"(.+) \(\1\)", name)], (
        "an acronym that is the name is said once"
    )


def test_in_english_what_exists_only_in_french_says_so():
    french, english = page("?kind=union"), Client().get("/en/annuaire/?kind=union").content.decode()
    said = "Names of organisations are in French"
    assert said in english and said not in french
    assert '<span lang="fr">' in english, "and is marked for those who hear the page"
    assert "Trade union" in english and "Syndicat" not in re.sub(r"<h2.*?</h2>", "", english)
    services = english.split('name="service"')[1].split("</select>")[0]
    assert "Legal support" in services and "Accompagnement juridique" not in english
    assert (
        "Origin of the line: read in the source" in english
        and "Origine de cette fiche : lu dans la source" in french.replace("\u00a0", " ")
    )


def test_a_shelter_whose_place_must_stay_unknown_is_nowhere():
    every = "".join(page(f"?page={n}") for n in range(1, 7))
    assert "Koutcha" not in every and "Comité contre l'esclavage moderne" in every.replace("&#x27;", "'")
    assert "Koutcha" not in Client().get("/donnees/public_services.csv").content.decode()
    assert 'href="tel:0144528890"' in every, "who may be called is there to be called"
