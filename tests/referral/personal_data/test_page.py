"""The public page « Données personnelles » says what the declarations and the constants say, in both languages."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from agencies.models import Category, Level
from journal.models import Checkpoint
from referral.personal_data import display, rules
from referral.personal_data.words import Purpose, Sort, Whose
from victims.models import DataRequest

pytestmark = pytest.mark.django_db


def page(language: str = "fr") -> str:
    """Return the words of the page, without the spaces that do not break."""
    prefix = "" if language == "fr" else f"/{language}"
    text = unescape(Client().get(prefix + reverse("personal-data")).content.decode())
    return text.split("<main")[1].split("</main>")[0].replace("\u00a0", " ").replace("\u202f", " ")


def words(label) -> str:
    with translation.override("fr"):
        return str(label).replace("\u00a0", " ").replace("\u202f", " ")


def part(text: str, purpose: Purpose) -> str:
    """Return what the page says of one purpose."""
    return text.split(f">{words(purpose.label)}</h3>")[1].split("<h")[0]


def test_each_purpose_that_concerns_somebody_says_of_whom_and_which_data():
    text = page()
    assert [each for each in Purpose if f">{words(each.label)}</h3>" not in text] == [Purpose.REFERENCE]
    protects = part(text, Purpose.SUPPORT)
    assert words(Whose.PERSON.label) in protects and words(Whose.RELATIVE.label) in protects
    assert all(words(sort.label) in protects for sort in (Sort.IDENTIFYING, Sort.ART9, Sort.ART10, Sort.MINORS))
    assert words(Sort.ACCESS.label) not in protects
    directory = part(text, Purpose.DIRECTORY)
    assert words(Whose.MEMBER.label) in directory and words(Sort.ACCESS.label) in directory
    assert words(Whose.PERSON.label) not in directory and words(Sort.ART9.label) not in directory


def test_what_is_declared_reaches_the_page(monkeypatch):
    assert words(Sort.ART10.label) not in part(page(), Purpose.DIRECTORY)
    column = rules.Column("agencies_user", "criminal_record", frozenset({Sort.ART10}), "", "")
    monkeypatch.setattr(rules, "columns", lambda: {("agencies_user", "criminal_record"): column})
    display.purposes.cache_clear()
    try:
        assert words(Sort.ART10.label) in part(page(), Purpose.DIRECTORY)
    finally:
        display.purposes.cache_clear()


def test_durations_are_those_that_end_things(monkeypatch):
    text = page()
    assert "Un dossier clos : 2 ans après sa clôture" in text
    assert "Une alerte close sans dossier : 1 an après son dernier mouvement" in text
    assert "Un brouillon : 28 jours." in text
    assert "24 heures sur la plateforme" in text
    assert "qui a ouvert quoi : 365 jours" in text
    assert "compte professionnel désactivé : 5 ans" in text
    monkeypatch.setattr(display, "CASE_KEPT_YEARS", 5)
    monkeypatch.setattr(Checkpoint, "KEPT", timedelta(days=180))
    text = page()
    assert "Un dossier clos : 5 ans" in text and "2 ans" not in text
    assert "qui a ouvert quoi : 180 jours" in text


def test_levels_categories_and_rights_are_those_of_the_product():
    text = page()
    for label in [each.label for words_of in (Level, Category, DataRequest.Kind) for each in words_of]:
        assert words(label) in text, label
    assert "dans un délai de 1 mois, ou de 3 mois" in text


def test_the_page_is_whole_in_english():
    text = page("en")
    with translation.override("en"):
        assert all(str(each.label) in text for each in Purpose if each != Purpose.REFERENCE)
        assert all(str(each.label) in text for each in DataRequest.Kind)
    assert "A closed case: 2 years after its closing" in text
    assert "within 1 month, or within 3 months" in text


def test_the_footer_leads_to_it():
    assert f'href="{reverse("personal-data")}"' in Client().get("/").content.decode().split("<footer")[1]
